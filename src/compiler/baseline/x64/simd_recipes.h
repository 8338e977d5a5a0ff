// Recipes: SIMD instructions as short sequences of machine instructions, from simd.def.
//
// A recipe's steps name places, not registers; RunRecipe (simd.cc) fills in registers, constants and memory. Of an
// instruction's recipes the first one counts whose machine instructions the processor has, in the encoding that the
// compiler uses: all VEX or none.
//
// What the laws below ask for is worked out from the steps when the table is made, so that a wrong row does not
// compile.
//
// [R1] Operands are never written. Temporaries and the result are written before they are read, the result last of all.
// [R2] The result may take the register of an operand that no step reads after the first one that writes the result
// (`over_*`).
// [R3] Without VEX a step first copies `a` to `to`. So `to` is never `b` unless it is `a` as well or a and b can be
// exchanged.
// [R4] An operand that is read once, where an instruction can have memory, may lie there.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "compiler/asm/x64/forms.h"
#include "compiler/baseline/value.h"

namespace gantry::baseline::simd {

using wasm::Op;
using x64::FormOf;
using x64::Inst;
using x64::Isa;
using x64::Layout;

enum class Place : uint8_t { None, X, Y, Z, D, T, U, V, Constant };
inline constexpr int kPlaces = 9;
inline constexpr int kMaxOperands = 3;

constexpr int IndexOf(Place place) { return static_cast<int>(place); }
constexpr bool IsOperand(Place place) { return place >= Place::X && place <= Place::Z; }
constexpr Place OperandPlace(int i) { return static_cast<Place>(IndexOf(Place::X) + i); }

struct Step {
  Inst inst{};
  Place to{}, a{}, b{}, mask{};  // `a` only if there are two sources
  uint8_t imm = 0;
  uint8_t constant = 0;  // if b is Constant: its number
};

struct Bits128 {
  uint64_t low = 0, high = 0;
  constexpr bool operator==(const Bits128&) const = default;
};

struct Recipe {
  uint16_t first = 0;  // step
  uint8_t count = 0;
  bool relaxed = false;  // not where results must be deterministic
  uint8_t operands = 0;
  uint8_t temporaries = 0;                // 1: U; 2: U and V
  uint8_t in_memory = 0;                  // bits by operand [R4]
  uint8_t over_sse = 0, over_vex = 0;     // bits by operand [R2]
  uint32_t needs_sse = 0, needs_vex = 0;  // extensions, by Isa
  uint16_t next = 0;                      // the recipe to be taken if this cannot be; 0: none
};

inline constexpr uint32_t kNever = 0x80000000;  // in needs_*

constexpr Inst VexOf(Inst inst) { return static_cast<Inst>(static_cast<int>(inst) + 1); }
// Does it have two sources besides what its result held?
constexpr bool IsBinary(Inst inst) {
  const x64::Form& form = FormOf(FormOf(inst).is_vex() ? inst : VexOf(inst));
  return form.layout == Layout::VRVM || form.layout == Layout::VRVMI || form.layout == Layout::VRVMR;
}
constexpr uint32_t Bit(Isa isa) { return isa == Isa::Base ? 0 : uint32_t{1} << static_cast<int>(isa); }

// May the sources be exchanged? Not those of float arithmetic, where the first of two NaNs comes out.
struct CommutingForms {
  bool of[x64::kFormCount];
};
inline constexpr CommutingForms kCommuting = [] {
  using enum Inst;
  CommutingForms forms{};
  for (const Inst inst :
       {Paddb,    Paddw,  Paddd,   Paddq,  Paddsb,  Paddsw, Paddusb, Paddusw, Pmullw,  Pmulhw, Pmulhuw,
        Pmulhrsw, Pmulld, Pmuludq, Pmuldq, Pmaddwd, Pavgb,  Pavgw,   Pminub,  Pminuw,  Pminud, Pminsb,
        Pminsw,   Pminsd, Pmaxub,  Pmaxuw, Pmaxud,  Pmaxsb, Pmaxsw,  Pmaxsd,  Pand,    Por,    Pxor,
        Andps,    Orps,   Xorps,   Andpd,  Orpd,    Xorpd,  Pcmpeqb, Pcmpeqw, Pcmpeqd, Pcmpeqq}) {
    forms.of[static_cast<int>(inst)] = true;
  }
  return forms;
}();
constexpr bool Commutes(Inst inst) { return kCommuting.of[static_cast<int>(inst)]; }

// --- how simd.def is read

struct Arg {
  Place place = Place::None;
  Bits128 bits{};
};
constexpr Arg Pair(uint64_t low, uint64_t high) { return {Place::Constant, {low, high}}; }
constexpr Arg Quads(uint64_t value) { return Pair(value, value); }
constexpr Arg Dwords(uint32_t value) { return Quads(value | uint64_t{value} << 32); }
constexpr Arg Words(uint16_t value) { return Dwords(value | uint32_t{value} << 16); }
constexpr Arg Bytes(uint8_t value) { return Words(static_cast<uint16_t>(value | value << 8)); }

struct Line {
  static constexpr int kNoImm = -1;
  Inst inst;
  Arg to, a, b, mask;
  int imm = kNoImm;

  constexpr Line(Inst inst, Arg to, Arg from, int imm = kNoImm) : inst(inst), to(to), b(from), imm(imm) {}
  constexpr Line(Inst inst, Arg to, Arg a, Arg b, int imm = kNoImm) : inst(inst), to(to), a(a), b(b), imm(imm) {}
  constexpr Line(Inst inst, Arg to, Arg a, Arg b, Arg mask) : inst(inst), to(to), a(a), b(b), mask(mask) {}
};

// Not constant: what calls it does not compile.
void WrongRecipe(const char* why);

struct RecipeTable {
  static constexpr int kMaxSteps = 900, kMaxRecipes = 300, kMaxConstants = 64;

  Step steps[kMaxSteps];
  Recipe recipes[kMaxRecipes];  // from 1
  Bits128 constants[kMaxConstants];
  OpTable<uint16_t> first{};  // recipe; 0: none
  int step_count = 0, recipe_count = 1, constant_count = 0;

  constexpr void Add(Op op, bool relaxed, std::initializer_list<Line> lines) {
    Recipe recipe;
    recipe.first = static_cast<uint16_t>(step_count);
    recipe.count = static_cast<uint8_t>(lines.size());
    recipe.relaxed = relaxed;
    recipe.operands = wasm::InfoOf(op).sig.param_count;
    for (const Line& line : lines) steps[step_count++] = ToStep(line);
    Examine(&recipe);
    recipes[recipe_count] = recipe;
    Link(op, recipe_count++);
  }

  // As the recipes of `other`, which stand above.
  constexpr void AddSame(Op op, Op other) {
    if (first[other] == 0) WrongRecipe("the other one has none");
    Link(op, first[other]);
  }

 private:
  constexpr void Link(Op op, int index) {
    uint16_t* end = &first[op];
    while (*end != 0) end = &recipes[*end].next;
    *end = static_cast<uint16_t>(index);
  }

  constexpr uint8_t NumberOf(const Bits128& bits) {
    for (int i = 0; i < constant_count; ++i) {
      if (constants[i] == bits) return static_cast<uint8_t>(i);
    }
    constants[constant_count] = bits;
    return static_cast<uint8_t>(constant_count++);
  }

  constexpr Step ToStep(const Line& line) {
    Step step{line.inst, line.to.place, line.a.place, line.b.place, line.mask.place};
    const x64::Form& form = FormOf(line.inst);
    if (!form.is_vex()) {
      const x64::Form& vex = FormOf(VexOf(line.inst));
      if (!vex.is_vex() || vex.opcode != form.opcode || vex.map != form.map || vex.prefix != form.prefix)
        WrongRecipe("no VEX form");
    }
    if (line.inst == Inst::Movaps || line.inst == Inst::Movdqa) WrongRecipe("homes are not aligned");
    if ((step.a != Place::None) != IsBinary(line.inst)) WrongRecipe("number of sources");
    if ((step.mask != Place::None) != (form.layout == Layout::VRVMR)) WrongRecipe("mask");
    if ((line.imm != Line::kNoImm) != (form.imm_bytes != 0 && form.layout != Layout::VRVMR)) WrongRecipe("immediate");
    if (line.to.place == Place::Constant || line.a.place == Place::Constant)
      WrongRecipe("constants are second sources");
    if (line.imm != Line::kNoImm) step.imm = static_cast<uint8_t>(line.imm);
    if (step.b == Place::Constant) {
      if (form.mem_bytes != 16) WrongRecipe("constants have 16 bytes");
      step.constant = NumberOf(line.b.bits);
    }
    return step;
  }

  // r = r op r that does not depend on r.
  static constexpr bool IsIdiom(const Step& step) {
    const bool is_fixed = step.inst == Inst::Pxor || step.inst == Inst::Pcmpeqb || step.inst == Inst::Pcmpeqw ||
                          step.inst == Inst::Pcmpeqd;
    return is_fixed && step.a == step.to && step.b == step.to;
  }

  constexpr void Examine(Recipe* recipe) const {
    int last_read[kPlaces] = {}, reads[kPlaces] = {}, first_write = -1;
    bool written[kPlaces] = {};
    bool plain[kPlaces];  // read as `b` of a form that can have memory there
    for (bool& p : plain) p = true;
    for (int i = 0; i < recipe->count; ++i) {
      const Step& step = steps[recipe->first + i];
      const x64::Form& form = FormOf(step.inst);
      const bool fused = form.layout == Layout::VRVM;  // multiplies and adds: `to` is a source
      for (const Place source : {step.a, step.b, step.mask, fused ? step.to : Place::None}) {
        if (source == Place::None || source == Place::Constant) continue;
        if (IsOperand(source)) {
          if (IndexOf(source) > recipe->operands) WrongRecipe("no such operand");
        } else if (!written[IndexOf(source)] && !IsIdiom(step)) {
          WrongRecipe("read before it is written");  // [R1]
        }
        last_read[IndexOf(source)] = i;
        ++reads[IndexOf(source)];
      }
      for (const Place source : {step.a, step.mask}) plain[IndexOf(source)] = false;
      if (form.mem_bytes == 0 || (!form.is_vex() && FormOf(VexOf(step.inst)).mem_bytes == 0))
        plain[IndexOf(step.b)] = false;
      if (step.to < Place::D || step.to > Place::V) WrongRecipe("writes what it must not");  // [R1]
      written[IndexOf(step.to)] = true;
      if (step.to == Place::D && first_write < 0) first_write = i;
      if (step.to == Place::U && recipe->temporaries < 1) recipe->temporaries = 1;
      if (step.to == Place::V) recipe->temporaries = 2;
      if (form.is_vex()) {
        recipe->needs_sse = kNever;
        recipe->needs_vex |= Bit(form.isa);
      } else {
        recipe->needs_sse |= Bit(form.isa);
        recipe->needs_vex |= Bit(FormOf(VexOf(step.inst)).isa);
      }
    }
    if (steps[recipe->first + recipe->count - 1].to != Place::D) WrongRecipe("does not end with the result");
    for (int i = 0; i < recipe->count && recipe->needs_sse != kNever; ++i) {
      const Step& step = steps[recipe->first + i];
      if (step.to == step.b && step.a != Place::None && step.a != step.to && !Commutes(step.inst))
        WrongRecipe("to is b");  // [R3]
    }
    for (int i = 0; i < recipe->operands; ++i) {
      const Place place = OperandPlace(i);
      const int index = IndexOf(place);
      if (reads[index] == 0) WrongRecipe("an operand is never read");
      const uint8_t bit = static_cast<uint8_t>(1 << i);
      if (reads[index] == 1 && plain[index]) recipe->in_memory |= bit;
      if (last_read[index] > first_write) continue;
      recipe->over_vex |= bit;
      const Step& step = steps[recipe->first + first_write];
      const bool as_second =
          last_read[index] == first_write && step.b == place && step.a != Place::None && step.a != place;
      if (!as_second || Commutes(step.inst)) recipe->over_sse |= bit;
    }
  }
};

extern const RecipeTable kRecipes;

// How a processor with the extensions `isa` does an instruction; null if no recipe does.
inline const Recipe* ChooseRecipe(Op op, uint32_t isa, bool deterministic) {
  const bool has_avx = (isa & Bit(Isa::Avx)) != 0;
  for (uint16_t i = kRecipes.first[op]; i != 0; i = kRecipes.recipes[i].next) {
    const Recipe& recipe = kRecipes.recipes[i];
    if (recipe.relaxed && deterministic) continue;
    if (((has_avx ? recipe.needs_vex : recipe.needs_sse) & ~isa) == 0) return &recipe;
  }
  return nullptr;
}

}  // namespace gantry::baseline::simd
