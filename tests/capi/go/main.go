// A Go program over the C API through cgo: linked with -lgantry and -lm alone, against the shared and the static library.
package main

/*
#cgo LDFLAGS: -lgantry -lm
#include <stdlib.h>
#include <wasm.h>
#include <wasmtime.h>

extern wasm_trap_t* goCallback(void*, wasmtime_caller_t*, wasmtime_val_t*, size_t, wasmtime_val_t*, size_t);

static wasmtime_error_t* define(wasmtime_linker_t* linker, wasm_functype_t* type, size_t id) {
  return wasmtime_linker_define_func(linker, "host", 4, "twice", 5, type, (wasmtime_func_callback_t)goCallback, (void*)id, NULL);
}
static int32_t get_i32(const wasmtime_val_t* val) { return val->of.i32; }
static void set_i32(wasmtime_val_t* val, int32_t value) { val->kind = WASMTIME_I32; val->of.i32 = value; }
static wasmtime_func_t get_func(const wasmtime_extern_t* item) { return item->of.func; }
*/
import "C"

import (
	"fmt"
	"os"
	"strings"
	"unsafe"
)

const text = `(module
  (import "host" "twice" (func $twice (param i32) (result i32)))
  (func (export "run") (param i32) (result i32) (i32.add (call $twice (local.get 0)) (i32.const 1)))
  (func (export "trap") unreachable))`

var callbacks = map[uintptr]func(int32) int32{}

//export goCallback
func goCallback(env unsafe.Pointer, caller *C.wasmtime_caller_t, args *C.wasmtime_val_t, nargs C.size_t, results *C.wasmtime_val_t, nresults C.size_t) *C.wasm_trap_t {
	C.set_i32(results, C.int32_t(callbacks[uintptr(env)](int32(C.get_i32(args)))))
	return nil
}

func check(err *C.wasmtime_error_t) {
	if err == nil {
		return
	}
	var message C.wasm_name_t
	C.wasmtime_error_message(err, &message)
	fmt.Fprintln(os.Stderr, C.GoStringN((*C.char)(unsafe.Pointer(message.data)), C.int(message.size)))
	os.Exit(1)
}

func export(context *C.wasmtime_context_t, instance *C.wasmtime_instance_t, name string) C.wasmtime_func_t {
	bytes := C.CString(name)
	defer C.free(unsafe.Pointer(bytes))
	var item C.wasmtime_extern_t
	if !C.wasmtime_instance_export_get(context, instance, bytes, C.size_t(len(name)), &item) {
		fmt.Fprintln(os.Stderr, "no export", name)
		os.Exit(1)
	}
	return C.get_func(&item)
}

func main() {
	engine := C.wasm_engine_new()
	store := C.wasmtime_store_new(engine, nil, nil)
	context := C.wasmtime_store_context(store)

	source := C.CString(text)
	var binary C.wasm_byte_vec_t
	check(C.wasmtime_wat2wasm(source, C.size_t(len(text)), &binary))
	C.free(unsafe.Pointer(source))
	var module *C.wasmtime_module_t
	check(C.wasmtime_module_new(engine, (*C.uint8_t)(unsafe.Pointer(binary.data)), binary.size, &module))

	linker := C.wasmtime_linker_new(engine)
	functype := C.wasm_functype_new_1_1(C.wasm_valtype_new(C.WASM_I32), C.wasm_valtype_new(C.WASM_I32))
	callbacks[7] = func(x int32) int32 { return 2 * x }
	check(C.define(linker, functype, 7))
	var instance C.wasmtime_instance_t
	var trap *C.wasm_trap_t
	check(C.wasmtime_linker_instantiate(linker, context, module, &instance, &trap))

	var arg, result C.wasmtime_val_t
	C.set_i32(&arg, 20)
	run := export(context, &instance, "run")
	check(C.wasmtime_func_call(context, &run, &arg, 1, &result, 1, &trap))
	fmt.Println("run(20) =", C.get_i32(&result))

	ends := export(context, &instance, "trap")
	check(C.wasmtime_func_call(context, &ends, nil, 0, nil, 0, &trap))
	var message C.wasm_message_t
	C.wasm_trap_message(trap, &message)
	said := C.GoStringN((*C.char)(unsafe.Pointer(message.data)), C.int(message.size))
	fmt.Println("traps:", strings.Contains(said, "wasm `unreachable` instruction executed"))

	C.wasm_trap_delete(trap)
	C.wasm_functype_delete(functype)
	C.wasmtime_linker_delete(linker)
	C.wasmtime_module_delete(module)
	C.wasm_byte_vec_delete(&binary)
	C.wasmtime_store_delete(store)
	C.wasm_engine_delete(engine)
}
