#include "oracles/execution.h"

#include <cstdio>
#include <optional>

#include "engine/linker.h"

namespace gantry::fuzz {

namespace {

using engine::Value;
using wasm::TypeKind;

constexpr uint64_t kFuel = 5000, kMemoryBytes = uint64_t{4} << 16, kTableElements = 1000,
                   kHeapBytes = uint64_t{64} << 20;

class Observer {
 public:
  explicit Observer(const ExecutionOptions& options)
      : options_(options), engine_(NewEngine(options)), store_(engine_, Limits()), linker_(engine_) {
    if (options.count_fuel) store_.runtime().SetFuel(kFuel);
    linker_.OnUnknownImport(engine::Linker::Unknown::Default);
  }

  std::string Run(const std::vector<uint8_t>& bytes) {
    const std::shared_ptr<const engine::Module> module = Compile(bytes);
    if (module == nullptr) return {};
    if (const auto instance = Instantiate(*module)) CallAndNote({*instance});
    return std::move(out_);
  }

  std::string RunPair(const std::vector<uint8_t>& provider, const std::vector<uint8_t>& user) {
    const std::shared_ptr<const engine::Module> first = Compile(provider), second = Compile(user);
    if (first == nullptr || second == nullptr) return {};
    const auto offered = Instantiate(*first);
    if (!offered) return std::move(out_);
    if (const auto defined = linker_.DefineInstance("provider", *offered); !defined) return "exports clash\n";
    const auto instance = Instantiate(*second);
    // The user first: what bounds generated modules is used up in the end.
    if (instance) CallAndNote({*instance, *offered});
    return std::move(out_);
  }

 private:
  static std::string Kind(const engine::Failure& failure) {
    return failure.kind == engine::Failure::Kind::Error ? "error\n" : failure.Message() + "\n";
  }

  static std::shared_ptr<engine::Engine> NewEngine(const ExecutionOptions& options) {
    engine::Config config;
    config.features = options.features;
    config.consume_fuel = options.count_fuel;
    config.relaxed_simd_deterministic = true;
    config.shared_memory = !options.count_fuel;  // modules that end by themselves do not wait long either
    config.interp_pairs = options.pairs;
    config.tier = options.native ? engine::Tier::Baseline : engine::Tier::Interp;
    config.lazy = options.lazy;
    config.guard_pages = options.guard_pages;
    config.fault_traps = options.guard_pages;  // without one, without the other
    config.epoch_interruption = options.polls;
    config.heap.collect_at_every_allocation = options.collect_always;
    config.heap.max_bytes = kHeapBytes;
    return engine::Engine::New(config);
  }

  static runtime::StoreLimits Limits() {
    runtime::StoreLimits limits;
    limits.max_memory_bytes = kMemoryBytes;
    limits.max_table_elements = kTableElements;
    return limits;
  }

  // Null if the module does not validate.
  std::shared_ptr<const engine::Module> Compile(const std::vector<uint8_t>& bytes) {
    auto module = engine::Module::Compile(engine_, wasm::ModuleBytes::Copy(bytes));
    return module ? *module : nullptr;
  }

  std::optional<runtime::Instance*> Instantiate(const engine::Module& module) {
    auto instance = linker_.Instantiate(store_, module);
    if (instance) return *instance;
    out_ += "instantiation: " + Kind(instance.error());
    return std::nullopt;
  }

  void CallAndNote(std::initializer_list<runtime::Instance*> instances) {
    for (int round = 0; round < options_.rounds; ++round) {
      for (runtime::Instance* instance : instances) CallExports(*instance, round);
    }
    for (runtime::Instance* instance : instances) NoteState(*instance);
  }

  // Numbers that depend on the round, nulls for references; false if a parameter has no null.
  static bool MakeArguments(const wasm::CanonType& type, int round, std::vector<Value>* arguments) {
    for (wasm::ValType param : type.params) {
      if (param.is_ref() && !param.is_nullable()) return false;
      Value value{param, 0, 0};
      if (!param.is_ref()) value.low = static_cast<uint64_t>(round) * 7 + arguments->size();
      arguments->push_back(value);
    }
    return true;
  }

  void CallExports(runtime::Instance& instance, int round) {
    for (const wasm::Export& e : instance.module().exports) {
      if (e.kind != wasm::ExternKind::Func) continue;
      abi::FuncRef* func = instance.Func(e.index);
      std::vector<Value> arguments;
      if (!MakeArguments(wasm::TypeRegistry::Get()[func->type()], round, &arguments)) continue;
      if (options_.count_fuel) store_.runtime().SetFuel(kFuel);
      auto results = engine::Call(store_.runtime(), func, arguments);
      out_.append(e.name).append(": ");
      if (options_.count_fuel) out_.append("fuel ").append(std::to_string(store_.runtime().Fuel())).append(", ");
      if (!results) {
        out_ += Kind(results.error());
        continue;
      }
      for (const Value& value : *results) NoteValue(value.type, value.low, value.high);
      out_ += '\n';
    }
  }

  // References have no bits worth comparing, only whether they are null.
  void NoteValue(wasm::ValType type, uint64_t low, uint64_t high) {
    char text[64];
    switch (type.kind()) {
      case TypeKind::I32:
      case TypeKind::F32:
        low &= 0xffffffff;
        break;
      case TypeKind::Ref:
        low = low != 0;
        break;
      default:
        break;
    }
    if (type.kind() != TypeKind::V128) high = 0;
    std::snprintf(text, sizeof text, "%llx:%llx ", static_cast<unsigned long long>(high),
                  static_cast<unsigned long long>(low));
    out_ += text;
  }

  void NoteState(runtime::Instance& instance) {
    for (const wasm::Export& e : instance.module().exports) {
      if (e.kind == wasm::ExternKind::Global) {
        const runtime::Global& global = *instance.global(e.index);
        out_.append(e.name).append(" = ");
        NoteValue(global.type.type, global.cell->low, global.cell->high);
        out_ += '\n';
      } else if (e.kind == wasm::ExternKind::Memory) {
        abi::MemoryDef* memory = instance.memory(e.index)->def();
        const uint64_t length = memory->length;
        uint64_t hash = 0xcbf29ce484222325u;
        for (uint64_t i = 0; i < length; ++i) hash = (hash ^ memory->base[i]) * 0x100000001b3u;
        out_.append(e.name).append(" = ");
        NoteValue(wasm::kV128, hash, length);
        out_ += '\n';
      }
    }
  }

  const ExecutionOptions& options_;
  const std::shared_ptr<engine::Engine> engine_;
  engine::Store store_;
  engine::Linker linker_;
  std::string out_;
};

}  // namespace

std::string Observe(const std::vector<uint8_t>& bytes, const ExecutionOptions& options) {
  return Observer(options).Run(bytes);
}

std::string ObservePair(const std::vector<uint8_t>& provider, const std::vector<uint8_t>& user,
                        const ExecutionOptions& options) {
  return Observer(options).RunPair(provider, user);
}

}  // namespace gantry::fuzz
