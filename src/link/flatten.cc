#include "link/flatten.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <unordered_map>

#include "base/byte_writer.h"
#include "link/flat_code.h"
#include "wasm/binary/encoder.h"
#include "wasm/binary/writer.h"

namespace gantry::link {

namespace {

using wasm::ExternKind;
using wasm::Module;
using wasm::SegmentMode;

constexpr uint8_t kPreamble[] = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};

// Each instance copies its module's code, so the result may be as much larger than the blob.
constexpr uint32_t kMaxInstances = 10'000;
constexpr uint64_t kMaxSize = uint64_t{1} << 28;

std::unexpected<Error> Refuse(std::string what) {
  return std::unexpected(Error(ErrorClass::Unsupported, std::move(what)));
}

bool IsCore(ExternKind kind) { return static_cast<int>(kind) < wasm::kCoreKinds; }

struct FlatInstance;

struct FlatModule {
  uint32_t number;  // of the static module
  std::vector<const FlatModule*> captures;
};

struct FlatItem {
  ExternKind kind;
  uint32_t index = 0;  // core: in the flat module
  const FlatModule* module = nullptr;
  const FlatInstance* instance = nullptr;
};

// An instance: what its exports are. The outside world is one per imported name, with `imports` instead.
struct FlatInstance {
  const Module* module = nullptr;
  std::array<std::vector<FlatItem>, kItemKinds> spaces;
  std::unordered_map<std::string_view, FlatItem> imports;

  FlatItem Export(std::string_view name) const {
    if (module == nullptr) return imports.find(name)->second;
    for (const wasm::Export& item : module->exports) {
      if (item.name == name) return spaces[static_cast<size_t>(item.kind)][item.index];
    }
    return {};
  }
};

struct Section {
  ByteWriter bytes;
  uint32_t count = 0;
};

class Flattener {
 public:
  explicit Flattener(const LinkPlan& plan) : plan_(plan) {}

  Result<std::vector<uint8_t>> Run() {
    AddTypes();
    GANTRY_RETURN_IF_ERROR(EnterRoot());
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      const auto& steps = plan_.programs[frame.module->number].steps;
      if (frame.next < steps.size()) {
        GANTRY_RETURN_IF_ERROR(RunStep(frame, steps[frame.next++]));
        continue;
      }
      FlatInstance* instance = frame.instance.get();
      GANTRY_RETURN_IF_ERROR(Define(instance));
      instances_.push_back(std::move(frame.instance));
      stack_.pop_back();
      if (stack_.empty()) {
        GANTRY_RETURN_IF_ERROR(AddExports(*instance));
      } else {
        stack_.back().instance->spaces[static_cast<size_t>(ExternKind::Instance)].push_back(
            {ExternKind::Instance, 0, nullptr, instance});
      }
    }
    return Assemble();
  }

 private:
  struct Frame {
    const FlatModule* module;
    std::vector<FlatItem> imports;
    size_t next = 0;
    std::unique_ptr<FlatInstance> instance;
  };

  // --- types: each canonical group once

  void AddTypes() {
    // The start function's type stands first.
    types_.bytes.U8(0x60);
    types_.bytes.U32(0);
    types_.bytes.U32(0);
    ++types_.count;
    uint32_t next = 1;
    for (const Module* module : plan_.modules) {
      for (const wasm::RecGroup& group : module->rec_groups) {
        if (group.count == 0 || module->canon[group.first] == wasm::kNone) continue;
        if (type_of_.contains(module->canon[group.first])) continue;
        for (uint32_t i = 0; i < group.count; ++i) type_of_[module->canon[group.first + i]] = next++;
        AddGroup(*module, group);
      }
    }
  }

  void AddGroup(const Module& module, const wasm::RecGroup& group) {
    const FlatMap map{&module, &type_of_, {}, 0, 0, nullptr};
    wasm::binary::Encoder out(&types_.bytes);
    if (group.is_explicit) {
      out.Byte(0x4e);
      out.U32(group.count);
    }
    for (uint32_t i = group.first; i < group.first + group.count; ++i) {
      wasm::SubType type = module.types[i];
      for (wasm::ValType& t : type.params) t = map.Value(t);
      for (wasm::ValType& t : type.results) t = map.Value(t);
      for (wasm::FieldType& f : type.fields) f.storage = map.Value(f.storage);
      if (type.super != wasm::kNone) type.super = map.Type(type.super);
      wasm::binary::EncodeSubType(type, &out);
    }
    ++types_.count;
  }

  // --- the header, on paper

  // Each import is an instance of the outside world, whose items are imports of the result: two-level imports have been
  // folded into such instances.
  Result<void> EnterRoot() {
    modules_.push_back(std::make_unique<FlatModule>(FlatModule{0, {}}));
    Frame frame{modules_.back().get(), {}, 0, NewInstance(0)};
    for (const wasm::ExternList::Item& import : plan_.modules[0]->linking->type->imports.items()) {
      if (import.type.kind != ExternKind::Instance) {
        return Refuse(fmt::format("the import `{}` is a {} by one name: a core module has no such imports", import.name,
                                  wasm::ExternWord(import.type.kind)));
      }
      instances_.push_back(std::make_unique<FlatInstance>());
      FlatInstance* outside = instances_.back().get();
      frame.imports.push_back({ExternKind::Instance, 0, nullptr, outside});
      for (const wasm::ExternList::Item& item : import.type.instance->exports.items()) {
        if (!IsCore(item.type.kind)) {
          return Refuse(fmt::format("the import `{}::{}` is {} {}: a core module has no such imports", import.name,
                                    item.name, item.type.kind == ExternKind::Instance ? "an" : "a",
                                    wasm::ExternWord(item.type.kind)));
        }
        outside->imports[item.name] = {item.type.kind, counts_[static_cast<size_t>(item.type.kind)]++};
        AddImport(import.name, item.name, item.type);
      }
    }
    imported_globals_ = counts_[static_cast<size_t>(ExternKind::Global)];
    stack_.push_back(std::move(frame));
    return {};
  }

  // The type is canonical.
  void AddImport(std::string_view module, std::string_view name, const wasm::ExternType& type) {
    const auto value = [this](wasm::ValType t) {
      if (!t.is_ref() || !t.heap().is_concrete()) return t;
      return wasm::ValType::Ref(wasm::HeapType::Concrete(type_of_[t.heap().index()]), t.is_nullable());
    };
    wasm::binary::Encoder out(&imports_.bytes);
    out.Name(module);
    out.Name(name);
    out.Byte(static_cast<uint8_t>(type.kind));
    switch (type.kind) {
      case ExternKind::Func:
        out.U32(type_of_[type.func]);
        break;
      case ExternKind::Table: {
        wasm::TableType table = type.table;
        table.element = value(table.element);
        out.Table(table);
        break;
      }
      case ExternKind::Memory:
        out.Memory(type.memory);
        break;
      case ExternKind::Global:
        out.Global({value(type.global.type), type.global.is_mutable});
        break;
      case ExternKind::Tag:
        out.Byte(0);
        out.U32(type_of_[type.func]);
        break;
      case ExternKind::Module:
      case ExternKind::Instance:
        break;
    }
    ++imports_.count;
  }

  std::unique_ptr<FlatInstance> NewInstance(uint32_t number) {
    auto instance = std::make_unique<FlatInstance>();
    instance->module = plan_.modules[number];
    ++instance_count_;
    return instance;
  }

  Result<void> RunStep(Frame& frame, const Step& step) {
    auto& spaces = frame.instance->spaces;
    const auto give = [&](const FlatItem& item) { spaces[static_cast<size_t>(item.kind)].push_back(item); };
    switch (step.kind) {
      case StepKind::Import:
        give(frame.imports[step.index]);
        return {};
      case StepKind::AliasExport:
        give(spaces[static_cast<size_t>(ExternKind::Instance)][step.index].instance->Export(step.name));
        return {};
      case StepKind::AliasCapture:
        give({ExternKind::Module, 0, frame.module->captures[step.index]});
        return {};
      case StepKind::DefineModule: {
        auto module = std::make_unique<FlatModule>(FlatModule{step.index, {}});
        for (const Capture& capture : step.captures) {
          module->captures.push_back(capture.is_own
                                         ? frame.module->captures[capture.index]
                                         : spaces[static_cast<size_t>(ExternKind::Module)][capture.index].module);
        }
        give({ExternKind::Module, 0, module.get()});
        modules_.push_back(std::move(module));
        return {};
      }
      case StepKind::Instantiate:
        break;
    }
    if (instance_count_ >= kMaxInstances) {
      return Refuse(fmt::format("more than {} instances", kMaxInstances));
    }
    const FlatModule* module = spaces[static_cast<size_t>(ExternKind::Module)][step.index].module;
    Frame child{module, {}, 0, NewInstance(module->number)};
    for (const wasm::ExternList::Item& import : plan_.modules[module->number]->linking->type->imports.items()) {
      const auto argument =
          std::ranges::lower_bound(step.arguments, std::string_view(import.name), {}, &Argument::name);
      child.imports.push_back(spaces[static_cast<size_t>(argument->kind)][argument->index]);
    }
    stack_.push_back(std::move(child));  // `frame` may move
    return {};
  }

  // --- definitions

  // Gives the instance's own definitions their places, then writes them.
  Result<void> Define(FlatInstance* instance) {
    const Module& m = *instance->module;
    FlatMap map{&m, &type_of_, {}, elems_.count, datas_.count, &referred_};
    const size_t sizes[] = {m.funcs.size(), m.tables.size(), m.memories.size(), m.globals.size(), m.tags.size()};
    for (size_t kind = 0; kind < wasm::kCoreKinds; ++kind) {
      auto& space = instance->spaces[kind];
      while (space.size() < sizes[kind]) space.push_back({static_cast<ExternKind>(kind), counts_[kind]++});
      for (const FlatItem& item : space) map.items[kind].push_back(item.index);
    }
    wasm::binary::Encoder funcs(&funcs_.bytes), tags(&tags_.bytes), memories(&memories_.bytes);
    for (size_t i = m.imported_funcs; i < m.funcs.size(); ++i, ++funcs_.count) funcs.U32(map.Type(m.funcs[i].type));
    for (size_t i = m.imported_memories; i < m.memories.size(); ++i, ++memories_.count)
      memories.Memory(m.memories[i].type);
    for (size_t i = m.imported_tags; i < m.tags.size(); ++i, ++tags_.count) {
      tags.Byte(0);
      tags.U32(map.Type(m.tags[i].type));
    }
    GANTRY_RETURN_IF_ERROR(AddTables(m, map));
    for (size_t i = m.imported_globals; i < m.globals.size(); ++i, ++globals_.count) {
      wasm::binary::Encoder(&globals_.bytes).Global(map.GlobalOf(m.globals[i].type));
      map.CopyExpr(m.globals[i].init, /*with_end=*/true, &globals_.bytes);
    }
    AddElems(m, map);
    AddDatas(m, map);
    AddBodies(m, map);
    if (code_.bytes.size() + datas_.bytes.size() + elems_.bytes.size() > kMaxSize) {
      return Refuse(fmt::format("the result would be larger than {} bytes", kMaxSize));
    }
    if (m.start != wasm::kNone) Call(map.items[static_cast<size_t>(ExternKind::Func)][m.start]);
    return {};
  }

  // A table stands before all globals but the imported ones. One that starts with another global's value is filled by
  // the start function; nobody can see it before.
  Result<void> AddTables(const Module& m, const FlatMap& map) {
    for (uint32_t i = m.imported_tables; i < m.tables.size(); ++i, ++tables_.count) {
      const wasm::Table& table = m.tables[i];
      wasm::binary::Encoder out(&tables_.bytes);
      const bool is_late = table.init.size != 0 && map.ReadsGlobalFrom(imported_globals_, table.init);
      if (is_late && !table.type.element.is_nullable()) {
        return Refuse(
            "a table without null is filled with a global of the file: a core module's tables come before its globals");
      }
      const bool has_init = table.init.size != 0 && !is_late;
      if (has_init) {
        out.Byte(0x40);
        out.Byte(0x00);
      }
      out.Table(map.TableOf(table.type));
      if (has_init) map.CopyExpr(table.init, /*with_end=*/true, &tables_.bytes);
      if (is_late) {
        const wasm::Op number = table.type.is_64 ? wasm::Op::I64Const : wasm::Op::I32Const;
        Op(number);
        map.CopyExpr(table.init, /*with_end=*/false, &start_);
        Op(number, 0, 0, table.type.limits.min);
        Op(wasm::Op::TableFill, map.items[static_cast<size_t>(ExternKind::Table)][i]);
        needs_start_ = true;
      }
    }
    return {};
  }

  void Op(wasm::Op op, uint32_t index = 0, uint32_t index2 = 0, uint64_t value = 0) {
    wasm::Instr instr{};
    instr.op = op;
    instr.index = index;
    instr.index2 = index2;
    instr.value = value;
    wasm::binary::EncodeInstr(instr, &start_);
  }
  void Call(uint32_t func) {
    Op(wasm::Op::Call, func);
    needs_start_ = true;
  }

  // Offset, start 0, count: the operands of table.init and memory.init. The middle and last are i32 always.
  void PutOperands(const FlatMap& map, wasm::ConstExpr offset, uint32_t count) {
    map.CopyExpr(offset, /*with_end=*/false, &start_);
    Op(wasm::Op::I32Const);
    Op(wasm::Op::I32Const, 0, 0, count);
    needs_start_ = true;
  }

  void AddElems(const Module& m, const FlatMap& map) {
    for (uint32_t i = 0; i < m.elems.size(); ++i) {
      const wasm::ElemSegment& elem = m.elems[i];
      const uint32_t flat = elems_.count++;
      const uint8_t not_active = elem.mode == SegmentMode::Declarative ? 3 : 1;
      wasm::binary::Encoder out(&elems_.bytes);
      out.Byte(static_cast<uint8_t>(not_active | (elem.is_expr ? 4 : 0)));
      if (elem.is_expr) {
        out.Value(map.Value(elem.type));
      } else {
        out.Byte(0x00);
      }
      out.U32(elem.count);
      map.CopyItems(elem, &elems_.bytes);
      if (elem.mode != SegmentMode::Active) continue;
      PutOperands(map, elem.offset, elem.count);
      Op(wasm::Op::TableInit, flat, map.items[static_cast<size_t>(ExternKind::Table)][elem.table]);
      Op(wasm::Op::ElemDrop, flat);
    }
  }

  void AddDatas(const Module& m, const FlatMap& map) {
    for (uint32_t i = 0; i < m.datas.size(); ++i) {
      const wasm::DataSegment& data = m.datas[i];
      const uint32_t flat = datas_.count++;
      datas_.bytes.U8(1);
      datas_.bytes.U32(data.bytes.size);
      datas_.bytes.Bytes(m.Bytes(data.bytes));
      if (data.mode != SegmentMode::Active) continue;
      PutOperands(map, data.offset, data.bytes.size);
      Op(wasm::Op::MemoryInit, flat, map.items[static_cast<size_t>(ExternKind::Memory)][data.memory]);
      Op(wasm::Op::DataDrop, flat);
    }
  }

  void AddBodies(const Module& m, const FlatMap& map) {
    for (size_t i = m.imported_funcs; i < m.funcs.size(); ++i, ++code_.count) {
      ByteWriter body;
      map.CopyBody(m.funcs[i].body, &body);
      code_.bytes.U32(static_cast<uint32_t>(body.size()));
      code_.bytes.Bytes(body.view());
    }
  }

  // Functions that code refers to were declared by exports that are gone.
  void DeclareReferred() {
    if (referred_.empty()) return;
    elems_.bytes.U8(3);
    elems_.bytes.U8(0x00);
    elems_.bytes.U32(static_cast<uint32_t>(referred_.size()));
    for (uint32_t func : referred_) elems_.bytes.U32(func);
    ++elems_.count;
  }

  Result<void> AddExports(const FlatInstance& root) {
    for (const wasm::Export& item : root.module->exports) {
      if (!IsCore(item.kind)) {
        return Refuse(fmt::format("the export `{}` is a {}: a core module has no such exports", item.name,
                                  wasm::ExternWord(item.kind)));
      }
      exports_.bytes.Name(item.name);
      exports_.bytes.U8(static_cast<uint8_t>(item.kind));
      exports_.bytes.U32(root.spaces[static_cast<size_t>(item.kind)][item.index].index);
      ++exports_.count;
    }
    return {};
  }

  // --- the result

  static void Put(uint8_t id, const Section& section, ByteWriter* out) {
    if (section.count == 0) return;
    ByteWriter count;
    count.U32(section.count);
    out->U8(id);
    out->U32(static_cast<uint32_t>(count.size() + section.bytes.size()));
    out->Bytes(count.view());
    out->Bytes(section.bytes.view());
  }
  static void PutNumber(uint8_t id, uint32_t number, ByteWriter* out) {
    ByteWriter content;
    content.U32(number);
    out->U8(id);
    out->U32(static_cast<uint32_t>(content.size()));
    out->Bytes(content.view());
  }

  std::vector<uint8_t> Assemble() {
    const uint32_t start = counts_[static_cast<size_t>(ExternKind::Func)];
    if (needs_start_) {
      funcs_.bytes.U32(0);
      ++funcs_.count;
      ByteWriter body;
      body.U32(0);
      body.Bytes(start_.view());
      body.U8(0x0b);
      code_.bytes.U32(static_cast<uint32_t>(body.size()));
      code_.bytes.Bytes(body.view());
      ++code_.count;
    }
    DeclareReferred();
    ByteWriter out;
    out.Bytes(kPreamble);
    Put(1, types_, &out);
    Put(2, imports_, &out);
    Put(3, funcs_, &out);
    Put(4, tables_, &out);
    Put(5, memories_, &out);
    Put(13, tags_, &out);
    Put(6, globals_, &out);
    Put(7, exports_, &out);
    if (needs_start_) PutNumber(8, start, &out);
    Put(9, elems_, &out);
    if (datas_.count != 0) PutNumber(12, datas_.count, &out);
    Put(10, code_, &out);
    Put(11, datas_, &out);
    return out.Take();
  }

  const LinkPlan& plan_;
  std::unordered_map<wasm::CanonId, uint32_t> type_of_;  // canonical id to flat type index
  std::vector<std::unique_ptr<FlatModule>> modules_;
  std::vector<std::unique_ptr<FlatInstance>> instances_;
  std::vector<Frame> stack_;
  uint32_t instance_count_ = 0;
  uint32_t counts_[wasm::kCoreKinds] = {};  // sizes of the flat index spaces
  uint32_t imported_globals_ = 0;
  Section types_, imports_, funcs_, tables_, memories_, tags_, globals_, exports_, elems_, code_, datas_;
  std::set<uint32_t> referred_;
  ByteWriter start_;
  bool needs_start_ = false;
};

}  // namespace

Result<std::vector<uint8_t>> Flatten(const LinkPlan& plan) { return Flattener(plan).Run(); }

}  // namespace gantry::link
