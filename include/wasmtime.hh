/// \file wasmtime.hh
///
/// The whole C++ interface but the Component Model (`wasmtime/component.hh`): classes over the C API of wasmtime.h,
/// in headers only. Programs written for version 48 of Wasmtime's C++ API compile and run with it unchanged.
///
/// C++17. The classes throw nothing, need neither exceptions nor run-time type information, and cost what the C
/// functions behind them cost:
///
/// - Things that are owned (engines, modules, stores, linkers, errors, traps, types) are freed by their destructors.
///   Copying an engine or a module gives another reference to the same one; stores, linkers, errors and traps can only
///   be moved.
/// - Things in a store (instances, functions, globals, tables, memories, tags) are handles: copied at will, good as
/// long
///   as the store, and used together with it. Each function that needs the store takes a `Store::Context`, into which a
///   `Store` and a `Caller` turn by themselves.
/// - References (`ExternRef`, `AnyRef`, `Val` and their like) are roots: what they refer to lives as long as they do.
/// - What can fail returns a `Result`, what can also trap a `TrapResult`. Both say by `if (!result)` that they have no
///   value; `unwrap()` is for programs that end then.
/// - Host functions are anything callable. They return traps; an exception that leaves one ends the process.
/// - A class that was moved from can only be assigned to or destroyed.
///
/// What the C API alone has (asynchronous calls, shared memories, the guest profiler) is reached through `capi()`,
/// which every class has.

#ifndef WASMTIME_HH
#define WASMTIME_HH

#include <wasmtime/anyref.hh>
#include <wasmtime/arrayref.hh>
#include <wasmtime/config.hh>
#include <wasmtime/engine.hh>
#include <wasmtime/eqref.hh>
#include <wasmtime/error.hh>
#include <wasmtime/exnref.hh>
#include <wasmtime/extern.hh>
#include <wasmtime/externref.hh>
#include <wasmtime/func.hh>
#include <wasmtime/global.hh>
#include <wasmtime/instance.hh>
#include <wasmtime/linker.hh>
#include <wasmtime/memory.hh>
#include <wasmtime/module.hh>
#include <wasmtime/store.hh>
#include <wasmtime/structref.hh>
#include <wasmtime/table.hh>
#include <wasmtime/tag.hh>
#include <wasmtime/trap.hh>
#include <wasmtime/types.hh>
#include <wasmtime/val.hh>
#include <wasmtime/wasi.hh>

#endif  // WASMTIME_HH
