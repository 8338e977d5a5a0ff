#include "wasm/text/wast.h"

#include <gtest/gtest.h>

#include <string>

namespace gantry::wasm::text {
namespace {

Script Parse(std::string_view text) {
  auto script = ParseWast(text);
  EXPECT_TRUE(script) << script.error().Summary();
  return script ? std::move(*script) : Script();
}

Directive One(std::string_view text) {
  Script script = Parse(text);
  EXPECT_EQ(script.directives.size(), 1u);
  return script.directives.empty() ? Directive() : std::move(script.directives[0]);
}

std::string ErrorOf(std::string_view text) {
  const auto script = ParseWast(text);
  return script ? "" : script.error().message();
}

TEST(Wast, FormsOfModules) {
  const Script script = Parse(
      "(module $a (func))\n(module binary \"\\00asm\" \"x\")\n(module $q quote \"(func)\" \"(func)\")\n"
      "(module definition $d (func))\n(module definition binary \"b\")\n(module instance $i $d)\n(module instance "
      "$d)\n  (module instance)");
  ASSERT_EQ(script.directives.size(), 8u);
  const auto& d = script.directives;
  EXPECT_EQ(d[0].module->name, "a");
  EXPECT_FALSE(d[0].module->error);
  EXPECT_EQ(d[1].module->form, ModuleForm::Binary);
  EXPECT_EQ(d[1].module->bytes.size(), 5u);
  EXPECT_EQ(d[2].module->form, ModuleForm::Quote);
  EXPECT_EQ(d[2].module->name, "q");
  EXPECT_FALSE(d[2].module->bytes.empty());
  EXPECT_TRUE(d[3].module->is_definition);
  EXPECT_EQ(d[3].module->name, "d");
  EXPECT_TRUE(d[4].module->is_definition);
  EXPECT_EQ(d[5].instance->instance, "i");
  EXPECT_EQ(d[5].instance->module, "d");
  EXPECT_EQ(d[6].instance->instance, "");
  EXPECT_EQ(d[6].instance->module, "d");
  EXPECT_EQ(d[7].kind, DirectiveKind::Instance);
  EXPECT_EQ(d[7].line, 8u);
  EXPECT_EQ(d[7].column, 3u);
}

TEST(Wast, ModuleErrorsAreKept) {
  const Script script =
      Parse("(assert_malformed (module quote \"(func\\n xx)\") \"unknown operator\")\n(module (func yy))\n(module)");
  ASSERT_EQ(script.directives.size(), 3u);
  EXPECT_EQ(script.directives[0].text, "unknown operator");
  ASSERT_TRUE(script.directives[0].module->error);
  EXPECT_EQ(script.directives[0].module->error->line(), 2u);
  ASSERT_TRUE(script.directives[1].module->error);
  EXPECT_TRUE(script.directives[1].module->error->message().starts_with("unknown operator yy"));
  EXPECT_FALSE(script.directives[2].module->error);
}

TEST(Wast, InlineModule) {
  const Directive directive = One("(func (export \"f\"))\n(memory 1)");
  EXPECT_EQ(directive.kind, DirectiveKind::Module);
  EXPECT_FALSE(directive.module->error);
  EXPECT_TRUE(Parse("").directives.empty());
  EXPECT_TRUE(Parse(";; nothing").directives.empty());
}

TEST(Wast, ActionsAndConstants) {
  const Directive directive =
      One("(invoke $i \"f\\u{20}g\" (i32.const -1) (i64.const -1) (f32.const nan:0x1) (f64.const inf) (v128.const "
          "i16x8 1 2 3 4 5 6 7 -8)"
          " (ref.null func) (ref.null 3) (ref.extern 7) (ref.host 8))");
  const Action& action = *directive.action;
  EXPECT_EQ(directive.subject, Subject::Action);
  EXPECT_EQ(action.instance, "i");
  EXPECT_EQ(action.name, "f g");
  ASSERT_EQ(action.arguments.size(), 9u);
  EXPECT_EQ(action.arguments[0].bits, 0xffffffffu);
  EXPECT_EQ(action.arguments[1].bits, ~uint64_t{0});
  EXPECT_EQ(action.arguments[2].bits, 0x7f800001u);
  EXPECT_EQ(action.arguments[3].bits, 0x7ff0000000000000u);
  EXPECT_EQ(action.arguments[4].shape, LaneShape::I16x8);
  EXPECT_EQ(action.arguments[4].v128[14], 0xf8);
  EXPECT_EQ(action.arguments[5].heap, HeapType(HeapKind::Func));
  EXPECT_EQ(action.arguments[6].heap, HeapType::Concrete(3));
  EXPECT_EQ(action.arguments[7].kind, ConstantKind::RefExtern);
  EXPECT_EQ(action.arguments[8].bits, 8u);
  EXPECT_EQ(One("(get \"g\")").action->kind, ActionKind::Get);
}

TEST(Wast, Patterns) {
  const Directive directive =
      One("(assert_return (get \"g\") (f32.const nan:canonical) (f64.const nan:arithmetic) (f64.const 1)"
          " (v128.const f32x4 nan:canonical 1 nan:arithmetic 0) (ref.null) (ref.null any) (ref) (ref.any) (ref.i31) "
          "(ref.eq) (ref.struct)"
          " (ref.array) (ref.func) (ref.exn) (ref.extern) (ref.extern 4) (ref.host 5)"
          " (either (i32.const 1) (either (i32.const 2) (f32.const nan:canonical))))");
  const auto& r = directive.results;
  ASSERT_EQ(r.size(), 18u);
  EXPECT_EQ(r[0].kind, PatternKind::F32);
  EXPECT_EQ(r[0].nans[0], NanPattern::Canonical);
  EXPECT_EQ(r[1].nans[0], NanPattern::Arithmetic);
  EXPECT_EQ(r[2].nans[0], NanPattern::None);
  EXPECT_EQ(r[3].nans, (std::array{NanPattern::Canonical, NanPattern::None, NanPattern::Arithmetic, NanPattern::None}));
  EXPECT_EQ(r[4].kind, PatternKind::AnyNull);
  EXPECT_EQ(r[5].kind, PatternKind::RefNull);
  const HeapKind kHeaps[] = {HeapKind::Any,   HeapKind::Any,  HeapKind::I31, HeapKind::Eq,    HeapKind::Struct,
                             HeapKind::Array, HeapKind::Func, HeapKind::Exn, HeapKind::Extern};
  for (size_t i = 0; i < std::size(kHeaps); ++i) {
    EXPECT_EQ(r[6 + i].kind, PatternKind::RefOfType);
    EXPECT_EQ(r[6 + i].heap, HeapType(kHeaps[i])) << i;
  }
  EXPECT_EQ(r[15].kind, PatternKind::RefExtern);
  EXPECT_EQ(r[15].bits, 4u);
  EXPECT_EQ(r[16].kind, PatternKind::RefHost);
  EXPECT_EQ(r[17].alternatives.size(), 3u);
}

TEST(Wast, Assertions) {
  const Script script = Parse(
      "(assert_trap (invoke \"f\") \"a\") (assert_trap (module (func)) \"b\") (assert_trap (module instance $i $m) "
      "\"c\")\n"
      "(assert_exhaustion (invoke \"f\") \"d\") (assert_exception (invoke \"f\")) (assert_exception (invoke \"f\") "
      "\"e\")\n"
      "(assert_suspension (invoke \"f\") \"f\") (assert_invalid (module) \"g\") (assert_unlinkable (module) \"h\")\n"
      "(assert_malformed_custom (module quote \"\") \"i\") (assert_invalid_custom (module) \"j\") (register \"n\" $i) "
      "(register \"n\")");
  const auto& d = script.directives;
  ASSERT_EQ(d.size(), 13u);
  EXPECT_EQ(d[0].subject, Subject::Action);
  EXPECT_EQ(d[1].subject, Subject::Module);
  EXPECT_EQ(d[2].subject, Subject::Instance);
  EXPECT_EQ(d[4].text, "");
  EXPECT_EQ(d[5].text, "e");
  EXPECT_EQ(d[6].kind, DirectiveKind::AssertSuspension);
  EXPECT_EQ(d[9].kind, DirectiveKind::AssertMalformedCustom);
  EXPECT_EQ(d[11].id, "i");
  EXPECT_EQ(d[11].text, "n");
  EXPECT_EQ(d[12].id, "");
}

TEST(Wast, Threads) {
  const Script script =
      Parse("(thread $T (shared (module $M) (module $N))\n  (register \"m\" $M)\n  (invoke \"f\"))\n(wait $T)");
  ASSERT_EQ(script.directives.size(), 2u);
  const Directive& thread = script.directives[0];
  EXPECT_EQ(thread.id, "T");
  EXPECT_EQ(thread.shared, (std::vector<std::string>{"M", "N"}));
  ASSERT_EQ(thread.nested.size(), 2u);
  EXPECT_EQ(thread.nested[1].line, 3u);
  EXPECT_EQ(script.directives[1].id, "T");
  EXPECT_NE(ErrorOf("(thread $a (thread $b))"), "");
  EXPECT_NE(ErrorOf("(wait)"), "");
}

TEST(Wast, ComponentsAreRecognised) {
  constexpr std::string_view kText =
      "(component definition $C (core module)) (component instance $i $C)\n(assert_return (invoke \"f\" (str.const "
      "\"a\")) (u32.const 1))\n"
      "(assert_return (invoke \"f\") (list.const (u8.const 1)))\n(assert_invalid (component (type $t)) \"x\") (module)";
  const Script script = Parse(kText);
  const auto& d = script.directives;
  ASSERT_EQ(d.size(), 6u);
  EXPECT_EQ(d[0].kind, DirectiveKind::Component);
  EXPECT_EQ(kText.substr(d[0].source_begin, d[0].source_end - d[0].source_begin),
            "(component definition $C (core module))");
  EXPECT_EQ(d[2].subject, Subject::Component);
  EXPECT_EQ(d[3].subject, Subject::Component);
  EXPECT_EQ(d[4].subject, Subject::Component);
  EXPECT_EQ(d[4].text, "x");
  EXPECT_EQ(d[5].kind, DirectiveKind::Module);
}

TEST(Wast, FaultsOfTheScript) {
  EXPECT_TRUE(ErrorOf("(assert_return (invoke \"f\")")
                  .starts_with("unexpected token: found the end of the text, expected `)` for the `(` of 1:1"));
  EXPECT_TRUE(ErrorOf("(foo)").starts_with("unknown operator foo"));
  EXPECT_TRUE(ErrorOf("(assert_trap (invoke \"f\"))").starts_with("unexpected token"));
  EXPECT_TRUE(ErrorOf("(invoke \"f\" (i32.add))").starts_with("unexpected token"));
  EXPECT_TRUE(ErrorOf("(invoke \"f\" (i32.const 4294967296))").starts_with("constant out of range"));
  EXPECT_TRUE(ErrorOf("(invoke \"f\" (f32.const nan:canonical))").starts_with("unexpected token"));
  EXPECT_TRUE(ErrorOf("(invoke \"\\ff\")").starts_with("malformed UTF-8"));
  EXPECT_TRUE(ErrorOf("(module) (@custom \"a\") (module)").starts_with("misplaced annotation"));
  EXPECT_TRUE(ErrorOf("(module))").starts_with("unexpected token"));
}

}  // namespace
}  // namespace gantry::wasm::text
