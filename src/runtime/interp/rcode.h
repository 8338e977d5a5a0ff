// Register code: what the translator makes of a function body and the handlers run.
//
// A function's code is an array of 8-byte words. An instruction is one word {op, a, b, c} and the further words that
// its format in rcode.def lists. Operands are frame slots, relative to the frame pointer:
//
//   [0, params)                parameters; the callee's frame overlaps the caller's argument area, so nothing is copied
//   [link, link + kLinkSlots)  frame link, link = max(parameter slots, result slots)
//   then                       the other locals, then the homes of the operand stack
//
// Results are written to [0, results) on return. Branch offsets count words from the branch's first word.
//
// [R1] Code holds no addresses: only slots, indices and offsets.
// [R2] An i32 or f32 in a slot is zero-extended; a handler always writes whole slots.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "abi/context.h"
#include "abi/traps.h"
#include "runtime/activation.h"
#include "runtime/interp/interp.h"
#include "runtime/interp/variants.h"
#include "wasm/instr.h"
#include "wasm/module.h"

namespace gantry::interp {

enum class ROp : uint16_t {
#define RC(Name, format) Name,
#include "runtime/interp/rcode.def"
};

inline constexpr int kROpCount = 0
#define RC(Name, format) +1
#include "runtime/interp/rcode.def"
    ;

struct Word {
  uint16_t op, a, b, c;

  uint64_t bits() const {
    uint64_t value;
    std::memcpy(&value, this, 8);
    return value;
  }
  uint32_t low() const { return static_cast<uint32_t>(bits()); }
  uint32_t bc() const {
    return static_cast<uint32_t>(bits() >> 32);
  }  // the 32-bit field of W and J, the second half of L
  int16_t sb() const { return static_cast<int16_t>(b); }
  int16_t sc() const { return static_cast<int16_t>(c); }
  ROp rop() const { return static_cast<ROp>(op); }
};
static_assert(sizeof(Word) == 8);

inline Word WordOf(uint64_t bits) {
  Word word;
  std::memcpy(&word, &bits, 8);
  return word;
}

struct ROpInfo {
  bool site = false;  // '!'
  char field[3] = {};
  char words[3] = {};  // without T
  uint8_t word_count = 0;

  uint32_t size() const { return 1u + word_count; }  // without the entries of T
  bool defines_a() const { return field[0] == 'd'; }
};
const ROpInfo& InfoOf(ROp op);

// Frame link. `ip` is where the caller goes on.
enum LinkSlot : uint32_t { kLinkIp, kLinkFp, kLinkFunc, kLinkSlots };

// What lies below a frame whose caller is not in the same instance (Exit: not in the same activation). Its link's ip is
// CrossReturn or Exit and its link's fp the adapter.
struct Adapter {
  const Word* ip;  // CrossReturn: the link of the frame that called, and its instance
  abi::Slot* fp;
  const struct FuncCode* func;
  abi::InstanceContext* context;
  abi::Slot* results;  // where its results belong
  uint64_t result_slots;
};
inline constexpr uint32_t kAdapterSlots = sizeof(Adapter) / sizeof(abi::Slot);

// Where in the module the instruction at a code position stands; for instructions that can trap, call or collect.
struct Site {
  uint32_t position;
  uint32_t offset;  // in the module
  uint32_t fuel;    // charged so far in this block but not yet paid
};

// Operand slots that hold GC references at a site, besides the locals: a chain of Roots.
struct Root {
  uint32_t slot;
  uint32_t next;
};
struct RootMap {
  static constexpr uint32_t kEnd = 0xffffffff;
  uint32_t position;
  uint32_t head;  // in FuncCode::roots
};

struct Handler {
  uint32_t begin, end;  // code positions covered; inner try_tables come first
  wasm::CatchKind kind;
  uint32_t tag;
  uint32_t target;  // code position
  uint32_t slot;    // payload, then the exception reference
};

struct ModuleCode;

struct FuncCode {
  static constexpr uint32_t kRefusedSlots = 1u << 30;

  const Word* code = nullptr;
  const std::atomic<FuncCode*>* table = nullptr;  // the module's defined functions
  uint32_t frame_slots = 0;                       // kRefusedSlots: too large to ever run
  uint32_t link = 0;
  uint32_t imported_funcs = 0;
  uint32_t param_slots = 0;
  uint32_t result_slots = 0;
  uint32_t func_index = 0;
  uint32_t size = 0;        // words
  bool has_memory = false;  // the module has a memory 0
  const ModuleCode* module = nullptr;
  std::unique_ptr<uint64_t[]> words;
  std::vector<Site> sites;  // by position
  std::vector<uint16_t> root_locals;
  std::vector<RootMap> root_maps;  // by position
  std::vector<Root> roots;
  std::vector<Handler> handlers;

  // The site of the instruction that contains `position`, null if there is none.
  const Site* SiteAt(uint32_t position) const;
};

// A field or element as handlers access it.
enum class Access : uint8_t { I8, I16, B32, B64, V128 };
Access AccessOf(wasm::ValType storage);

struct FieldAccess {
  uint32_t offset;
  Access access;
};

// Facts of a module type that slow paths need.
struct TypeFacts {
  std::vector<FieldAccess> fields;             // Struct; Array: one with offset 0
  uint32_t param_slots = 0, result_slots = 0;  // Func
};

struct ModuleCode {
  ModuleCode(const wasm::Module& module, const CodeOptions& options);
  ~ModuleCode();

  const wasm::Module& module;
  const CodeOptions options;
  std::vector<TypeFacts> types;                     // by type index
  std::vector<std::vector<FieldAccess>> payloads;   // by tag index: fields of the exception object
  std::unique_ptr<std::atomic<FuncCode*>[]> funcs;  // defined functions
  uint32_t func_count;

  // The code of a defined function (index without the imports), translated if needed. Any thread.
  const FuncCode* Get(uint32_t defined) const {
    const FuncCode* code = funcs[defined].load(std::memory_order_acquire);
    return code != nullptr ? code : Translate(defined);
  }
  const FuncCode* Translate(uint32_t defined) const;
};

// One run of handlers on the native stack. `ip`, `fp`, `func` and `context` are saved before anything that may trap,
// call, collect or look at frames.
struct Run : runtime::Activation {
  const Word* ip = nullptr;
  abi::Slot* fp = nullptr;
  const FuncCode* func = nullptr;
  abi::InstanceContext* context = nullptr;

  // Operands of Invoke and TailInvoke.
  abi::FuncRef* callee = nullptr;
  uint32_t base = 0;   // argument slots
  uint32_t words = 0;  // size of the call instruction
};

extern const runtime::ActivationOps kRunOps;

// Where functions return to that were not called by code of the same instance.
extern const Word kCrossReturnCode[1];
extern const Word kExitCode[1];

// A frame as seen from the next younger one, or from a Run for the youngest.
struct FrameState {
  const Word* ip;  // an address inside the current instruction
  abi::Slot* fp;
  const FuncCode* func;
  abi::InstanceContext* context;

  uint32_t position() const { return static_cast<uint32_t>(ip - func->code); }
  bool ToCaller();  // false: this was the activation's first frame
};

// Runs code until the activation's first function returns (Ok) or fails. `run` is the store's innermost activation.
abi::Status Execute(Run* run, const FuncCode* func, abi::Slot* fp, abi::InstanceContext* context);

// Records a trap at the saved state of `run`.
abi::Status RaiseTrap(Run* run, abi::TrapCode code);

// Finds the handler of the store's pending exception and puts the state that it starts with into `run`. False: it
// leaves the activation.
bool FindHandler(Run* run);

}  // namespace gantry::interp
