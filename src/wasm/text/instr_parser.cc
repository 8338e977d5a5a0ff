#include "wasm/text/instr_parser.h"

#include <algorithm>
#include <string>
#include <utility>

#include "wasm/text/literals.h"

namespace gantry::wasm::text {

namespace {

constexpr uint8_t kElse = 0x05, kEnd = 0x0b;

void WriteOpcode(Op op, ByteWriter* out) {
  const OpInfo& info = InfoOf(op);
  if (info.prefix != 0) {
    out->U8(info.prefix);
    out->U32(info.code);
  } else {
    out->U8(static_cast<uint8_t>(info.code));
  }
}

}  // namespace

bool InstrParser::ParseBody(ByteWriter* out, std::vector<BranchHint>* hints) {
  FindNextHint();
  return ParseSequence(out, hints);
}

bool InstrParser::ParseExpr(ByteWriter* out) { return ParseSequence(out, nullptr); }

bool InstrParser::ParseFoldedExpr(ByteWriter* out) {
  if (!AtFolded()) return in_.Unexpected("an instruction in parentheses");
  out_ = out;
  hints_ = nullptr;
  frames_.assign(1, {FrameKind::Root, -1, in_.index(), 0, 0});
  do {
    if (!Step()) return false;
  } while (frames_.size() > 1);
  out->U8(kEnd);
  return true;
}

bool InstrParser::ParseSequence(ByteWriter* out, std::vector<BranchHint>* hints) {
  out_ = out;
  hints_ = hints;
  frames_.assign(1, {FrameKind::Root, -1, in_.index(), 0, 0});
  while (frames_.size() > 1 || in_.Peek().kind != TokenKind::RightParen) {
    if (!Step()) return false;
  }
  out->U8(kEnd);
  return true;
}

// One token of structure: a plain instruction with its immediates, or an opening or closing parenthesis.
bool InstrParser::Step() {
  if (in_.index() == next_hint_token_ && hints_ != nullptr && !ReadHint()) return false;
  switch (in_.Peek().kind) {
    case TokenKind::Instruction:
      return PlainInstruction();
    case TokenKind::LeftParen:
      return OpenParen();
    case TokenKind::RightParen:
      return CloseParen();
    default:
      return UnexpectedIn(frames_.back());
  }
}

bool InstrParser::UnexpectedIn(const Frame& frame) {
  const auto opened = [&] {
    const Token& token = in_.At(frame.opening);
    const SourcePlace place = in_.source().PlaceOf(token.position);
    return "`" + std::string(in_.TextOf(token)) + "` of " + std::to_string(place.line) + ":" +
           std::to_string(place.column);
  };
  switch (frame.kind) {
    case FrameKind::Root:
      return in_.Unexpected("an instruction or `)`");
    case FrameKind::Block:
      return in_.Unexpected("an instruction or `end` for " + opened());
    case FrameKind::If:
      return in_.Unexpected("an instruction, `else` or `end` for " + opened());
    case FrameKind::FoldedPlain:
      return in_.Unexpected("an operand in parentheses or `)` for " + opened());
    case FrameKind::FoldedIf:
      return in_.Unexpected("an operand in parentheses or `(then` for " + opened());
    case FrameKind::FoldedElse:
      return in_.Unexpected("`(else` or `)` for " + opened());
    case FrameKind::FoldedEnd:
      return in_.Unexpected("`)` for " + opened());
    case FrameKind::FoldedBlock:
    case FrameKind::Then:
    case FrameKind::Else:
      return in_.Unexpected("an instruction or `)` for " + opened());
  }
  return false;
}

bool InstrParser::PlainInstruction() {
  const Token& token = in_.Peek();
  const Op op = static_cast<Op>(token.value);
  if (!TakesInstructions(frames_.back().kind)) return UnexpectedIn(frames_.back());
  switch (InfoOf(op).family) {
    case OpFamily::Block:
    case OpFamily::Loop:
    case OpFamily::If:
    case OpFamily::TryTable:
      return FlatStructured(op);
    case OpFamily::Else:
      return FlatElse();
    case OpFamily::End:
      return FlatEnd();
    default:
      break;
  }
  int16_t hint;
  if (!ApplyHint(token, op, &hint)) return false;
  EmitHint(hint);
  in_.Skip();
  return ParseImmediates(op, out_);
}

// Opcode, block type and catch clauses; the label is pushed afterwards: catch clauses do not see it.
bool InstrParser::BeginBlock(Op op, ByteWriter* out) {
  WriteOpcode(op, out);
  if (!ParseBlockType(out)) return false;
  return op != Op::TryTable || ReadCatches(out);
}

bool InstrParser::ReadLabelBinder(Binder* binder) { return in_.ReadBinder(binder, "label"); }

bool InstrParser::FlatStructured(Op op) {
  const uint32_t opening = in_.index();
  int16_t hint;
  if (!ApplyHint(in_.Peek(), op, &hint)) return false;
  EmitHint(hint);
  in_.Skip();
  Binder label;
  if (!ReadLabelBinder(&label) || !BeginBlock(op, out_)) return false;
  frames_.push_back({op == Op::If ? FrameKind::If : FrameKind::Block, -1, opening, 0, 0});
  symbols_.PushLabel(label);
  return true;
}

// After `end` and `else`: the label may be repeated.
bool InstrParser::EndLabel() {
  const Token& token = in_.Peek();
  if (token.kind != TokenKind::Identifier) return true;
  std::string_view name;
  if (!in_.IdentifierAt(token, &name)) return false;
  if (name != symbols_.TopLabel()) {
    const std::string_view top = symbols_.TopLabel();
    return in_.Fail(ErrorId::MismatchingLabel, token,
                    top.empty() ? std::string("the block has no label") : "expected `$" + std::string(top) + "`");
  }
  in_.Skip();
  return true;
}

bool InstrParser::FlatElse() {
  Frame& frame = frames_.back();
  if (frame.kind != FrameKind::If) return UnexpectedIn(frame);
  in_.Skip();
  if (!EndLabel()) return false;
  frame.kind = FrameKind::Block;
  out_->U8(kElse);
  return true;
}

bool InstrParser::FlatEnd() {
  const FrameKind kind = frames_.back().kind;
  if (kind != FrameKind::If && kind != FrameKind::Block) return UnexpectedIn(frames_.back());
  in_.Skip();
  if (!EndLabel()) return false;
  out_->U8(kEnd);
  symbols_.PopLabel();
  frames_.pop_back();
  return true;
}

bool InstrParser::OpenParen() {
  if (in_.Peek(1).kind == TokenKind::Instruction && !in_.Peek(1).is(Op::Else)) return OpenFolded();
  Frame& frame = frames_.back();
  if (frame.kind == FrameKind::FoldedIf && in_.TakeLeft(Keyword::Then)) return OpenThen();
  if (frame.kind == FrameKind::FoldedElse && in_.Peek(1).is(Op::Else)) {
    in_.Skip(2);
    return OpenElse();
  }
  return UnexpectedIn(frame);
}

bool InstrParser::OpenFolded() {
  const FrameKind around = frames_.back().kind;
  if (around == FrameKind::FoldedElse || around == FrameKind::FoldedEnd) return UnexpectedIn(frames_.back());
  in_.Skip();
  const uint32_t opening = in_.index();
  const Token& token = in_.Peek();
  const Op op = static_cast<Op>(token.value);
  int16_t hint;
  if (op == Op::End || !ApplyHint(token, op, &hint)) return in_.ok() && in_.Unexpected("an instruction");
  in_.Skip();
  const uint32_t pending = static_cast<uint32_t>(pending_.size());
  switch (InfoOf(op).family) {
    case OpFamily::If: {
      const uint32_t label_token = in_.index();
      Binder label;
      if (!ReadLabelBinder(&label) || !BeginBlock(op, &pending_)) return false;
      frames_.push_back({FrameKind::FoldedIf, hint, opening, pending, label_token});
      return true;
    }
    case OpFamily::Block:
    case OpFamily::Loop:
    case OpFamily::TryTable: {
      Binder label;
      if (!ReadLabelBinder(&label) || !BeginBlock(op, out_)) return false;
      frames_.push_back({FrameKind::FoldedBlock, -1, opening, 0, 0});
      symbols_.PushLabel(label);
      return true;
    }
    default:
      break;
  }
  // Most folded instructions are leaves: those are emitted at once.
  const size_t start = out_->size();
  if (!ParseImmediates(op, out_)) return false;
  if (in_.Peek().kind == TokenKind::RightParen) {
    in_.Skip();
    if (hint >= 0) hints_->push_back({static_cast<uint32_t>(start), static_cast<uint8_t>(hint)});
    return true;
  }
  pending_.Bytes(out_->view().subspan(start));
  out_->Truncate(start);
  frames_.push_back({FrameKind::FoldedPlain, hint, opening, pending, 0});
  return true;
}

// `(then`: the operands are done, so the waiting `if` is emitted.
bool InstrParser::OpenThen() {
  Frame& frame = frames_.back();
  EmitHint(frame.hint);
  out_->Bytes(pending_.view().subspan(frame.pending));
  pending_.Truncate(frame.pending);
  const uint32_t here = in_.index();
  Binder label;
  in_.Seek(frame.label_token);
  if (!ReadLabelBinder(&label)) return false;
  in_.Seek(here);
  frame.kind = FrameKind::FoldedElse;
  frames_.push_back({FrameKind::Then, -1, frame.opening, 0, 0});
  symbols_.PushLabel(label);
  return true;
}

bool InstrParser::OpenElse() {
  Frame& frame = frames_.back();
  frame.kind = FrameKind::FoldedEnd;
  out_->U8(kElse);
  frames_.push_back({FrameKind::Else, -1, frame.opening, 0, 0});
  return true;
}

bool InstrParser::CloseParen() {
  const Frame frame = frames_.back();
  switch (frame.kind) {
    case FrameKind::FoldedPlain:
      EmitHint(frame.hint);
      out_->Bytes(pending_.view().subspan(frame.pending));
      pending_.Truncate(frame.pending);
      break;
    case FrameKind::FoldedBlock:
    case FrameKind::FoldedElse:
    case FrameKind::FoldedEnd:
      out_->U8(kEnd);
      symbols_.PopLabel();
      break;
    case FrameKind::Then:
    case FrameKind::Else:
      break;
    case FrameKind::Root:
    case FrameKind::Block:
    case FrameKind::If:
    case FrameKind::FoldedIf:
      return UnexpectedIn(frame);
  }
  in_.Skip();
  frames_.pop_back();
  return true;
}

// `(catch tag label)` and its like, any number (spec 6.5.4).
bool InstrParser::ReadCatches(ByteWriter* out) {
  ByteWriter clauses;
  uint32_t count = 0;
  for (; in_.Peek().kind == TokenKind::LeftParen; ++count) {
    const Token& token = in_.Peek(1);
    if (token.kind != TokenKind::Keyword || token.value < static_cast<uint16_t>(Keyword::Catch) ||
        token.value > static_cast<uint16_t>(Keyword::CatchAllRef)) {
      break;
    }
    in_.Skip(2);
    const uint8_t kind = static_cast<uint8_t>(token.value - static_cast<uint16_t>(Keyword::Catch));
    clauses.U8(kind);
    const bool has_tag = token.is(Keyword::Catch) || token.is(Keyword::CatchRef);
    if (has_tag && !ParseIndex(Space::Tag, &clauses)) return false;
    uint32_t label;
    if (!symbols_.ReadLabel(&label) || !in_.ExpectRight()) return false;
    clauses.U32(label);
  }
  out->U32(count);
  out->Bytes(clauses.view());
  return true;
}

// ---- branch hints ----

void InstrParser::FindNextHint() {
  const std::vector<Annotation>& annotations = in_.list().annotations;
  const auto is_next = [this](const Annotation& annotation) {
    return annotation.kind == AnnotationKind::BranchHint && annotation.token >= in_.index() && !annotation.used;
  };
  if (next_hint_ == 0) {  // those of earlier modules in a script are skipped at once
    const auto first =
        std::lower_bound(annotations.begin(), annotations.end(), in_.index(),
                         [](const Annotation& annotation, uint32_t token) { return annotation.token < token; });
    next_hint_ = static_cast<size_t>(first - annotations.begin());
  }
  while (next_hint_ < annotations.size() && !is_next(annotations[next_hint_])) ++next_hint_;
  next_hint_token_ = next_hint_ < annotations.size() ? annotations[next_hint_].token : kNone;
}

bool InstrParser::ReadHint() {
  uint32_t count;
  Annotation* annotation = in_.FindAnnotation(AnnotationKind::BranchHint, in_.index(), &count);
  if (count > 1) return in_.FailAt(ErrorId::BranchHintAnnotation, annotation->position, 2, "duplicate annotation");
  annotation->used = true;
  std::string value;
  for (uint32_t i = annotation->first; i < annotation->last; ++i) {
    const Token& item = in_.list().annotation_tokens[i];
    if (item.kind != TokenKind::String) {
      return in_.FailAt(ErrorId::BranchHintAnnotation, item.position, item.length(),
                        "unexpected token, expected a string");
    }
    AppendString(in_.TextOf(item), &value);
  }
  if (value != std::string_view("\0", 1) && value != "\1") {
    return in_.FailAt(ErrorId::BranchHintAnnotation, annotation->position, 2,
                      "invalid hint value, expected \"\\00\" or \"\\01\"");
  }
  hint_ = value[0];
  FindNextHint();
  return true;
}

bool InstrParser::ApplyHint(const Token& token, Op op, int16_t* hint) {
  *hint = std::exchange(hint_, int16_t{-1});
  if (*hint < 0 || op == Op::If || op == Op::BrIf) return true;
  return in_.Fail(ErrorId::BranchHintTarget, token, "expected `if` or `br_if`");
}

void InstrParser::EmitHint(int16_t hint) {
  if (hint >= 0) hints_->push_back({static_cast<uint32_t>(out_->size()), static_cast<uint8_t>(hint)});
}

}  // namespace gantry::wasm::text
