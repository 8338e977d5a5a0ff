// Native code end to end: functions written by the assembler instead of a compiler, in modules whose other functions
// are interpreted, so that every border is crossed both ways.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <thread>

#include "abi/call_layout.h"
#include "compiler/asm/x64/assembler.h"
#include "engine/host_func.h"
#include "engine/linker.h"
#include "engine/native_tier.h"
#include "platform/faults.h"
#include "wasm/instr.h"

namespace gantry::engine {
namespace {

using abi::Builtin;
using abi::Caller;
using abi::CallSite;
using abi::FuncRef;
using abi::InstanceContext;
using abi::Status;
using abi::StoreContext;
using abi::TrapCode;
using x64::Assembler;
using x64::Inst;
using x64::Label;
using x64::Mem;
using enum x64::Gpr;

// Writes one function by hand.
struct Writer {
  const wasm::Module& module;
  const abi::CompileOptions& options;
  uint32_t func_index;
  abi::CodeBatch& batch;
  uint32_t frame_size = 0;
  uint32_t saved = 0;
  int32_t slots_at = 0;  // from rbp
  Assembler a{};

  // The frame: `slots` home slots below the registers in `saves`.
  void Begin(uint32_t slots, uint32_t saves = 0) {
    a.OpcodeReg<Inst::Push64>(rbp);
    a.RegRm<Inst::Mov64Rm>(rbp, rsp);
    a.OpcodeReg<Inst::Push64>(r14);
    uint32_t pushed = 1;
    constexpr std::pair<uint32_t, x64::Gpr> kSaves[] = {
        {abi::kSavesRbx, rbx}, {abi::kSavesR12, r12}, {abi::kSavesR13, r13}};
    for (const auto& [bit, reg] : kSaves) {
      if ((saves & bit) == 0) continue;
      a.OpcodeReg<Inst::Push64>(reg);
      ++pushed;
    }
    slots_at = -8 * static_cast<int32_t>(pushed);
    frame_size = (8 * (pushed + slots) + 15) & ~15u;
    if (frame_size != 8 * pushed) a.OnlyRm<Inst::Sub64Mi>(rsp, {.imm = static_cast<int32_t>(frame_size - 8 * pushed)});
    saved = saves;
  }
  Mem Slot(int32_t i) const { return Mem::At(rbp, slots_at - 8 * (i + 1)); }
  int32_t Cell(int32_t i) const { return slots_at / 8 - (i + 1); }
  void End(uint32_t arg_bytes = 0) {
    int32_t at = -8;
    constexpr std::pair<uint32_t, x64::Gpr> kSaves[] = {
        {abi::kSavesRbx, rbx}, {abi::kSavesR12, r12}, {abi::kSavesR13, r13}};
    for (const auto& [bit, reg] : kSaves) {
      if ((saved & bit) == 0) continue;
      at -= 8;
      a.RegMem<Inst::Mov64Rm>(reg, Mem::At(rbp, at));
    }
    a.Alone<Inst::Leave>();
    if (arg_bytes == 0)
      a.Alone<Inst::Ret>();
    else
      a.Alone<Inst::RetI>(arg_bytes);
  }

  // The instruction that comes next traps.
  void TrapHere(TrapCode code, uint32_t offset = 0) { batch.traps.push_back({a.position(), Offset(offset), 0, code}); }
  void Ud2(TrapCode code, uint32_t offset = 0) {
    TrapHere(code, offset);
    a.Alone<Inst::Ud2>();
  }
  // The call that was just written.
  CallSite& Site(uint32_t offset = 0) {
    batch.calls.push_back({.return_pc = a.position(), .offset = Offset(offset), .fuel = 0});
    return batch.calls.back();
  }
  void Roots(CallSite& site, std::initializer_list<int32_t> cells) {
    site.map = static_cast<uint32_t>(batch.maps.size());
    batch.maps.push_back(static_cast<int32_t>(cells.size()));
    batch.maps.insert(batch.maps.end(), cells);
  }
  void CallDirect(uint32_t func) { a.Call(func); }
  CallSite& CallBuiltin(Builtin builtin) {
    a.RegMem<Inst::Mov64Rm>(r11, Mem::At(r14, offsetof(InstanceContext, builtins)));
    a.OnlyMem<Inst::CallM>(Mem::At(r11, 8 * static_cast<int32_t>(builtin)));
    return Site();
  }
  CallSite& CallImport(uint32_t index) {
    a.RegMem<Inst::Mov64Rm>(r10, Mem::At(r14, static_cast<int32_t>(options.layout.imported_funcs + 8 * index)));
    a.RegRm<Inst::Mov64Rm>(r11, r14);
    a.RegMem<Inst::Mov64Rm>(r14, Mem::At(r10, offsetof(FuncRef, context)));
    a.RegMem<Inst::Mov64Rm>(r15, Mem::At(r14, offsetof(InstanceContext, memory0_base)));
    a.OnlyMem<Inst::CallM>(Mem::At(r10, offsetof(FuncRef, native_entry)));
    CallSite& site = Site();
    a.RegMem<Inst::Mov64Rm>(r14, Mem::At(rbp, abi::kFrameContext));
    a.RegMem<Inst::Mov64Rm>(r15, Mem::At(r14, offsetof(InstanceContext, memory0_base)));
    return site;
  }
  void StackCheck() {
    Label again, cold, done;
    a.Bind(&again);
    a.RegMem<Inst::Mov64Rm>(r11, Mem::At(r14, offsetof(InstanceContext, store)));
    a.RegMem<Inst::Cmp64Rm>(rsp, Mem::At(r11, offsetof(StoreContext, native_stack_limit)));
    a.Jump(x64::Cond::ae, &done);
    CallBuiltin(Builtin::StackLimit);
    a.Jump(&again);
    a.Bind(&done);
  }

  uint32_t Offset(uint32_t offset) const { return module.funcs[func_index].body.offset + offset; }
};

using Hand = std::function<void(Writer&)>;
std::map<std::string, Hand> hands;  // by the function's name in the module's text

class HandCompiler final : public abi::FunctionCompiler {
 public:
  HandCompiler(const wasm::Module& module, const abi::CompileOptions& options)
      : module_(module), names_(module), options_(options) {}

  bool Compile(uint32_t func_index, abi::CodeBatch* batch) override {
    const auto hand = hands.find(std::string(names_.FunctionName(func_index)));
    if (hand == hands.end()) return false;
    Writer writer{module_, options_, func_index, *batch};
    abi::FunctionRecord record{.func_index = func_index};
    record.first_trap = static_cast<uint32_t>(batch->traps.size());
    record.first_call = static_cast<uint32_t>(batch->calls.size());
    hand->second(writer);
    batch->text.resize((batch->text.size() + 15) & ~size_t{15});
    record.start = static_cast<uint32_t>(batch->text.size());
    record.size = writer.a.position();
    record.frame_size = writer.frame_size;
    record.saved = writer.saved;
    record.trap_count = static_cast<uint32_t>(batch->traps.size()) - record.first_trap;
    record.call_count = static_cast<uint32_t>(batch->calls.size()) - record.first_call;
    const std::span<const uint8_t> code = writer.a.code();
    batch->text.insert(batch->text.end(), code.begin(), code.end());
    for (const x64::Reference& reference : writer.a.references()) {
      batch->relocations.push_back({record.start + reference.at, reference.target});
    }
    batch->functions.push_back(record);
    return true;
  }

 private:
  const wasm::Module& module_;
  wasm::binary::ModuleNames names_;
  abi::CompileOptions options_;
};

std::unique_ptr<abi::FunctionCompiler> NewHandCompiler(const wasm::Module& module, const abi::CompileOptions& options) {
  return std::make_unique<HandCompiler>(module, options);
}

class Native : public testing::Test {
 protected:
  void SetUp() override {
    if (!platform::FaultsAreSupported()) GTEST_SKIP();
    hands.clear();
  }

  void Start(Config config = {}) {
    config.tier = Tier::Baseline;
    config.function_compiler = &NewHandCompiler;
    engine_ = Engine::New(config);
    if (engine_->native() == nullptr) GTEST_SKIP() << "GANTRY_COMPILER says otherwise, or the host forbids native code";
    store_ = std::make_unique<Store>(engine_);
    linker_ = std::make_unique<Linker>(engine_);
  }
  runtime::Instance* Make(std::string_view wat) {
    if (engine_ == nullptr) Start();
    auto module = Module::CompileAny(engine_, std::vector<uint8_t>(wat.begin(), wat.end()));
    if (!module) {
      ADD_FAILURE() << module.error().Summary();
      return nullptr;
    }
    auto instance = linker_->Instantiate(*store_, **module);
    if (!instance) ADD_FAILURE() << instance.error().Message();
    return instance ? *instance : nullptr;
  }
  std::expected<std::vector<Value>, Failure> Call(runtime::Instance* instance, std::string_view name,
                                                  std::vector<Value> args = {}) {
    return engine::Call(store_->runtime(), instance->Export(name)->func, args);
  }

  std::shared_ptr<Engine> engine_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Linker> linker_;
};

// (param i32 i32) (result i32): the sum.
void WriteAdd(Writer& w) {
  w.Begin(0);
  w.a.RegRm<Inst::Add32Rm>(rax, rdx);
  w.End();
}

TEST_F(Native, AFunctionRuns) {
  hands["add"] = &WriteAdd;
  auto* instance = Make(R"((module (func $add (export "add") (param i32 i32) (result i32) unreachable)))");
  ASSERT_NE(instance, nullptr);
  EXPECT_EQ(instance->Export("add")->func->kind(), abi::FuncKind::Native);
  auto results = Call(instance, "add", {Value::I32(40), Value::I32(2)});
  ASSERT_TRUE(results);
  EXPECT_EQ((*results)[0].i32(), 42u);
}

TEST_F(Native, Ud2TrapsWithItsCodeAndFrames) {
  hands["f"] = [](Writer& w) {
    w.Begin(0);
    w.Ud2(TrapCode::DivideByZero, 7);
  };
  hands["g"] = [](Writer& w) {
    w.Begin(0);
    w.CallDirect(0);
    w.Site(3);
    w.End();
  };
  auto* instance = Make(R"((module (func $f) (func $g (export "g") call $f)))");
  auto results = Call(instance, "g");
  ASSERT_FALSE(results);
  ASSERT_EQ(results.error().kind, Failure::Kind::Trap);
  EXPECT_EQ(results.error().trap->code, TrapCode::DivideByZero);
  const auto& frames = results.error().trap->backtrace;
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].func_index, 0u);
  EXPECT_EQ(frames[0].offset, instance->module().funcs[0].body.offset + 7);
  EXPECT_EQ(frames[1].func_index, 1u);
  EXPECT_EQ(frames[1].offset, instance->module().funcs[1].body.offset + 3);
  EXPECT_EQ(store_->runtime().context()->activation, nullptr);
  EXPECT_EQ(store_->runtime().context()->native_stack_end, 0u);
}

TEST_F(Native, AccessesBehindAMemoryTrap) {
  hands["load"] = [](Writer& w) {
    w.Begin(0);
    w.TrapHere(TrapCode::MemoryOutOfBounds);
    w.a.RegMem<Inst::Mov32Rm>(rax, Mem::At(r15, rax, 0, 16));
    w.End();
  };
  auto* instance = Make(R"((module (memory 1) (data (i32.const 65532) "\01\02\03\04")
      (func $load (export "load") (param i32) (result i32) unreachable)))");
  auto last = Call(instance, "load", {Value::I32(65536 - 20)});
  ASSERT_TRUE(last);
  EXPECT_EQ((*last)[0].i32(), 0x04030201u);
  for (uint32_t index : {65536u - 19, 65536u, 0x7fffffffu, 0xffffffffu}) {
    auto results = Call(instance, "load", {Value::I32(index)});
    ASSERT_FALSE(results);
    EXPECT_EQ(results.error().trap->code, TrapCode::MemoryOutOfBounds);
  }
}

TEST_F(Native, HostAndInterpretedFunctionsAreCalled) {
  hands["caller"] = [](Writer& w) {
    w.Begin(1);
    w.a.RegMem<Inst::Mov64Mr>(rax, w.Slot(0));
    w.CallImport(0);
    w.a.RegMem<Inst::Mov64Rm>(rdx, w.Slot(0));
    w.CallDirect(2);  // interpreted
    w.Site();
    w.End();
  };
  Start();
  runtime::Instance* seen = nullptr;
  ASSERT_TRUE(linker_->DefineFunc("env", "twice", MakeHostFunc([&](Caller* caller, int32_t x) -> int32_t {
                                    seen = caller->instance;
                                    EXPECT_EQ(caller->store, &store_->runtime());
                                    return 2 * x;
                                  })));
  auto* instance = Make(R"((module (import "env" "twice" (func $twice (param i32) (result i32)))
      (func $caller (export "caller") (param i32) (result i32) unreachable)
      (func $sub (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))))");
  auto results = Call(instance, "caller", {Value::I32(21)});
  ASSERT_TRUE(results);
  EXPECT_EQ((*results)[0].i32(), 21u);
  EXPECT_EQ(seen, instance);
}

// Values of every kind, in registers and on the stack, through entry and exit stubs: native code passes its parameters
// on to a host or interpreted function as they are and returns its results.
constexpr std::string_view kManyTypes =
    "(param i32 i64 f32 f64 v128 i32 i64 i32 i64 i32 i64 f32 f64 f32 f64 f32 v128 f32 f64 v128 i32)"
    "(result v128 i32 i64 f32 f64 i32 i64 i32 i64 i32 i64 i64 f32 f64 f32 f64 v128 v128 f32 f64)";

constexpr size_t kManyResultSlots = 23;
std::vector<wasm::ValType> ManyParams() {
  using namespace wasm;
  return {kI32, kI64, kF32, kF64, kV128, kI32,  kI64, kI32, kI64,  kI32, kI64,
          kF32, kF64, kF32, kF64, kF32,  kV128, kF32, kF64, kV128, kI32};
}
std::vector<wasm::ValType> ManyResults() {
  using namespace wasm;
  return {kV128, kI32, kI64, kF32, kF64, kI32, kI64,  kI32,  kI64, kI32,
          kI64,  kI64, kF32, kF64, kF32, kF64, kV128, kV128, kF32, kF64};
}

// Passes everything on to a function of the same type.
void WritePassOn(Writer& w, bool is_import, uint32_t func) {
  const abi::CallLayout layout = abi::AssignCall(ManyParams(), ManyResults());
  w.Begin(0);
  w.a.OnlyRm<Inst::Sub64Mi>(rsp, {.imm = layout.result_bytes + layout.arg_bytes});
  for (uint32_t at = 0; at < layout.arg_bytes; at += 8) {
    w.a.RegMem<Inst::Mov64Rm>(r10, Mem::At(rbp, static_cast<int32_t>(abi::kIncomingArgs + at)));
    w.a.RegMem<Inst::Mov64Mr>(r10, Mem::At(rsp, static_cast<int32_t>(at)));
  }
  if (is_import) {
    w.CallImport(func);
  } else {
    w.CallDirect(func);
    w.Site();
  }
  for (uint32_t at = 0; at < layout.result_bytes; at += 8) {
    w.a.RegMem<Inst::Mov64Rm>(r10, Mem::At(rsp, static_cast<int32_t>(at)));
    w.a.RegMem<Inst::Mov64Mr>(r10, Mem::At(rbp, static_cast<int32_t>(abi::kIncomingArgs + layout.arg_bytes + at)));
  }
  w.End(layout.arg_bytes);
}

// Results computed from parameters in slots, so that a value in the wrong place shows.
void ManyHost(const abi::Slot* in, abi::Slot* out) {
  std::vector<abi::Slot> args(in, in + 24);
  size_t next = 0;
  for (wasm::ValType type : ManyResults()) {
    const abi::Slot value = args[next % 24] * 3 + next;
    const bool is_32 = type == wasm::kI32 || type == wasm::kF32;
    out[0] = is_32 ? static_cast<uint32_t>(value) : value;
    if (type == wasm::kV128) out[1] = ~value;
    out += type.slots();
    ++next;
  }
}

Status ManyEntry(FuncRef*, Caller*, abi::Slot* slots) {
  std::vector<abi::Slot> out(24);
  ManyHost(slots, out.data());
  std::copy(out.begin(), out.end(), slots);
  return Status::Ok;
}

TEST_F(Native, ManyValuesOfEveryKindCrossTheBorders) {
  hands["host"] = [](Writer& w) { WritePassOn(w, true, 0); };
  hands["outer"] = [](Writer& w) { WritePassOn(w, false, 1); };
  hands["interpreted"] = [](Writer& w) { WritePassOn(w, false, 3); };
  Start();
  HostFuncDef def;
  def.params = ManyParams();
  def.results = ManyResults();
  def.entry = &ManyEntry;
  ASSERT_TRUE(linker_->DefineFunc("env", "many", def));
  const std::string types(kManyTypes);
  auto* instance =
      Make("(module (import \"env\" \"many\" (func $many " + types + "))" + "(func $host (export \"host\") " + types +
           " unreachable)" + "(func $outer (export \"outer\") " + types + " unreachable)" + "(func $inner " + types +
           // Through the interpreter, which calls the import in its own way.
           " local.get 0 local.get 1 local.get 2 local.get 3 local.get 4 local.get 5 local.get 6 local.get 7 "
           "local.get 8 local.get 9 local.get 10 local.get 11 local.get 12 local.get 13 local.get 14 local.get 15 "
           "local.get 16 local.get 17 local.get 18 local.get 19 local.get 20 call $many)" +
           "(func $interpreted (export \"interpreted\") " + types + " unreachable))");
  ASSERT_NE(instance, nullptr);
  std::vector<abi::Slot> args(24);
  size_t slot = 0;
  for (wasm::ValType type : ManyParams()) {
    for (uint32_t i = 0; i < type.slots(); ++i, ++slot) {
      const bool is_32 = type == wasm::kI32 || type == wasm::kF32;
      args[slot] = is_32 ? 0x81234560u + slot : 0x8877665544332200u + slot;
    }
  }
  std::vector<abi::Slot> expected(kManyResultSlots);
  ManyHost(args.data(), expected.data());
  for (const char* name : {"host", "outer", "interpreted"}) {
    for (bool any : {false, true}) {
      // The stub for any signature does the same.
      FuncRef* many = instance->context()->imported_funcs[0];
      void* const entry = many->native_entry;
      if (any) many->native_entry = engine_->native()->links().any_exit;
      std::vector<abi::Slot> slots = args;
      FuncRef* func = instance->Export(name)->func;
      EXPECT_EQ(func->kind(), abi::FuncKind::Native);
      EXPECT_EQ(store_->runtime().Call(func, slots.data()), Status::Ok);
      slots.resize(kManyResultSlots);
      EXPECT_EQ(slots, expected) << name;
      many->native_entry = entry;
    }
  }
}

TEST_F(Native, HostsCannotSmuggleUpperBits) {
  hands["f"] = [](Writer& w) {  // (param i32) (result i64): the parameter's register and the import's result, whole
    w.Begin(1);
    w.a.RegMem<Inst::Mov64Mr>(rax, w.Slot(0));
    w.CallImport(0);
    w.a.RegMem<Inst::Or64Rm>(rax, w.Slot(0));
    w.End();
  };
  Start();
  HostFuncDef def;
  def.results = {wasm::kI32};
  def.entry = [](FuncRef*, Caller*, abi::Slot* slots) {
    slots[0] = 0xdeadbeef00000001;
    return Status::Ok;
  };
  ASSERT_TRUE(linker_->DefineFunc("env", "dirty", def));
  auto* instance = Make(R"((module (import "env" "dirty" (func (result i32)))
      (func $f (export "f") (param i32) (result i64) unreachable)))");
  abi::Slot slots[1] = {0xfeedface00000002};
  ASSERT_EQ(store_->runtime().Call(instance->Export("f")->func, slots), Status::Ok);
  EXPECT_EQ(slots[0], 3u);
}

TEST_F(Native, FailuresOfHostsEndTheCall) {
  hands["f"] = [](Writer& w) {
    w.Begin(0);
    w.CallImport(0);
    w.Ud2(TrapCode::Unreachable);
  };
  Start();
  ASSERT_TRUE(linker_->DefineFunc("env", "exit", MakeHostFunc([](Caller* caller) -> HostResult<void> {
                                    return std::unexpected(caller->store->Exit(7));
                                  })));
  auto* instance = Make(R"((module (import "env" "exit" (func)) (func $f (export "f") unreachable)))");
  auto results = Call(instance, "f");
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().kind, Failure::Kind::Exit);
  EXPECT_EQ(results.error().exit_code, 7);
}

TEST_F(Native, TheStackIsBounded) {
  hands["f"] = [](Writer& w) {
    w.Begin(0);
    w.StackCheck();
    w.CallDirect(0);
    w.Site();
    w.End();
  };
  auto* instance = Make(R"((module (func $f (export "f") call $f)))");
  for (int i = 0; i < 3; ++i) {
    auto results = Call(instance, "f");
    ASSERT_FALSE(results);
    EXPECT_EQ(results.error().trap->code, TrapCode::StackOverflow);
  }
  // A smaller stack has an end of its own.
  std::thread([&] {
    auto results = Call(instance, "f");
    ASSERT_FALSE(results);
    EXPECT_EQ(results.error().trap->code, TrapCode::StackOverflow);
  }).join();
}

TEST_F(Native, InterruptsAreSeenAtFunctionEntries) {
  hands["f"] = [](Writer& w) {
    w.Begin(0);
    w.StackCheck();
    w.CallImport(0);
    w.End();
  };
  Config config;
  config.epoch_interruption = true;
  Start(config);
  int calls = 0;
  ASSERT_TRUE(linker_->DefineFunc("env", "count", MakeHostFunc([&](Caller*) { ++calls; })));
  auto* instance = Make(R"((module (import "env" "count" (func)) (func $f (export "f"))))");
  ASSERT_TRUE(Call(instance, "f"));
  store_->runtime().Interrupt();
  auto results = Call(instance, "f");
  ASSERT_FALSE(results);
  ASSERT_TRUE(results.error().trap);
  EXPECT_EQ(results.error().trap->code, TrapCode::Interrupt);
  EXPECT_EQ(calls, 1);
  ASSERT_TRUE(Call(instance, "f"));  // once
  EXPECT_EQ(calls, 2);
}

TEST_F(Native, ExceptionsLandWithCalleeSavedRegistersAsTheyWere) {
  // g throws; f changes rbx and passes the exception on; h catches and finds its rbx.
  hands["g"] = [](Writer& w) {
    w.Begin(1);
    w.a.RegMem<Inst::Mov64Mr>(rax, w.Slot(0));
    w.a.RegRm<Inst::Xor32Rm>(rsi, rsi);
    w.a.RegMem<Inst::Lea64>(rdx, w.Slot(0));
    w.CallBuiltin(Builtin::Throw);
    w.a.Alone<Inst::Ud2>();
  };
  hands["f"] = [](Writer& w) {
    w.Begin(0, abi::kSavesRbx | abi::kSavesR13);
    w.a.OpcodeReg<Inst::Mov32Oi>(rbx, 1);
    w.a.OpcodeReg<Inst::Mov32Oi>(r13, 2);
    w.CallDirect(1);
    w.Site();
    w.End();
  };
  hands["h"] = [](Writer& w) {
    w.Begin(2, abi::kSavesRbx | abi::kSavesR12 | abi::kSavesR13);
    w.a.OpcodeReg<Inst::Mov32Oi>(rbx, 100);
    w.a.OpcodeReg<Inst::Mov32Oi>(r12, 1000);
    w.a.OpcodeReg<Inst::Mov32Oi>(r13, 10000);
    w.CallDirect(0);
    CallSite& site = w.Site();
    site.handler = static_cast<uint32_t>(w.batch.handlers.size());
    w.a.Alone<Inst::Ud2>();
    // The payload, an i32, from the object; with the sum of the registers.
    w.batch.handlers.push_back({w.a.position(), 1, static_cast<uint8_t>(wasm::CatchKind::Catch), false});
    w.batch.handlers.push_back({w.a.position(), 0, static_cast<uint8_t>(wasm::CatchKind::Catch), true});
    w.a.RegMem<Inst::Mov64Rm>(rcx, Mem::At(r14, offsetof(InstanceContext, store)));
    w.a.RegMem<Inst::Mov64Rm>(rcx, Mem::At(rcx, offsetof(StoreContext, gc_base)));
    w.a.RegMem<Inst::Mov32Rm>(rax, Mem::At(rcx, rax, 0, abi::kExnFieldsOffset));
    w.a.RegRm<Inst::Add32Rm>(rax, rbx);
    w.a.RegRm<Inst::Add32Rm>(rax, r12);
    w.a.RegRm<Inst::Add32Rm>(rax, r13);
    w.a.RegMem<Inst::Mov64Mr>(rax, w.Slot(0));  // the frame is whole
    w.a.RegMem<Inst::Mov64Rm>(rax, w.Slot(0));
    w.End();
  };
  auto* instance = Make(R"((module (tag $t (param i32)) (tag $other)
      (func $f (param i32) (result i32) unreachable)
      (func $g (param i32) (result i32) unreachable)
      (func $h (export "h") (param i32) (result i32) unreachable)
      (func (export "interpreted") (param i32) (result i32)
        (block $caught (result i32)
          (try_table (result i32) (catch $t $caught) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))))
      (table funcref (elem $g))
      (func (export "uncaught") (param i32) (result i32) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))))");
  ASSERT_NE(instance, nullptr);
  for (int i = 0; i < 2; ++i) {
    auto results = Call(instance, "h", {Value::I32(5)});
    ASSERT_TRUE(results);
    EXPECT_EQ((*results)[0].i32(), 11105u);
  }
  auto caught = Call(instance, "interpreted", {Value::I32(6)});
  ASSERT_TRUE(caught);
  EXPECT_EQ((*caught)[0].i32(), 6u);
  auto uncaught = Call(instance, "uncaught", {Value::I32(6)});
  ASSERT_FALSE(uncaught);
  EXPECT_EQ(uncaught.error().kind, Failure::Kind::Exception);
}

TEST_F(Native, ReferencesInFramesMoveWithTheirObjects) {
  // (param anyref) (result i32): keeps the reference in a slot over an allocation, then reads its field.
  hands["f"] = [](Writer& w) {
    w.Begin(1);
    w.a.RegMem<Inst::Mov64Mr>(rax, w.Slot(0));
    w.a.RegRm<Inst::Xor32Rm>(rsi, rsi);
    CallSite& site = w.CallBuiltin(Builtin::AllocStruct);
    w.Roots(site, {w.Cell(0)});
    w.a.RegMem<Inst::Mov64Rm>(rcx, Mem::At(r14, offsetof(InstanceContext, gc_base)));
    w.a.RegMem<Inst::Mov64Rm>(rdx, w.Slot(0));
    w.a.RegMem<Inst::Mov32Rm>(rax, Mem::At(rcx, rdx, 0, 4));
    w.End();
  };
  Config config;
  config.heap.collect_at_every_allocation = true;
  Start(config);
  auto* instance = Make(R"((module (type $s (struct (field i32)))
      (func $f (param anyref) (result i32) unreachable)
      (table funcref (elem $f))
      (func (export "main") (param i32) (result i32)
        (call_indirect (param anyref) (result i32) (struct.new $s (local.get 0)) (i32.const 0)))))");
  ASSERT_NE(instance, nullptr);
  auto results = Call(instance, "main", {Value::I32(77)});
  ASSERT_TRUE(results);
  EXPECT_EQ((*results)[0].i32(), 77u);
  EXPECT_GE(store_->runtime().heap()->collections(), 2u);
}

// Both tiers charge the same at the same points.
TEST(Tiers, ChargeTheSameFuel) {
  constexpr std::string_view kModule = R"((module (memory 1)
      (func (export "straight") (param i32) (result i32) (i32.load8_u (local.get 0)))
      (func (export "loop") (param i32) (result i32) (local i32)
        (loop $l (local.set 1 (i32.add (local.get 1) (local.get 0)))
          (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 1))
      (func $fib (export "fib") (param i32) (result i32)
        (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (local.get 0))
          (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
      (func (export "fill") (param i32) (result i32)
        (memory.fill (i32.const 0) (i32.const 1) (local.get 0)) (i32.const 0))
      (func (export "table") (param i32) (result i32)
        (block (block (block (br_table 0 1 2 (local.get 0))) (return (i32.const 5))) nop nop) (i32.const 6))
      (func (export "out_of_bounds") (param i32) (result i32)
        nop nop (drop (i32.load offset=65536 (local.get 0))) nop (i32.const 1))
      (func (export "divide") (param i32) (result i32) nop (i32.div_u (i32.const 1) (i32.const 0)))))";
  std::vector<uint64_t> left[2];
  for (int native = 0; native < 2; ++native) {
    Config config;
    config.consume_fuel = true;
    config.tier = native != 0 ? Tier::Baseline : Tier::Interp;
    auto engine = Engine::New(config);
    auto module = Module::CompileAny(engine, std::vector<uint8_t>(kModule.begin(), kModule.end()));
    ASSERT_TRUE(module);
    Store store(engine);
    store.runtime().SetFuel(1000000);
    auto instance = Linker(engine).Instantiate(store, **module);
    ASSERT_TRUE(instance);
    for (const char* name : {"straight", "loop", "fib", "fill", "table", "out_of_bounds", "divide"}) {
      for (uint32_t arg : {1u, 2u, 9u}) {
        (void)engine::Call(store.runtime(), (*instance)->Export(name)->func, std::vector<Value>{Value::I32(arg)});
        left[native].push_back(store.runtime().Fuel());
      }
    }
  }
  EXPECT_EQ(left[0], left[1]);
}

}  // namespace
}  // namespace gantry::engine
