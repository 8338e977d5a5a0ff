// FunctionGenerator: one function body, as a walk that keeps the types of the operand stack.
//
// [I1] After every step the code so far is a valid prefix with stack_ as its operands. A step takes what it needs from
// the top of
//      the stack as far as types fit and makes the rest (PushValue).
// [I2] After an instruction that does not return, the stack is empty down to the block's base and generation goes on:
// dead code is
//      typed like live code.
#pragma once

#include <span>
#include <vector>

#include "generated_module.h"
#include "wasm/binary/encoder.h"
#include "wasm/instr.h"

namespace gantry::fuzz {

class FunctionGenerator {
 public:
  FunctionGenerator(GeneratedModule* module, uint32_t func);
  std::vector<uint8_t> Generate();

 private:
  using Types = std::vector<ValType>;
  using Action = bool (FunctionGenerator::*)();  // false: not possible here, nothing was emitted

  struct Frame {
    wasm::Op op;
    Types params, results;
    size_t base;  // stack height below the params
    const Types& label() const { return op == wasm::Op::Loop ? params : results; }
  };

  struct WeightedAction {
    uint8_t weight;
    Action action;
  };
  static const WeightedAction kActions[];

  // --- emission
  void Emit(wasm::Op op, uint32_t index = 0, uint32_t index2 = 0);
  void EmitConst(wasm::Op op, uint64_t value);
  void EmitHeap(wasm::Op op, wasm::HeapType heap);
  void EmitInstr(const wasm::Instr& instr);
  void SettleNan(wasm::Op op);

  // --- operands
  size_t available() const { return stack_.size() - frames_.back().base; }
  void Push(ValType type) { stack_.push_back(type); }
  void Push(const Types& types) { stack_.insert(stack_.end(), types.begin(), types.end()); }
  void PushValue(ValType type);
  void PushConst(ValType type);
  void PushReference(ValType type);
  void PushSmall(ValType type, uint32_t bound);
  void PushAddress(ValType type);
  void Args(std::span<const ValType> params);
  void Drop();
  void Finish(const Types& types);
  void Unreachable() { stack_.resize(frames_.back().base); }

  // --- structure
  void Step();
  void Close();
  void Open(wasm::Op op);
  void PushFrame(wasm::Op op, Types params, Types results);
  wasm::BlockType BlockTypeFor(const Types& params, const Types& results);
  void EmitFuelCheck();
  uint32_t PickLabel() { return m_.choices.Below(static_cast<uint32_t>(frames_.size())); }
  const Types& LabelTypes(uint32_t depth) const { return frames_[frames_.size() - 1 - depth].label(); }
  uint32_t LabelWith(const Types& types) const;
  uint32_t LabelEndingInRef() const;
  bool has(wasm::Feature feature) const { return m_.has(feature); }
  uint32_t Below(size_t bound) { return m_.choices.Below(static_cast<uint32_t>(bound)); }

  // --- actions: blocks (function_generator.cc), branches and calls (function_generator_branches.cc)
  bool AddBlock();
  bool AddLoop();
  bool AddIf();
  bool AddTry();
  bool CloseBlock();
  bool AddBr();
  bool AddBrIf();
  bool AddBrTable();
  bool AddReturn();
  bool AddCall();
  bool AddCallIndirect();
  bool AddCallRef();
  bool AddReturnCall();
  bool AddReturnCallIndirect();
  bool AddReturnCallRef();
  bool AddThrow();
  bool AddThrowRef();
  bool AddBrOnNull();
  bool AddBrOnNonNull();
  bool AddBrOnCast();
  bool AddBrOnCastFail();
  // --- actions: values (function_generator_values.cc)
  bool AddTableOp();
  bool AddValue();
  bool AddDrop();
  bool AddSelect();
  bool AddLocal();
  bool AddGlobal();
  bool AddMemoryCopy();
  bool AddMemoryInit();
  bool AddAtomicWait();
  bool AddTableAccess();
  bool AddTableSegment();
  bool AddRefTest();
  bool AddRefNullTest();
  bool AddI31();
  bool AddConvert();
  bool AddStruct();
  bool AddArray();
  bool AddArrayBulk();

  bool IndirectCall(wasm::Op op, uint32_t type_index);
  ValType PickAnyRef();
  uint32_t PickAggregate(wasm::CompKind kind);
  void PushAggregate(uint32_t type);

  GeneratedModule& m_;
  std::vector<ValType> locals_;  // parameters first
  uint32_t param_count_ = 0;
  Types results_;
  std::vector<ValType> stack_;
  std::vector<Frame> frames_;
  std::vector<wasm::Op> plain_ops_;  // rows of the opcode table with a fixed signature that the features allow
  uint32_t left_ = 0;                // steps
  ByteWriter code_;
  wasm::binary::Encoder e_{&code_};
};

}  // namespace gantry::fuzz
