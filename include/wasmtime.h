/// \file wasmtime.h
///
/// The whole C interface: everything under wasmtime/, and with it wasm.h and wasi.h. Programs written for version 48 of
/// the Wasmtime C API compile and run with it unchanged.
///
/// The life of a program: an engine (wasm_engine_new()) holds settings; a module (wasmtime_module_new()) is code of an
/// engine; a store (wasmtime_store_new()) holds everything that runs; an instance (wasmtime_instance_new() or
/// wasmtime_linker_instantiate()) is a module alive in a store; its exports are called (wasmtime_func_call()).
///
/// Rules that hold everywhere, unless a function says otherwise:
///
/// - Ownership. What a function returns, or writes through a pointer, belongs to the caller, who frees it with the
///   function named after its type (`wasmtime_X_delete`, `wasm_X_delete`; references are unrooted). What a caller
///   passes stays the caller's and need only live as long as the call. Handles of objects in stores belong to nobody.
/// - Errors. A function that can fail returns `wasmtime_error_t *`, NULL for success. On an error nothing else is
///   written. A trap, what WebAssembly itself ends with, comes through a pointer of its own. Input never ends the
///   process.
/// - Threads. Engines, modules, types, errors, traps and shared memories may be used by any number of threads at the
///   same time. A store with all that is in it is used by one thread at a time.
/// - NULL is allowed where a delete function takes a pointer and where the text says so.
/// - Texts are UTF-8 with a length, without NUL at their end; `const char *` without a length ends with NUL.
/// - Callbacks must not let C++ exceptions out and must not end with longjmp.

#ifndef WASMTIME_API_H
#define WASMTIME_API_H

#include <wasi.h>
#include <wasmtime/anyref.h>
#include <wasmtime/arrayref.h>
#include <wasmtime/async.h>
#include <wasmtime/component.h>
#include <wasmtime/conf.h>
#include <wasmtime/config.h>
#include <wasmtime/engine.h>
#include <wasmtime/eqref.h>
#include <wasmtime/error.h>
#include <wasmtime/exnref.h>
#include <wasmtime/extern.h>
#include <wasmtime/externref.h>
#include <wasmtime/func.h>
#include <wasmtime/global.h>
#include <wasmtime/instance.h>
#include <wasmtime/linker.h>
#include <wasmtime/memory.h>
#include <wasmtime/module.h>
#include <wasmtime/profiling.h>
#include <wasmtime/sharedmemory.h>
#include <wasmtime/store.h>
#include <wasmtime/structref.h>
#include <wasmtime/table.h>
#include <wasmtime/tag.h>
#include <wasmtime/trap.h>
#include <wasmtime/types.h>
#include <wasmtime/val.h>
#include <wasmtime/wat.h>

/// The version of the Wasmtime C API that these headers present; gantry.h has the version of this library.
#define WASMTIME_VERSION "48.0.0"
/// The first number of that version.
#define WASMTIME_VERSION_MAJOR 48
/// The second number of that version.
#define WASMTIME_VERSION_MINOR 0
/// The third number of that version.
#define WASMTIME_VERSION_PATCH 0

#endif  // WASMTIME_API_H
