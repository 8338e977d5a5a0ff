#include "link/flat_code.h"

#include "base/byte_reader.h"
#include "wasm/binary/encoder.h"
#include "wasm/binary/instr_reader.h"
#include "wasm/binary/writer.h"

namespace gantry::link {

using wasm::ExternKind;
using wasm::ImmKind;
using wasm::Instr;
using wasm::Op;
using wasm::binary::InstrReader;

// New indices for one instruction. Lists that it points to are mapped where they are copied.
void FlatMap::Map(Instr* instr) const {
  switch (instr->info().imm) {
    case ImmKind::Func:
      instr->index = Item(ExternKind::Func, instr->index);
      break;
    case ImmKind::CallIndirect:
      instr->index = Type(instr->index);
      instr->index2 = Item(ExternKind::Table, instr->index2);
      break;
    case ImmKind::Type:
    case ImmKind::StructField:
    case ImmKind::ArrayFixed:
      instr->index = Type(instr->index);
      break;
    case ImmKind::ArrayCopy:
      instr->index = Type(instr->index);
      instr->index2 = Type(instr->index2);
      break;
    case ImmKind::ArrayData:
      instr->index = Type(instr->index);
      instr->index2 += first_data;
      break;
    case ImmKind::ArrayElem:
      instr->index = Type(instr->index);
      instr->index2 += first_elem;
      break;
    case ImmKind::Global:
      instr->index = Item(ExternKind::Global, instr->index);
      break;
    case ImmKind::Table:
      instr->index = Item(ExternKind::Table, instr->index);
      break;
    case ImmKind::Table2:
      instr->index = Item(ExternKind::Table, instr->index);
      instr->index2 = Item(ExternKind::Table, instr->index2);
      break;
    case ImmKind::TableInit:
      instr->index += first_elem;
      instr->index2 = Item(ExternKind::Table, instr->index2);
      break;
    case ImmKind::Elem:
      instr->index += first_elem;
      break;
    case ImmKind::Data:
      instr->index += first_data;
      break;
    case ImmKind::Tag:
      instr->index = Item(ExternKind::Tag, instr->index);
      break;
    case ImmKind::Memory:
    case ImmKind::MemArg:
    case ImmKind::MemArgLane:
      instr->index = Item(ExternKind::Memory, instr->index);
      instr->explicit_memory = false;
      break;
    case ImmKind::Memory2:
      instr->index = Item(ExternKind::Memory, instr->index);
      instr->index2 = Item(ExternKind::Memory, instr->index2);
      break;
    case ImmKind::MemInit:
      instr->index += first_data;
      instr->index2 = Item(ExternKind::Memory, instr->index2);
      break;
    case ImmKind::HeapType:
      instr->heap = Heap(instr->heap);
      break;
    case ImmKind::BrOnCast:
      instr->heap = Heap(instr->heap);
      instr->heap2 = Heap(instr->heap2);
      break;
    case ImmKind::Block:
    case ImmKind::TryTable:
      instr->block.value = Value(instr->block.value);
      if (instr->block.kind == wasm::BlockKind::Type) instr->block.type = Type(instr->block.type);
      break;
    case ImmKind::None:
    case ImmKind::Label:
    case ImmKind::BrTable:
    case ImmKind::Local:
    case ImmKind::I32:
    case ImmKind::I64:
    case ImmKind::F32:
    case ImmKind::F64:
    case ImmKind::V128:
    case ImmKind::Lane:
    case ImmKind::Shuffle:
    case ImmKind::SelectT:
    case ImmKind::Fence:
      break;
  }
}

void FlatMap::CopyBody(wasm::ByteRange body, ByteWriter* out) const {
  InstrReader reader(module->Bytes(body), body.offset, module->features);
  std::vector<wasm::binary::LocalRun> locals;
  reader.ReadLocals(&locals);
  wasm::binary::Encoder encoder(out);
  encoder.U32(static_cast<uint32_t>(locals.size()));
  for (const wasm::binary::LocalRun& run : locals) {
    encoder.U32(run.count);
    encoder.Value(Value(run.type));
  }
  Instr instr{};
  std::vector<wasm::ValType> types;
  std::vector<wasm::CatchClause> catches;
  while (reader.Next(&instr)) {
    Map(&instr);
    if (instr.info().imm == ImmKind::SelectT) {
      types.clear();
      for (wasm::ValType type : instr.types) types.push_back(Value(type));
      instr.types = types;
    } else if (instr.info().imm == ImmKind::TryTable) {
      catches.assign(instr.catches.begin(), instr.catches.end());
      for (wasm::CatchClause& clause : catches) {
        if (clause.kind == wasm::CatchKind::Catch || clause.kind == wasm::CatchKind::CatchRef) {
          clause.tag = Item(ExternKind::Tag, clause.tag);
        }
      }
      instr.catches = catches;
    }
    if (instr.op == Op::RefFunc) referred->insert(instr.index);
    wasm::binary::EncodeInstr(instr, out);
  }
}

void FlatMap::CopyExpr(wasm::ConstExpr expr, bool with_end, ByteWriter* out) const {
  InstrReader reader(module->Bytes(expr), expr.offset, module->features);
  Instr instr{};
  while (reader.Next(&instr)) {
    if (!with_end && reader.at_end()) return;  // constant expressions have no blocks: this is their `end`
    Map(&instr);
    wasm::binary::EncodeInstr(instr, out);
  }
}

void FlatMap::CopyItems(const wasm::ElemSegment& elem, ByteWriter* out) const {
  if (elem.is_expr) return CopyExpr(elem.items, /*with_end=*/true, out);
  ByteReader reader(module->Bytes(elem.items));
  for (uint32_t i = 0; i < elem.count; ++i) out->U32(Item(ExternKind::Func, reader.U32()));
}

bool FlatMap::ReadsGlobalFrom(uint32_t first, wasm::ConstExpr expr) const {
  InstrReader reader(module->Bytes(expr), expr.offset, module->features);
  Instr instr{};
  while (reader.Next(&instr)) {
    if (instr.op == Op::GlobalGet && Item(ExternKind::Global, instr.index) >= first) return true;
  }
  return false;
}

}  // namespace gantry::link
