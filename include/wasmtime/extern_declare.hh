/// \file wasmtime/extern_declare.hh
///
/// The name wasmtime::Extern, without the classes behind it; include `wasmtime/extern.hh` to use it.

#ifndef WASMTIME_EXTERN_DECLARE_HH
#define WASMTIME_EXTERN_DECLARE_HH

#include <variant>

namespace wasmtime {

class Func;
class Global;
class Memory;
class Table;
class Tag;

/// Anything that can be imported or exported; which alternative it is tells of what kind it is.
using Extern = std::variant<Func, Global, Memory, Table, Tag>;

}  // namespace wasmtime

#endif  // WASMTIME_EXTERN_DECLARE_HH
