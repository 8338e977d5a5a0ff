#include "capi/core.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "capi/async.h"
#include "capi/wasm_refs.h"
#include "engine/failure.h"

namespace gantry::capi {

using abi::Status;

// --- stores

StoreState::StoreState(std::shared_ptr<engine::Engine> engine, void* data, void (*finalizer)(void*))
    : foreign(data, finalizer), engine_store(std::move(engine)) {
  id_ = engine_store.runtime().id();
  runtime().embedder = this;
  // As the reference has it: code stops at once until the embedder has said how far it may go.
  if (runtime().config().epoch_interruption) engine_store.SetEpochDeadline(0);
  runtime().SetEmbedderRoots([this](gc::RootVisitor& visitor) {
    Sweep();
    for (RootCell* cell = cells_; cell != nullptr; cell = cell->next) visitor.VisitRef(&cell->ref);
  });
}

StoreState::~StoreState() {
  if (async_call != nullptr) async_call->Abandon();
  if (exception != nullptr) Drop(exception);
  for (RootCell* cell = cells_; cell != nullptr;) {
    RootCell* const next = cell->next;
    Drop(cell);
    cell = next;
  }
}

RootCell* StoreState::Root(gc::Ref ref) {
  if (cell_count_ >= sweep_at_) Sweep();
  cells_ = new RootCell{{2}, ref, cells_};
  ++cell_count_;
  return cells_;
}

// Frees the cells that nobody else holds. Only the store's thread walks the list; a count of one cannot rise again.
void StoreState::Sweep() {
  for (RootCell** link = &cells_; *link != nullptr;) {
    RootCell* const cell = *link;
    if (cell->count.load(std::memory_order_acquire) == 1) {
      *link = cell->next;
      delete cell;
      --cell_count_;
    } else {
      link = &cell->next;
    }
  }
  sweep_at_ = std::max<size_t>(64, 2 * cell_count_);
}

void Drop(RootCell* cell) {
  if (cell->count.fetch_sub(1, std::memory_order_acq_rel) == 1) delete cell;
}

Result<gc::Heap*> StoreState::Heap() {
  GANTRY_ASSIGN_OR_RETURN(gc::Heap * heap, runtime().GetHeap());
  if (!heap_is_ready_) {
    heap->SetExternFinalizer([](uint64_t host_value) { delete std::bit_cast<Foreign*>(host_value); });
    heap_is_ready_ = true;
  }
  return heap;
}

void ApiMisuse(const char* what) {
  std::fprintf(stderr, "gantry: %s\n", what);
  std::abort();
}

// --- frames, traps, errors

std::vector<FrameData> FramesOf(const std::vector<runtime::Frame>& frames) {
  std::vector<FrameData> out;
  out.reserve(frames.size());
  for (const runtime::Frame& frame : frames) {
    const std::shared_ptr<const runtime::CompiledModule>& compiled = frame.instance->compiled();
    const uint32_t start = static_cast<uint32_t>(compiled->module.funcs[frame.func_index].body.offset);
    out.push_back(
        {compiled, frame.instance, frame.instance->store().id(), frame.func_index, frame.offset, frame.offset - start});
  }
  return out;
}

namespace {

// As the reference prints an error with its causes: the backtrace comes first, being what was added last.
std::string TextWithFrames(const std::vector<FrameData>& frames, const std::string& cause) {
  if (frames.empty()) return cause;
  std::string text = engine::kBacktraceTitle;
  for (size_t i = 0; i < frames.size(); ++i) {
    text += engine::FormatFrame(i, frames[i].module_offset, *frames[i].module, frames[i].func_index);
  }
  return text + "\n\nCaused by:\n    " + cause;
}

// An Error with its context, outermost first.
std::string TextOf(const Error& error) {
  std::vector<std::string> causes(error.context().rbegin(), error.context().rend());
  causes.push_back(error.Summary());
  std::string text = causes[0];
  if (causes.size() == 2) return text + "\n\nCaused by:\n    " + causes[1];
  for (size_t i = 1; i < causes.size(); ++i) {
    text += (i == 1 ? "\n\nCaused by:\n    " : "\n    ") + std::to_string(i - 1) + ": " + causes[i];
  }
  return text;
}

wasm_trap_t* TrapOf(StoreState& state, engine::Failure failure) {
  TrapData data;
  data.message = failure.Message();
  if (failure.kind == engine::Failure::Kind::Exception) {
    if (state.exception != nullptr) Drop(state.exception);
    state.exception = state.Root(failure.exception);
    data.is_exception = true;
    return NewTrap(std::move(data));
  }
  data.message = "wasm trap: " + data.message;
  data.code = failure.trap->code;
  data.api_code = abi::ApiCode(failure.trap->code);
  data.frames = FramesOf(failure.trap->backtrace);
  data.raw_frames = std::move(failure.trap->backtrace);
  return NewTrap(std::move(data));
}

}  // namespace

std::string TrapData::Text() const { return TextWithFrames(frames, message); }

wasmtime_error_t* NewError(std::string message) { return new wasmtime_error{std::move(message), std::nullopt, {}}; }
wasmtime_error_t* NewError(const Error& error) { return NewError(TextOf(error)); }
wasmtime_error_t* PausedError() { return NewError("an asynchronous call of this store has not ended"); }

wasmtime_error_t* Report(StoreState& state, engine::Failure failure, wasm_trap_t** trap) {
  using Kind = engine::Failure::Kind;
  if (failure.kind == Kind::Trap || failure.kind == Kind::Exception) {
    wasm_trap_t* const made = TrapOf(state, std::move(failure));
    if (trap != nullptr) {
      *trap = made;
      return nullptr;
    }
    // Nobody asked for traps: it is an error then, which at least is not lost.
    wasmtime_error_t* const error = NewError(made->data.Text());
    error->frames = made->data.frames;
    wasm_trap_delete(made);
    return error;
  }
  auto* const error = new wasmtime_error;
  error->frames = std::move(state.error_frames);
  state.error_frames.clear();
  if (failure.kind == Kind::Exit) {
    error->exit_status = failure.exit_code;
    if (error->frames.empty()) error->frames = FramesOf(failure.exit_frames);
  }
  error->message =
      TextWithFrames(error->frames, failure.kind == Kind::Exit ? failure.Message() : TextOf(*failure.error));
  return error;
}

wasmtime_error_t* Report(StoreState& state, Status status, wasm_trap_t** trap) {
  return Report(state, engine::TakeFailure(state.runtime(), status), trap);
}

Status EndWith(StoreState& state, wasm_trap_t* trap) {
  runtime::Store& store = state.runtime();
  TrapData data = std::move(trap->data);
  wasm_trap_delete(trap);
  if (data.is_exception && state.exception != nullptr) {
    const gc::Ref exception = state.exception->ref;
    Drop(state.exception);
    state.exception = nullptr;
    return store.Throw(exception);
  }
  if (data.code) {
    if (data.raw_frames.empty()) return store.Trap(*data.code);
    return store.Retrap({*data.code, std::move(data.raw_frames)});
  }
  state.error_frames =
      data.frames.empty() ? FramesOf(store.Backtrace(store.config().max_backtrace)) : std::move(data.frames);
  if (data.exit_status) return store.Exit(*data.exit_status);
  return store.Fail(Error(ErrorClass::Host, std::move(data.message)));
}

// --- names

void SetBytes(wasm_byte_vec_t* out, std::string_view bytes) { wasm_byte_vec_new(out, bytes.size(), bytes.data()); }

}  // namespace gantry::capi
