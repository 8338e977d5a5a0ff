#include "oracles/execution.h"

#include <cstdio>

#include "engine/linker.h"

namespace gantry::fuzz {

namespace {

using engine::Value;
using wasm::TypeKind;

constexpr uint64_t kFuel = 5000, kMemoryBytes = uint64_t{4} << 16, kTableElements = 1000,
                   kHeapBytes = uint64_t{64} << 20;

class Observer {
 public:
  explicit Observer(const ExecutionOptions& options) : options_(options) {}

  std::string Run(const std::vector<uint8_t>& bytes) {
    engine::Config config;
    config.features = options_.features;
    config.consume_fuel = options_.count_fuel;
    config.relaxed_simd_deterministic = true;
    config.shared_memory = !options_.count_fuel;  // modules that end by themselves do not wait either
    config.interp_pairs = options_.pairs;
    config.heap.collect_at_every_allocation = options_.collect_always;
    config.heap.max_bytes = kHeapBytes;
    const std::shared_ptr<engine::Engine> engine = engine::Engine::New(config);
    auto module = engine::Module::Compile(engine, wasm::ModuleBytes::Copy(bytes));
    if (!module) return {};
    runtime::StoreLimits limits;
    limits.max_memory_bytes = kMemoryBytes;
    limits.max_table_elements = kTableElements;
    engine::Store store(engine, limits);
    if (options_.count_fuel) store.runtime().SetFuel(kFuel);
    engine::Linker linker(engine);
    linker.OnUnknownImport(engine::Linker::Unknown::Default);
    auto instance = linker.Instantiate(store, **module);
    if (!instance) return "instantiation: " + Kind(instance.error());
    for (int round = 0; round < options_.rounds; ++round) CallExports(store, **instance, round);
    NoteState(**instance);
    return std::move(out_);
  }

 private:
  static std::string Kind(const engine::Failure& failure) {
    return failure.kind == engine::Failure::Kind::Error ? "error\n" : failure.Message() + "\n";
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

  void CallExports(engine::Store& store, runtime::Instance& instance, int round) {
    for (const wasm::Export& e : instance.module().exports) {
      if (e.kind != wasm::ExternKind::Func) continue;
      abi::FuncRef* func = instance.Func(e.index);
      std::vector<Value> arguments;
      if (!MakeArguments(wasm::TypeRegistry::Get()[func->type()], round, &arguments)) continue;
      if (options_.count_fuel) store.runtime().SetFuel(kFuel);
      auto results = engine::Call(store.runtime(), func, arguments);
      out_.append(e.name).append(": ");
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
  std::string out_;
};

}  // namespace

std::string Observe(const std::vector<uint8_t>& bytes, const ExecutionOptions& options) {
  return Observer(options).Run(bytes);
}

}  // namespace gantry::fuzz
