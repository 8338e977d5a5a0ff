#include "cli/feature_scan.h"

#include "wasm/binary/instr_reader.h"
#include "wasm/linking.h"

namespace gantry::cli {

using wasm::Feature;
using wasm::HeapKind;

namespace {

// Collects; one function per kind of thing that can need a proposal.
class FeatureScan {
 public:
  explicit FeatureScan(const wasm::Module& module) : module_(module) {}

  Result<wasm::Features> Run() {
    Use(Feature::ModuleLinking, UsesLinking(module_));
    for (const wasm::SubType& type : module_.types) AddType(type);
    for (const wasm::RecGroup& group : module_.rec_groups) Use(Feature::Gc, group.is_explicit);
    for (const wasm::Import& import : module_.imports) AddImport(import);
    for (const wasm::Table& table : module_.tables) AddTable(table);
    for (const wasm::Memory& memory : module_.memories) AddMemory(memory.type);
    for (const wasm::Global& global : module_.globals) AddValue(global.type.type);
    Use(Feature::MultiMemory, module_.memories.size() > 1);
    Use(Feature::ReferenceTypes, module_.tables.size() > 1);
    Use(Feature::Exceptions, !module_.tags.empty());
    for (const wasm::ElemSegment& segment : module_.elems) {
      Use(Feature::BulkMemory, segment.mode != wasm::SegmentMode::Active);
      AddValue(segment.type);
    }
    for (const wasm::DataSegment& segment : module_.datas)
      Use(Feature::BulkMemory, segment.mode == wasm::SegmentMode::Passive);
    for (const wasm::CustomSection& section : module_.customs) {
      Use(Feature::BranchHinting, section.name == "metadata.code.branch_hint");
    }
    for (const wasm::Func& func : module_.funcs) GANTRY_RETURN_IF_ERROR(AddBody(func.body));
    return used_;
  }

 private:
  void Use(Feature feature, bool condition = true) {
    if (condition) used_.set(feature);
  }

  void AddType(const wasm::SubType& type) {
    const bool is_linking = type.kind == wasm::CompKind::Module || type.kind == wasm::CompKind::Instance;
    Use(Feature::Gc, (!is_linking && type.kind != wasm::CompKind::Func) || type.form != wasm::SubTypeForm::Plain);
    Use(Feature::MultiValue, type.results.size() > 1);
    for (wasm::ValType value : type.params) AddValue(value);
    for (wasm::ValType value : type.results) AddValue(value);
    for (const wasm::FieldType& field : type.fields) AddValue(field.storage);
  }

  void AddValue(wasm::ValType type) {
    Use(Feature::Simd, type.kind() == wasm::TypeKind::V128);
    if (!type.is_ref()) return;
    const wasm::HeapType heap = type.heap();
    if (heap.is_concrete() || !type.is_nullable()) return Use(Feature::FunctionReferences);
    if (heap.is(HeapKind::Exn) || heap.is(HeapKind::NoExn)) return Use(Feature::Exceptions);
    Use(heap.is(HeapKind::Func) || heap.is(HeapKind::Extern) ? Feature::ReferenceTypes : Feature::Gc);
  }

  void AddImport(const wasm::Import& import) { Use(Feature::CompactImports, import.form != wasm::ImportForm::Single); }

  void AddTable(const wasm::Table& table) {
    Use(Feature::Memory64, table.type.is_64);
    Use(Feature::FunctionReferences, table.has_init_form);
    if (table.type.element != wasm::ValType::Ref(HeapKind::Func, /*nullable=*/true)) AddValue(table.type.element);
  }

  void AddMemory(const wasm::MemoryType& type) {
    Use(Feature::Memory64, type.is_64);
    Use(Feature::Threads, type.is_shared);
    Use(Feature::CustomPageSizes, type.has_page_size);
  }

  Result<void> AddBody(wasm::ByteRange body) {
    if (body.size == 0) return {};
    wasm::binary::InstrReader reader(module_.Bytes(body), body.offset, module_.features);
    std::vector<wasm::binary::LocalRun> locals;
    reader.ReadLocals(&locals);
    for (const wasm::binary::LocalRun& run : locals) AddValue(run.type);
    wasm::Instr instr;
    while (reader.Next(&instr)) {
      Use(instr.info().feature);
      if (instr.info().imm == wasm::ImmKind::Block) Use(Feature::MultiValue, instr.block.kind == wasm::BlockKind::Type);
    }
    if (!reader.ok()) return std::unexpected(reader.error());
    return {};
  }

  const wasm::Module& module_;
  wasm::Features used_;
};

}  // namespace

Result<wasm::Features> FeaturesUsed(const wasm::Module& module) { return FeatureScan(module).Run(); }

}  // namespace gantry::cli
