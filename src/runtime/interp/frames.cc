// Frames of interpreted functions: walking them, their roots, traps, and the search for exception handlers.
#include <algorithm>

#include "abi/gc_layout.h"
#include "runtime/instance.h"
#include "runtime/interp/rcode.h"
#include "runtime/store.h"

namespace gantry::interp {

using abi::Slot;

const Site* FuncCode::SiteAt(uint32_t position) const {
  auto after = std::upper_bound(sites.begin(), sites.end(), position,
                                [](uint32_t p, const Site& site) { return p < site.position; });
  return after == sites.begin() ? nullptr : &*(after - 1);
}

// Steps to the frame that called this one. `ip` then points at the last word of the call.
bool FrameState::ToCaller() {
  const Slot* link = fp + func->link;
  const Word* back = reinterpret_cast<const Word*>(link[kLinkIp]);
  if (back == kExitCode) return false;
  if (back == kCrossReturnCode) {
    const Adapter& adapter = *reinterpret_cast<const Adapter*>(link[kLinkFp]);
    // The first function of an activation may have gone to another instance by a tail call.
    *this = {adapter.ip - 1, adapter.fp, adapter.func, adapter.context};
    return true;
  }
  *this = {back - 1, reinterpret_cast<Slot*>(link[kLinkFp]), reinterpret_cast<const FuncCode*>(link[kLinkFunc]),
           context};
  return true;
}

namespace {

FrameState Innermost(const Run& run) { return {run.ip, run.fp, run.func, run.context}; }

void ScanFrame(const FrameState& frame, gc::RootVisitor& visitor) {
  const FuncCode& func = *frame.func;
  for (uint16_t slot : func.root_locals) visitor.VisitSlot(frame.fp + slot);
  const Site* site = func.SiteAt(frame.position());
  if (site == nullptr) return;
  auto map = std::lower_bound(func.root_maps.begin(), func.root_maps.end(), site->position,
                              [](const RootMap& entry, uint32_t position) { return entry.position < position; });
  if (map == func.root_maps.end() || map->position != site->position) return;
  for (uint32_t i = map->head; i != RootMap::kEnd; i = func.roots[i].next)
    visitor.VisitSlot(frame.fp + func.roots[i].slot);
}

void ScanRoots(runtime::Activation* activation, gc::RootVisitor& visitor) {
  const Run& run = *static_cast<const Run*>(activation);
  if (run.func == nullptr) return;
  FrameState frame = Innermost(run);
  do ScanFrame(frame, visitor);
  while (frame.ToCaller());
}

bool Walk(runtime::Activation* activation, runtime::FrameVisitor& visitor) {
  const Run& run = *static_cast<const Run*>(activation);
  if (run.func == nullptr) return true;
  FrameState frame = Innermost(run);
  do {
    const Site* site = frame.func->SiteAt(frame.position());
    const uint32_t offset =
        site == nullptr ? frame.func->module->module.funcs[frame.func->func_index].body.offset : site->offset;
    if (!visitor.Visit({frame.context->instance, frame.func->func_index, offset})) return false;
  } while (frame.ToCaller());
  return true;
}

bool Matches(const Handler& handler, const abi::TagDef* tag, const abi::InstanceContext& context) {
  switch (handler.kind) {
    case wasm::CatchKind::Catch:
    case wasm::CatchKind::CatchRef:
      return context.tags[handler.tag] == tag;
    case wasm::CatchKind::CatchAll:
    case wasm::CatchKind::CatchAllRef:
      return true;
  }
  return false;
}

// Payload of the exception object, then the reference, to the slots of the handler's label.
void Deliver(const Handler& handler, const FrameState& frame, const gc::Heap& heap, gc::Ref exception) {
  Slot* to = frame.fp + handler.slot;
  if (handler.kind == wasm::CatchKind::Catch || handler.kind == wasm::CatchKind::CatchRef) {
    for (const FieldAccess& field : frame.func->module->payloads[handler.tag]) {
      const uint8_t* from = heap.At<uint8_t>(exception + field.offset);
      const size_t size = field.access == Access::V128 ? 16 : field.access == Access::B64 ? 8 : 4;
      *to = 0;
      std::memcpy(to, from, size);
      to += size == 16 ? 2 : 1;
    }
  }
  if (handler.kind == wasm::CatchKind::CatchRef || handler.kind == wasm::CatchKind::CatchAllRef) *to = exception;
}

}  // namespace

const runtime::ActivationOps kRunOps = {&ScanRoots, &Walk};

abi::Status RaiseTrap(Run* run, abi::TrapCode code) {
  abi::StoreContext* store = run->context->store;
  if (run->func->module->options.consume_fuel) {
    // The part of the block up to the trap has not been paid yet.
    const Site* site = run->func->SiteAt(static_cast<uint32_t>(run->ip - run->func->code));
    if (site != nullptr) store->fuel -= site->fuel;
  }
  return store->store->Trap(code);
}

bool FindHandler(Run* run) {
  runtime::Store& store = *run->context->store->store;
  const gc::Ref exception = store.TakeException();
  const gc::Heap& heap = *store.heap();
  const auto* tag = reinterpret_cast<const abi::TagDef*>(*heap.At<uint64_t>(exception + abi::kExnTagOffset));
  FrameState frame = Innermost(*run);
  do {
    const uint32_t position = frame.position();
    for (const Handler& handler : frame.func->handlers) {
      if (position < handler.begin || position >= handler.end || !Matches(handler, tag, *frame.context)) continue;
      Deliver(handler, frame, heap, exception);
      run->ip = frame.func->code + handler.target;
      run->fp = frame.fp;
      run->func = frame.func;
      run->context = frame.context;
      return true;
    }
  } while (frame.ToCaller());
  store.Throw(exception);
  return false;
}

}  // namespace gantry::interp
