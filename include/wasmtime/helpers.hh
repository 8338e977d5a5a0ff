/// \file wasmtime/helpers.hh
///
/// What the classes of the C++ layer are made of. Programs need not use any of it: they see it as members that many
/// classes have in common.
///
/// Every class stands for one thing of the C API and has the same size as that thing: a pointer that it owns
/// (wasmtime::detail::Owned), a structure that it owns the content of (wasmtime::detail::Value), or a handle that
/// nobody owns. What `capi()` returns can be passed to C functions.

#ifndef WASMTIME_HELPERS_HH
#define WASMTIME_HELPERS_HH

#include <wasm.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace wasmtime {

/// What the classes are made of.
namespace detail {

/// Marks a constructor that takes over a pointer of the C API.
struct Adopt {};

/// Ends the process because of a mistake in the program that calls: `what` says which.
[[noreturn]] inline void misuse(const char* what) {
  std::fprintf(stderr, "wasmtime.hh: %s\n", what);
  std::abort();
}

/// An object of the C API behind a pointer that the class owns. It can be moved, not copied; one that was moved from
/// can only be assigned to or destroyed.
///
/// `Self` is the class that is made from this one, `Delete` the function that frees the object.
template <typename Self, typename RawType, void (*Delete)(RawType*)>
class Owned {
 public:
  /// The object's type in the C API.
  using Raw = RawType;

  /// Takes over `raw`.
  explicit Owned(Raw* raw) noexcept : ptr_(raw) {}
  /// Takes the object of another.
  Owned(Owned&& other) noexcept : ptr_(other.capi_release()) {}
  /// Takes the object of another, after freeing the one that was here.
  Owned& operator=(Owned&& other) noexcept {
    if (this != &other) {
      free();
      ptr_ = other.capi_release();
    }
    return *this;
  }

  /// The object, as the C API takes it. It stays this class's.
  const Raw* capi() const noexcept { return ptr_; }
  /// The object, as the C API takes it. It stays this class's.
  Raw* capi() noexcept { return ptr_; }

  /// Gives the object away: the caller has to free it.
  Raw* capi_release() noexcept { return std::exchange(ptr_, nullptr); }

  /// Shows a pointer of the C API as this class, without taking it over: both are the same memory.
  static const Self* from_capi(Raw* const* capi) noexcept {
    static_assert(sizeof(Self) == sizeof(void*) && std::is_standard_layout_v<Self>);
    return reinterpret_cast<const Self*>(capi);
  }

 protected:
  ~Owned() { free(); }

 private:
  void free() noexcept {
    if (ptr_ != nullptr) Delete(ptr_);
  }

  Raw* ptr_;
};

/// Owned, and the object can be copied: `Clone` is the function that does.
template <typename Self, typename RawType, void (*Delete)(RawType*), RawType* (*Clone)(const RawType*)>
class Copyable : public Owned<Self, RawType, Delete> {
 public:
  using Owned<Self, RawType, Delete>::Owned;

  /// Copies the object.
  Copyable(const Copyable& other) : Copyable(other.capi() == nullptr ? nullptr : Clone(other.capi())) {}
  /// Copies the object, after freeing the one that was here.
  Copyable& operator=(const Copyable& other) {
    if (this != &other) *this = Copyable(other);
    return *this;
  }
  /// Takes the object of another.
  Copyable(Copyable&& other) noexcept = default;
  /// Takes the object of another, after freeing the one that was here.
  Copyable& operator=(Copyable&& other) noexcept = default;

 protected:
  ~Copyable() = default;
};

/// Copyable, and objects can be compared: `Equal` is the function that does.
template <typename Self, typename RawType, void (*Delete)(RawType*), RawType* (*Clone)(const RawType*),
          bool (*Equal)(const RawType*, const RawType*)>
class Comparable : public Copyable<Self, RawType, Delete, Clone> {
 public:
  using Copyable<Self, RawType, Delete, Clone>::Copyable;

  /// Whether both are equal, though not the same object.
  friend bool operator==(const Self& a, const Self& b) { return Equal(a.capi(), b.capi()); }
  /// Whether they differ.
  friend bool operator!=(const Self& a, const Self& b) { return !(a == b); }
};

/// A structure of the C API whose content the class owns. A structure that is all zeros owns nothing; that is what
/// moving leaves behind.
///
/// `Copy` makes a copy in memory that is not initialized, `Destroy` frees the content.
template <typename Self, typename RawType, void (*Copy)(const RawType*, RawType*), void (*Destroy)(RawType*)>
class Value {
 public:
  /// The structure's type in the C API.
  using Raw = RawType;

  /// Copies the content.
  Value(const Value& other) { Copy(&other.raw_, &raw_); }
  /// Copies the content, after freeing what was here.
  Value& operator=(const Value& other) {
    if (this != &other) *this = Value(other);
    return *this;
  }
  /// Takes the content of another.
  Value(Value&& other) noexcept : raw_(std::exchange(other.raw_, Raw{})) {}
  /// Takes the content of another, after freeing what was here.
  Value& operator=(Value&& other) noexcept {
    if (this != &other) {
      Destroy(&raw_);
      raw_ = std::exchange(other.raw_, Raw{});
    }
    return *this;
  }

  /// The structure, as the C API takes it. Its content stays this class's.
  const Raw* capi() const noexcept { return &raw_; }
  /// The structure, as the C API takes it. Its content stays this class's.
  Raw* capi() noexcept { return &raw_; }

  /// Shows a structure as this class, without taking it over: both are the same memory.
  static const Self* from_capi(const Raw* capi) noexcept {
    static_assert(sizeof(Self) == sizeof(Raw) && alignof(Self) == alignof(Raw) && std::is_standard_layout_v<Self>);
    return reinterpret_cast<const Self*>(capi);
  }
  /// Shows a structure as this class, without taking it over: both are the same memory.
  static Self* from_capi(Raw* capi) noexcept { return const_cast<Self*>(from_capi(static_cast<const Raw*>(capi))); }

  /// Shows this class, or an array of it, as structures of the C API: both are the same memory.
  static const Raw* to_capi(const Self* self) noexcept { return reinterpret_cast<const Raw*>(self); }
  /// Shows this class, or an array of it, as structures of the C API: both are the same memory.
  static Raw* to_capi(Self* self) noexcept { return reinterpret_cast<Raw*>(self); }

 protected:
  /// A structure that owns nothing.
  Value() noexcept : raw_{} {}
  /// Takes over the content of `raw`.
  explicit Value(const Raw& raw) noexcept : raw_(raw) {}
  ~Value() { Destroy(&raw_); }

 private:
  Raw raw_;
};

/// A type object that the class owns, and the `Ref` that shows it: what type classes hold. Unlike a `Ref`, which is
/// only good as long as the type object, it copies.
template <typename RawType, typename Ref, void (*Delete)(RawType*), RawType* (*Clone)(const RawType*)>
class TypeBox {
 public:
  /// Takes over `raw`, which may be null.
  explicit TypeBox(RawType* raw) noexcept : ptr_(raw), ref_(raw) {}
  /// Copies what `ref` shows.
  explicit TypeBox(const RawType* raw) : TypeBox(raw == nullptr ? nullptr : Clone(raw)) {}
  TypeBox(const TypeBox& other) : TypeBox(other.get()) {}
  TypeBox(TypeBox&& other) noexcept : TypeBox(other.release()) {}
  TypeBox& operator=(TypeBox other) noexcept {
    std::swap(ptr_, other.ptr_);
    std::swap(ref_, other.ref_);
    return *this;
  }
  ~TypeBox() {
    if (ptr_ != nullptr) Delete(ptr_);
  }

  /// The type object.
  const RawType* get() const noexcept { return ptr_; }
  /// Gives the type object away.
  RawType* release() noexcept {
    ref_ = Ref(static_cast<const RawType*>(nullptr));
    return std::exchange(ptr_, nullptr);
  }

  /// What shows the type object.
  Ref* ref() noexcept { return &ref_; }
  /// What shows the type object.
  const Ref* ref() const noexcept { return &ref_; }

 private:
  RawType* ptr_;
  Ref ref_;
};

/// Moves something callable to where the C API can point to it.
template <typename F>
void* box(F&& callable) {
  return new std::decay_t<F>(std::forward<F>(callable));
}

/// The finalizer for what box() made.
template <typename F>
void unbox(void* boxed) noexcept {
  delete static_cast<F*>(boxed);
}

/// Bytes that a function of the C API gave, which are freed there.
inline std::vector<std::uint8_t> take_bytes(wasm_byte_vec_t& bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data);
  std::vector<std::uint8_t> copy(data, data + bytes.size);
  wasm_byte_vec_delete(&bytes);
  return copy;
}

/// A text that a function of the C API gave, which is freed there.
inline std::string take_string(wasm_byte_vec_t& text) {
  std::string copy(text.data, text.size);
  wasm_byte_vec_delete(&text);
  return copy;
}

}  // namespace detail

}  // namespace wasmtime

#endif  // WASMTIME_HELPERS_HH
