/// \file wasmtime/_rooted_class.hh
///
/// What the classes of references have in common; include the header of the class.

#ifndef WASMTIME_ROOTED_CLASS_HH
#define WASMTIME_ROOTED_CLASS_HH

#include <cstdint>
#include <utility>
#include <wasmtime/_store_class.hh>
#include <wasmtime/helpers.hh>

namespace wasmtime {
namespace detail {

/// A reference that is a root: what it refers to stays alive as long as the reference, or a copy of it, does. The null
/// reference is one too. Moving leaves null behind.
template <typename Self, typename RawType, void (*Clone)(const RawType*, RawType*), void (*Unroot)(RawType*)>
class Rooted : public Value<Self, RawType, Clone, Unroot> {
 public:
  /// Takes over a reference of the C API.
  explicit Rooted(const RawType& raw) noexcept : Value<Self, RawType, Clone, Unroot>(raw) {}

 protected:
  Rooted() noexcept = default;
};

/// Rooted, and the reference can be turned into a raw value, which is no root: it is good until the store is used to
/// make objects or to collect garbage.
template <typename Self, typename RawType, void (*Clone)(const RawType*, RawType*), void (*Unroot)(RawType*),
          std::uint32_t (*ToRaw)(wasmtime_context_t*, const RawType*)>
class RawRooted : public Rooted<Self, RawType, Clone, Unroot> {
 public:
  using Rooted<Self, RawType, Clone, Unroot>::Rooted;

  /// Turns the reference into a raw value and gives up the root; null stays here.
  std::uint32_t take_raw(Store::Context cx) {
    const std::uint32_t raw = borrow_raw(cx);
    Unroot(this->capi());
    *this->capi() = RawType{};
    return raw;
  }

  /// Turns the reference into a raw value; the root stays.
  std::uint32_t borrow_raw(Store::Context cx) const { return ToRaw(cx.capi(), this->capi()); }

 protected:
  RawRooted() noexcept = default;
};

}  // namespace detail
}  // namespace wasmtime

#endif  // WASMTIME_ROOTED_CLASS_HH
