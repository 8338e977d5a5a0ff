// X64Compiler: the baseline compiler for x86-64. Core (core.h) runs the pass and keeps the abstract state; what is here
// emits code.
//
//   X64Compiler compiler(info);
//   if (!compiler.Compile(func_index, &batch)) ... compiler.why()
//
// How selection is organised: Select switches on the instruction's family; a file per group of families has a constexpr
// table from Op to instruction forms and one function per shape of instruction (two operands and a result, say):
//   select.cc                            the switch
//   integer.cc  divide.cc  float.cc  convert.cc   numbers
//   condition-inl.h  condition.cc        comparisons that go into branches and selects
//   memory.cc  globals.cc                addresses, loads and stores of numbers; globals
//   references.cc                        references, tables
//   simd*.cc                             vectors (simd.cc says which)
//   calls.cc  builtins.cc                calls of functions, and of the runtime
//   bulk.cc                              small copies and fills of memory
//   exceptions.cc  gc.cc                 exceptions; structures, arrays, casts
//   wide.cc  atomics.cc                  128-bit arithmetic; atomic accesses
//   frame.cc                             prologue, epilogue, moves, cold code, constants, the tables of a function
//
// [X1] r10, r11 and xmm15 are free within an instruction and hold nothing between instructions.
// [X2] 32-bit instructions clear the upper half: whatever computes an I32 or Ref is one.
// [X3] An access to guest memory has one of two forms: [r15 + zero-extended index + offset] or [r15 + constant] with
// the offset below the
//      guard; or [base + r10 + constant] after a check of r10.
//
// One thread at a time; reusable, it keeps its memory. Tested by tests/native and the suites.
#pragma once

#include "compiler/asm/x64/assembler.h"
#include "compiler/baseline/core.h"
#include "compiler/baseline/x64/machine.h"

namespace gantry::baseline {

struct IntRow;  // rows of the tables by which families are selected
struct AccessRow;
struct FloatRow;
struct ConvertRow;
struct ShiftRow;
struct LaneRow;
struct VectorAccessRow;
namespace simd {
struct Recipe;
}

class X64Compiler;
extern template class Core<X64Compiler, X64Machine>;

class X64Compiler final : public Core<X64Compiler, X64Machine>, private X64Machine {
 public:
  using Inst = x64::Inst;
  using Mem = x64::Mem;

  explicit X64Compiler(const ModuleInfo& info);

  // Appends the function to the batch. False if it must be left to the interpreter; the batch is then as before.
  bool Compile(uint32_t func_index, abi::CodeBatch* batch);
  const char* why() const { return refused_; }

 private:
  friend class Core<X64Compiler, X64Machine>;

  static x64::Gpr G(Reg reg) { return static_cast<x64::Gpr>(reg); }
  static x64::Xmm X(Reg reg) { return static_cast<x64::Xmm>(reg - kFirstVector); }
  static uint8_t N(Reg reg) { return reg & 15; }
  static Mem Home(int32_t disp) { return Mem::At(x64::Gpr::rbp, disp); }
  static Mem Context(uint32_t disp) { return Mem::At(x64::Gpr::r14, static_cast<int32_t>(disp)); }
  static Mem At(Area area, int32_t disp) { return Mem::At(area == Area::Frame ? x64::Gpr::rbp : x64::Gpr::rsp, disp); }
  bool Has(x64::Isa isa) const { return (isa_ >> static_cast<int>(isa) & 1) != 0; }
  bool has_avx() const { return has_avx_; }
  bool HasAvxOr(x64::Isa isa) const { return has_avx_ || Has(isa); }

  // --- what Core asks for: frame.cc
  uint32_t position() const { return a_.position(); }
  void Move(Kind kind, Reg to, Reg from);
  void MoveWhole(Reg to, Reg from);
  void LoadHome(Kind kind, Reg to, int32_t home);
  void StoreHome(Kind kind, Reg from, int32_t home);
  void StoreTo(Kind kind, Reg from, Area area, int32_t disp) {
    Store(kind == Kind::I32 && area == Area::Outgoing ? Kind::I64 : kind, from, At(area, disp));
  }
  void LoadOutgoing(Kind kind, Reg to, int32_t disp) { Load(kind, to, At(Area::Outgoing, disp)); }
  void LoadConst(Kind kind, Reg to, uint64_t bits);
  void StoreConst(Kind kind, Area area, int32_t disp, uint64_t bits);
  void Bind(x64::Label* label) { a_.Bind(label); }
  void Jump(x64::Label* label) { a_.Jump(label); }
  void JumpIf(X64Condition condition, x64::Label* label);
  X64Condition TestOperand(const Operand& operand);
  void JumpByTable(Reg index, uint32_t entries);
  void TableEntry(x64::Label* label) { a_.Distance32(label); }
  std::vector<x64::Label>& stubs() { return stubs_; }
  RegSet ChooseSavedRegs(uint32_t wanted) const;
  void Prologue();
  void Return(uint32_t arg_bytes);
  void RestoreSavedRegs();
  void StartLoop(uint32_t call_weight);
  void StartZeroing();
  void ZeroHome(Kind kind, int32_t home);
  void ZeroArea(int32_t lowest, int32_t end);
  void ReserveOutgoing(uint32_t bytes);
  void ReleaseOutgoing(uint32_t bytes);
  void Poll();
  void PayFuel(uint32_t amount);
  void ChargePerUnit();
  void EndTry(Control* control);
  void Select();
  void Numeric();  // parts of Select
  void Access();

  // --- emission
  void Load(Kind kind, Reg to, Mem mem);
  void Store(Kind kind, Reg from, Mem mem);
  // For a Mem or a FrameMem; in frame.cc.
  template <class AnyMem>
  void LoadFrom(Kind kind, Reg to, AnyMem mem);
  template <class AnyMem>
  void StoreAt(Kind kind, Reg from, AnyMem mem);
  // Vector instructions in the encoding that the processor likes best. `inst` is the legacy form; the VEX form stands
  // behind it in the table.
  static Inst Vex(Inst inst) { return static_cast<Inst>(static_cast<int>(inst) + 1); }
  // to = op from
  void Unary(Inst inst, Reg to, Reg from, int64_t imm = 0);
  void UnaryMem(Inst inst, Reg to, Mem mem, int64_t imm = 0);
  void UnaryLiteral(Inst inst, Reg to, uint32_t literal, int64_t imm = 0);
  // to = a op b
  void Binary(Inst inst, Reg to, Reg a, Reg b, int64_t imm = 0);
  void BinaryMem(Inst inst, Reg to, Reg a, Mem mem, int64_t imm = 0);
  void BinaryLiteral(Inst inst, Reg to, Reg a, uint32_t literal, int64_t imm = 0);
  uint32_t Literal32(uint32_t bits) { return Literal(bits, 0, 4); }
  uint32_t Literal64(uint64_t bits) { return Literal(bits, 0, 8); }
  uint32_t Literal128(uint64_t low, uint64_t high) { return Literal(low, high, 16); }
  uint32_t Literal(uint64_t low, uint64_t high, uint8_t bytes);
  void LoadImm64(x64::Gpr reg, uint64_t bits);
  void Lea(bool wide, Reg to, Mem mem) {
    wide ? a_.RegMem<Inst::Lea64>(G(to), mem) : a_.RegMem<Inst::Lea32>(G(to), mem);
  }

  // --- traps and cold code: frame.cc
  void TrapIf(x64::Cond cond, abi::TrapCode code);
  void Trap(abi::TrapCode code);  // always; what follows cannot be reached
  // Code that traps as said by an instruction at `offset` when `fuel` was owed.
  void EmitTrap(abi::TrapCode code, uint32_t offset, uint32_t fuel);
  // The next instruction may run into a guard.
  void MayFault(abi::TrapCode code = abi::TrapCode::MemoryOutOfBounds) {
    batch_->traps.push_back({position(), offset_, fuel_, code});
  }
  x64::Label* TrapLabel(abi::TrapCode code);
  static uint8_t RootBit(Reg reg);
  uint8_t RegisterRoots() const;
  void CallBuiltinEntry(abi::Builtin builtin);
  void CallKeepAll(abi::Builtin builtin, x64::Cond cond);
  void EmitCold();
  void EmitLiterals();
  void PatchFrame();
  uint32_t FrameSize() const;

  // --- integer.cc
  bool Integer();
  bool IsBetterExchanged(const Operand& a, const Operand& b) const;
  void Alu(const IntRow& row);
  bool TryTestBits(bool wide, const Operand& a, const Operand& b);
  void Multiply(bool wide);
  void Shift(const IntRow& row);
  void ShiftByConst(const IntRow& row, const Operand& value, uint8_t amount);
  bool FuseShiftAdd(const IntRow& row, const Operand& value, uint64_t amount);
  void BitCount(const IntRow& row);
  void CountOnes(bool wide, Reg dst, Reg src);
  void Extend(const IntRow& row);
  void Wrap();
  void ExtendUnsigned();
  void Compare(const IntRow& row);
  void TestZero(bool wide);
  x64::Cond EmitCompare(bool wide, const Operand& a, const Operand& b, x64::Cond cond);

  // --- divide.cc
  void Divide(const IntRow& row);
  bool DivideByConst(const IntRow& row, const Operand& a, int64_t divisor);
  bool DivideByPower(const IntRow& row, const Operand& a, uint64_t divisor);
  bool DivideSignedByPower(const IntRow& row, const Operand& a, int k);
  bool DivideByReciprocal(const IntRow& row, const Operand& a, uint64_t divisor);
  bool DivideSignedByReciprocal(const IntRow& row, const Operand& a, uint64_t divisor);
  void MultiplyHigh(bool wide, bool is_signed, Reg x);
  Src UseDividend(bool wide, const Operand& a);
  void PushQuotient(const IntRow& row, Src x, uint64_t divisor);

  // --- float.cc, convert.cc
  bool Float();
  void FloatArith(const FloatRow& row, Kind kind);
  void FloatMinMax(const FloatRow& row, Kind kind);
  void Copysign(Kind kind);
  void FloatRound(const FloatRow& row, Kind kind);
  bool Convert();
  void MoveToGeneral(bool wide, Reg to, Reg from);
  void MoveToVector(bool wide, Reg to, Reg from);
  void FromInteger(const ConvertRow& row);
  void EmitTruncate(bool is_double, bool wide, Reg to, Reg from);
  void Truncate(const ConvertRow& row);
  struct ColdTruncation {
    x64::Label label, back;
    const ConvertRow* row;
    Reg dst, src;
    uint32_t offset, fuel;
  };
  void EmitColdTruncation(ColdTruncation* cold);

  // --- condition-inl.h: what a comparison's result is used for
  struct Fusion {
    enum class Kind : uint8_t { None, BrIf, If, Select } kind = Kind::None;
    bool negated = false;
  };
  Fusion TakeFusion();
  template <class EmitFlags>
  void Conditional(EmitFlags&& emit_flags);
  void PushCondition(X64Condition condition, Reg dst);
  template <class EmitFlags>
  void SelectValues(const Operand& first, const Operand& second, EmitFlags&& flags);
  void SelectByFlags(Kind kind, Src x, Src y, X64Condition condition);
  void SelectVectors(Kind kind, Src x, Src y, X64Condition condition);
  void DoSelect();

  // --- memory.cc
  bool Memory();
  // The operand for an access of `size` bytes at the popped address plus the instruction's offset. *may_fault: it is a
  // trap site.
  Mem AddressOf(const Operand& address, uint32_t size, bool* may_fault);
  Mem CheckedAddress(const Operand& address, uint32_t size);
  bool IsOfDeadLocal(Reg reg) const {
    return Contains(used_, reg) && !Contains(operands_, reg) && IsDead(locals_[owner_[reg]]);
  }
  // An access of `size` bytes that needs no check, of memory 0.
  bool IsPlainAccess(uint32_t size, const Operand& address) const {
    return in_.index == 0 && is_memory_0_guarded_ && in_.value + size <= abi::kGuardBytes &&
           address.where != Where::Const;
  }
  void LoadPlain(const AccessRow& row);
  bool FuseLoad(Kind kind, Mem mem, bool may_fault);
  bool FuseIntLoad(bool wide, Mem mem, bool may_fault);
  bool FuseFloatLoad(bool is_double, Mem mem, bool may_fault);
  void DoLoad(const AccessRow& row);
  void DoStore(const AccessRow& row);

  // --- globals.cc
  bool Globals();
  Mem GlobalCell(uint32_t index);
  void GlobalGet();
  void GlobalSet();
  void MemorySize();

  // --- calls.cc
  enum class Callee : uint8_t {
    Direct,         // in the module
    FuncRef,        // r10 is one
    TableEntry,     // r10 is one
    OwnTableEntry,  // of a table with functions of this instance alone
  };
  bool Calls();
  void FindRef();
  void FindIndirect(uint32_t type, uint32_t table);
  Mem EnterOther(Callee callee);
  void Call(uint32_t type_index, Callee callee, uint32_t func);
  void TailCall(uint32_t type_index, Callee callee, uint32_t func);
  void PassTailArguments(const abi::CallLayout& layout);
  void ReloadContext();
  struct ColdSignature {
    x64::Label label, back;
    uint32_t type;
    uint32_t offset, fuel;
  };
  void EmitColdSignature(ColdSignature* cold);

  // --- builtins.cc
  struct Arg {
    enum class What : uint8_t { Operand, Number, Address, Pair } what;
    uint32_t index = 0;   // Operand
    int32_t home = 0;     // Address; Pair: of the low half
    uint64_t number = 0;  // Number
    int32_t high = 0;     // Pair: home of the upper half

    static Arg At(uint32_t index) { return {What::Operand, index}; }
    static Arg Of(uint64_t number) { return {What::Number, 0, 0, number}; }
    static Arg AddressOf(int32_t home) { return {What::Address, 0, home}; }
    static Arg PairAt(int32_t low, int32_t high) { return {What::Pair, 0, low, 0, high}; }
  };
  void CallBuiltin(abi::Builtin builtin, uint32_t operands, std::initializer_list<Arg> args);
  void CallPure(abi::Builtin builtin);
  void PassBits(const Operand& value);
  bool Bulk();

  // --- bulk.cc
  bool IsInlineCount(const Operand& count) const;
  Mem BulkAddress(const Operand& address);
  bool CopyInline();
  bool FillInline();

  // --- references.cc
  bool References();
  void TestNull(Kind kind, Reg reg);
  void PushAgain(const Operand& operand, Src src);
  void RefFunc();
  uint32_t OwnFuncRef(uint32_t func) const;
  void TableGet();
  Reg CheckedTableIndex(const Operand& index, uint32_t table, abi::TrapCode code);
  void EntryAddress(Reg index);

  // --- wide.cc, atomics.cc
  bool Wide();
  void AddWide(Inst low, Inst high);
  void MultiplyWide(Inst inst);
  bool Atomics();
  Reg UseBesideRax(const Operand& operand);
  Mem AtomicAddress(Reg index, uint32_t size_log2, bool* may_fault);
  void AtomicLoad();
  void AtomicStore();
  void AtomicUpdate();
  void AtomicCompareExchange();

  // --- exceptions.cc
  bool Exceptions();
  void BeginTry();
  uint32_t PushCaught(const wasm::CatchClause& clause);
  void Throw();
  int32_t SlotsOf(uint32_t count);
  struct Clause {
    wasm::CatchClause clause;
    uint32_t landing;
  };

  // --- gc.cc
  bool Objects();
  bool Arrays();
  bool CheckObject(Reg object, uint32_t offset, abi::TrapCode code);
  void LoadField(wasm::ValType storage, bool is_signed, Mem mem, bool faults, abi::TrapCode code);
  void StoreField(wasm::ValType storage, const Operand& value, Mem mem, bool faults, abi::TrapCode code);
  Operand InRegister(const Operand& operand);
  Mem ElementAddress(wasm::ValType storage, const Operand& index_operand, const Operand& array_operand);
  uint32_t FieldBytes(wasm::ValType storage) const;
  Reg Allocate(abi::Builtin builtin, uint32_t type, uint32_t bytes, uint32_t length);
  void StructNew(bool with_fields);
  void ArrayNewFixed();
  bool ArrayNewInline(bool with_value);
  struct ColdAllocation {
    struct Saved {
      Reg reg;
      Kind kind;
      bool is_dirty;
      int32_t home;
    };
    x64::Label label, back;
    abi::Builtin builtin;
    Reg dst;
    uint32_t type, length;
    uint32_t offset, fuel;
    uint32_t map = abi::CallSite::kNoMap;
    std::vector<Saved> saved;
  };
  void EmitColdAllocation(ColdAllocation* cold);
  void EmitRefTest(Kind kind, Reg ref, wasm::HeapType target, bool nullable, x64::Label* no);
  void LoadDescriptor(Reg ref);
  void TestObjectType(Reg ref, uint32_t type, x64::Label* no);
  void TestFuncType(Reg ref, uint32_t type, x64::Label* no);
  struct Tested {
    Operand operand;
    Src src;
  };
  Tested PopTested(wasm::HeapType target);
  void RefTest();
  void RefCast();
  void BranchOnCast();

  // --- simd.cc
  bool Simd();
  struct Places;
  const simd::Recipe* RecipeOf(Op op) const;
  void RunRecipe(const simd::Recipe& recipe);
  Reg RecipeResult(const simd::Recipe& recipe, const Src* operands);
  void RunSteps(const simd::Recipe& recipe, const Places& places);
  void ShiftBits(Inst inst, Reg to, Reg from, uint8_t amount);
  using ByteLanes = std::array<uint8_t, 16>;
  uint32_t Literal128Of(const ByteLanes& bytes);

  // --- simd_shift.cc
  bool VectorShift();
  void ShiftByAmount(const ShiftRow& row, const Operand& value, uint8_t amount);
  void ShiftByOperand(const ShiftRow& row, const Operand& value, const Operand& amount);

  // --- simd_lanes.cc
  bool Lanes();
  void Splat(const LaneRow& row);
  void Spread(uint8_t size, Reg reg);
  void ExtractLane(const LaneRow& row);
  void ExtractBits(uint8_t size, bool is_signed, Reg to, Reg from);
  void ReplaceLane(const LaneRow& row);
  void InsertBits(uint8_t size, Reg to, Reg vector, Reg value);
  void InsertFloat(uint8_t size, Reg to, Reg vector, Reg value);

  // --- simd_boolean.cc
  bool Booleans();
  void AnyTrue();
  void AllTrue(Inst equal, bool is_quad);
  void Bitmask(uint8_t size);

  // --- simd_memory.cc
  bool VectorMemory();
  void LoadWidened(const VectorAccessRow& row);
  void LoadSplat(uint8_t size);
  void LoadZero(uint8_t size);
  void LoadLane(uint8_t size);
  void StoreLane(uint8_t size);

  // --- simd_shuffle.cc
  void Shuffle();
  bool SwizzleByConst();
  void ShuffleOne(const Operand& source, const ByteLanes& lanes);
  bool TryShuffleDwords(const Operand& source, const ByteLanes& lanes);
  bool TryUnpack(const Operand& first, const Operand& second, const ByteLanes& lanes);
  bool TryShuffleTwo(const Operand& first, const Operand& second, const ByteLanes& lanes);
  void ShuffleByTables(const Operand& first, const Operand& second, const ByteLanes& lanes);
  void ShuffleInFrame(const Operand& first, const Operand& second, const ByteLanes& lanes);
  void SwizzleInFrame();
  int32_t FrameArea(int32_t bytes);

  struct ColdTrap {
    x64::Label label;
    abi::TrapCode code;
    uint32_t offset, fuel;
  };
  struct ColdCall {
    x64::Label label, back;
    abi::Builtin builtin;
    abi::CallSite site;
  };
  struct LiteralValue {
    uint64_t low, high;
    uint8_t bytes;
  };

  x64::Assembler a_;
  const uint32_t isa_;
  const bool has_avx_;
  const bool is_memory_0_guarded_;
  std::vector<x64::Label> stubs_;
  std::vector<ColdTrap> cold_traps_;
  std::vector<ColdCall> cold_calls_;
  std::vector<ColdTruncation> cold_truncations_;
  std::vector<ColdSignature> cold_signatures_;
  std::vector<ColdAllocation> cold_allocations_;
  std::vector<Clause> clauses_;            // of all try_tables of the function
  std::vector<uint32_t> handler_clauses_;  // of the function's handlers in the batch
  uint32_t first_handler_ = 0;
  std::vector<LiteralValue> literals_;
  uint32_t frame_patch_ = 0;    // position of `sub rsp, N`
  uint32_t frame_checked_ = 0;  // position behind the stack check, 0 if there is none
};

}  // namespace gantry::baseline
