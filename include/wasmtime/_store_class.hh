/// \file wasmtime/_store_class.hh
///
/// The class wasmtime::Store without what needs functions and exceptions; include `wasmtime/store.hh`.

#ifndef WASMTIME_STORE_CLASS_HH
#define WASMTIME_STORE_CLASS_HH

#include <wasmtime/conf.h>
#include <wasmtime/store.h>

#include <any>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <wasmtime/engine.hh>
#include <wasmtime/error.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/wasi.hh>

namespace wasmtime {

class Caller;
class ExnRef;
class Tag;
class Trap;

/// What the callback at an epoch's deadline wants.
enum class DeadlineKind {
  /// Go on at once.
  Continue = WASMTIME_UPDATE_DEADLINE_CONTINUE,
  /// Pause the asynchronous call and go on when it is polled again. A call that is not asynchronous traps.
  Yield = WASMTIME_UPDATE_DEADLINE_YIELD,
};

/// Everything that lives while WebAssembly runs: instances, memories, functions, references. Objects of one store never
/// meet those of another, and go with their store.
///
/// A store is used by one thread at a time; which one may change. Objects are handed to it as Store::Context, which a
/// store turns into by itself.
class Store : public detail::Owned<Store, wasmtime_store_t, wasmtime_store_delete> {
 public:
  using Owned::Owned;

  /// An empty store. It keeps the engine alive.
  explicit Store(Engine& engine) : Owned(wasmtime_store_new(engine.capi(), nullptr, detail::unbox<std::any>)) {}

  /// A store as functions take it. Good as long as the store; from a Caller as long as the call.
  class Context {
   public:
    /// A context of the C API.
    explicit Context(wasmtime_context_t* context) noexcept : ptr_(context) {}
    /// The store's context.
    Context(Store& store) noexcept : Context(wasmtime_store_context(store.capi())) {}
    /// The store's context.
    Context(Store* store) noexcept : Context(*store) {}
    /// The context of the store whose WebAssembly called. Needs `wasmtime/store.hh`.
    Context(Caller& caller);
    /// The context of the store whose WebAssembly called. Needs `wasmtime/store.hh`.
    Context(Caller* caller);

#ifdef WASMTIME_FEATURE_GC
    /// Collects garbage.
    Result<std::monostate> gc() { return detail::done(wasmtime_context_gc(ptr_)); }
#endif  // WASMTIME_FEATURE_GC

    /// Sets how much fuel WebAssembly has left. An error unless Config::consume_fuel() has turned fuel on.
    Result<std::monostate> set_fuel(std::uint64_t fuel) { return detail::done(wasmtime_context_set_fuel(ptr_, fuel)); }
    /// Tells how much fuel is left. An error unless Config::consume_fuel() has turned fuel on.
    Result<std::uint64_t> get_fuel() const {
      std::uint64_t fuel = 0;
      return detail::result_of<std::uint64_t>(wasmtime_context_get_fuel(ptr_, &fuel), fuel);
    }

    /// Keeps something of the host's with the store, in place of what was there before.
    void set_data(std::any data) const {
      detail::unbox<std::any>(wasmtime_context_get_data(ptr_));
      wasmtime_context_set_data(ptr_, detail::box(std::move(data)));
    }
    /// What set_data() was given; empty before that. Good until the next set_data().
    std::any& get_data() const {
      if (wasmtime_context_get_data(ptr_) == nullptr) set_data(std::any());
      return *static_cast<std::any*>(wasmtime_context_get_data(ptr_));
    }

#ifdef WASMTIME_FEATURE_WASI
    /// Gives WASI functions in this store what they work with.
    Result<std::monostate> set_wasi(WasiConfig config) {
      return detail::done(wasmtime_context_set_wasi(ptr_, config.capi_release()));
    }
#endif  // WASMTIME_FEATURE_WASI

    /// Sets after how many more ticks of the engine's epoch WebAssembly in this store is stopped: it traps, or the
    /// callback of Store::epoch_deadline_callback() decides.
    void set_epoch_deadline(std::uint64_t ticks_beyond_current) {
      wasmtime_context_set_epoch_deadline(ptr_, ticks_beyond_current);
    }

#ifdef WASMTIME_FEATURE_GC
    /// Throws an exception: a host function returns the trap that this gives. Needs `wasmtime/store.hh`.
    Trap throw_exception(ExnRef exn);
    /// Takes the exception that is on its way: after a call that ended with a trap because nothing in WebAssembly
    /// caught it. Needs `wasmtime/store.hh`.
    std::optional<ExnRef> take_exception();
    /// Whether an exception is on its way. Needs `wasmtime/store.hh`.
    bool has_exception();
#endif  // WASMTIME_FEATURE_GC

    /// The context, as the C API takes it.
    const wasmtime_context_t* capi() const noexcept { return ptr_; }
    /// The context, as the C API takes it.
    wasmtime_context_t* capi() noexcept { return ptr_; }

   private:
    wasmtime_context_t* ptr_;
  };

  /// The store as functions take it.
  Context context() { return this; }

  /// Bounds what instances may use from now on: bytes of each memory, elements of each table, and how many instances,
  /// tables and memories there may be. A negative number means the default.
  void limiter(std::int64_t memory_size, std::int64_t table_elements, std::int64_t instances, std::int64_t tables,
               std::int64_t memories) {
    wasmtime_store_limiter(capi(), memory_size, table_elements, instances, tables, memories);
  }

  /// Sets what happens when WebAssembly passes the epoch's deadline: `callback` is called with the context and a
  /// reference to the number of ticks to the next deadline, which it sets. An error that it returns ends the code.
  template <typename F,
            std::enable_if_t<std::is_invocable_r_v<Result<DeadlineKind>, F, Context, std::uint64_t&>, bool> = true>
  void epoch_deadline_callback(F&& callback) {
    using Callback = std::decay_t<F>;
    wasmtime_store_epoch_deadline_callback(capi(), at_deadline<Callback>, detail::box(std::forward<F>(callback)),
                                           detail::unbox<Callback>);
  }

#ifdef WASMTIME_FEATURE_GC
  /// Collects garbage.
  Result<std::monostate> gc() { return context().gc(); }
#endif  // WASMTIME_FEATURE_GC

 private:
  template <typename F>
  static wasmtime_error_t* at_deadline(wasmtime_context_t* context, void* data, std::uint64_t* epoch_deadline_delta,
                                       wasmtime_update_deadline_kind_t* update_kind) noexcept {
    Result<DeadlineKind> kind = (*static_cast<F*>(data))(Context(context), *epoch_deadline_delta);
    if (!kind) return kind.err_ref().capi_release();
    *update_kind = static_cast<wasmtime_update_deadline_kind_t>(kind.ok_ref());
    return nullptr;
  }
};

}  // namespace wasmtime

#endif  // WASMTIME_STORE_CLASS_HH
