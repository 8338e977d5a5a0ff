#include "module_generator.h"

#include <algorithm>
#include <string>

#include "generated_module.h"
#include "wasm/binary/name_section.h"
#include "wasm/binary/writer.h"

namespace gantry::fuzz {

using wasm::CompKind;
using wasm::Feature;
using wasm::FieldType;
using wasm::HeapKind;
using wasm::HeapType;
using wasm::Instr;
using wasm::Op;
using wasm::binary::Encoder;

ValType GeneratedModule::PickNumber() {
  const ValType kinds[] = {wasm::kI32, wasm::kI64, wasm::kF32, wasm::kF64, wasm::kV128};
  return kinds[choices.Below(has(Feature::Simd) ? 5 : 4)];
}

ValType GeneratedModule::PickType() {
  const uint32_t kind = choices.Below(16);
  if (kind < 10 || !has(Feature::ReferenceTypes)) return PickNumber();
  if (kind == 10) return ValType::FuncRef();
  if (kind == 11) return ValType::ExternRef();
  if (!has(Feature::Gc)) return kind == 12 && has(Feature::Exceptions) ? ValType::Ref(HeapKind::Exn, true) : wasm::kI32;
  if (kind == 12) return has(Feature::Exceptions) ? ValType::Ref(HeapKind::Exn, true) : wasm::kI32;
  if (kind <= 14 && aggregate_count != 0) {
    const HeapType heap = HeapType::Concrete(choices.Below(aggregate_count));
    return ValType::Ref(heap, choices.Chance(60));
  }
  const HeapKind kinds[] = {HeapKind::Any,    HeapKind::Eq,    HeapKind::I31,
                            HeapKind::Struct, HeapKind::Array, HeapKind::None};
  return ValType::Ref(kinds[choices.Below(6)], true);
}

uint32_t GeneratedModule::TypeFor(const std::vector<ValType>& params, const std::vector<ValType>& results) {
  for (uint32_t i = aggregate_count; i < types.size(); ++i) {
    if (types[i].params == params && types[i].results == results) return i;
  }
  SubType type;
  type.params = params;
  type.results = results;
  types.push_back(type);
  return static_cast<uint32_t>(types.size() - 1);
}

namespace {

constexpr size_t kMostModuleBytes = 1024;  // of the input, decide what is not in bodies

class Generator {
 public:
  Generator(std::span<const uint8_t> bytes, const GeneratorOptions& options)
      : options_(options),
        choices_(bytes.first(std::min(bytes.size() / 3, kMostModuleBytes))),
        body_choices_(bytes.subspan(std::min(bytes.size() / 3, kMostModuleBytes))),
        m_{options_, choices_} {
    if (!options.relaxed_simd) options_.features.set(Feature::RelaxedSimd, false);
  }

  std::vector<uint8_t> Generate() {
    PickAggregates();
    PickFunctions();
    PickStorage();
    PickSegments();
    std::swap(choices_, body_choices_);
    for (uint32_t i = 0; i < m_.funcs.size(); ++i) bodies_.push_back(GenerateBody(&m_, i));
    std::swap(choices_, body_choices_);
    return Write();
  }

 private:
  // ---- what the module has ----

  FieldType PickField() {
    FieldType field;
    const uint32_t kind = choices_.Below(8);
    if (kind < 2) {
      field.storage = kind == 0 ? wasm::TypeKind::I8 : wasm::TypeKind::I16;
    } else {
      field.storage = m_.PickType();
      // Every structure can then be made with default values.
      if (field.storage.is_ref()) field.storage = field.storage.with_nullable(true);
    }
    field.is_mutable = choices_.Chance(70);
    return field;
  }

  void PickAggregates() {
    if (!m_.has(Feature::Gc)) return;
    const uint32_t count = choices_.Below(6);
    m_.aggregate_count = count;  // fields may refer forward
    for (uint32_t i = 0; i < count; ++i) {
      SubType type;
      type.form = wasm::SubTypeForm::Sub;
      type.is_final = false;
      type.kind = choices_.Chance(35) ? CompKind::Array : CompKind::Struct;
      const uint32_t super = choices_.Below(i + 1);
      if (super < i && choices_.Chance(50)) {
        type.super = super;
        type.kind = m_.types[super].kind;
        type.fields = m_.types[super].fields;
      }
      if (type.kind == CompKind::Array && type.fields.empty()) type.fields.push_back(PickField());
      if (type.kind == CompKind::Struct) {
        for (uint32_t fields = choices_.Below(4); fields > 0; --fields) type.fields.push_back(PickField());
      }
      if (choices_.Chance(20) && type.super == wasm::kNone) {
        type.form = wasm::SubTypeForm::Plain;
        type.is_final = true;
      }
      m_.types.push_back(std::move(type));
    }
    // A final type has no subtypes.
    for (SubType& type : m_.types) {
      if (type.super != wasm::kNone) {
        m_.types[type.super].form = wasm::SubTypeForm::Sub;
        m_.types[type.super].is_final = false;
      }
    }
  }

  std::vector<ValType> PickTypes(uint32_t at_most) {
    std::vector<ValType> types(choices_.Below(at_most + 1));
    for (ValType& type : types) type = m_.PickType();
    return types;
  }

  void PickFunctions() {
    const uint32_t count = 1 + choices_.Below(options_.max_functions);
    for (uint32_t i = 0; i < count; ++i) {
      std::vector<ValType> params = PickTypes(4);
      for (ValType& param : params) {  // callers outside have nulls only
        if (param.is_ref() && !choices_.Chance(15)) param = param.with_nullable(true);
      }
      const std::vector<ValType> results = PickTypes(m_.has(Feature::MultiValue) ? 3 : 1);
      m_.funcs.push_back(m_.TypeFor(params, results));
    }
    if (m_.has(Feature::Exceptions)) {
      for (uint32_t tags = choices_.Below(4); tags > 0; --tags) m_.tags.push_back(m_.TypeFor(PickTypes(2), {}));
    }
  }

  void PickStorage() {
    for (uint32_t n = choices_.Below(m_.has(Feature::MultiMemory) ? 3 : 2); n > 0; --n) {
      wasm::MemoryType memory;
      memory.limits = {choices_.Below(2) + uint64_t{1}, 4};
      memory.is_64 = m_.has(Feature::Memory64) && choices_.Chance(30);
      memory.is_shared = m_.has(Feature::Threads) && choices_.Chance(20);
      if (m_.has(Feature::CustomPageSizes) && choices_.Chance(15)) {
        memory.has_page_size = true;
        memory.page_size_log2 = 0;
        memory.limits = {2000 + choices_.Below(60000), 66000};
      }
      m_.memories.push_back(memory);
    }
    for (uint32_t n = choices_.Below(m_.has(Feature::ReferenceTypes) ? 3 : 2); n > 0; --n) {
      wasm::TableType table;
      table.limits = {choices_.Below(16), 40};
      table.is_64 = m_.has(Feature::Memory64) && choices_.Chance(20);
      table.element = ValType::FuncRef();
      if (m_.has(Feature::Gc) && choices_.Chance(40)) table.element = ValType::Ref(HeapKind::Any, true);
      m_.tables.push_back(table);
    }
    m_.globals.push_back({wasm::kI32, true});
    for (uint32_t n = choices_.Below(6); n > 0; --n) {
      ValType type = m_.PickType();
      if (type.is_ref()) type = type.with_nullable(true);
      m_.globals.push_back({type, choices_.Chance(75)});
    }
  }

  void PickSegments() {
    if (!m_.memories.empty()) m_.data_count = choices_.Below(4);
    // Segments are written as expressions, whose instructions came with reference types.
    if (!m_.tables.empty() && m_.has(Feature::ReferenceTypes)) {
      for (uint32_t n = choices_.Below(4); n > 0; --n)
        m_.elem_types.push_back(m_.tables[choices_.Below(static_cast<uint32_t>(m_.tables.size()))].element);
    }
  }

  // ---- bytes ----

  std::vector<uint8_t> Write() {
    constexpr uint8_t kPreamble[] = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00};
    out_.Bytes(kPreamble);
    Section(1, [&] { WriteTypes(); });
    Section(3, [&] { WriteVector(m_.funcs, [&](uint32_t type) { e_.U32(type); }); });
    if (!m_.tables.empty()) Section(4, [&] { WriteVector(m_.tables, [&](const auto& table) { e_.Table(table); }); });
    if (!m_.memories.empty())
      Section(5, [&] { WriteVector(m_.memories, [&](const auto& memory) { e_.Memory(memory); }); });
    if (!m_.tags.empty()) Section(13, [&] { WriteVector(m_.tags, [&](uint32_t type) { e_.Byte(0), e_.U32(type); }); });
    Section(6, [&] { WriteVector(m_.globals, [&](const auto& global) { WriteGlobal(global); }); });
    Section(7, [&] { WriteExports(); });
    WriteElems();
    if (m_.data_count != 0) Section(12, [&] { e_.U32(m_.data_count); });
    Section(10, [&] { WriteBodies(); });
    if (m_.data_count != 0) Section(11, [&] { WriteDatas(); });
    if (choices_.Chance(50)) WriteNames();
    return out_.Take();
  }

  template <class F>
  void Section(uint8_t id, F content) {
    out_.U8(id);
    const size_t start = out_.size();
    content();
    out_.PrefixSize(start);
  }

  template <class T, class F>
  void WriteVector(const std::vector<T>& items, F item) {
    e_.U32(static_cast<uint32_t>(items.size()));
    for (const T& i : items) item(i);
  }

  void WriteTypes() {
    const uint32_t functions = static_cast<uint32_t>(m_.types.size()) - m_.aggregate_count;
    e_.U32(functions + (m_.aggregate_count != 0));
    if (m_.aggregate_count != 0) {
      e_.Byte(0x4e);
      e_.U32(m_.aggregate_count);
    }
    for (const SubType& type : m_.types) {
      if (type.form != wasm::SubTypeForm::Plain) {
        e_.Byte(0x50);
        e_.U32(type.super != wasm::kNone);
        if (type.super != wasm::kNone) e_.U32(type.super);
      }
      switch (type.kind) {
        case CompKind::Func:
          e_.Byte(0x60);
          WriteVector(type.params, [&](ValType t) { e_.Value(t); });
          WriteVector(type.results, [&](ValType t) { e_.Value(t); });
          break;
        case CompKind::Struct:
          e_.Byte(0x5f);
          WriteVector(type.fields, [&](FieldType t) { e_.Field(t); });
          break;
        case CompKind::Array:
          e_.Byte(0x5e);
          e_.Field(type.fields[0]);
          break;
        case CompKind::Module:
        case CompKind::Instance:
          break;  // not generated
      }
    }
  }

  void Const(Op op, uint64_t value) {
    Instr instr{};
    instr.op = op;
    instr.value = value;
    EncodeInstr(instr, &e_);
  }
  void End() { e_.Byte(0x0b); }

  // A constant expression of a type that has a default value.
  void WriteInit(ValType type) {
    switch (type.kind()) {
      case wasm::TypeKind::I32:
        Const(Op::I32Const,
              static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(choices_.Interesting64()))));
        break;
      case wasm::TypeKind::I64:
        Const(Op::I64Const, choices_.Interesting64());
        break;
      case wasm::TypeKind::F32:
        Const(Op::F32Const, static_cast<uint32_t>(choices_.Interesting64()));
        break;
      case wasm::TypeKind::F64:
        Const(Op::F64Const, choices_.Interesting64());
        break;
      case wasm::TypeKind::V128: {
        Instr instr{};
        instr.op = Op::V128Const;
        for (uint8_t& byte : instr.bytes) byte = choices_.Byte();
        EncodeInstr(instr, &e_);
        break;
      }
      default: {
        Instr instr{};
        instr.op = Op::RefNull;
        instr.heap = type.heap();
        if (type.heap().is_concrete() && choices_.Chance(50)) {
          instr.op =
              m_.types[type.heap().index()].kind == CompKind::Struct ? Op::StructNewDefault : Op::ArrayNewDefault;
          instr.index = type.heap().index();
          if (instr.op == Op::ArrayNewDefault) Const(Op::I32Const, choices_.Below(9));
        }
        EncodeInstr(instr, &e_);
      }
    }
    End();
  }

  void WriteGlobal(const GlobalType& global) {
    e_.Global(global);
    if (is_first_global_) {
      Const(Op::I32Const, options_.fuel);
      End();
    } else {
      WriteInit(global.type);
    }
    is_first_global_ = false;
  }

  void WriteExports() {
    const std::pair<char, size_t> spaces[] = {{'f', m_.funcs.size()},
                                              {'t', m_.tables.size()},
                                              {'m', m_.memories.size()},
                                              {'g', m_.globals.size()},
                                              {'e', m_.tags.size()}};
    size_t count = 1;
    for (const auto& [letter, size] : spaces) count += size;
    e_.U32(static_cast<uint32_t>(count));
    for (uint8_t kind = 0; kind < 5; ++kind) {
      for (uint32_t i = 0; i < spaces[kind].second; ++i) WriteExport(spaces[kind].first + std::to_string(i), kind, i);
    }
    WriteExport("fuel", 3, 0);
  }

  void WriteExport(const std::string& name, uint8_t kind, uint32_t index) {
    e_.Name(name);
    e_.Byte(kind);
    e_.U32(index);
  }

  // Flags 5 and 6: expressions, passive or active; flag 3: the declarative segment of all functions that bodies refer
  // to.
  void WriteElems() {
    const bool has_declared = !m_.declared.empty();
    if (m_.elem_types.empty() && !has_declared) return;
    Section(9, [&] {
      e_.U32(static_cast<uint32_t>(m_.elem_types.size() + has_declared));
      for (ValType type : m_.elem_types) WriteElem(type);
      if (!has_declared) return;
      e_.U32(3);
      e_.Byte(0);
      e_.U32(static_cast<uint32_t>(m_.declared.size()));
      for (uint32_t func : m_.declared) e_.U32(func);
    });
  }

  void WriteElem(ValType type) {
    uint32_t table = 0;
    while (m_.tables[table].element != type) ++table;
    const uint32_t count = choices_.Below(5);
    if (choices_.Chance(50) && m_.tables[table].limits.min >= count) {
      e_.U32(6);
      e_.U32(table);
      Const(m_.tables[table].is_64 ? Op::I64Const : Op::I32Const,
            choices_.Below(static_cast<uint32_t>(m_.tables[table].limits.min) - count + 1));
      End();
    } else {
      e_.U32(5);
    }
    e_.Value(type);
    e_.U32(count);
    for (uint32_t i = 0; i < count; ++i) WriteElemItem(type);
  }

  void WriteElemItem(ValType type) {
    Instr instr{};
    if (type == ValType::FuncRef()) {
      instr.op = Op::RefFunc;
      instr.index = choices_.Below(static_cast<uint32_t>(m_.funcs.size()));
    } else if (choices_.Chance(50)) {
      Const(Op::I32Const, choices_.Below(100));
      instr.op = Op::RefI31;
    } else {
      instr.op = Op::RefNull;
      instr.heap = HeapKind::None;
    }
    EncodeInstr(instr, &e_);
    End();
  }

  void WriteBodies() {
    WriteVector(bodies_, [&](const std::vector<uint8_t>& body) {
      e_.U32(static_cast<uint32_t>(body.size()));
      e_.Bytes(body);
    });
  }

  void WriteDatas() {
    e_.U32(m_.data_count);
    for (uint32_t i = 0; i < m_.data_count; ++i) {
      const uint32_t size = choices_.Below(64);
      if (choices_.Chance(50)) {
        const uint32_t memory = choices_.Below(static_cast<uint32_t>(m_.memories.size()));
        e_.U32(2);
        e_.U32(memory);
        Const(m_.memories[memory].is_64 ? Op::I64Const : Op::I32Const, choices_.Below(1024));
        End();
      } else {
        e_.U32(1);
      }
      e_.U32(size);
      for (uint32_t j = 0; j < size; ++j) e_.Byte(choices_.Byte());
    }
  }

  void WriteNames() {
    std::vector<std::string> texts;
    for (uint32_t i = 0; i < m_.funcs.size(); ++i) {
      texts.push_back("name");
      for (uint32_t n = choices_.Below(6); n > 0; --n) texts.back() += static_cast<char>(' ' + choices_.Below(95));
    }
    wasm::binary::NameSection names;
    for (uint32_t i = 0; i < texts.size(); ++i) names.of(wasm::binary::NameKind::Function).push_back({0, i, texts[i]});
    Section(0, [&] {
      e_.Name("name");
      EncodeNames(names, &out_);
    });
  }

  GeneratorOptions options_;
  ByteChoices choices_, body_choices_;
  GeneratedModule m_;
  std::vector<std::vector<uint8_t>> bodies_;
  ByteWriter out_;
  Encoder e_{&out_};
  bool is_first_global_ = true;
};

}  // namespace

std::vector<uint8_t> GenerateModule(std::span<const uint8_t> bytes, const GeneratorOptions& options) {
  return Generator(bytes, options).Generate();
}

}  // namespace gantry::fuzz
