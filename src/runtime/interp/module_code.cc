// Code of a module: translation on demand, the facts that slow paths need, and the interpreter's entry from the host.
#include "abi/gc_layout.h"
#include "runtime/instance.h"
#include "runtime/interp/rcode.h"
#include "runtime/interp/translator.h"
#include "runtime/store.h"

namespace gantry::interp {

using abi::Slot;
using abi::Status;

namespace {

constexpr ROpInfo MakeInfo(std::string_view format) {
  ROpInfo info;
  info.site = format[0] == '!';
  if (info.site) format.remove_prefix(1);
  for (int i = 0; i < 3; ++i) info.field[i] = format[static_cast<size_t>(i)];
  for (char word : format.substr(3)) {
    if (word != 'T') info.words[info.word_count++] = word;
  }
  return info;
}

constexpr ROpInfo kInfos[] = {
#define RC(Name, format) MakeInfo(format),
#include "runtime/interp/rcode.def"
};

}  // namespace

const ROpInfo& InfoOf(ROp op) { return kInfos[static_cast<int>(op)]; }

const Word kCrossReturnCode[1] = {{static_cast<uint16_t>(ROp::CrossReturn), 0, 0, 0}};
const Word kExitCode[1] = {{static_cast<uint16_t>(ROp::Exit), 0, 0, 0}};

Access AccessOf(wasm::ValType storage) {
  switch (abi::StorageSize(storage)) {
    case 1:
      return Access::I8;
    case 2:
      return Access::I16;
    case 4:
      return Access::B32;
    case 8:
      return Access::B64;
    default:
      return Access::V128;
  }
}

ModuleCode::ModuleCode(const wasm::Module& the_module, const CodeOptions& the_options)
    : module(the_module),
      options(the_options),
      funcs(std::make_unique<std::atomic<FuncCode*>[]>(the_module.funcs.size() - the_module.imported_funcs)),
      func_count(static_cast<uint32_t>(the_module.funcs.size() - the_module.imported_funcs)) {
  const wasm::TypeRegistry& registry = wasm::TypeRegistry::Get();
  types.resize(module.types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    if (module.canon[i] == wasm::kNone) continue;  // no type of core code
    const wasm::CanonType& type = registry[module.canon[i]];
    TypeFacts& facts = types[i];
    facts.param_slots = type.param_slots;
    facts.result_slots = type.result_slots;
    if (type.kind == wasm::CompKind::Struct) {
      const abi::StructLayout layout = abi::LayoutStruct(type);
      for (size_t f = 0; f < type.fields.size(); ++f)
        facts.fields.push_back({layout.offsets[f], AccessOf(type.fields[f].storage)});
    } else if (type.kind == wasm::CompKind::Array) {
      facts.fields.push_back({0, AccessOf(type.fields[0].storage)});
    }
  }
  for (const wasm::Tag& tag : module.tags) {
    const wasm::CanonType& type = registry[module.canon[tag.type]];
    const abi::StructLayout layout = abi::LayoutExn(type);
    std::vector<FieldAccess> fields;
    for (size_t i = 0; i < type.params.size(); ++i) fields.push_back({layout.offsets[i], AccessOf(type.params[i])});
    payloads.push_back(std::move(fields));
  }
}

ModuleCode::~ModuleCode() {
  for (uint32_t i = 0; i < func_count; ++i) delete funcs[i].load(std::memory_order_relaxed);
}

// Two threads may translate the same function; the first to publish wins.
const FuncCode* ModuleCode::Translate(uint32_t defined) const {
  std::unique_ptr<FuncCode> code = TranslateFunction(*this, defined + module.imported_funcs);
  FuncCode* expected = nullptr;
  if (funcs[defined].compare_exchange_strong(expected, code.get(), std::memory_order_acq_rel)) return code.release();
  return expected;
}

std::shared_ptr<ModuleCode> NewModuleCode(const wasm::Module& module, const CodeOptions& options) {
  return std::make_shared<ModuleCode>(module, options);
}

size_t TranslateAll(ModuleCode& code) {
  size_t words = 0;
  for (uint32_t i = 0; i < code.func_count; ++i) words += code.Get(i)->size;
  return words * sizeof(Word);
}

// Lays an adapter and the arguments on the value stack and runs.
Status Enter(abi::FuncRef* self, abi::Caller*, Slot* slots) {
  abi::InstanceContext* context = self->context;
  abi::StoreContext* store = context->store;
  const ModuleCode& module = *static_cast<const ModuleCode*>(context->code);
  const FuncCode* func = module.Get(self->func_index - module.module.imported_funcs);
  Slot* const old_top = store->stack_top;
  Adapter* const adapter = reinterpret_cast<Adapter*>(old_top);
  Slot* const fp = old_top + kAdapterSlots;

  Run run;
  run.outer = store->activation;
  run.ops = &kRunOps;
  if (store->stack_limit - old_top < static_cast<int64_t>(kAdapterSlots) + func->frame_slots) {
    return store->store->Trap(abi::TrapCode::StackOverflow);
  }
  *adapter = Adapter{};
  Slot* const link = fp + func->link;
  link[kLinkIp] = reinterpret_cast<uintptr_t>(kExitCode);
  link[kLinkFp] = reinterpret_cast<uintptr_t>(adapter);
  link[kLinkFunc] = 0;
  std::memcpy(fp, slots, func->param_slots * sizeof(Slot));
  store->activation = &run;
  const uint32_t results = func->result_slots;
  const Status status = Execute(&run, func, fp, context);
  store->activation = run.outer;
  store->stack_top = old_top;
  if (status == Status::Ok) std::memcpy(slots, fp, results * sizeof(Slot));
  return status;
}

}  // namespace gantry::interp
