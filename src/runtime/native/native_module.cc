#include "runtime/native/native_module.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "runtime/native/code_registry.h"

namespace gantry::native {

using abi::CallSite;
using abi::CodeBatch;
using abi::FunctionRecord;
using abi::TrapSite;

namespace {

constexpr uint64_t kMaxCode = uint64_t{1} << 30;  // so that a call reaches every function

constexpr uint64_t Align(uint64_t at) { return (at + abi::kFunctionAlign - 1) & ~uint64_t{abi::kFunctionAlign - 1}; }

}  // namespace

Result<std::shared_ptr<const NativeModule>> NativeModule::Link(LinkInput input) {
  const wasm::Module& module = *input.module;
  std::shared_ptr<NativeModule> out(new NativeModule);
  out->module_ = &module;
  out->guarded_ = std::move(input.guarded);
  out->stubs_ = std::move(input.stubs);
  out->entries_.assign(module.funcs.size() - module.imported_funcs, kNotNative);

  // Places: the batches one after another, then what stands for functions that are not native but called directly.
  uint64_t size = 0;
  std::vector<uint64_t> starts;
  for (const CodeBatch& batch : input.batches) {
    starts.push_back(size);
    size = Align(size + batch.text.size());
    for (const FunctionRecord& function : batch.functions) {
      out->entries_[function.func_index - module.imported_funcs] =
          static_cast<uint32_t>(starts.back() + function.start);
    }
  }
  std::vector<uint32_t> targets = out->entries_;
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

  GANTRY_ASSIGN_OR_RETURN(out->memory_, CodeMemory::Allocate(std::max<uint64_t>(size, 1)));
  uint8_t* const base = out->memory_.base();
  for (size_t i = 0; i < input.batches.size(); ++i) {
    const CodeBatch& batch = input.batches[i];
    if (!batch.text.empty()) std::memcpy(base + starts[i], batch.text.data(), batch.text.size());
    for (const abi::Relocation& relocation : batch.relocations) {
      const uint64_t at = starts[i] + relocation.at;
      const int32_t distance =
          static_cast<int32_t>(targets[relocation.func_index - module.imported_funcs] - static_cast<int64_t>(at + 4));
      std::memcpy(base + at, &distance, sizeof distance);
    }
  }
  for (uint32_t func : interpreted) {
    const uint32_t defined = func - module.imported_funcs;
    const std::vector<uint8_t> code =
        input.direct_exit(static_cast<uint32_t>(input.layout.funcs + defined * sizeof(abi::FuncRef)),
                          out->stubs_[module.funcs[func].type].interp_exit);
    std::memcpy(base + targets[defined], code.data(), code.size());
  }
  for (size_t i = 0; i < input.batches.size(); ++i) {
    for (FunctionRecord& function : input.batches[i].functions) function.start += static_cast<uint32_t>(starts[i]);
  }
  out->TakeTables(input.batches);
  GANTRY_RETURN_IF_ERROR(out->memory_.Publish());
  RegisterCode(base, out->memory_.size(), out.get());
  out->is_registered_ = true;
  return std::shared_ptr<const NativeModule>(std::move(out));
}

NativeModule::~NativeModule() {
  if (is_registered_) UnregisterCode(memory_.base());
}

// One after another, indices between them moved along.
void NativeModule::TakeTables(std::vector<CodeBatch>& batches) {
  for (CodeBatch& batch : batches) {
    const auto trap_base = static_cast<uint32_t>(traps_.size()), call_base = static_cast<uint32_t>(calls_.size());
    const auto map_base = static_cast<uint32_t>(maps_.size()), handler_base = static_cast<uint32_t>(handlers_.size());
    for (FunctionRecord& function : batch.functions) {
      function.first_trap += trap_base;
      function.first_call += call_base;
      functions_.push_back(function);
    }
    for (CallSite& site : batch.calls) {
      if (site.map != CallSite::kNoMap) site.map += map_base;
      if (site.handler != CallSite::kNoHandler) site.handler += handler_base;
    }
    traps_.insert(traps_.end(), batch.traps.begin(), batch.traps.end());
    calls_.insert(calls_.end(), batch.calls.begin(), batch.calls.end());
    handlers_.insert(handlers_.end(), batch.handlers.begin(), batch.handlers.end());
    maps_.insert(maps_.end(), batch.maps.begin(), batch.maps.end());
    batch = {};
  }
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
  for (size_t i = 0; i < entries_.size(); ++i, ++func) {
    const TypeStubs& stubs = stubs_[module_->funcs[func->func_index].type];
    if (entries_[i] == kNotNative) {
      func->native_entry = stubs.interp_exit;
      continue;
    }
    func->native_entry = memory_.base() + entries_[i];
    if (stubs.entry == nullptr) continue;
    func->array_entry = stubs.entry;
    func->type_and_kind = abi::FuncRef::Pack(func->type(), abi::FuncKind::Native);
  }
}

Position NativeModule::Find(uintptr_t pc) const {
  const uintptr_t at = pc - reinterpret_cast<uintptr_t>(memory_.base());
  if (at >= memory_.size()) return {};
  auto after = std::upper_bound(functions_.begin(), functions_.end(), at,
                                [](uintptr_t p, const FunctionRecord& f) { return p < f.start; });
  if (after == functions_.begin()) return {};
  const FunctionRecord& function = *(after - 1);
  const uintptr_t within = at - function.start;
  if (within >= function.size) return {};
  return {&function, static_cast<uint32_t>(within)};
}

const TrapSite* NativeModule::FindTrap(Position at) const {
  if (at.function == nullptr) return nullptr;
  const auto sites = std::span(traps_).subspan(at.function->first_trap, at.function->trap_count);
  auto found =
      std::lower_bound(sites.begin(), sites.end(), at.pc, [](const TrapSite& s, uint32_t pc) { return s.pc < pc; });
  return found == sites.end() || found->pc != at.pc ? nullptr : &*found;
}

const CallSite* NativeModule::FindCall(Position at) const {
  if (at.function == nullptr) return nullptr;
  const auto sites = std::span(calls_).subspan(at.function->first_call, at.function->call_count);
  auto found = std::lower_bound(sites.begin(), sites.end(), at.pc,
                                [](const CallSite& s, uint32_t pc) { return s.return_pc < pc; });
  return found == sites.end() || found->return_pc != at.pc ? nullptr : &*found;
}

}  // namespace gantry::native
