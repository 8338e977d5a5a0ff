// From the engine's host calls to WASI's functions: one entry per row of functions.def, made from the handler's C++
// type.
//
// [I1] A row's signature string and its handler's parameters say the same; a mismatch does not compile.
// [I2] The memory found for an instance stays right: memories never move, instances live as long as their store, and
// store ids are
//      never used twice. The length is read anew in each call, since memories grow.
#include "wasi/p1/link.h"

#include <concepts>
#include <utility>

#include "runtime/instance.h"
#include "wasi/p1/functions.h"
#include "wasi/p1/interface.h"
#include "wasi/p1/trace.h"

namespace gantry::wasi {

namespace {

using abi::Slot;
using abi::Status;
using p1::Errno;

// The one that the linker's functions were bound to, else the calling store's. Null if it has none.
WasiContext* ContextOf(const abi::FuncRef* self, const abi::Caller& caller) {
  void* const bound = static_cast<runtime::HostFunc*>(self->host)->data;
  return static_cast<WasiContext*>(bound != nullptr ? bound : caller.store->data.get());
}

abi::MemoryDef* FindMemory(WasiContext& context, const abi::Caller& caller) {
  if (!caller.instance) return nullptr;
  WasiContext::LastCaller& last = context.last_caller;
  if (last.instance == caller.instance && last.store_id == caller.store->id()) return last.memory;
  runtime::Store& store = *caller.store;
  context.interrupt_flag = store.config().epoch_interruption ? &store.context()->interrupt_pending : nullptr;
  const std::optional<runtime::Extern> item = caller.instance->Export("memory");
  if (!item || item->kind != wasm::ExternKind::Memory) return nullptr;
  last = {store.id(), caller.instance, item->memory->def()};
  return last.memory;
}

template <class T>
consteval bool LetterFits(char letter) {
  if (letter == 's') return std::same_as<T, int64_t>;
  return p1::IsWide(letter) ? std::same_as<T, uint64_t> : std::same_as<T, uint32_t>;
}

consteval bool NeedsMemory(std::string_view signature) {
  const std::string_view letters = signature.substr(0, signature.find(':'));
  return letters.find_first_of("pxvowq") != std::string_view::npos;
}

// proc_exit has stored the code; the guest's frames are left behind.
Status EndProgram(runtime::Store& store, uint32_t code) {
  constexpr uint32_t kEnd = 126;  // codes from here on mean other things to shells
  if (code < kEnd) return store.Exit(static_cast<int32_t>(code));
  return store.Fail(Error(ErrorClass::Host, "exit with invalid exit status outside of [0..126)"));
}

// The call did not end as others do. After a wait that was given up the store says whether the guest goes on, then with
// the function's error "intr".
Status EndCall(runtime::Store& store, WasiContext& context) {
  context.needs_attention = false;
  if (context.failure) return store.Fail(*std::exchange(context.failure, std::nullopt));
  return store.OnPoll();
}

// Rows by number, so that an entry knows its own.
enum RowNumber : size_t {
#define WASI_FUNCTION(modules, name, Handler, signature, parameters, doc) kRow##Handler,
#include "wasi/p1/functions.def"
};

template <auto kHandler, size_t kRow>
struct Entry;

template <class R, class... Args, R (*kHandler)(WasiContext&, GuestMemory, Args...), size_t kRow>
struct Entry<kHandler, kRow> {
  static consteval bool Matches(std::string_view signature) {  // [I1]
    const size_t colon = signature.find(':');
    if (colon != sizeof...(Args)) return false;
    if ((signature.substr(colon + 1) == "e") != std::same_as<R, Errno>) return false;
    size_t i = 0;
    return (LetterFits<Args>(signature[i++]) && ...);
  }

  template <bool kNeedsMemory>
  static Status Enter(abi::FuncRef* self, abi::Caller* caller, Slot* slots) noexcept {
    WasiContext* const context = ContextOf(self, *caller);
    if (context == nullptr) return caller->store->Fail(Error(ErrorClass::Host, "the store has no WASI configuration"));
    GuestMemory memory;
    if constexpr (kNeedsMemory) {
      const abi::MemoryDef* def = FindMemory(*context, *caller);
      if (!def) return caller->store->Fail(Error(ErrorClass::Host, "missing required memory export"));
      memory = {def->base, def->length.load(std::memory_order_acquire)};
    }
    const p1::TraceScope trace(*context, p1::Functions()[kRow], memory, slots);
    return [&]<size_t... I>(std::index_sequence<I...>) {
      if constexpr (std::same_as<R, Errno>) {
        const Errno result = kHandler(*context, memory, static_cast<Args>(slots[I])...);
        slots[0] = static_cast<uint16_t>(result);
        if (context->needs_attention) [[unlikely]]
          return EndCall(*caller->store, *context);
        return Status::Ok;
      } else {
        kHandler(*context, memory, static_cast<Args>(slots[I])...);
        return EndProgram(*caller->store, *context->exit_code);
      }
    }(std::index_sequence_for<Args...>{});
  }

  static engine::HostFuncDef Define(abi::ArrayEntry entry, std::shared_ptr<WasiContext> context) {
    engine::HostFuncDef def;
    (def.params.push_back(sizeof(Args) == sizeof(uint64_t) ? wasm::kI64 : wasm::kI32), ...);
    if constexpr (std::same_as<R, Errno>) def.results.push_back(wasm::kI32);
    def.entry = entry;
    def.data = std::move(context);
    return def;
  }
};

struct Row {
  p1::Modules modules;
  std::string_view name;
  abi::ArrayEntry entry;
  engine::HostFuncDef (*define)(abi::ArrayEntry entry, std::shared_ptr<WasiContext> context);
};

#define WASI_FUNCTION(modules, name, Handler, signature, parameters, doc) \
  static_assert(Entry<&p1::Handler, kRow##Handler>::Matches(signature), #name);
#include "wasi/p1/functions.def"

constexpr Row kRows[] = {
#define WASI_FUNCTION(modules, name, Handler, signature, parameters, doc)                           \
  {p1::Modules::modules, #name, &Entry<&p1::Handler, kRow##Handler>::Enter<NeedsMemory(signature)>, \
   &Entry<&p1::Handler, kRow##Handler>::Define},
#include "wasi/p1/functions.def"
};

}  // namespace

Result<void> AddToLinker(engine::Linker& linker, std::shared_ptr<WasiContext> context, Preview0 preview0) {
  for (const Row& row : kRows) {
    if (IsIn(row.modules, p1::Modules::P1)) {
      GANTRY_RETURN_IF_ERROR(linker.DefineFunc(p1::kPreview1, row.name, row.define(row.entry, context)));
    }
    if (preview0 == Preview0::Yes && IsIn(row.modules, p1::Modules::P0)) {
      GANTRY_RETURN_IF_ERROR(linker.DefineFunc(p1::kPreview0, row.name, row.define(row.entry, context)));
    }
  }
  return {};
}

}  // namespace gantry::wasi
