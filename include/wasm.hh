/// \file wasm.hh
/// The standard C++ API of WebAssembly: wasm.h as classes. C++11 or later; no exceptions, no RTTI. Programs link the
/// small archive libgantry_cxx.a with it, besides the library itself.
///
/// What a function does, when it fails and on which threads it may be called is said in wasm.h, where it has nearly the
/// same name: `Func::call` is wasm_func_call. Ownership is in the types:
///   - `own<T>` is a smart pointer to an object that is released with it; NULL where wasm.h gives NULL;
///   - `vec<T>` is a vector that owns its elements, `ownvec<T>` one of owned pointers;
///   - a plain pointer or reference is borrowed from the object that gave it.
/// The classes have no members and cannot be made or copied by value: an object's address is its handle of wasm.h, so
/// both interfaces can be mixed (`reinterpret_cast<wasm_func_t*>(func)`).
#ifndef WASM_HH
#define WASM_HH

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <utility>

/// How the functions are declared, as in wasm.h.
#ifndef WASM_API_EXTERN
#if defined(_WIN32) && !defined(__MINGW32__) && !defined(LIBWASM_STATIC)
#define WASM_API_EXTERN __declspec(dllimport)
#elif defined(__GNUC__)
#define WASM_API_EXTERN __attribute__((visibility("default")))
#else
#define WASM_API_EXTERN
#endif
#endif

static_assert(sizeof(float) == 4 && sizeof(double) == 8, "f32 and f64 need IEEE single and double precision");
static_assert(sizeof(void*) == 4 || sizeof(void*) == 8, "a pointer must fit an i32 or an i64");

using byte_t = char;
using float32_t = float;
using float64_t = double;

namespace wasm {

// --------------------------------------------------------------------------------------------------------------------
// Ownership

/// Releases an object; the deleter of `own`.
class destroyer {
 public:
  template <typename T>
  void operator()(T* object) {
    object->destroy();
  }
};

template <class T>
using own = std::unique_ptr<T, destroyer>;

/// Takes an object that the caller owns.
template <class T>
own<T> make_own(T* object) {
  return own<T>(object);
}

/// A vector of a fixed number of elements, which it owns. It can be moved; what was moved from is invalid, as is one
/// for which there was not enough memory.
template <class T>
class vec {
 public:
  using elem_type = T;

  vec(vec&& that) noexcept : size_(that.size_), data_(std::move(that.data_)) { that.size_ = kInvalid; }

  vec& operator=(vec&& that) noexcept {
    reset(that);
    return *this;
  }

  /// Is it valid?
  operator bool() const { return size_ != kInvalid; }

  auto size() const -> size_t { return size_; }
  /// The elements; NULL if there are none.
  auto get() const -> const T* { return data_.get(); }
  auto get() -> T* { return data_.get(); }

  auto operator[](size_t i) -> T& {
    assert(i < size_);
    return data_[i];
  }
  auto operator[](size_t i) const -> const T& {
    assert(i < size_);
    return data_[i];
  }

  /// Gives up the elements: the caller owns the array (delete[]), the vector is invalid.
  auto release() -> T* {
    size_ = kInvalid;
    return data_.release();
  }
  /// Releases the elements; the vector is invalid.
  void reset() {
    size_ = kInvalid;
    data_.reset();
  }
  /// Becomes what the other was, which becomes invalid.
  void reset(vec& that) {
    if (this == &that) return;
    size_ = that.size_;
    data_ = std::move(that.data_);
    that.size_ = kInvalid;
  }

  /// A copy. Elements must be copyable.
  auto copy() const -> vec {
    vec out(size_);
    if (out) {
      for (size_t i = 0; i < size_; ++i) out.data_[i] = data_[i];
    }
    return out;
  }
  /// A copy of a vector of owned pointers, with copies of the objects. NULL stays NULL.
  auto deep_copy() const -> vec {
    vec out(size_);
    if (out) {
      for (size_t i = 0; i < size_; ++i) {
        if (data_[i]) out.data_[i] = data_[i]->copy();
      }
    }
    return out;
  }

  /// Elements as their constructor leaves them.
  static auto make_uninitialized(size_t size = 0) -> vec { return vec(size); }

  /// Elements moved out of an array.
  static auto make(size_t size, T init[]) -> vec {
    vec out(size);
    if (out) {
      for (size_t i = 0; i < size; ++i) out.data_[i] = std::move(init[i]);
    }
    return out;
  }

  /// The characters of a string, and the same with a NUL behind them.
  static auto make(std::string text) -> vec<char> { return vec<char>::make(text.size(), &text[0]); }
  static auto make_nt(std::string text) -> vec<char> { return vec<char>::make(text.size() + 1, &text[0]); }

  /// No elements.
  static auto make() -> vec { return vec(0); }

  /// These elements.
  template <class... Ts>
  static auto make(Ts&&... args) -> vec {
    T data[] = {std::forward<Ts>(args)...};
    return make(sizeof...(Ts), data);
  }

  /// Takes an array over that was made with new[].
  static auto adopt(size_t size, T data[]) -> vec { return vec(size, data); }

  static auto invalid() -> vec { return vec(kInvalid, nullptr); }

 private:
  static constexpr size_t kInvalid = SIZE_MAX;

  explicit vec(size_t size) : vec(size, size != 0 && size != kInvalid ? new(std::nothrow) T[size]() : nullptr) {
    if (size != 0 && !data_) size_ = kInvalid;
  }
  vec(size_t size, T* data) : size_(size), data_(data) {}

  size_t size_;
  std::unique_ptr<T[]> data_;
};

template <class T>
using ownvec = vec<own<T>>;

// --------------------------------------------------------------------------------------------------------------------
// Configuration, engine, store

class WASM_API_EXTERN Config {
  friend class destroyer;
  void destroy();

 protected:
  Config() = default;
  ~Config() = default;

 public:
  static auto make() -> own<Config>;
};

class WASM_API_EXTERN Engine {
  friend class destroyer;
  void destroy();

 protected:
  Engine() = default;
  ~Engine() = default;

 public:
  static auto make(own<Config>&& = Config::make()) -> own<Engine>;
};

class WASM_API_EXTERN Store {
  friend class destroyer;
  void destroy();

 protected:
  Store() = default;
  ~Store() = default;

 public:
  static auto make(Engine*) -> own<Store>;
};

// --------------------------------------------------------------------------------------------------------------------
// Types

enum class Mutability : uint8_t { CONST, VAR };

struct Limits {
  uint32_t min;
  uint32_t max;

  Limits(uint32_t min_, uint32_t max_ = std::numeric_limits<uint32_t>::max()) : min(min_), max(max_) {}
};

/// gantry.h has more kinds.
enum class ValKind : uint8_t {
  I32,
  I64,
  F32,
  F64,
  EXTERNREF = 128,
  FUNCREF,
};

inline bool is_num(ValKind k) { return k < ValKind::EXTERNREF; }
inline bool is_ref(ValKind k) { return k >= ValKind::EXTERNREF; }

class WASM_API_EXTERN ValType {
  friend class destroyer;
  void destroy();

 protected:
  ValType() = default;
  ~ValType() = default;

 public:
  static auto make(ValKind) -> own<ValType>;
  auto copy() const -> own<ValType>;

  auto kind() const -> ValKind;
  auto is_num() const -> bool { return wasm::is_num(kind()); }
  auto is_ref() const -> bool { return wasm::is_ref(kind()); }
};

enum class ExternKind : uint8_t { FUNC, GLOBAL, TABLE, MEMORY, TAG };

class FuncType;
class GlobalType;
class TableType;
class MemoryType;
class TagType;

class WASM_API_EXTERN ExternType {
  friend class destroyer;
  void destroy();

 protected:
  ExternType() = default;
  ~ExternType() = default;

 public:
  auto copy() const -> own<ExternType>;

  auto kind() const -> ExternKind;

  /// The same type object as what it is; NULL if it is something else.
  auto func() -> FuncType*;
  auto global() -> GlobalType*;
  auto table() -> TableType*;
  auto memory() -> MemoryType*;
  auto tag() -> TagType*;

  auto func() const -> const FuncType*;
  auto global() const -> const GlobalType*;
  auto table() const -> const TableType*;
  auto memory() const -> const MemoryType*;
  auto tag() const -> const TagType*;
};

class WASM_API_EXTERN FuncType : public ExternType {
  friend class destroyer;
  void destroy();

 protected:
  FuncType() = default;
  ~FuncType() = default;

 public:
  static auto make(ownvec<ValType>&& params = ownvec<ValType>::make(),
                   ownvec<ValType>&& results = ownvec<ValType>::make()) -> own<FuncType>;
  auto copy() const -> own<FuncType>;

  auto params() const -> const ownvec<ValType>&;
  auto results() const -> const ownvec<ValType>&;
};

class WASM_API_EXTERN GlobalType : public ExternType {
  friend class destroyer;
  void destroy();

 protected:
  GlobalType() = default;
  ~GlobalType() = default;

 public:
  static auto make(own<ValType>&&, Mutability) -> own<GlobalType>;
  auto copy() const -> own<GlobalType>;

  auto content() const -> const ValType*;
  auto mutability() const -> Mutability;
};

class WASM_API_EXTERN TableType : public ExternType {
  friend class destroyer;
  void destroy();

 protected:
  TableType() = default;
  ~TableType() = default;

 public:
  static auto make(own<ValType>&&, Limits) -> own<TableType>;
  auto copy() const -> own<TableType>;

  auto element() const -> const ValType*;
  auto limits() const -> const Limits&;
};

class WASM_API_EXTERN MemoryType : public ExternType {
  friend class destroyer;
  void destroy();

 protected:
  MemoryType() = default;
  ~MemoryType() = default;

 public:
  static auto make(Limits) -> own<MemoryType>;
  auto copy() const -> own<MemoryType>;

  auto limits() const -> const Limits&;
};

class WASM_API_EXTERN TagType : public ExternType {
  friend class destroyer;
  void destroy();

 protected:
  TagType() = default;
  ~TagType() = default;

 public:
  static auto make(own<FuncType>&&) -> own<TagType>;
  auto copy() const -> own<TagType>;

  auto functype() const -> const FuncType*;
};

using Name = vec<byte_t>;

class WASM_API_EXTERN ImportType {
  friend class destroyer;
  void destroy();

 protected:
  ImportType() = default;
  ~ImportType() = default;

 public:
  static auto make(Name&& module, Name&& name, own<ExternType>&&) -> own<ImportType>;
  auto copy() const -> own<ImportType>;

  auto module() const -> const Name&;
  auto name() const -> const Name&;
  auto type() const -> const ExternType*;
};

class WASM_API_EXTERN ExportType {
  friend class destroyer;
  void destroy();

 protected:
  ExportType() = default;
  ~ExportType() = default;

 public:
  static auto make(Name&&, own<ExternType>&&) -> own<ExportType>;
  auto copy() const -> own<ExportType>;

  auto name() const -> const Name&;
  auto type() const -> const ExternType*;
};

// --------------------------------------------------------------------------------------------------------------------
// References and values

class WASM_API_EXTERN Ref {
  friend class destroyer;
  void destroy();

 protected:
  Ref() = default;
  ~Ref() = default;

 public:
  auto copy() const -> own<Ref>;
  auto same(const Ref*) const -> bool;

  auto get_host_info() const -> void*;
  void set_host_info(void* info, void (*finalizer)(void*) = nullptr);
};

/// A value; references are owned. It can be moved, and copied with copy().
class Val {
 public:
  /// The null reference.
  Val() : kind_(ValKind::EXTERNREF) { impl_.ref = nullptr; }
  explicit Val(int32_t i) : kind_(ValKind::I32) { impl_.i32 = i; }
  explicit Val(int64_t i) : kind_(ValKind::I64) { impl_.i64 = i; }
  explicit Val(float32_t z) : kind_(ValKind::F32) { impl_.f32 = z; }
  explicit Val(float64_t z) : kind_(ValKind::F64) { impl_.f64 = z; }
  explicit Val(own<Ref>&& r) : kind_(ValKind::EXTERNREF) { impl_.ref = r.release(); }

  Val(Val&& that) noexcept : kind_(that.kind_), impl_(that.impl_) {
    if (is_ref()) that.impl_.ref = nullptr;
  }
  Val& operator=(Val&& that) noexcept {
    reset(that);
    return *this;
  }
  ~Val() { reset(); }

  static auto i32(int32_t x) -> Val { return Val(x); }
  static auto i64(int64_t x) -> Val { return Val(x); }
  static auto f32(float32_t x) -> Val { return Val(x); }
  static auto f64(float64_t x) -> Val { return Val(x); }
  static auto ref(own<Ref>&& x) -> Val { return Val(std::move(x)); }
  /// By the type of what is given: numbers, signed or not, and references of any kind.
  template <class T>
  inline static auto make(T x) -> Val;
  template <class T>
  static auto make(own<T>&& x) -> Val {
    return Val(own<Ref>(x.release()));
  }

  auto kind() const -> ValKind { return kind_; }
  auto is_num() const -> bool { return wasm::is_num(kind_); }
  auto is_ref() const -> bool { return wasm::is_ref(kind_); }

  /// The contents, which must be of this kind.
  auto i32() const -> int32_t {
    assert(kind_ == ValKind::I32);
    return impl_.i32;
  }
  auto i64() const -> int64_t {
    assert(kind_ == ValKind::I64);
    return impl_.i64;
  }
  auto f32() const -> float32_t {
    assert(kind_ == ValKind::F32);
    return impl_.f32;
  }
  auto f64() const -> float64_t {
    assert(kind_ == ValKind::F64);
    return impl_.f64;
  }
  auto ref() const -> Ref* {
    assert(is_ref());
    return impl_.ref;
  }
  template <class T>
  inline auto get() const -> T;

  /// Gives up the reference; the value is null.
  auto release_ref() -> own<Ref> {
    assert(is_ref());
    Ref* const released = impl_.ref;
    impl_.ref = nullptr;
    return own<Ref>(released);
  }
  /// Releases the reference, if it is one.
  void reset() {
    if (!is_ref() || impl_.ref == nullptr) return;
    destroyer()(impl_.ref);
    impl_.ref = nullptr;
  }
  /// Becomes what the other was; a reference is moved.
  void reset(Val& that) {
    if (this == &that) return;
    reset();
    kind_ = that.kind_;
    impl_ = that.impl_;
    if (is_ref()) that.impl_.ref = nullptr;
  }

  auto copy() const -> Val {
    Val out;
    out.kind_ = kind_;
    out.impl_ = impl_;
    if (is_ref() && impl_.ref != nullptr) out.impl_.ref = impl_.ref->copy().release();
    return out;
  }

 private:
  ValKind kind_;
  union impl {
    int32_t i32;
    int64_t i64;
    float32_t f32;
    float64_t f64;
    Ref* ref;
  } impl_;
};

template <>
inline auto Val::make<int32_t>(int32_t x) -> Val {
  return Val(x);
}
template <>
inline auto Val::make<int64_t>(int64_t x) -> Val {
  return Val(x);
}
template <>
inline auto Val::make<float32_t>(float32_t x) -> Val {
  return Val(x);
}
template <>
inline auto Val::make<float64_t>(float64_t x) -> Val {
  return Val(x);
}
template <>
inline auto Val::make<uint32_t>(uint32_t x) -> Val {
  return Val(static_cast<int32_t>(x));
}
template <>
inline auto Val::make<uint64_t>(uint64_t x) -> Val {
  return Val(static_cast<int64_t>(x));
}

template <>
inline auto Val::get<int32_t>() const -> int32_t {
  return i32();
}
template <>
inline auto Val::get<int64_t>() const -> int64_t {
  return i64();
}
template <>
inline auto Val::get<float32_t>() const -> float32_t {
  return f32();
}
template <>
inline auto Val::get<float64_t>() const -> float64_t {
  return f64();
}
template <>
inline auto Val::get<Ref*>() const -> Ref* {
  return ref();
}
template <>
inline auto Val::get<uint32_t>() const -> uint32_t {
  return static_cast<uint32_t>(i32());
}
template <>
inline auto Val::get<uint64_t>() const -> uint64_t {
  return static_cast<uint64_t>(i64());
}

// --------------------------------------------------------------------------------------------------------------------
// Traps

/// With a NUL at its end.
using Message = vec<byte_t>;

class Instance;

class WASM_API_EXTERN Frame {
  friend class destroyer;
  void destroy();

 protected:
  Frame() = default;
  ~Frame() = default;

 public:
  auto copy() const -> own<Frame>;

  auto instance() const -> Instance*;
  auto func_index() const -> uint32_t;
  auto func_offset() const -> size_t;
  auto module_offset() const -> size_t;
};

class WASM_API_EXTERN Trap : public Ref {
  friend class destroyer;
  void destroy();

 protected:
  Trap() = default;
  ~Trap() = default;

 public:
  static auto make(Store*, const Message& msg) -> own<Trap>;
  auto copy() const -> own<Trap>;

  auto message() const -> Message;
  /// The innermost frame; may be NULL.
  auto origin() const -> own<Frame>;
  /// All frames, innermost first; may be empty.
  auto trace() const -> ownvec<Frame>;
};

// --------------------------------------------------------------------------------------------------------------------
// Modules, foreign objects

template <class T>
class WASM_API_EXTERN Shared;

class WASM_API_EXTERN Module : public Ref {
  friend class destroyer;
  void destroy();

 protected:
  Module() = default;
  ~Module() = default;

 public:
  static auto validate(Store*, const vec<byte_t>& binary) -> bool;
  static auto make(Store*, const vec<byte_t>& binary) -> own<Module>;
  auto copy() const -> own<Module>;

  auto imports() const -> ownvec<ImportType>;
  auto exports() const -> ownvec<ExportType>;

  auto share() const -> own<Shared<Module>>;
  static auto obtain(Store*, const Shared<Module>*) -> own<Module>;

  auto serialize() const -> vec<byte_t>;
  static auto deserialize(Store*, const vec<byte_t>&) -> own<Module>;
};

template <>
class WASM_API_EXTERN Shared<Module> {
  friend class destroyer;
  void destroy();

 protected:
  Shared() = default;
  ~Shared() = default;
};

class WASM_API_EXTERN Foreign : public Ref {
  friend class destroyer;
  void destroy();

 protected:
  Foreign() = default;
  ~Foreign() = default;

 public:
  static auto make(Store*) -> own<Foreign>;
  auto copy() const -> own<Foreign>;
};

// --------------------------------------------------------------------------------------------------------------------
// Externs

class Func;
class Global;
class Table;
class Memory;

class WASM_API_EXTERN Extern : public Ref {
  friend class destroyer;
  void destroy();

 protected:
  Extern() = default;
  ~Extern() = default;

 public:
  auto copy() const -> own<Extern>;

  auto kind() const -> ExternKind;
  auto type() const -> own<ExternType>;

  /// The same object as what it is; NULL if it is something else.
  auto func() -> Func*;
  auto global() -> Global*;
  auto table() -> Table*;
  auto memory() -> Memory*;

  auto func() const -> const Func*;
  auto global() const -> const Global*;
  auto table() const -> const Table*;
  auto memory() const -> const Memory*;
};

class WASM_API_EXTERN Func : public Extern {
  friend class destroyer;
  void destroy();

 protected:
  Func() = default;
  ~Func() = default;

 public:
  /// Functions of the embedder. They must not throw.
  using callback = auto (*)(const vec<Val>&, vec<Val>&) -> own<Trap>;
  using callback_with_env = auto (*)(void*, const vec<Val>&, vec<Val>&) -> own<Trap>;

  static auto make(Store*, const FuncType*, callback) -> own<Func>;
  static auto make(Store*, const FuncType*, callback_with_env, void*, void (*finalizer)(void*) = nullptr) -> own<Func>;
  auto copy() const -> own<Func>;

  auto type() const -> own<FuncType>;
  auto param_arity() const -> size_t;
  auto result_arity() const -> size_t;

  /// References in the second vector are released before they are replaced.
  auto call(const vec<Val>&, vec<Val>&) const -> own<Trap>;
};

class WASM_API_EXTERN Global : public Extern {
  friend class destroyer;
  void destroy();

 protected:
  Global() = default;
  ~Global() = default;

 public:
  static auto make(Store*, const GlobalType*, const Val&) -> own<Global>;
  auto copy() const -> own<Global>;

  auto type() const -> own<GlobalType>;
  auto get() const -> Val;
  void set(const Val&);
};

class WASM_API_EXTERN Table : public Extern {
  friend class destroyer;
  void destroy();

 protected:
  Table() = default;
  ~Table() = default;

 public:
  using size_t = uint32_t;

  static auto make(Store*, const TableType*, const Ref* init = nullptr) -> own<Table>;
  auto copy() const -> own<Table>;

  auto type() const -> own<TableType>;
  auto get(size_t index) const -> own<Ref>;
  auto set(size_t index, const Ref*) -> bool;
  auto size() const -> size_t;
  auto grow(size_t delta, const Ref* init = nullptr) -> bool;
};

class WASM_API_EXTERN Memory : public Extern {
  friend class destroyer;
  void destroy();

 protected:
  Memory() = default;
  ~Memory() = default;

 public:
  using pages_t = uint32_t;
  static const size_t page_size = 0x10000;

  static auto make(Store*, const MemoryType*) -> own<Memory>;
  auto copy() const -> own<Memory>;

  auto type() const -> own<MemoryType>;
  auto data() const -> byte_t*;
  auto data_size() const -> size_t;
  auto size() const -> pages_t;
  auto grow(pages_t delta) -> bool;
};

// --------------------------------------------------------------------------------------------------------------------
// Instances

class WASM_API_EXTERN Instance : public Ref {
  friend class destroyer;
  void destroy();

 protected:
  Instance() = default;
  ~Instance() = default;

 public:
  static auto make(Store*, const Module*, const vec<Extern*>&, own<Trap>* = nullptr) -> own<Instance>;
  auto copy() const -> own<Instance>;

  auto exports() const -> ownvec<Extern>;
};

}  // namespace wasm

#endif  // WASM_HH
