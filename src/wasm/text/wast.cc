#include "wasm/text/wast.h"

#include <algorithm>
#include <string>

#include "base/utf8.h"
#include "wasm/text/literals.h"
#include "wasm/text/module_text.h"
#include "wasm/text/symbols.h"
#include "wasm/text/token_cursor.h"
#include "wasm/text/type_parser.h"
#include "wasm/text/vector_literal.h"

namespace gantry::wasm::text {

namespace {

// What an assertion takes besides its message.
enum class Takes : uint8_t { Module, ModuleOrInstance, Action, ActionOrModule };
enum class Message : uint8_t { None, Optional, Required };

struct AssertionForm {
  Keyword word;
  DirectiveKind kind;
  Takes takes;
  Message message;
};

constexpr AssertionForm kAssertions[] = {
    {Keyword::AssertReturn, DirectiveKind::AssertReturn, Takes::Action, Message::None},
    {Keyword::AssertTrap, DirectiveKind::AssertTrap, Takes::ActionOrModule, Message::Required},
    {Keyword::AssertExhaustion, DirectiveKind::AssertExhaustion, Takes::Action, Message::Required},
    {Keyword::AssertException, DirectiveKind::AssertException, Takes::Action, Message::Optional},
    {Keyword::AssertSuspension, DirectiveKind::AssertSuspension, Takes::Action, Message::Optional},
    {Keyword::AssertMalformed, DirectiveKind::AssertMalformed, Takes::Module, Message::Required},
    {Keyword::AssertInvalid, DirectiveKind::AssertInvalid, Takes::Module, Message::Required},
    {Keyword::AssertUnlinkable, DirectiveKind::AssertUnlinkable, Takes::ModuleOrInstance, Message::Required},
    {Keyword::AssertMalformedCustom, DirectiveKind::AssertMalformedCustom, Takes::Module, Message::Required},
    {Keyword::AssertInvalidCustom, DirectiveKind::AssertInvalidCustom, Takes::Module, Message::Required},
};

const AssertionForm* FindAssertion(const Token& token) {
  for (const AssertionForm& form : kAssertions) {
    if (token.is(form.word)) return &form;
  }
  return nullptr;
}

// Values that only components have: "u32.const", "str.const", "option.some", ...
bool IsComponentValue(std::string_view word) {
  constexpr std::string_view kWords[] = {
      "bool.const",    "s8.const",   "u8.const",    "s16.const",   "u16.const",  "s32.const",    "u32.const",
      "s64.const",     "u64.const",  "char.const",  "str.const",   "list.const", "record.const", "tuple.const",
      "variant.const", "enum.const", "option.none", "option.some", "result.ok",  "result.err",   "flags.const",
  };
  for (std::string_view known : kWords) {
    if (word == known) return true;
  }
  return false;
}

bool StartsField(const Token& token) {
  for (Keyword word : {Keyword::Type, Keyword::Rec, Keyword::Import, Keyword::Func, Keyword::Table, Keyword::Memory,
                       Keyword::Global, Keyword::Tag, Keyword::Export, Keyword::Start, Keyword::Elem, Keyword::Data}) {
    if (token.is(word)) return true;
  }
  return false;
}

class ScriptParser {
 public:
  ScriptParser(TokenCursor* in, const WatOptions& options)
      : in_(*in), options_(options), symbols_(in), types_(in, &symbols_, options.features) {}

  bool Parse(Script* script);

 private:
  bool ReadDirective(Directive* directive, bool in_thread);
  bool ReadDirectives(std::vector<Directive>* directives, bool in_thread);
  bool ReadThread(Directive* directive);
  bool ReadAssertion(const AssertionForm& form, Directive* directive);
  bool ReadSubject(Takes takes, Directive* directive);
  bool ReadModule(Directive* directive);
  bool ReadInstance(Directive* directive);
  void ParseTextModule(uint32_t first, uint32_t last, ScriptModule* module);
  bool ReadAction(Directive* directive);
  bool ReadIdentifier(std::string* id);
  bool ReadString(std::string* text);
  bool ReadExportName(std::string* name);
  bool AtComponentValue() const;

  bool ReadNumberOperand(Op op, ConstantKind* kind, uint64_t* bits, NanPattern* nan);
  bool ReadConstant(Constant* constant);
  bool ReadPattern(ResultPattern* pattern);
  bool ReadRefPattern(ResultPattern* pattern);
  bool ReadEither(std::vector<ResultPattern>* alternatives);
  bool ReadReferenceNumber(uint64_t* number);

  TokenCursor& in_;
  const WatOptions& options_;
  Symbols symbols_;  // empty: types in scripts have no identifiers
  TypeParser types_;
};

bool ScriptParser::Parse(Script* script) {
  if (in_.Peek().kind == TokenKind::LeftParen && StartsField(in_.Peek(1))) {
    Directive& directive = script->directives.emplace_back();
    directive.subject = Subject::Module;
    directive.line = directive.column = 1;
    directive.source_end = in_.source().view().size();
    directive.module.emplace();
    directive.module->line = directive.module->column = 1;
    ParseTextModule(0, static_cast<uint32_t>(in_.list().tokens.size()), &*directive.module);
    return true;
  }
  if (!ReadDirectives(&script->directives, /*in_thread=*/false)) return false;
  if (in_.Peek().kind != TokenKind::End) return in_.Unexpected("a directive or the end of the text");
  for (const Annotation& annotation : in_.list().annotations) {
    if (!annotation.used) return in_.FailAboutAt(ErrorId::MisplacedAnnotation, annotation.position, 2, "annotation");
  }
  return true;
}

bool ScriptParser::ReadDirectives(std::vector<Directive>* directives, bool in_thread) {
  while (in_.Peek().kind == TokenKind::LeftParen) {
    if (!ReadDirective(&directives->emplace_back(), in_thread)) return false;
  }
  return true;
}

bool ScriptParser::ReadDirective(Directive* directive, bool in_thread) {
  const Token& open = in_.Peek();
  const Token& close = in_.At(open.extra);
  const SourcePlace place = in_.source().PlaceOf(open.position);
  directive->line = place.line;
  directive->column = place.column;
  directive->source_begin = open.position;
  directive->source_end = close.position + close.length();
  if (close.kind != TokenKind::RightParen) {
    return in_.UnexpectedAt(close,
                            "`)` for the `(` of " + std::to_string(place.line) + ":" + std::to_string(place.column));
  }

  const uint32_t last = open.extra;
  const Token& word = in_.Peek(1);
  bool ok = true;
  if (word.is(Keyword::Module)) {
    directive->kind = in_.Peek(2).is(Keyword::Instance) ? DirectiveKind::Instance : DirectiveKind::Module;
    return directive->kind == DirectiveKind::Instance ? ReadInstance(directive) : ReadModule(directive);
  }
  if (word.is(Keyword::Component)) {
    directive->kind = DirectiveKind::Component;
    directive->subject = Subject::Component;
    in_.Seek(last + 1);
    return true;
  }
  if (word.is(Keyword::Invoke) || word.is(Keyword::Get)) {
    directive->kind = DirectiveKind::Action;
    ok = ReadAction(directive);
    if (ok && directive->subject == Subject::Component) in_.Seek(last + 1);
    return ok;
  }
  in_.Skip(2);
  if (word.is(Keyword::Register)) {
    directive->kind = DirectiveKind::Register;
    ok = ReadExportName(&directive->text) && ReadIdentifier(&directive->id);
  } else if (word.is(Keyword::Thread) && !in_thread) {
    directive->kind = DirectiveKind::Thread;
    ok = ReadThread(directive);
  } else if (word.is(Keyword::Wait)) {
    directive->kind = DirectiveKind::Wait;
    ok = ReadIdentifier(&directive->id);
    if (ok && directive->id.empty()) return in_.Unexpected("the identifier of a thread");
  } else if (const AssertionForm* form = FindAssertion(word)) {
    ok = ReadAssertion(*form, directive);
  } else {
    in_.Seek(in_.index() - 2);
    return in_.Unexpected("a directive such as `module`, `invoke` or `assert_return`");
  }
  return ok && in_.ExpectRight();
}

// `$t (shared (module $m)...)* directive*`
bool ScriptParser::ReadThread(Directive* directive) {
  if (!ReadIdentifier(&directive->id)) return false;
  while (in_.TakeLeft(Keyword::Shared)) {
    while (in_.TakeLeft(Keyword::Module)) {
      if (!ReadIdentifier(&directive->shared.emplace_back()) || !in_.ExpectRight()) return false;
    }
    if (!in_.ExpectRight()) return false;
  }
  return ReadDirectives(&directive->nested, /*in_thread=*/true);
}

bool ScriptParser::ReadAssertion(const AssertionForm& form, Directive* directive) {
  directive->kind = form.kind;
  if (!ReadSubject(form.takes, directive)) return false;
  if (form.kind == DirectiveKind::AssertReturn) {
    while (in_.Peek().kind == TokenKind::LeftParen && directive->subject != Subject::Component) {
      if (AtComponentValue()) {
        directive->subject = Subject::Component;
      } else if (!ReadPattern(&directive->results.emplace_back())) {
        return false;
      }
    }
    // Expected results of components stay in the source.
    while (in_.Peek().kind == TokenKind::LeftParen) {
      in_.Seek(in_.Peek().extra);
      if (!in_.ExpectRight()) return false;
    }
  }
  if (form.message == Message::None) return true;
  if (form.message == Message::Optional && in_.Peek().kind != TokenKind::String) return true;
  return ReadString(&directive->text);
}

bool ScriptParser::ReadSubject(Takes takes, Directive* directive) {
  const uint32_t first = in_.index();
  const uint32_t last = in_.Peek().kind == TokenKind::LeftParen ? in_.Peek().extra : first;
  if (in_.AtLeft(Keyword::Component)) {
    directive->subject = Subject::Component;
    in_.Seek(last);
    return in_.ExpectRight();
  }
  const bool is_module = in_.AtLeft(Keyword::Module);
  const bool is_action = in_.AtLeft(Keyword::Invoke) || in_.AtLeft(Keyword::Get);
  if (is_action && (takes == Takes::Action || takes == Takes::ActionOrModule)) {
    if (!ReadAction(directive)) return false;
    if (directive->subject == Subject::Component) in_.Seek(last + 1);
    return true;
  }
  if (is_module && takes != Takes::Action) {
    if (in_.Peek(2).is(Keyword::Instance) && takes != Takes::Module) return ReadInstance(directive);
    return ReadModule(directive);
  }
  return in_.Unexpected(takes == Takes::Action           ? "`(invoke` or `(get`"
                        : takes == Takes::ActionOrModule ? "`(invoke`, `(get` or `(module`"
                                                         : "`(module`");
}

// At `(module`, not an instance.
bool ScriptParser::ReadModule(Directive* directive) {
  const uint32_t first = in_.index();
  const uint32_t last = in_.Peek().extra;
  directive->subject = Subject::Module;
  ScriptModule& module = directive->module.emplace();
  const SourcePlace place = in_.source().PlaceOf(in_.Peek().position);
  module.line = place.line;
  module.column = place.column;
  in_.Skip(2);
  module.is_definition = in_.Take(Keyword::Definition);
  const uint32_t after_definition = in_.index();
  if (!ReadIdentifier(&module.name)) return false;
  if (in_.Take(Keyword::Binary)) {
    module.form = ModuleForm::Binary;
    std::string bytes;
    in_.TakeStrings(&bytes);
    module.bytes.assign(bytes.begin(), bytes.end());
    return in_.ExpectRight();
  }
  if (in_.Take(Keyword::Quote)) {
    module.form = ModuleForm::Quote;
    std::string text;
    in_.TakeStrings(&text);
    Result<std::vector<uint8_t>> parsed = ParseWat(text, options_);
    if (parsed) {
      module.bytes = std::move(*parsed);
    } else {
      module.error = std::move(parsed).error();
    }
    return in_.ExpectRight();
  }
  ParseTextModule(module.is_definition ? after_definition : first, last, &module);
  in_.Seek(last);
  return in_.ExpectRight();
}

// Parses a module with a cursor of its own, whose error becomes part of the script. `first`: the token at which it
// starts, after the word `definition` if there is one; `last`: its closing parenthesis.
void ScriptParser::ParseTextModule(uint32_t first, uint32_t last, ScriptModule* module) {
  TokenCursor in(in_.source(), &in_.list());
  in.Seek(first);
  const bool ok = module->is_definition ? ParseModuleBody(&in, options_, &module->bytes)
                                        : ParseModuleTokens(&in, options_, &module->bytes);
  if (ok) return;
  module->error = in.TakeError();
  module->bytes.clear();
  // Its annotations have had their chance.
  std::vector<Annotation>& annotations = in_.list().annotations;
  auto it = std::lower_bound(annotations.begin(), annotations.end(), first,
                             [](const Annotation& annotation, uint32_t t) { return annotation.token < t; });
  for (; it != annotations.end() && it->token <= last; ++it) it->used = true;
}

// `(module instance $instance? $module?)`; a single name is the module's.
bool ScriptParser::ReadInstance(Directive* directive) {
  directive->subject = Subject::Instance;
  ScriptInstance& instance = directive->instance.emplace();
  in_.Skip(3);
  if (!ReadIdentifier(&instance.module)) return false;
  if (in_.Peek().kind == TokenKind::Identifier) {
    instance.instance = std::move(instance.module);
    instance.module.clear();
    if (!ReadIdentifier(&instance.module)) return false;
  }
  return in_.ExpectRight();
}

// At `(invoke` or `(get`. An action with values of components is not read to its end.
bool ScriptParser::ReadAction(Directive* directive) {
  directive->subject = Subject::Action;
  Action& action = directive->action.emplace();
  action.kind = in_.Peek(1).is(Keyword::Get) ? ActionKind::Get : ActionKind::Invoke;
  in_.Skip(2);
  if (!ReadIdentifier(&action.instance) || !ReadExportName(&action.name)) return false;
  while (action.kind == ActionKind::Invoke && in_.Peek().kind == TokenKind::LeftParen) {
    if (AtComponentValue()) {
      directive->subject = Subject::Component;
      directive->action.reset();
      return true;
    }
    if (!ReadConstant(&action.arguments.emplace_back())) return false;
  }
  return in_.ExpectRight();
}

bool ScriptParser::ReadIdentifier(std::string* id) {
  if (in_.Peek().kind != TokenKind::Identifier) return true;
  std::string_view name;
  if (!in_.IdentifierAt(in_.Peek(), &name)) return false;
  *id = name;
  in_.Skip();
  return true;
}

bool ScriptParser::ReadString(std::string* text) {
  if (in_.Peek().kind != TokenKind::String) return in_.Unexpected("a message in quotes");
  *text = DecodeString(in_.TextOf(in_.Peek()));
  in_.Skip();
  return true;
}

bool ScriptParser::ReadExportName(std::string* name) {
  std::string_view view;
  if (!in_.ReadName(&view)) return false;
  *name = view;
  return true;
}

bool ScriptParser::AtComponentValue() const {
  return in_.Peek().kind == TokenKind::LeftParen && in_.Peek(1).kind == TokenKind::Reserved &&
         IsComponentValue(in_.TextOf(in_.Peek(1)));
}

// ---- values ----

bool ScriptParser::ReadReferenceNumber(uint64_t* number) {
  uint32_t value;
  if (!in_.ReadNat32("the number of a reference", &value)) return false;
  *number = value;
  return true;
}

// After `i32.const` and its like.
bool ScriptParser::ReadNumberOperand(Op op, ConstantKind* kind, uint64_t* bits, NanPattern* nan) {
  *kind = op == Op::I32Const   ? ConstantKind::I32
          : op == Op::I64Const ? ConstantKind::I64
          : op == Op::F32Const ? ConstantKind::F32
                               : ConstantKind::F64;
  const bool is_float = op == Op::F32Const || op == Op::F64Const;
  if (nan != nullptr && is_float) *nan = NanPatternAt(in_.Peek());
  if ((nan == nullptr || *nan == NanPattern::None) && !ReadNumber(&in_, *kind, in_.Peek(), bits)) return false;
  in_.Skip();
  return true;
}

bool ScriptParser::ReadConstant(Constant* constant) {
  if (!in_.ExpectLeft()) return false;
  const Token& word = in_.Peek();
  in_.Skip();
  bool ok = false;
  if (word.is(Op::I32Const) || word.is(Op::I64Const) || word.is(Op::F32Const) || word.is(Op::F64Const)) {
    ok = ReadNumberOperand(static_cast<Op>(word.value), &constant->kind, &constant->bits, nullptr);
  } else if (word.is(Op::V128Const)) {
    constant->kind = ConstantKind::V128;
    ok = ReadVector(&in_, &constant->shape, &constant->v128, nullptr);
  } else if (word.is(Op::RefNull)) {
    constant->kind = ConstantKind::RefNull;
    ok = types_.ReadHeapType(&constant->heap);
  } else if (word.is(Keyword::RefExtern) || word.is(Keyword::RefHost)) {
    constant->kind = word.is(Keyword::RefExtern) ? ConstantKind::RefExtern : ConstantKind::RefHost;
    ok = ReadReferenceNumber(&constant->bits);
  } else {
    return in_.UnexpectedAt(word, "a constant such as `i32.const`");
  }
  return ok && in_.ExpectRight();
}

bool ScriptParser::ReadPattern(ResultPattern* pattern) {
  if (!in_.ExpectLeft()) return false;
  const Token& word = in_.Peek();
  in_.Skip();
  bool ok = false;
  if (word.is(Op::I32Const) || word.is(Op::I64Const) || word.is(Op::F32Const) || word.is(Op::F64Const)) {
    ConstantKind kind;
    ok = ReadNumberOperand(static_cast<Op>(word.value), &kind, &pattern->bits, &pattern->nans[0]);
    pattern->kind = static_cast<PatternKind>(kind);
  } else if (word.is(Op::V128Const)) {
    pattern->kind = PatternKind::V128;
    ok = ReadVector(&in_, &pattern->shape, &pattern->v128, &pattern->nans);
  } else if (word.is(Keyword::Either)) {
    pattern->kind = PatternKind::Either;
    return ReadEither(&pattern->alternatives);
  } else {
    in_.Seek(in_.index() - 1);
    ok = ReadRefPattern(pattern);
  }
  return ok && in_.ExpectRight();
}

// At the word of a reference pattern.
bool ScriptParser::ReadRefPattern(ResultPattern* pattern) {
  const Token& word = in_.Peek();
  in_.Skip();
  const bool has_operand = in_.Peek().kind != TokenKind::RightParen;
  if (word.is(Op::RefNull)) {
    pattern->kind = has_operand ? PatternKind::RefNull : PatternKind::AnyNull;
    return !has_operand || types_.ReadHeapType(&pattern->heap);
  }
  if (word.is(Keyword::RefHost) || (word.is(Keyword::RefExtern) && has_operand)) {
    pattern->kind = word.is(Keyword::RefHost) ? PatternKind::RefHost : PatternKind::RefExtern;
    return ReadReferenceNumber(&pattern->bits);
  }
  pattern->kind = PatternKind::RefOfType;
  if (word.is(Keyword::Ref) || word.is(Keyword::RefAny)) {
    pattern->heap = HeapKind::Any;
  } else if (word.is(Op::RefFunc)) {
    pattern->heap = HeapKind::Func;
  } else if (word.is(Op::RefEq)) {
    pattern->heap = HeapKind::Eq;
  } else if (word.is(Op::RefI31)) {
    pattern->heap = HeapKind::I31;
  } else if (word.is(Keyword::RefStruct)) {
    pattern->heap = HeapKind::Struct;
  } else if (word.is(Keyword::RefArray)) {
    pattern->heap = HeapKind::Array;
  } else if (word.is(Keyword::RefExn)) {
    pattern->heap = HeapKind::Exn;
  } else if (word.is(Keyword::RefExtern)) {
    pattern->heap = HeapKind::Extern;
  } else {
    return in_.UnexpectedAt(word, "a result such as `i32.const` or `ref.null`");
  }
  return true;
}

// After `(either`. Nested ones mean the same as one long list.
bool ScriptParser::ReadEither(std::vector<ResultPattern>* alternatives) {
  for (size_t depth = 1; depth > 0;) {
    if (in_.TakeLeft(Keyword::Either)) {
      ++depth;
    } else if (in_.Peek().kind == TokenKind::RightParen) {
      in_.Skip();
      --depth;
    } else if (!ReadPattern(&alternatives->emplace_back())) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<Script> ParseWast(std::string_view source, const WatOptions& options) {
  const SourceText text(source);
  GANTRY_ASSIGN_OR_RETURN(TokenList list, Lex(text));
  TokenCursor in(text, &list);
  Script script;
  if (!ScriptParser(&in, options).Parse(&script)) return std::unexpected(in.TakeError());
  return script;
}

}  // namespace gantry::wasm::text
