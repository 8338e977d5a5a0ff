#include "runtime/native/native_module.h"

#include <atomic>

#include "runtime/native/code_registry.h"
#include "runtime/store.h"

namespace gantry::native {

Result<std::shared_ptr<const NativeModule>> NativeModule::Link(LinkInput input) {
  std::shared_ptr<NativeModule> out(new NativeModule);
  out->module_ = input.module;
  out->guarded_ = std::move(input.guarded);
  out->stubs_ = std::move(input.stubs);
  if (input.compile != nullptr) {
    GANTRY_ASSIGN_OR_RETURN(
        out->lazy_, LazyCode::Create(*input.module, std::move(input.compile), input.lazy_entries, input.compile_stub));
    RegisterCode(out->lazy_->base(), out->lazy_->size(), out.get());
    out->registered_ = out->lazy_->base();
  } else {
    GANTRY_ASSIGN_OR_RETURN(out->eager_, EagerCode::Create(*input.module, input.code_bytes, input.is_small));
    input.compile_all([&](const abi::CodeBatch& batch) { out->eager_->Take(batch); });
    GANTRY_RETURN_IF_ERROR(out->eager_->Finish([&](uint32_t func) {
      const uint32_t defined = func - input.module->imported_funcs;
      return input.direct_exit(static_cast<uint32_t>(input.layout.funcs + defined * sizeof(abi::FuncRef)),
                               out->stubs_[input.module->funcs[func].type].interp_exit);
    }));
    out->registered_ = out->eager_->base();
    if (out->registered_ != nullptr) RegisterCode(out->registered_, out->eager_->size(), out.get());
  }
  return std::shared_ptr<const NativeModule>(std::move(out));
}

uint64_t NativeModule::NextSerial() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

NativeModule::~NativeModule() {
  if (registered_ != nullptr) UnregisterCode(registered_);
}

void NativeModule::Fill(abi::InstanceContext* context) const {
  context->native = this;
  // The calls of this module find the host functions' own stubs, if they are still those of any signature.
  for (uint32_t i = 0; i < module_->imported_funcs; ++i) {
    abi::FuncRef* func = context->imported_funcs[i];
    if (func->kind() != abi::FuncKind::Host) continue;
    const TypeStubs& stubs = stubs_[module_->funcs[i].type];
    const bool is_raw = static_cast<const runtime::HostFunc*>(func->host)->raw.call != nullptr;
    func->native_entry = is_raw ? stubs.raw_exit : stubs.host_exit;
  }
  abi::FuncRef* func = context->funcs;
  const auto count = static_cast<uint32_t>(module_->funcs.size() - module_->imported_funcs);
  for (uint32_t i = 0; i < count; ++i, ++func) {
    const TypeStubs& stubs = stubs_[module_->funcs[func->func_index].type];
    const void* const entry = lazy_ != nullptr ? lazy_->Target(i) : eager_->Entry(i);
    func->native_entry = entry != nullptr ? const_cast<void*>(entry) : stubs.interp_exit;
    if (entry == nullptr) continue;
    if (stubs.entry == nullptr) continue;
    func->array_entry = stubs.entry;
    func->type_and_kind = abi::FuncRef::Pack(func->type(), abi::FuncKind::Native);
  }
}

Position NativeModule::Find(uintptr_t pc) const {
  const uintptr_t base = reinterpret_cast<uintptr_t>(registered_);
  const uint64_t size = lazy_ != nullptr ? lazy_->size() : eager_->size();
  if (pc - base >= size) return {};
  const CodePiece* piece = lazy_ != nullptr ? lazy_->PieceAt(pc) : eager_->PieceAt(pc);
  return piece == nullptr ? Position{} : piece->Find(pc);
}

runtime::NativeStats NativeModule::Stats() const { return lazy_ != nullptr ? lazy_->Stats() : eager_->Stats(); }

NativeModule::Target NativeModule::CompileNow(abi::InstanceContext* context, uint32_t func_index) const {
  const void* const code = lazy_->Compile(func_index);
  if (code == nullptr) {
    abi::FuncRef* const func = &context->funcs[func_index - module_->imported_funcs];
    return {stubs_[module_->funcs[func_index].type].interp_exit, func};
  }
  // Calls by reference in this store have no detour any more. Other stores' find the code when they are made.
  for (const abi::FunctionRecord& function : lazy_->PieceAt(reinterpret_cast<uintptr_t>(code))->functions()) {
    const uint32_t defined = function.func_index - module_->imported_funcs;
    context->funcs[defined].native_entry = const_cast<void*>(lazy_->Target(defined));
  }
  return {code, nullptr};
}

NativeModule::Target CompileOnCall(abi::InstanceContext* context, uint64_t func_index) {
  return static_cast<const NativeModule*>(context->native)->CompileNow(context, static_cast<uint32_t>(func_index));
}

}  // namespace gantry::native
