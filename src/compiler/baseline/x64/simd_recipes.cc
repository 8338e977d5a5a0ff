#include "compiler/baseline/x64/simd_recipes.h"

namespace gantry::baseline::simd {

constinit const RecipeTable kRecipes = [] {
  using enum x64::Inst;
  constexpr Arg X{Place::X}, Y{Place::Y}, Z{Place::Z}, D{Place::D}, T{Place::T}, U{Place::U}, V{Place::V};
  RecipeTable table;
#define SIMD(Name, ...) table.Add(Op::Name, /*relaxed=*/false, {__VA_ARGS__});
#define RELAXED(Name, ...) table.Add(Op::Name, /*relaxed=*/true, {__VA_ARGS__});
#define SAME(Name, Other) table.AddSame(Op::Name, Op::Other);
#include "compiler/baseline/x64/simd.def"
  return table;
}();

}  // namespace gantry::baseline::simd
