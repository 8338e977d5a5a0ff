#include "engine/native_tier.h"

#include <algorithm>
#include <cstring>

#include "compiler/pipeline/pipeline.h"
#include "compiler/stubs/x64/stubs.h"
#include "engine/engine.h"
#include "platform/faults.h"
#include "platform/threads.h"
#include "runtime/instance_plan.h"
#include "runtime/interp/interp.h"
#include "runtime/native/activation.h"
#include "runtime/native/builtins.h"
#include "runtime/native/code_registry.h"
#include "wasm/valid/func_summary.h"

namespace gantry::engine {

using native::CodeMemory;
using native::TypeStubs;

namespace {

// Stubs are kept per shape for the engine's life. Functions of further shapes are interpreted when C++ calls them.
constexpr size_t kMaxShapes = 4096;
constexpr uint32_t kStubAlign = 16;

// Stubs of the process, and what the engine's others are made with. Never freed.
struct ProcessStubs {
  stubs::Addresses addresses;
  const void* trap_landing;
  const void* compile;
  const void* builtins[abi::kBuiltinCount + 1];  // and kTrapEntry
  runtime::NativeLinks links;
  CodeMemory memory, fail_memory;
};

const void* trap_landing = nullptr;

bool OnFault(platform::Fault* fault) {
  const native::NativeModule* module = native::FindCode(fault->pc);
  if (module == nullptr || !module->FindTrap(module->Find(fault->pc))) return false;
  fault->r10 = fault->pc;
  fault->r11 = fault->address;
  fault->pc = reinterpret_cast<uintptr_t>(trap_landing);
  return true;
}

template <class F>
const void* PointerTo(F* function) {
  return reinterpret_cast<const void*>(function);
}

// Code that has been assembled, as pages.
Result<CodeMemory> Publish(const x64::Assembler& a) {
  GANTRY_ASSIGN_OR_RETURN(CodeMemory memory, CodeMemory::Allocate(a.position()));
  std::memcpy(memory.base(), a.code().data(), a.position());
  GANTRY_RETURN_IF_ERROR(memory.Publish());
  return memory;
}

Result<std::unique_ptr<ProcessStubs>> MakeProcessStubs() {
  auto out = std::make_unique<ProcessStubs>();
  stubs::Addresses& addresses = out->addresses;
  addresses.activation_ops = &native::kActivationOps;
  addresses.enter_thread = PointerTo(&native::EnterThread);
  addresses.thread_exits = &platform::thread_exits;
  addresses.on_trap = PointerTo(&native::OnTrap);
  addresses.unwind = PointerTo(&native::Unwind);
  addresses.any_exit = PointerTo(&native::AnyExit);
  addresses.compile = PointerTo(&native::CompileOnCall);

  // First the stub that the others jump to.
  x64::Assembler fail;
  stubs::MakeFail(fail, addresses);
  GANTRY_ASSIGN_OR_RETURN(CodeMemory fail_memory, Publish(fail));
  addresses.fail = fail_memory.base();

  x64::Assembler a;
  std::vector<std::pair<const void**, uint32_t>> places;
  const auto place = [&](const void** address) {
    a.Align(kStubAlign);
    places.emplace_back(address, a.position());
  };
  const void* leave = nullptr;
  const void* any_exit = nullptr;
  place(&leave);
  stubs::MakeLeave(a);
  place(&out->trap_landing);
  stubs::MakeTrapLanding(a, addresses);
  place(&any_exit);
  stubs::MakeAnyExit(a, addresses);
  place(&out->compile);
  stubs::MakeCompile(a, addresses);
  for (int i = 0; i < abi::kBuiltinCount; ++i) {
    place(&out->builtins[i]);
    stubs::MakeBuiltin(a, native::kBuiltins[i].shape, PointerTo(native::kBuiltins[i].function), addresses);
  }
  place(&out->builtins[abi::kTrapEntry]);
  stubs::MakeTrapCall(a, addresses);
  GANTRY_ASSIGN_OR_RETURN(out->memory, Publish(a));
  for (const auto& [address, position] : places) *address = out->memory.base() + position;
  out->links = {out->builtins, const_cast<void*>(any_exit)};
  native::leave_stub = leave;
  trap_landing = out->trap_landing;
  out->fail_memory = std::move(fail_memory);
  return out;
}

// Null if the host cannot run native code.
const ProcessStubs* TheProcessStubs() {
  static const ProcessStubs* const stubs = []() -> const ProcessStubs* {
    if (!platform::FaultsAreSupported()) return nullptr;
    Result<std::unique_ptr<ProcessStubs>> made = MakeProcessStubs();
    if (!made) return nullptr;
    native::FindCode(0);  // the registry is there before the first fault can be
    return made->release();
  }();
  return stubs;
}

}  // namespace

std::unique_ptr<NativeTier> NativeTier::Create(const Config& config) {
  if (TheProcessStubs() == nullptr) return nullptr;
  if (config.fault_traps || config.guard_pages) platform::InstallFaultHandler(&OnFault);
  return std::make_unique<NativeTier>();
}

const char* NativeTier::WhyNot() {
  return platform::FaultsAreSupported() ? "the host does not let memory become executable"
                                        : "there is no compiler for this processor";
}

const runtime::NativeLinks& NativeTier::links() const { return TheProcessStubs()->links; }

// By type index. Makes those that are not there yet, all in one piece.
Result<std::vector<TypeStubs>> NativeTier::StubsFor(const wasm::Module& module) {
  const stubs::Addresses& addresses = TheProcessStubs()->addresses;
  const wasm::TypeRegistry& registry = wasm::TypeRegistry::Get();
  struct Made {
    std::pair<const stubs::Shape, TypeStubs>* place;
    uint32_t entry, raw_entry, interp_exit, host_exit, raw_exit;
  };
  std::vector<Made> made;
  x64::Assembler a;
  const auto begin = [&a] {
    a.Align(kStubAlign);
    return a.position();
  };
  const TypeStubs any = {.interp_exit = links().any_exit, .host_exit = links().any_exit, .raw_exit = links().any_exit};
  std::vector<const TypeStubs*> found(module.types.size(), &any);

  std::lock_guard lock(mutex_);
  for (size_t i = 0; i < module.types.size(); ++i) {
    if (module.types[i].kind != wasm::CompKind::Func) continue;
    const auto [place, is_new] = stubs_.try_emplace(stubs::ShapeOf(registry[module.canon[i]]));
    if (is_new && stubs_.size() > kMaxShapes) {
      stubs_.erase(place);
      continue;
    }
    found[i] = &place->second;
    if (!is_new) continue;
    const stubs::Shape& shape = place->first;
    Made stub{.place = &*place};
    stub.entry = begin();
    stubs::MakeEntry(a, shape, addresses);
    stub.raw_entry = begin();
    stubs::MakeRawEntry(a, shape, addresses);
    stub.interp_exit = begin();
    stubs::MakeExit(a, shape, PointerTo(&interp::Enter), addresses);
    stub.host_exit = begin();
    stubs::MakeExit(a, shape, nullptr, addresses);
    stub.raw_exit = begin();
    stubs::MakeRawExit(a, shape, addresses);
    made.push_back(stub);
  }
  if (!made.empty()) {
    Result<CodeMemory> memory = Publish(a);
    if (!memory) {
      for (const Made& stub : made) stubs_.erase(stubs::Shape(stub.place->first));
      return std::unexpected(std::move(memory).error());
    }
    uint8_t* const base = memory->base();
    for (const Made& stub : made) {
      stub.place->second = {.entry = reinterpret_cast<abi::ArrayEntry>(base + stub.entry),
                            .raw_entry = reinterpret_cast<abi::ArrayEntry>(base + stub.raw_entry),
                            .interp_exit = base + stub.interp_exit,
                            .host_exit = base + stub.host_exit,
                            .raw_exit = base + stub.raw_exit};
    }
    stub_memory_.push_back(*std::move(memory));
  }
  std::vector<TypeStubs> out;
  out.reserve(found.size());
  for (const TypeStubs* stubs : found) out.push_back(*stubs);
  return out;
}

namespace {

bool IsLazy(const Config& config, uint64_t code_bytes) {
  if (config.function_compiler != nullptr || !pipeline::IsSupported()) return false;
  if (config.lazy) return *config.lazy;
  return config.tier == Tier::Auto && code_bytes > kMaxEagerCode;
}

using Take = std::function<void(const abi::CodeBatch&)>;

// By hand-written functions instead of a compiler.
void CompileByHook(const Config& config, const wasm::Module& module, const native::LinkInput& input, const Take& take) {
  abi::CompileOptions options{.layout = input.layout, .guarded = input.guarded};
  options.consume_fuel = config.consume_fuel;
  options.polls = config.epoch_interruption;
  options.relaxed_deterministic = config.relaxed_simd_deterministic;
  const std::unique_ptr<abi::FunctionCompiler> compiler = config.function_compiler(module, options);
  abi::CodeBatch batch;
  for (uint32_t i = module.imported_funcs; i < module.funcs.size(); ++i) compiler->Compile(i, &batch);
  take(batch);
}

pipeline::Options OptionsOf(const Config& config, const wasm::Module& module) {
  pipeline::Options options;
  options.cpu = platform::HostCpu();
  options.guard_pages = config.guard_pages;
  options.fault_traps = config.fault_traps;
  options.polls = config.epoch_interruption;
  options.consume_fuel = config.consume_fuel;
  options.tail_calls_leave = (module.uses & wasm::valid::uses::kTailCallOut) != 0;
  options.table_writes = (module.uses & wasm::valid::uses::kTableWrite) != 0;
  options.deterministic_relaxed_simd = config.relaxed_simd_deterministic;
  return options;
}

void CompileFunctions(const Config& config, const wasm::Module& module, const wasm::PlanParts& plans,
                      const native::LinkInput& input, const Take& take) {
  if (config.function_compiler != nullptr) return CompileByHook(config, module, input, take);
  if (!pipeline::IsSupported()) return;
  const bool is_parallel = config.parallel_compilation && !input.is_small;
  pipeline::Options options = OptionsOf(config, module);
  options.plans = &plans;
  const pipeline::ModuleCompiler compiler(module, options);
  compiler.CompileAll(is_parallel ? platform::ProcessorCount() : 1, take);
}

native::CompileFunction LazyCompiler(const Config& config, const wasm::Module& module) {
  auto compiler = std::make_shared<const pipeline::ModuleCompiler>(module, OptionsOf(config, module));
  return [compiler = std::move(compiler)](uint32_t func_index, abi::CodeBatch* batch) {
    const char* why = nullptr;
    return compiler->Compile(func_index, batch, &why);
  };
}

}  // namespace

bool NativeTier::WantsPlans(const Config& config, uint64_t code_bytes) {
  return config.function_compiler == nullptr && pipeline::IsSupported() && !IsLazy(config, code_bytes);
}

Result<std::shared_ptr<const runtime::NativeCode>> NativeTier::Compile(const Config& config,
                                                                       const runtime::CompiledModule& compiled,
                                                                       const wasm::PlanParts& plans) {
  const wasm::Module& module = compiled.module;
  native::LinkInput input;
  input.module = &module;
  input.layout = compiled.plan().layout;
  for (const wasm::Memory& memory : module.memories) {
    input.guarded.push_back(config.guard_pages && !memory.type.is_64 && memory.type.page_size_log2 == 16);
  }
  GANTRY_ASSIGN_OR_RETURN(input.stubs, StubsFor(module));
  input.code_bytes = pipeline::CodeBytes(module);
  input.is_small = pipeline::IsSmall(input.code_bytes);
  input.direct_exit = &stubs::DirectExit;
  if (IsLazy(config, input.code_bytes)) {
    input.compile = LazyCompiler(config, module);
    input.lazy_entries = {stubs::kLazyEntry, &stubs::WriteLazyEntries};
    input.compile_stub = TheProcessStubs()->compile;
  } else {
    input.compile_all = [&](const Take& take) { CompileFunctions(config, module, plans, input, take); };
  }
  GANTRY_ASSIGN_OR_RETURN(std::shared_ptr<const native::NativeModule> native,
                          native::NativeModule::Link(std::move(input)));
  return std::shared_ptr<const runtime::NativeCode>(std::move(native));
}

}  // namespace gantry::engine
