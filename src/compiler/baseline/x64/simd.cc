// X64Compiler: SIMD.
//
//   simd.def  simd_recipes.*   instructions from vectors to a vector, as data; run here
//   simd_shift.cc              shifts
//   simd_lanes.cc              splat, extract_lane, replace_lane
//   simd_boolean.cc            any_true, all_true, bitmask
//   simd_memory.cc             loads and stores, but for whole vectors (memory.cc)
//   simd_shuffle.cc            shuffle, and swizzle where a recipe is not enough
//
// [V1] Homes of vectors are 8-aligned. Legacy instructions cannot have them as operands of 16 bytes, VEX ones can;
// constants are aligned.
#include <cstring>

#include "compiler/baseline/x64/compiler.h"
#include "compiler/baseline/x64/simd_recipes.h"

namespace gantry::baseline {

using simd::IndexOf;
using simd::Place;
using simd::Recipe;
using wasm::OpFamily;

// What the places of a recipe are. An operand without a register is in memory.
struct X64Compiler::Places {
  Reg reg[simd::kPlaces];
  const Operand* memory[simd::kPlaces] = {};
};

bool X64Compiler::Simd() {
  if (in_.op == Op::I8x16Swizzle || in_.op == Op::I8x16RelaxedSwizzle) {
    if (SwizzleByConst()) return true;
    if (RecipeOf(in_.op) == nullptr) {
      SwizzleInFrame();
      return true;
    }
  }
  if (const Recipe* recipe = RecipeOf(in_.op)) {
    RunRecipe(*recipe);
    return true;
  }
  switch (FamilyOf(in_.op)) {
    case OpFamily::Shift:
      return VectorShift();
    case OpFamily::Splat:
    case OpFamily::ExtractLane:
    case OpFamily::ReplaceLane:
      return Lanes();
    case OpFamily::Convert:
      return Booleans();
    case OpFamily::Load:
    case OpFamily::LoadLane:
    case OpFamily::StoreLane:
      return VectorMemory();
    case OpFamily::Shuffle:
      Shuffle();
      return true;
    default:
      return false;
  }
}

// --- recipes

const Recipe* X64Compiler::RecipeOf(Op op) const {
  return simd::ChooseRecipe(op, isa_, info_.options.deterministic_relaxed_simd);
}

void X64Compiler::RunRecipe(const Recipe& recipe) {
  Operand operands[simd::kMaxOperands];
  for (int i = recipe.operands; i-- > 0;) operands[i] = Pop();
  auto lies_in_memory = [&](const Operand& operand) {  // [V1]
    return operand.where == Where::Const || (has_avx_ && IsBestAtHome(operand));
  };
  if (recipe.count == 1 && recipe.operands == 2 && simd::Commutes(simd::kRecipes.steps[recipe.first].inst) &&
      lies_in_memory(operands[0])) {
    std::swap(operands[0], operands[1]);
  }
  Places places;
  Src sources[simd::kMaxOperands];
  for (int i = 0; i < recipe.operands; ++i) {
    const int place = IndexOf(simd::OperandPlace(i));
    if ((recipe.in_memory >> i & 1) != 0 && lies_in_memory(operands[i])) {
      places.memory[place] = &operands[i];
      sources[i] = {kNoReg, false};
    } else {
      sources[i] = Use(operands[i]);
    }
    places.reg[place] = sources[i].reg;
  }
  places.reg[IndexOf(Place::T)] = kVectorScratch;
  if (recipe.temporaries > 0) places.reg[IndexOf(Place::U)] = AllocTemp(kVectorRegs);
  if (recipe.temporaries > 1) places.reg[IndexOf(Place::V)] = AllocTemp(kVectorRegs);
  const Reg result = RecipeResult(recipe, sources);
  places.reg[IndexOf(Place::D)] = result;
  RunSteps(recipe, places);
  PushReg(Kind::V128, result);
}

// [R2] An operand's register only if nothing else that is needed longer is in it.
Reg X64Compiler::RecipeResult(const Recipe& recipe, const Src* operands) {
  const uint8_t over = has_avx_ ? recipe.over_vex : recipe.over_sse;
  const int count = recipe.operands;
  int chosen = -1, eligible = 0;
  for (int i = 0; i < count; ++i) {
    bool fits = true;
    for (int j = 0; j < count; ++j) fits &= operands[j].reg != operands[i].reg || (over >> j & 1) != 0;
    if (!fits) continue;
    ++eligible;
    if (chosen < 0 || (operands[i].mine && !operands[chosen].mine)) chosen = i;
  }
  if (chosen < 0) return DstBeside(kVectorRegs);
  constexpr Src kNone{kNoReg, false};
  if (eligible == count && count <= 2) return Dst(kVectorRegs, operands[0], count == 2 ? operands[1] : kNone);
  return DstBeside(kVectorRegs, operands[chosen]);
}

void X64Compiler::RunSteps(const Recipe& recipe, const Places& places) {
  for (int i = 0; i < recipe.count; ++i) {
    const simd::Step& step = simd::kRecipes.steps[recipe.first + i];
    const x64::Form& form = FormOf(step.inst);
    const Reg to = places.reg[IndexOf(step.to)];
    Reg a = places.reg[IndexOf(step.a)], b = places.reg[IndexOf(step.b)];
    const Operand* const memory = places.memory[IndexOf(step.b)];
    uint32_t literal = kNone;
    if (step.b == Place::Constant) {
      const simd::Bits128& bits = simd::kRecipes.constants[step.constant];
      literal = Literal128(bits.low, bits.high);
    } else if (memory != nullptr && memory->where == Where::Const) {
      literal = static_cast<uint32_t>(memory->bits);
    }
    if (form.layout == x64::Layout::MI) {
      ShiftBits(step.inst, to, b, step.imm);
    } else if (form.is_vex()) {
      const int64_t imm = step.mask != Place::None ? N(places.reg[IndexOf(step.mask)]) << 4 : step.imm;
      if (literal != kNone)
        a_.RegConstant(step.inst, N(to), literal, {N(a), imm});
      else if (memory != nullptr)
        a_.RegMem(step.inst, N(to), Home(HomeOf(*memory)), {N(a), imm});
      else
        a_.RegRm(step.inst, N(to), N(b), {N(a), imm});
    } else if (step.a == Place::None) {
      if (literal != kNone)
        UnaryLiteral(step.inst, to, literal, step.imm);
      else if (memory != nullptr)
        UnaryMem(step.inst, to, Home(HomeOf(*memory)), step.imm);
      else if (step.inst == Inst::Movups)
        Move(Kind::V128, to, b);
      else
        Unary(step.inst, to, b, step.imm);
    } else if (literal != kNone) {
      BinaryLiteral(step.inst, to, a, literal, step.imm);
    } else if (memory != nullptr) {
      BinaryMem(step.inst, to, a, Home(HomeOf(*memory)), step.imm);
    } else {
      if (to == b && to != a && simd::Commutes(step.inst)) std::swap(a, b);
      Binary(step.inst, to, a, b, step.imm);
    }
  }
}

// --- for all files

// `inst` is the form with a constant.
void X64Compiler::ShiftBits(Inst inst, Reg to, Reg from, uint8_t amount) {
  if (has_avx_) {
    a_.OnlyRm(Vex(inst), N(from), {.vvvv = N(to), .imm = amount});
    return;
  }
  Move(Kind::V128, to, from);
  a_.OnlyRm(inst, N(to), {.imm = amount});
}

uint32_t X64Compiler::Literal128Of(const ByteLanes& bytes) {
  uint64_t halves[2];
  std::memcpy(halves, bytes.data(), sizeof(halves));
  return Literal128(halves[0], halves[1]);
}

}  // namespace gantry::baseline
