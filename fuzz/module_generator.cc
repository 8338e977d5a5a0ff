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

// The spaces of a module's items, in the order of the kinds of imports and exports, and their letters in names.
enum Space : uint8_t { kFuncs, kTables, kMemories, kGlobals, kTags, kSpaceCount };
constexpr char kLetters[] = {'f', 't', 'm', 'g', 'e'};

class Generator {
 public:
  // With a provider, which must outlive this, the module imports from it.
  Generator(std::span<const uint8_t> bytes, const GeneratorOptions& options, const GeneratedModule* provider)
      : options_(options),
        provider_(provider),
        choices_(bytes.first(std::min(bytes.size() / 3, kMostModuleBytes))),
        body_choices_(bytes.subspan(std::min(bytes.size() / 3, kMostModuleBytes))),
        m_{options_, choices_} {
    if (!options.relaxed_simd) options_.features.set(Feature::RelaxedSimd, false);
  }

  const GeneratedModule& module() const { return m_; }

  std::vector<uint8_t> Generate() {
    if (provider_ != nullptr) {
      PickImports();
    } else {
      PickAggregates();
    }
    PickFunctions();
    PickStorage();
    PickSegments();
    std::swap(choices_, body_choices_);
    for (uint32_t i = imported(kFuncs); i < m_.funcs.size(); ++i) bodies_.push_back(GenerateBody(&m_, i));
    std::swap(choices_, body_choices_);
    return Write();
  }

 private:
  // ---- what the module has ----

  // Types first, so that indices mean the same in both modules.
  void PickImports() {
    m_.types = provider_->types;
    m_.aggregate_count = provider_->aggregate_count;
    PickFrom(kFuncs, provider_->funcs, &m_.funcs);
    PickFrom(kTables, provider_->tables, &m_.tables);
    // Without the proposal there can be one memory only.
    if (m_.has(Feature::MultiMemory)) PickFrom(kMemories, provider_->memories, &m_.memories);
    PickFrom(kGlobals, provider_->globals, &m_.globals);
    PickFrom(kTags, provider_->tags, &m_.tags);
  }

  // The first global is the fuel, without which nothing ends.
  template <class T>
  void PickFrom(Space space, const std::vector<T>& offered, std::vector<T>* items) {
    for (uint32_t i = 0; i < offered.size(); ++i) {
      const bool is_fuel = space == kGlobals && i == 0;
      if (!is_fuel && !choices_.Chance(60)) continue;
      imports_[space].push_back(i);
      items->push_back(offered[i]);
    }
  }

  uint32_t imported(Space space) const { return static_cast<uint32_t>(imports_[space].size()); }

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
    const uint32_t most_tables = m_.has(Feature::ReferenceTypes) ? 2 : 1 - imported(kTables);
    for (uint32_t n = choices_.Below(most_tables + 1); n > 0; --n) {
      wasm::TableType table;
      table.limits = {choices_.Below(16), 40};
      table.is_64 = m_.has(Feature::Memory64) && choices_.Chance(20);
      table.element = ValType::FuncRef();
      if (m_.has(Feature::Gc) && choices_.Chance(40)) table.element = ValType::Ref(HeapKind::Any, true);
      m_.tables.push_back(table);
    }
    if (provider_ == nullptr) m_.globals.push_back({wasm::kI32, true});
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
    if (provider_ != nullptr) Section(2, [&] { WriteImports(); });
    Section(3, [&] { WriteVector(Own(kFuncs, m_.funcs), [&](uint32_t type) { e_.U32(type); }); });
    WriteOwn(4, kTables, m_.tables);
    WriteOwn(5, kMemories, m_.memories);
    WriteOwn(13, kTags, m_.tags);
    Section(6, [&] { WriteVector(Own(kGlobals, m_.globals), [&](const auto& global) { WriteGlobal(global); }); });
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

  template <class Items, class F>
  void WriteVector(const Items& items, F item) {
    e_.U32(static_cast<uint32_t>(items.size()));
    for (const auto& i : items) item(i);
  }

  // The items that are not imported.
  template <class T>
  std::span<const T> Own(Space space, const std::vector<T>& items) const {
    return std::span(items).subspan(imported(space));
  }

  template <class T>
  void WriteOwn(uint8_t section, Space space, const std::vector<T>& items) {
    const std::span<const T> own = Own(space, items);
    if (!own.empty()) Section(section, [&] { WriteVector(own, [&](const T& type) { WriteType(type); }); });
  }

  void WriteType(const wasm::TableType& type) { e_.Table(type); }
  void WriteType(const wasm::MemoryType& type) { e_.Memory(type); }
  void WriteType(const GlobalType& type) { e_.Global(type); }
  void WriteType(uint32_t tag) { e_.Byte(0), e_.U32(tag); }

  void WriteImports() {
    uint32_t count = 0;
    for (const std::vector<uint32_t>& indices : imports_) count += static_cast<uint32_t>(indices.size());
    e_.U32(count);
    for (uint32_t i = 0; i < imported(kFuncs); ++i) WriteImport(kFuncs, i), e_.U32(m_.funcs[i]);
    for (uint32_t i = 0; i < imported(kTables); ++i) WriteImport(kTables, i), WriteType(m_.tables[i]);
    for (uint32_t i = 0; i < imported(kMemories); ++i) WriteImport(kMemories, i), WriteType(m_.memories[i]);
    for (uint32_t i = 0; i < imported(kGlobals); ++i) WriteImport(kGlobals, i), WriteType(m_.globals[i]);
    for (uint32_t i = 0; i < imported(kTags); ++i) WriteImport(kTags, i), WriteType(m_.tags[i]);
  }

  void WriteImport(Space space, uint32_t index) {
    e_.Name("provider");
    e_.Name(kLetters[space] + std::to_string(imports_[space][index]));
    e_.Byte(space);
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

  // An imported global that a constant expression of this type may read.
  uint32_t ConstantGlobal(ValType type) {
    for (uint32_t i = 0; i < imported(kGlobals); ++i) {
      if (!m_.globals[i].is_mutable && m_.globals[i].type == type && choices_.Chance(50)) return i;
    }
    return wasm::kNone;
  }

  // A constant expression of a type that has a default value.
  void WriteInit(ValType type) {
    if (const uint32_t global = ConstantGlobal(type); global != wasm::kNone) {
      Instr instr{};
      instr.op = Op::GlobalGet;
      instr.index = global;
      EncodeInstr(instr, &e_);
      return End();
    }
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
    if (provider_ == nullptr && is_first_global_) {
      Const(Op::I32Const, options_.fuel);
      End();
    } else {
      WriteInit(global.type);
    }
    is_first_global_ = false;
  }

  void WriteExports() {
    const size_t sizes[kSpaceCount] = {m_.funcs.size(), m_.tables.size(), m_.memories.size(), m_.globals.size(),
                                       m_.tags.size()};
    size_t count = 1;
    for (size_t size : sizes) count += size;
    e_.U32(static_cast<uint32_t>(count));
    for (uint8_t space = 0; space < kSpaceCount; ++space) {
      for (uint32_t i = 0; i < sizes[space]; ++i) WriteExport(kLetters[space] + std::to_string(i), space, i);
    }
    WriteExport("fuel", kGlobals, 0);
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
  const GeneratedModule* provider_;
  std::vector<uint32_t> imports_[kSpaceCount];  // which items of the provider
  ByteChoices choices_, body_choices_;
  GeneratedModule m_;
  std::vector<std::vector<uint8_t>> bodies_;
  ByteWriter out_;
  Encoder e_{&out_};
  bool is_first_global_ = true;
};

}  // namespace

std::vector<uint8_t> GenerateModule(std::span<const uint8_t> bytes, const GeneratorOptions& options) {
  return Generator(bytes, options, nullptr).Generate();
}

GeneratedPair GeneratePair(std::span<const uint8_t> bytes, const GeneratorOptions& options) {
  Generator provider(bytes, options, nullptr);
  GeneratedPair pair{provider.Generate(), {}};
  // The other half of the bytes first, so that the two do not look alike.
  std::vector<uint8_t> turned(bytes.begin(), bytes.end());
  std::rotate(turned.begin(), turned.begin() + static_cast<std::ptrdiff_t>(turned.size() / 2), turned.end());
  pair.user = Generator(turned, options, &provider.module()).Generate();
  return pair;
}

}  // namespace gantry::fuzz
