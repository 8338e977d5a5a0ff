// wasmtime/profiling.h: what a profile of known calls says.
#include "guest.h"

static wasmtime_guestprofiler_t* profiler;
static wasmtime_store_t* store;

static wasm_trap_t* sample(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                           wasmtime_val_t* results, size_t nresults) {
  (void)env, (void)caller, (void)args, (void)nargs, (void)results, (void)nresults;
  wasmtime_guestprofiler_sample(profiler, store, 2000000);
  return NULL;
}

static wasmtime_error_t* sample_at_deadline(wasmtime_context_t* context, void* data, uint64_t* delta,
                                            wasmtime_update_deadline_kind_t* kind) {
  (void)context, (void)kind;
  wasmtime_guestprofiler_sample(profiler, store, 0);
  ++*(int*)data;
  *delta = 1000;
  return NULL;
}

static wasm_name_t name_of(const char* text) {
  wasm_name_t name;
  wasm_name_new(&name, strlen(text), text);
  return name;
}

// How often a text occurs in the profile.
static int count(const wasm_byte_vec_t* profile, const char* text) {
  const size_t size = strlen(text);
  int n = 0;
  for (size_t i = 0; i + size <= profile->size; ++i) n += memcmp(profile->data + i, text, size) == 0;
  return n;
}

// Braces and brackets match, outside of strings.
static bool is_balanced(const wasm_byte_vec_t* profile) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < profile->size; ++i) {
    const char c = profile->data[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      ++depth;
    } else if (!in_string && (c == '}' || c == ']') && --depth < 0) {
      return false;
    }
  }
  return depth == 0 && !in_string;
}

int main(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_epoch_interruption_set(config, true);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  int deadlines = 0;
  wasmtime_store_epoch_deadline_callback(store, sample_at_deadline, &deadlines, NULL);
  wasmtime_context_set_epoch_deadline(context, 1);
  // The stacks at the samples: outer inner, outer inner <3>, outer.
  wasmtime_module_t* module = module_of(engine,
                                        "(module (import \"\" \"sample\" (func $sample))"
                                        "  (func $outer (export \"run\") (call $inner) (call $sample))"
                                        "  (func $inner (call $sample) (call 3)) (func (call $sample)))");
  wasmtime_module_t* other = module_of(engine, "(module $other)");
  wasm_name_t product = name_of("the \"guest\"\n\xff"), name = name_of("modul\xc3\xa9"), other_name = name_of("other");
  const wasmtime_guestprofiler_modules_t modules[] = {{&other_name, other}, {&name, module}};
  profiler = wasmtime_guestprofiler_new(engine, &product, 1500000, modules, 2);
  CHECK(profiler != NULL);
  wasm_name_delete(&name);
  wasm_name_delete(&other_name);
  wasmtime_module_delete(other);

  wasmtime_extern_t import;
  import.kind = WASMTIME_EXTERN_FUNC;
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasmtime_func_new(context, type, sample, NULL, NULL, &import.of.func);
  wasm_functype_delete(type);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_instance_new(context, module, &import, 1, &instance, &trap));
  wasmtime_module_delete(module);
  const wasmtime_extern_t run = export_of(context, &instance, "run");
  for (int i = 0; i < 2; ++i) OK(wasmtime_func_call(context, &run.of.func, NULL, 0, NULL, 0, &trap));
  wasmtime_guestprofiler_sample(profiler, store, 0);  // nothing is running
  wasmtime_engine_increment_epoch(engine);
  OK(wasmtime_func_call(context, &run.of.func, NULL, 0, NULL, 0, &trap));
  CHECK(trap == NULL);
  CHECK_EQ(deadlines, 1);

  wasm_byte_vec_t profile;
  OK(wasmtime_guestprofiler_finish(profiler, &profile));
  CHECK(is_balanced(&profile));
  CHECK_EQ(count(&profile, "\"interval\":1.500000"), 1);
  CHECK_EQ(count(&profile, "\"product\":\"the \\\"guest\\\"\\u000a\\ufffd\""), 1);
  CHECK_EQ(count(&profile, "\"name\":\"modul\xc3\xa9\""), 1);
  CHECK_EQ(count(&profile, "\"stringArray\":[\"outer\",\"inner\",\"<wasm function 3>\",\"other\",\"modul\xc3\xa9\"]"),
           1);
  CHECK_EQ(count(&profile, "\"resource\":[1,1,1]"), 1);
  // Frames: outer at its first call, inner at its first and second, <3>, outer at its second call. The deadline finds
  // outer at its first instruction, which is the first call.
  CHECK_EQ(count(&profile, "\"func\":[0,1,1,2,0]"), 1);
  CHECK_EQ(count(&profile, "\"prefix\":[null,0,0,2,null]"), 1);
  CHECK_EQ(count(&profile, "\"stack\":[1,3,4,1,3,4,null,0,1,3,4]"), 1);
  CHECK_EQ(count(&profile, "\"threadCPUDelta\":[2000,2000,2000,2000,2000,2000,0,0,2000,2000,2000]"), 1);
  CHECK_EQ(count(&profile, "\"libs\":[{\"name\":\"other\""), 1);
  wasm_byte_vec_delete(&profile);

  // A profile without samples, thrown away.
  profiler = wasmtime_guestprofiler_new(engine, &product, 1, NULL, 0);
  wasmtime_guestprofiler_delete(profiler);
  wasmtime_guestprofiler_delete(NULL);
  profiler = wasmtime_guestprofiler_new(engine, &product, 1, NULL, 0);
  OK(wasmtime_guestprofiler_finish(profiler, &profile));
  CHECK(is_balanced(&profile));
  CHECK_EQ(count(&profile, "\"samples\":{\"length\":0"), 1);
  wasm_byte_vec_delete(&profile);
  wasm_name_delete(&product);
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
