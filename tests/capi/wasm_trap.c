// Traps of wasm.h: messages, frames, and what frames know.
#include "wasm_helpers.h"

static void messages(wasm_store_t* store) {
  // With and without the NUL at the end, with one inside, and none at all.
  const char* const texts[] = {"hello", "hello", "a\0b", "", ""};
  const size_t sizes[] = {6, 5, 4, 0, 1};
  const char* const wanted[] = {"hello", "hello", "a\0b", "", ""};
  const size_t wanted_sizes[] = {6, 6, 4, 1, 1};
  for (size_t i = 0; i < 5; ++i) {
    wasm_message_t message;
    wasm_byte_vec_new(&message, sizes[i], texts[i]);
    wasm_trap_t* trap = wasm_trap_new(store, &message);
    wasm_byte_vec_delete(&message);
    wasm_trap_message(trap, &message);
    CHECK_EQ(message.size, wanted_sizes[i]);
    CHECK(memcmp(message.data, wanted[i], message.size) == 0);
    wasm_byte_vec_delete(&message);
    CHECK(wasm_trap_origin(trap) == NULL);
    wasm_frame_vec_t frames;
    wasm_trap_trace(trap, &frames);
    CHECK(frames.size == 0 && frames.data == NULL);
    wasm_trap_delete(trap);
  }
}

static void check_frame(const wasm_frame_t* frame, const wasm_instance_t* instance, uint32_t func, size_t func_offset,
                        size_t module_offset) {
  CHECK_EQ(wasm_frame_func_index(frame), func);
  CHECK_EQ(wasm_frame_func_offset(frame), func_offset);
  CHECK_EQ(wasm_frame_module_offset(frame), module_offset);
  CHECK(wasm_frame_instance(frame) == instance);
  CHECK(wasm_frame_instance(frame) == instance);
}

// Bytes of this module up to the bodies: header 8, types 2+4, functions 2+3, exports 2+5, code 2+1.
static void frames(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_instance_t* instance =
      instantiate(store, "(module (func (export \"f\") call 1) (func nop unreachable))", 0, NULL);
  wasm_func_t* func = func_at(instance, 0);
  wasm_trap_t* trap = call_fails(func, 0, NULL, 0, NULL, "wasm `unreachable` instruction executed");
  wasm_func_delete(func);
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK_EQ(trace.size, 2);
  // A body is its size, the number of locals and code: `unreachable` stands 2 behind the start of the body, behind a
  // nop.
  const size_t inner = wasm_frame_module_offset(trace.data[0]), outer = wasm_frame_module_offset(trace.data[1]);
  check_frame(trace.data[0], instance, 1, 2, inner);
  check_frame(trace.data[1], instance, 0, 1, outer);
  CHECK_EQ(inner - outer, 6);
  wasm_frame_t* origin = wasm_trap_origin(trap);
  check_frame(origin, instance, 1, 2, inner);
  wasm_frame_t* copy = wasm_frame_copy(origin);
  CHECK(copy != origin);
  wasm_frame_delete(origin);
  check_frame(copy, instance, 1, 2, inner);
  wasm_frame_vec_t copies;
  wasm_frame_vec_copy(&copies, &trace);
  wasm_frame_vec_delete(&trace);
  CHECK_EQ(copies.size, 2);
  check_frame(copies.data[1], instance, 0, 1, outer);
  wasm_frame_vec_delete(&copies);

  // A frame outlives everything else, and keeps what it needs.
  wasm_trap_delete(trap);
  wasm_store_delete(store);
  wasm_instance_t* held = wasm_instance_copy(wasm_frame_instance(copy));
  CHECK(wasm_instance_same(held, instance));
  wasm_instance_delete(instance);
  wasm_frame_delete(copy);
  func = func_at(held, 0);
  wasm_trap_delete(call_fails(func, 0, NULL, 0, NULL, "unreachable"));
  wasm_func_delete(func);
  wasm_instance_delete(held);
  CHECK(wasm_frame_copy(NULL) == NULL);
  wasm_frame_delete(NULL);
}

// Frames through the embedder's functions and between instances.
static wasm_func_t* inner_func;
static wasm_trap_t* call_inner(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return wasm_func_call(inner_func, NULL, NULL);
}

static void frames_of_several_instances(wasm_store_t* store) {
  wasm_instance_t* inner =
      instantiate(store, "(module (func (export \"f\") (drop (i32.div_s (i32.const 1) (i32.const 0)))))", 0, NULL);
  inner_func = func_at(inner, 0);
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* host = wasm_func_new(store, type, call_inner);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(host)};
  wasm_instance_t* outer =
      instantiate(store, "(module (import \"\" \"f\" (func)) (func (export \"g\") call 0))", 1, imports);
  wasm_func_t* func = func_at(outer, 0);
  wasm_trap_t* trap = call_fails(func, 0, NULL, 0, NULL, "integer divide by zero");
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK_EQ(trace.size, 2);
  CHECK(wasm_frame_instance(trace.data[0]) == inner);
  CHECK(wasm_frame_instance(trace.data[1]) == outer);
  CHECK_EQ(wasm_frame_func_index(trace.data[1]), 1);
  wasm_frame_vec_delete(&trace);
  wasm_trap_delete(trap);
  wasm_func_delete(func);
  wasm_func_delete(host);
  wasm_func_delete(inner_func);
  wasm_instance_delete(inner);
  wasm_instance_delete(outer);
}

// Exceptions that nobody catches.
static void exceptions(wasm_store_t* store) {
  wasm_instance_t* instance =
      instantiate(store, "(module (tag $e (param i32)) (func (export \"f\") (throw $e (i32.const 1))))", 0, NULL);
  wasm_func_t* func = func_at(instance, 0);
  for (int i = 0; i < 2; ++i) wasm_trap_delete(call_fails(func, 0, NULL, 0, NULL, "thrown Wasm exception"));
  wasm_func_delete(func);
  wasm_instance_delete(instance);
}

// A trap of wasmtime.h's, which belongs to no store, can be returned and handed around.
static wasm_trap_t* out_of_fuel(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return wasmtime_trap_new_code(WASMTIME_TRAP_CODE_OUT_OF_FUEL);
}

static void traps_without_a_store(wasm_store_t* store) {
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* func = wasm_func_new(store, type, out_of_fuel);
  wasm_functype_delete(type);
  wasm_trap_t* trap = call_fails(func, 0, NULL, 0, NULL, "all fuel consumed by WebAssembly");
  wasmtime_trap_code_t code = 0;
  CHECK(wasmtime_trap_code(trap, &code));
  CHECK_EQ(code, WASMTIME_TRAP_CODE_OUT_OF_FUEL);
  wasm_trap_delete(trap);
  wasm_func_delete(func);
  trap = wasmtime_trap_new("x", 1);
  wasm_trap_t* copy = wasm_trap_copy(trap);
  CHECK(wasm_trap_same(trap, copy));
  wasm_trap_delete(trap);
  wasm_trap_delete(copy);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  messages(store);
  frames_of_several_instances(store);
  exceptions(store);
  traps_without_a_store(store);
  wasm_store_delete(store);
  frames(engine);
  wasm_engine_delete(engine);
  return 0;
}
