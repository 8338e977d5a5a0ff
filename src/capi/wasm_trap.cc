// Traps and frames of wasm.h. Tested by tests/capi/wasm_trap.c.
#include <utility>

#include "capi/vec.h"
#include "capi/wasm_refs.h"

namespace gantry::capi {

wasm_trap_t* NewTrap(TrapData data) { return new wasm_trap_t(std::move(data)); }

namespace {

// The trap that the embedder's callback made, if that is what came through: others may have come after it.
Owned<wasm_trap_t> TakePending(WasmStore& store, const TrapData& came) {
  Owned<wasm_trap_t> pending = std::move(store.pending_trap);
  if (pending == nullptr) return nullptr;
  const TrapData& made = pending->data;
  if (made.message != came.message || made.code != came.code || made.exit_status != came.exit_status) return nullptr;
  return pending;
}

TrapData DataOf(WasmStore& store, engine::Failure failure) {
  StoreState& state = store.state();
  using Kind = engine::Failure::Kind;
  TrapData data;
  if (failure.kind == Kind::Trap || failure.kind == Kind::Exception) {
    wasm_trap_t* trap = nullptr;
    Report(state, std::move(failure), &trap);
    data = std::move(trap->data);
    Release(trap);
    return data;
  }
  data.frames = std::exchange(state.error_frames, {});
  data.message = failure.Message();
  if (failure.kind == Kind::Exit) {
    data.exit_status = failure.exit_code;
  } else {
    const std::unique_ptr<wasmtime_error_t> error(NewError(*failure.error));
    data.message = std::move(error->message);
  }
  return data;
}

}  // namespace

wasm_trap_t* NewTrap(WasmStore& store, engine::Failure failure) {
  TrapData data = DataOf(store, std::move(failure));
  Owned<wasm_trap_t> pending = TakePending(store, data);
  if (pending == nullptr) return store.Adopt(NewTrap(std::move(data)));
  if (pending->data.frames.empty()) pending->data.frames = std::move(data.frames);
  if (pending->data.raw_frames.empty()) pending->data.raw_frames = std::move(data.raw_frames);
  return pending.release();
}

wasm_trap_t* NewTrap(WasmStore& store, const Error& error) {
  const std::unique_ptr<wasmtime_error_t> text(NewError(error));
  TrapData data;
  data.message = std::move(text->message);
  return store.Adopt(NewTrap(std::move(data)));
}

void SetFrames(wasm_frame_vec_t* out, const std::vector<FrameData>& frames) {
  if (!AllocateVec(out, frames.size())) return;
  for (size_t i = 0; i < frames.size(); ++i) out->data[i] = new wasm_frame_t(frames[i], nullptr);
}

}  // namespace gantry::capi

using namespace gantry;        // NOLINT: from here on the C functions
using namespace gantry::capi;  // NOLINT

wasm_trap_t* wasm_trap_new(wasm_store_t* store, const wasm_message_t* message) {
  TrapData data;
  data.message = message == nullptr ? std::string_view() : TextOf(*message);
  if (!data.message.empty() && data.message.back() == '\0') data.message.pop_back();
  wasm_trap_t* const trap = NewTrap(std::move(data));
  return store == nullptr ? trap : store->store->Adopt(trap);
}

void wasm_trap_message(const wasm_trap_t* trap, wasm_message_t* out) {
  const std::string text = trap->data.Text();
  wasm_byte_vec_new(out, text.size() + 1, text.c_str());
}

namespace {

wasm_frame_t* NewFrame(const wasm_trap_t& trap, const FrameData& data) {
  const bool same_store = trap.store != nullptr && trap.store->state().id() == data.store_id;
  return new wasm_frame_t(data, same_store ? trap.store : nullptr);
}

}  // namespace

wasm_frame_t* wasm_trap_origin(const wasm_trap_t* trap) {
  return trap->data.frames.empty() ? nullptr : NewFrame(*trap, trap->data.frames[0]);
}

void wasm_trap_trace(const wasm_trap_t* trap, wasm_frame_vec_t* out) {
  const std::vector<FrameData>& frames = trap->data.frames;
  if (!AllocateVec(out, frames.size())) return;
  for (size_t i = 0; i < frames.size(); ++i) out->data[i] = NewFrame(*trap, frames[i]);
}

void wasm_frame_delete(wasm_frame_t* frame) { delete frame; }

wasm_frame_t* wasm_frame_copy(const wasm_frame_t* frame) {
  return frame == nullptr ? nullptr : new wasm_frame_t(frame->data, frame->store);
}

wasm_instance_t* wasm_frame_instance(const wasm_frame_t* frame) {
  if (frame->store == nullptr) return nullptr;
  if (frame->instance == nullptr) frame->instance.reset(frame->store->RecordOf(frame->data.instance));
  return frame->instance.get();
}

uint32_t wasm_frame_func_index(const wasm_frame_t* frame) { return frame->data.func_index; }
size_t wasm_frame_func_offset(const wasm_frame_t* frame) { return frame->data.func_offset; }
size_t wasm_frame_module_offset(const wasm_frame_t* frame) { return frame->data.module_offset; }
