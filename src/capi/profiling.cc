// wasmtime/profiling.h: the guest profiler.
#include <wasmtime/profiling.h>

#include "capi/core.h"
#include "capi/guest_profile.h"

struct wasmtime_guestprofiler {
  gantry::capi::GuestProfile profile;
};

using namespace gantry;
using namespace gantry::capi;

namespace {

// A sample of a deeper recursion keeps its innermost frames.
constexpr uint32_t kMostFrames = 10'000;

}  // namespace

wasmtime_guestprofiler_t* wasmtime_guestprofiler_new(const wasm_engine_t*, const wasm_name_t* module_name,
                                                     uint64_t interval_nanos,
                                                     const wasmtime_guestprofiler_modules_t* modules,
                                                     size_t modules_len) {
  auto* const profiler = new wasmtime_guestprofiler{GuestProfile(std::string(View(*module_name)), interval_nanos)};
  for (size_t i = 0; i < modules_len; ++i) profiler->profile.AddModule(View(*modules[i].name), modules[i].mod->module);
  return profiler;
}

void wasmtime_guestprofiler_delete(wasmtime_guestprofiler_t* guestprofiler) { delete guestprofiler; }

void wasmtime_guestprofiler_sample(wasmtime_guestprofiler_t* guestprofiler, const wasmtime_store_t* store,
                                   uint64_t delta_nanos) {
  // A look at the frames changes nothing in the store.
  StoreState& state = StoreState::Of(wasmtime_store_context(const_cast<wasmtime_store_t*>(store)));
  guestprofiler->profile.AddSample(state.runtime().Backtrace(kMostFrames), delta_nanos);
}

wasmtime_error_t* wasmtime_guestprofiler_finish(wasmtime_guestprofiler_t* guestprofiler, wasm_byte_vec_t* out) {
  SetBytes(out, guestprofiler->profile.Json());
  delete guestprofiler;
  return nullptr;
}
