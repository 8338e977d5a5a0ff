#include "runtime/native/native_module.h"

#include <algorithm>
#include <cstring>

#include "runtime/native/code_registry.h"

namespace gantry::native {

using abi::CodeBatch;
using abi::FunctionRecord;

namespace {

constexpr uint64_t kMaxCode = uint64_t{1} << 30;  // so that a call reaches every function

constexpr uint64_t Align(uint64_t at) { return (at + abi::kFunctionAlign - 1) & ~uint64_t{abi::kFunctionAlign - 1}; }

}  // namespace

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
    GANTRY_RETURN_IF_ERROR(out->LinkAll(input));
    RegisterCode(out->memory_.base(), out->memory_.size(), out.get());
    out->registered_ = out->memory_.base();
  }
  return std::shared_ptr<const NativeModule>(std::move(out));
}

Result<void> NativeModule::LinkAll(LinkInput& input) {
  const wasm::Module& module = *module_;
  entries_.assign(module.funcs.size() - module.imported_funcs, kNotNative);

  // Places: the batches one after another, then what stands for functions that are not native but called directly.
  uint64_t size = 0;
  std::vector<uint64_t> starts;
  for (const CodeBatch& batch : input.batches) {
    starts.push_back(size);
    size = Align(size + batch.text.size());
    for (const FunctionRecord& function : batch.functions) {
      entries_[function.func_index - module.imported_funcs] = static_cast<uint32_t>(starts.back() + function.start);
    }
  }
  std::vector<uint32_t> targets = entries_;
  std::vector<uint32_t> interpreted;
  const size_t exit_size = Align(input.direct_exit(0, nullptr).size());
  for (const CodeBatch& batch : input.batches) {
    for (const abi::Relocation& relocation : batch.relocations) {
      uint32_t& target = targets[relocation.func_index - module.imported_funcs];
      if (target != kNotNative) continue;
      target = static_cast<uint32_t>(size);
      size += exit_size;
      interpreted.push_back(relocation.func_index);
    }
  }
  if (size > kMaxCode) return std::unexpected(Error(ErrorClass::Limit, "the module's compiled code is too large"));

  GANTRY_ASSIGN_OR_RETURN(memory_, CodeMemory::Allocate(std::max<uint64_t>(size, 1)));
  uint8_t* const base = memory_.base();
  for (size_t i = 0; i < input.batches.size(); ++i) {
    CodeBatch& batch = input.batches[i];
    if (!batch.text.empty()) std::memcpy(base + starts[i], batch.text.data(), batch.text.size());
    for (const abi::Relocation& relocation : batch.relocations) {
      const uint64_t at = starts[i] + relocation.at;
      const int32_t distance =
          static_cast<int32_t>(targets[relocation.func_index - module.imported_funcs] - static_cast<int64_t>(at + 4));
      std::memcpy(base + at, &distance, sizeof distance);
    }
    batch.text = {};
    batch.relocations = {};
  }
  for (uint32_t func : interpreted) {
    const uint32_t defined = func - module.imported_funcs;
    const std::vector<uint8_t> code =
        input.direct_exit(static_cast<uint32_t>(input.layout.funcs + defined * sizeof(abi::FuncRef)),
                          stubs_[module.funcs[func].type].interp_exit);
    std::memcpy(base + targets[defined], code.data(), code.size());
  }
  GANTRY_RETURN_IF_ERROR(memory_.Publish());
  piece_ = std::make_unique<CodePiece>(base);
  piece_->Reserve(input.batches);
  for (size_t i = 0; i < input.batches.size(); ++i) {
    piece_->Add(input.batches[i], static_cast<uint32_t>(starts[i]));
    input.batches[i] = {};
  }
  return {};
}

NativeModule::~NativeModule() {
  if (registered_ != nullptr) UnregisterCode(registered_);
}

void NativeModule::Fill(abi::InstanceContext* context) const {
  context->native = this;
  // The calls of this module find the host functions' own stubs, if they are still those of any signature.
  for (uint32_t i = 0; i < module_->imported_funcs; ++i) {
    abi::FuncRef* func = context->imported_funcs[i];
    void* const exit = stubs_[module_->funcs[i].type].host_exit;
    if (func->kind() == abi::FuncKind::Host) func->native_entry = exit;
  }
  abi::FuncRef* func = context->funcs;
  const size_t count = module_->funcs.size() - module_->imported_funcs;
  for (size_t i = 0; i < count; ++i, ++func) {
    const TypeStubs& stubs = stubs_[module_->funcs[func->func_index].type];
    if (lazy_ == nullptr && entries_[i] == kNotNative) {
      func->native_entry = stubs.interp_exit;
      continue;
    }
    func->native_entry = lazy_ != nullptr ? lazy_->Entry(static_cast<uint32_t>(i)) : memory_.base() + entries_[i];
    if (stubs.entry == nullptr) continue;
    func->array_entry = stubs.entry;
    func->type_and_kind = abi::FuncRef::Pack(func->type(), abi::FuncKind::Native);
  }
}

Position NativeModule::Find(uintptr_t pc) const {
  const uintptr_t base = reinterpret_cast<uintptr_t>(registered_);
  const uint64_t size = lazy_ != nullptr ? lazy_->size() : memory_.size();
  if (pc - base >= size) return {};
  const CodePiece* piece = lazy_ != nullptr ? lazy_->PieceAt(pc) : piece_.get();
  return piece == nullptr ? Position{} : piece->Find(pc);
}

runtime::NativeStats NativeModule::Stats() const {
  if (lazy_ != nullptr) return lazy_->Stats();
  return {.functions = static_cast<uint32_t>(piece_->functions().size()), .code_bytes = memory_.size()};
}

NativeModule::Target NativeModule::CompileNow(abi::InstanceContext* context, uint32_t func_index) const {
  if (const void* code = lazy_->Compile(func_index)) return {code, nullptr};
  abi::FuncRef* const func = &context->funcs[func_index - module_->imported_funcs];
  return {stubs_[module_->funcs[func_index].type].interp_exit, func};
}

NativeModule::Target CompileOnCall(abi::InstanceContext* context, uint64_t func_index) {
  return static_cast<const NativeModule*>(context->native)->CompileNow(context, static_cast<uint32_t>(func_index));
}

}  // namespace gantry::native
