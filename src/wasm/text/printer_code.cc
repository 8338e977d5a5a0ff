#include "wasm/text/printer_code.h"

#include <algorithm>
#include <cstring>

#include "wasm/errors.h"
#include "wasm/text/printer_literals.h"

namespace gantry::wasm::text {

using binary::InstrReader;
using binary::NameKind;

namespace {

constexpr size_t kDeepestIndent = 64;  // blocks; deeper ones line up [I2 of printer.h]

std::unexpected<Error> BadNesting(uint64_t offset, std::string_view what) {
  return std::unexpected(MakeError(ErrorId::EndExpected, offset, what));
}

}  // namespace

// ---- bodies ----

Result<void> CodePrinter::PrintBody(uint32_t func, const IdentifierSpace& locals) {
  const ByteRange body = m_.funcs[func].body;
  InstrReader reader(m_.Bytes(body), body.offset, m_.features);
  std::vector<binary::LocalRun> runs;
  if (!reader.ReadLocals(&runs)) return std::unexpected(reader.error());
  locals_ = &locals;
  if (c_.names != nullptr) labels_.Assign(c_.names->In(NameKind::Label, func), Repeats::Allowed);
  const uint32_t type = m_.funcs[func].type;
  PrintLocals(runs, type < m_.types.size() ? static_cast<uint32_t>(m_.types[type].params.size()) : 0);
  return PrintInstrs(&reader, func, body.offset);
}

// Unnamed neighbours share one `(local ...)`.
void CodePrinter::PrintLocals(const std::vector<binary::LocalRun>& runs, uint32_t params) {
  uint32_t index = params;
  bool is_open = false, is_first = true;
  for (const binary::LocalRun& run : runs) {
    for (uint32_t i = 0; i < run.count && !c_.full(); ++i, ++index) {
      const Identifier* id = locals_->Find(index);
      if (is_open && id != nullptr) {
        c_.Put(")");
        is_open = false;
      }
      if (!is_open) {
        if (is_first) NewLine(0);
        c_.Put(is_first ? "(local" : " (local");
        is_first = false;
        c_.PutIdentifier(id);
      }
      c_.Put(" ");
      c_.PutType(run.type);
      is_open = id == nullptr;
      if (id != nullptr) c_.Put(")");
    }
  }
  if (is_open) c_.Put(")");
}

Result<void> CodePrinter::PrintInstrs(InstrReader* reader, uint32_t func, uint32_t body_offset) {
  blocks_.clear();
  innermost_.clear();
  next_label_ = 0;
  while (!c_.full() && reader->Next(&instr_)) {
    if (c_.hints != nullptr) {
      if (const std::optional<uint8_t> hint = c_.hints->At(func, instr_.offset - body_offset)) {
        NewLine(blocks_.size());
        c_.Put("(@metadata.code.branch_hint ");
        AppendBytes({&*hint, 1}, &c_.out);
        c_.Put(")");
      }
    }
    if (instr_.op == Op::End) {
      if (blocks_.empty()) {
        if (!reader->at_end()) return BadNesting(reader->offset(), "instructions after the function's end");
        return {};
      }
      CloseBlock();
    } else if (instr_.op == Op::Else && !EnterElse()) {
      return BadNesting(instr_.offset, "else without if");
    }
    PrintLine();
  }
  if (c_.full()) return {};
  if (!reader->ok()) return std::unexpected(reader->error());
  return BadNesting(reader->offset(), "in the function's body");
}

void CodePrinter::NewLine(size_t depth) {
  c_.Put("\n");
  if (!c_.style.compact) c_.out.append(4 + 2 * std::min(depth, kDeepestIndent), ' ');
}

// One instruction on its line. Blocks and labels around it are as the text sees them.
void CodePrinter::PrintLine() {
  NewLine(instr_.op == Op::Else ? blocks_.size() - 1 : blocks_.size());
  if (c_.style.offsets) {
    c_.Put("(;");
    AppendHex(instr_.offset, 6, &c_.out);
    c_.Put(";) ");
  }
  PrintInstr();
}

// ---- expressions ----

// Instructions up to the `end` of an expression, which is not printed.
Result<void> CodePrinter::PrintFlat(InstrReader* reader, uint32_t* instr_count) {
  blocks_.clear();
  innermost_.clear();
  labels_.Clear();
  locals_ = nullptr;
  *instr_count = 0;
  for (; !c_.full() && reader->Next(&instr_); ++*instr_count) {
    if (instr_.op == Op::End) {
      if (blocks_.empty()) return {};
      CloseBlock();
    } else if (instr_.op == Op::Else && !EnterElse()) {
      return BadNesting(instr_.offset, "else without if");
    }
    c_.Put(" ");
    PrintInstr();
  }
  if (c_.full()) return {};
  if (!reader->ok()) return std::unexpected(reader->error());
  return BadNesting(reader->offset(), "in a constant expression");
}

Result<void> CodePrinter::PrintExpr(ConstExpr expr) {
  InstrReader reader(m_.Bytes(expr), expr.offset, m_.features);
  uint32_t instr_count;
  return PrintFlat(&reader, &instr_count);
}

Result<void> CodePrinter::PrintFolded(ConstExpr expr, std::string_view keyword) {
  InstrReader reader(m_.Bytes(expr), expr.offset, m_.features);
  const size_t start = c_.out.size();
  uint32_t instr_count;
  GANTRY_RETURN_IF_ERROR(PrintFlat(&reader, &instr_count));
  if (instr_count == 1) {
    c_.out.insert(start + 1, "(");
  } else {
    c_.out.insert(start, std::string(" (").append(keyword));
  }
  c_.Put(")");
  return {};
}

Result<void> CodePrinter::PrintItems(ByteRange range, uint32_t count) {
  InstrReader reader(m_.Bytes(range), range.offset, m_.features);
  for (uint32_t i = 0; i < count && !c_.full(); ++i) {
    const uint32_t start = static_cast<uint32_t>(reader.offset());
    // Items stand one after the other; find where this one ends.
    uint32_t depth = 0;
    while (reader.Next(&instr_)) {
      if (instr_.info().imm == ImmKind::Block || instr_.info().imm == ImmKind::TryTable) ++depth;
      if (instr_.op == Op::End && depth-- == 0) break;
    }
    if (!reader.ok()) return std::unexpected(reader.error());
    GANTRY_RETURN_IF_ERROR(PrintFolded({start, static_cast<uint32_t>(reader.offset()) - start}, "item"));
  }
  return {};
}

// ---- blocks and labels ----

// The label's definition. Repeated labels need no telling apart: the inner one hides the outer one.
const Identifier* CodePrinter::PrintNewLabel() {
  const Identifier* id = labels_.Find(next_label_++);
  c_.PutIdentifier(id);
  return id;
}

void CodePrinter::OpenBlock(const Identifier* id) {
  Block block{instr_.info().family, id == nullptr ? std::string_view() : std::string_view(id->text), kNone};
  if (!block.label.empty()) {
    const uint32_t position = static_cast<uint32_t>(blocks_.size());
    const auto [it, is_new] = innermost_.try_emplace(block.label, position);
    if (!is_new) {
      block.shadowed = it->second;
      it->second = position;
    }
  }
  blocks_.push_back(block);
}

void CodePrinter::CloseBlock() {
  const Block& block = blocks_.back();
  if (!block.label.empty()) {
    if (block.shadowed == kNone) {
      innermost_.erase(block.label);
    } else {
      innermost_[block.label] = block.shadowed;
    }
  }
  blocks_.pop_back();
}

// An if has one else.
bool CodePrinter::EnterElse() {
  if (blocks_.empty() || blocks_.back().family != OpFamily::If) return false;
  blocks_.back().family = OpFamily::Else;
  return true;
}

void CodePrinter::PrintLabel(uint32_t depth) {
  c_.Put(" ");
  if (depth < blocks_.size()) {
    const uint32_t position = static_cast<uint32_t>(blocks_.size()) - 1 - depth;
    const Block& block = blocks_[position];
    if (!block.label.empty() && innermost_[block.label] == position) return c_.Put(block.label);
  }
  c_.PutNumber(depth);
}

// ---- instructions ----

void CodePrinter::PrintInstr() {
  const OpInfo& info = instr_.info();
  // "ref.test null": the second word is part of the operand.
  c_.Put(info.text.substr(0, info.text.find(' ')));
  PrintImmediates();
}

void CodePrinter::PrintImmediates() {
  switch (instr_.info().imm) {
    case ImmKind::None:
    case ImmKind::Fence:
      return;
    case ImmKind::Block:
    case ImmKind::TryTable:
      return PrintBlockStart();
    case ImmKind::Label:
      return PrintLabel(instr_.index);
    case ImmKind::BrTable:
      return PrintLabels();
    case ImmKind::Func:
      return c_.PutUse(NameKind::Function, instr_.index);
    case ImmKind::Type:
      return c_.PutUse(NameKind::Type, instr_.index);
    case ImmKind::Global:
      return c_.PutUse(NameKind::Global, instr_.index);
    case ImmKind::Table:
      return c_.PutUse(NameKind::Table, instr_.index);
    case ImmKind::Elem:
      return c_.PutUse(NameKind::Elem, instr_.index);
    case ImmKind::Data:
      return c_.PutUse(NameKind::Data, instr_.index);
    case ImmKind::Tag:
      return c_.PutUse(NameKind::Tag, instr_.index);
    case ImmKind::Local: {
      const Identifier* id = locals_ == nullptr ? nullptr : locals_->Find(instr_.index);
      c_.Put(" ");
      return id != nullptr && !id->text.empty() ? c_.Put(id->text) : c_.PutNumber(instr_.index);
    }
    case ImmKind::CallIndirect:
      if (instr_.index2 != 0) c_.PutUse(NameKind::Table, instr_.index2);
      return c_.PutTypeUse(instr_.index, nullptr);
    case ImmKind::Memory:
      if (instr_.index != 0) c_.PutUse(NameKind::Memory, instr_.index);
      return;
    case ImmKind::Memory2:
      if ((instr_.index | instr_.index2) != 0) PrintSecondary(NameKind::Memory, NameKind::Memory);
      return;
    case ImmKind::Table2:
      if ((instr_.index | instr_.index2) != 0) PrintSecondary(NameKind::Table, NameKind::Table);
      return;
    case ImmKind::MemInit:
      if (instr_.index2 != 0) c_.PutUse(NameKind::Memory, instr_.index2);
      return c_.PutUse(NameKind::Data, instr_.index);
    case ImmKind::TableInit:
      if (instr_.index2 != 0) c_.PutUse(NameKind::Table, instr_.index2);
      return c_.PutUse(NameKind::Elem, instr_.index);
    case ImmKind::ArrayData:
      return PrintSecondary(NameKind::Type, NameKind::Data);
    case ImmKind::ArrayElem:
      return PrintSecondary(NameKind::Type, NameKind::Elem);
    case ImmKind::ArrayCopy:
      return PrintSecondary(NameKind::Type, NameKind::Type);
    case ImmKind::StructField:
      return PrintField();
    case ImmKind::ArrayFixed:
      c_.PutUse(NameKind::Type, instr_.index);
      c_.Put(" ");
      return c_.PutNumber(instr_.index2);
    case ImmKind::MemArg:
      return PrintMemArg();
    case ImmKind::MemArgLane:
      PrintMemArg();
      c_.Put(" ");
      return c_.PutNumber(instr_.lane);
    case ImmKind::Lane:
      c_.Put(" ");
      return c_.PutNumber(instr_.lane);
    case ImmKind::I32:
    case ImmKind::I64:
      c_.Put(" ");
      return AppendSigned(static_cast<int64_t>(instr_.value), &c_.out);
    case ImmKind::F32:
      c_.Put(" ");
      return AppendFloat32(static_cast<uint32_t>(instr_.value), &c_.out);
    case ImmKind::F64:
      c_.Put(" ");
      return AppendFloat64(instr_.value, &c_.out);
    case ImmKind::V128:
      return PrintV128();
    case ImmKind::Shuffle:
      for (uint8_t lane : instr_.bytes) {
        c_.Put(" ");
        c_.PutNumber(lane);
      }
      return;
    case ImmKind::SelectT:
      c_.Put(" (result");
      for (ValType type : instr_.types) {
        c_.Put(" ");
        c_.PutType(type);
      }
      return c_.Put(")");
    case ImmKind::HeapType:
      if (instr_.op == Op::RefNull) {
        c_.Put(" ");
        return c_.PutHeap(instr_.heap);
      }
      return PrintRefType(instr_.heap, instr_.info().has(op_flags::kNullable));
    case ImmKind::BrOnCast:
      PrintLabel(instr_.index);
      PrintRefType(instr_.heap, (instr_.cast_flags & 1) != 0);
      return PrintRefType(instr_.heap2, (instr_.cast_flags & 2) != 0);
  }
}

void CodePrinter::PrintSecondary(NameKind first, NameKind second) {
  c_.PutUse(first, instr_.index);
  c_.PutUse(second, instr_.index2);
}

void CodePrinter::PrintBlockType() {
  switch (instr_.block.kind) {
    case BlockKind::Empty:
      break;
    case BlockKind::Value:
      c_.Put(" (result ");
      c_.PutType(instr_.block.value);
      c_.Put(")");
      break;
    case BlockKind::Type:
      c_.PutTypeUse(instr_.block.type, nullptr);
      break;
  }
}

void CodePrinter::PrintBlockStart() {
  const Identifier* id = PrintNewLabel();
  PrintBlockType();
  // Labels of catch clauses are seen from outside the block.
  if (instr_.op == Op::TryTable) PrintCatches();
  OpenBlock(id);
}

void CodePrinter::PrintCatches() {
  constexpr std::string_view kWords[] = {" (catch", " (catch_ref", " (catch_all", " (catch_all_ref"};
  for (const CatchClause& clause : instr_.catches) {
    if (c_.full()) return;
    c_.Put(kWords[static_cast<size_t>(clause.kind)]);
    if (clause.kind == CatchKind::Catch || clause.kind == CatchKind::CatchRef) c_.PutUse(NameKind::Tag, clause.tag);
    PrintLabel(clause.label);
    c_.Put(")");
  }
}

void CodePrinter::PrintLabels() {
  for (uint32_t label : instr_.labels) {
    if (c_.full()) return;
    PrintLabel(label);
  }
}

void CodePrinter::PrintMemArg() {
  if (instr_.index != 0) c_.PutUse(NameKind::Memory, instr_.index);
  if (instr_.value != 0) {
    c_.Put(" offset=");
    c_.PutNumber(instr_.value);
  }
  if (instr_.align_log2 != instr_.info().align_log2()) {
    c_.Put(" align=");
    c_.PutNumber(instr_.align_log2 < 64 ? uint64_t{1} << instr_.align_log2 : 0);
  }
}

void CodePrinter::PrintV128() {
  c_.Put(" i32x4");
  for (int lane = 0; lane < 4; ++lane) {
    uint32_t bits;
    std::memcpy(&bits, instr_.bytes.data() + 4 * lane, sizeof bits);  // hosts are little-endian, as the format is
    c_.Put(" ");
    AppendHex(bits, 8, &c_.out);
  }
}

void CodePrinter::PrintRefType(HeapType heap, bool nullable) {
  c_.Put(" ");
  c_.PutType(ValType::Ref(heap, nullable));
}

const IdentifierSpace& CodePrinter::FieldsOf(uint32_t type) {
  const auto [it, is_new] = fields_.try_emplace(type);
  if (is_new && c_.names != nullptr) it->second.Assign(c_.names->In(NameKind::Field, type));
  return it->second;
}

void CodePrinter::PrintField() {
  c_.PutUse(NameKind::Type, instr_.index);
  const Identifier* id = c_.names == nullptr ? nullptr : FieldsOf(instr_.index).Find(instr_.index2);
  c_.Put(" ");
  if (id != nullptr && !id->text.empty()) return c_.Put(id->text);
  c_.PutNumber(instr_.index2);
}

}  // namespace gantry::wasm::text
