/// \file gantry.h
/// What Gantry offers beyond the standard headers. Rules about ownership, threads and failure: wasm.h.
#ifndef GANTRY_H
#define GANTRY_H

#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Kinds of values that wasm.h lacks. All are carried by reference in a wasm_val_t: `of.ref` is owned and, for
/// references, NULL for null. A wasm_valtype_t of any of them can be made with wasm_valtype_new; concrete and
/// non-nullable types, which come from modules, show the kind of the abstract type above them.
enum gantry_valkind_enum {
  GANTRY_ANYREF = 130,   ///< any object of the collected heap, small integers included
  GANTRY_EQREF,          ///< those that can be compared
  GANTRY_I31REF,         ///< a 31-bit integer
  GANTRY_STRUCTREF,      ///< a struct
  GANTRY_ARRAYREF,       ///< an array
  GANTRY_NULLREF,        ///< null only, below all of these
  GANTRY_EXNREF,         ///< an exception
  GANTRY_NULLEXNREF,     ///< null only
  GANTRY_NULLFUNCREF,    ///< null only
  GANTRY_NULLEXTERNREF,  ///< null only
  GANTRY_V128 = 160,     ///< a vector: `of.ref` is never NULL
};

/// Kinds of imports and exports that wasm.h lacks: module linking.
enum gantry_externkind_enum {
  GANTRY_EXTERN_MODULE = 64,
  GANTRY_EXTERN_INSTANCE = 65,
};

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // GANTRY_H
