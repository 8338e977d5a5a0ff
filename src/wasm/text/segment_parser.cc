// Element and data segments (spec 6.6.9, 6.6.10), also those written inside a table.
#include "wasm/binary/encoder.h"
#include "wasm/text/module_parser.h"

namespace gantry::wasm::text {

namespace {

// Flag bits of an element segment (spec 5.5.12).
constexpr uint8_t kNotActive = 1, kDeclarative = 2, kExplicitTable = 2, kExpressions = 4;
constexpr uint8_t kEnd = 0x0b;
constexpr uint8_t kElemKindFunc = 0x00;

constexpr uint8_t CodeOf(Op op) { return static_cast<uint8_t>(InfoOf(op).code); }

}  // namespace

// `(offset instr*)` or one folded instruction.
bool ModuleParser::ReadOffset(ByteWriter* out) {
  if (!in_.TakeLeft(Keyword::Offset)) return instrs_.ParseFoldedExpr(out);
  return instrs_.ParseExpr(out) && in_.ExpectRight();
}

bool ModuleParser::ReadFuncIndices(ByteWriter* out, uint32_t* count) {
  for (*count = 0; in_.Peek().kind != TokenKind::RightParen; ++*count) {
    uint32_t index;
    if (!symbols_.ReadIndex(Space::Func, &index)) return false;
    out->U32(index);
  }
  return true;
}

// `(item instr*)` or one folded instruction, any number.
bool ModuleParser::ReadItems(ByteWriter* out, uint32_t* count) {
  for (*count = 0; in_.Peek().kind == TokenKind::LeftParen; ++*count) {
    if (in_.TakeLeft(Keyword::Item)) {
      if (!instrs_.ParseExpr(out) || !in_.ExpectRight()) return false;
    } else if (!instrs_.ParseFoldedExpr(out)) {
      return false;
    }
  }
  return in_.Peek().kind == TokenKind::RightParen || in_.Unexpected("`(item`, an instruction in parentheses or `)`");
}

// `(table x)`, `(memory x)` or, with module linking, `(table $i "x")`; if it is there.
bool ModuleParser::ReadUse(Keyword keyword, Space space, bool* is_there, uint32_t* index) {
  *is_there = true;
  if (symbols_.InlineAt() != nullptr) return symbols_.ReadIndex(space, index);
  *is_there = in_.TakeLeft(keyword);
  return !*is_there || (symbols_.ReadIndex(space, index) && in_.ExpectRight());
}

bool ModuleParser::ParseElem() {
  Binder binder;  // defined by the scan
  if (!in_.ReadBinder(&binder, SpaceName(Space::Elem))) return false;
  uint32_t table = 0, count = 0;
  ByteWriter offset, items;
  const bool is_declarative = in_.Take(Keyword::Declare);
  bool has_table_use = false, is_active = false;
  if (!is_declarative) {
    if (!ReadUse(Keyword::Table, Space::Table, &has_table_use, &table)) return false;
    // The first version of WebAssembly wrote the table's index alone.
    const bool has_old_use = !has_table_use && symbols_.AtIndex();
    if (has_old_use && !symbols_.ReadIndex(Space::Table, &table)) return false;
    is_active = has_table_use || has_old_use || AtOffset();
    if (is_active && !ReadOffset(&offset)) return false;
  }

  ValType type = ValType::Ref(HeapKind::Func, /*nullable=*/false);
  bool is_expr = false;
  if (in_.Take(Keyword::Func)) {
    if (!ReadFuncIndices(&items, &count)) return false;
  } else if (types_.AtRefType()) {
    is_expr = true;
    if (!types_.ReadRefType(&type) || !ReadItems(&items, &count)) return false;
  } else if (is_active && !has_table_use) {  // likewise, a list of functions
    if (!ReadFuncIndices(&items, &count)) return false;
  } else {
    return in_.Unexpected("`func` or a reference type");
  }

  PutElem({is_active, is_declarative, table, is_expr, type, count}, offset, items);
  return true;
}

void ModuleParser::PutElem(const ElemHead& head, const ByteWriter& offset, const ByteWriter& items) {
  Section& elems = SectionOf(SectionSlot::Elem);
  // The forms without a table index are for table 0, and with expressions for funcref only.
  const bool has_table = head.is_active && (head.table != 0 || (head.is_expr && head.type != ValType::FuncRef()));
  const uint8_t flags =
      static_cast<uint8_t>((head.is_expr ? kExpressions : 0) | (head.is_active ? 0 : kNotActive) |
                           (has_table ? kExplicitTable : 0) | (head.is_declarative ? kDeclarative : 0));
  elems.bytes.U8(flags);
  if (has_table) elems.bytes.U32(head.table);
  elems.bytes.Bytes(offset.view());
  if ((flags & (kNotActive | kExplicitTable)) != 0) {
    if (head.is_expr) {
      binary::Encoder(&elems.bytes).Value(head.type);
    } else {
      elems.bytes.U8(kElemKindFunc);
    }
  }
  elems.bytes.U32(head.count);
  elems.bytes.Bytes(items.view());
  ++elems.count;
}

// `(elem ...)` after the element type of a table: sets the table's limits.
bool ModuleParser::ParseTableElems(uint32_t table, TableType* type) {
  if (!in_.TakeLeft(Keyword::Elem)) return in_.Unexpected("`(elem`");
  ByteWriter items;
  uint32_t count;
  const bool has_indices = in_.Peek().kind != TokenKind::LeftParen;
  // Function indices stand for (ref func); other element types need expressions.
  const bool is_expr = !has_indices || !type->element.heap().is(HeapKind::Func);
  if (!has_indices) {
    if (!ReadItems(&items, &count)) return false;
  } else if (!is_expr) {
    if (!ReadFuncIndices(&items, &count)) return false;
  } else {
    for (count = 0; in_.Peek().kind != TokenKind::RightParen; ++count) {
      uint32_t index;
      if (!symbols_.ReadIndex(Space::Func, &index)) return false;
      items.U8(CodeOf(Op::RefFunc));
      items.U32(index);
      items.U8(kEnd);
    }
  }
  if (!in_.ExpectRight()) return false;
  type->limits = {count, count};

  ByteWriter offset;
  offset.U8(CodeOf(type->is_64 ? Op::I64Const : Op::I32Const));
  offset.U8(0);
  offset.U8(kEnd);
  PutElem({/*is_active=*/true, /*is_declarative=*/false, table, is_expr, type->element, count}, offset, items);
  return true;
}

bool ModuleParser::ParseData() {
  Binder binder;  // defined by the scan
  if (!in_.ReadBinder(&binder, SpaceName(Space::Data))) return false;
  Section& datas = SectionOf(SectionSlot::Data);
  uint32_t memory = 0;
  bool has_memory_use;
  if (!ReadUse(Keyword::Memory, Space::Memory, &has_memory_use, &memory)) return false;
  const bool has_old_use = !has_memory_use && symbols_.AtIndex();  // as in ParseElem
  if (has_old_use && !symbols_.ReadIndex(Space::Memory, &memory)) return false;
  if (has_memory_use || has_old_use || AtOffset()) {
    datas.bytes.U8(memory == 0 ? 0 : 2);
    if (memory != 0) datas.bytes.U32(memory);
    if (!ReadOffset(&datas.bytes)) return false;
  } else {
    datas.bytes.U8(1);
  }
  std::string bytes;
  in_.TakeStrings(&bytes);
  datas.bytes.Name(bytes);
  ++datas.count;
  return in_.Peek().kind == TokenKind::RightParen || in_.Unexpected("a string or `)`");
}

}  // namespace gantry::wasm::text
