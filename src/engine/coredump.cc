#include "engine/coredump.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "wasm/binary/encoder.h"
#include "wasm/binary/writer.h"

namespace gantry::engine {

using runtime::Store;
using wasm::TypeKind;
using wasm::binary::EncodeInstr;
using wasm::binary::Encoder;

namespace {

enum SectionId : uint8_t { kCustom = 0, kMemory = 5, kGlobal = 6, kData = 11 };

constexpr size_t kPiece = 4096;                   // bytes of a memory that are looked at together
constexpr uint64_t kLargestSection = 0xffff0000;  // sizes are 32-bit, and something else is in the file, too
constexpr uint8_t kVersion = 0;                   // of every structure in the custom sections

// A part of a memory without pieces of zeros.
struct Run {
  uint32_t memory;
  uint64_t at;
  std::span<const uint8_t> bytes;
};

bool IsZero(std::span<const uint8_t> bytes) {
  return bytes.empty() || (bytes[0] == 0 && std::equal(bytes.begin() + 1, bytes.end(), bytes.begin()));
}

void FindRuns(uint32_t memory, std::span<const uint8_t> bytes, std::vector<Run>* runs) {
  bool in_run = false;
  for (size_t at = 0; at < bytes.size(); at += kPiece) {
    const std::span<const uint8_t> piece = bytes.subspan(at, std::min(kPiece, bytes.size() - at));
    const bool is_zero = IsZero(piece);
    if (!is_zero && !in_run) runs->push_back({memory, at, piece});
    if (!is_zero && in_run) runs->back().bytes = {runs->back().bytes.data(), runs->back().bytes.size() + piece.size()};
    in_run = !is_zero;
  }
}

// What a reference is in a dump: the type on top of its hierarchy, since the dump has no other types.
wasm::ValType DumpedType(wasm::ValType type) {
  return type.is_ref() ? wasm::ValType::Ref(wasm::TopOf(type.heap()), true) : type;
}

class DumpWriter {
 public:
  DumpWriter(const Store& store, std::span<const runtime::Frame> frames, const DumpSink& sink)
      : frames_(frames), sink_(sink) {
    for (const auto& instance : store.instances()) CollectInstance(*instance);
  }

  Result<void> Write(std::string_view program) {
    constexpr uint8_t kHeader[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    GANTRY_RETURN_IF_ERROR(sink_(kHeader));
    ByteWriter core;
    core.U8(kVersion);
    core.Name(program);
    GANTRY_RETURN_IF_ERROR(Custom("core", core));
    GANTRY_RETURN_IF_ERROR(Memories());
    GANTRY_RETURN_IF_ERROR(Globals());
    GANTRY_RETURN_IF_ERROR(Data());
    GANTRY_RETURN_IF_ERROR(Modules());
    GANTRY_RETURN_IF_ERROR(Instances());
    return Stack();
  }

 private:
  struct InstanceItems {
    const runtime::Instance* instance;
    std::vector<uint32_t> memories, globals;
  };

  // The number of an object, which it gets when it is first seen.
  template <class T>
  static uint32_t NumberOf(T* object, std::map<const void*, uint32_t>* numbers, std::vector<T*>* list) {
    const auto [it, is_new] = numbers->try_emplace(object, static_cast<uint32_t>(list->size()));
    if (is_new) list->push_back(object);
    return it->second;
  }

  void CollectInstance(const runtime::Instance& instance) {
    const wasm::Module& module = instance.module();
    InstanceItems items{&instance, {}, {}};
    for (uint32_t i = 0; i < module.memories.size(); ++i) {
      runtime::MemoryStorage* storage = instance.memory(i)->storage.get();
      items.memories.push_back(NumberOf(storage, &memory_numbers_, &memories_));
    }
    for (uint32_t i = 0; i < module.globals.size(); ++i) {
      items.globals.push_back(NumberOf(instance.global(i), &global_numbers_, &globals_));
    }
    instance_numbers_[&instance] = static_cast<uint32_t>(instances_.size());
    instances_.push_back(std::move(items));
  }

  Result<void> Section(SectionId id, const ByteWriter& content) {
    ByteWriter head;
    head.U8(id);
    head.U32(static_cast<uint32_t>(content.size()));
    GANTRY_RETURN_IF_ERROR(sink_(head.view()));
    return sink_(content.view());
  }

  Result<void> Custom(std::string_view name, const ByteWriter& content) {
    ByteWriter section;
    section.Name(name);
    section.Bytes(content.view());
    return Section(kCustom, section);
  }

  Result<void> Memories() {
    if (memories_.empty()) return {};
    ByteWriter out;
    out.U32(static_cast<uint32_t>(memories_.size()));
    for (runtime::MemoryStorage* storage : memories_) {
      wasm::MemoryType type = storage->type();
      type.limits.min = storage->pages();
      type.has_page_size = type.page_size_log2 != 16;
      Encoder(&out).Memory(type);
    }
    return Section(kMemory, out);
  }

  Result<void> Globals() {
    if (globals_.empty()) return {};
    ByteWriter out;
    out.U32(static_cast<uint32_t>(globals_.size()));
    for (const runtime::Global* global : globals_) WriteGlobal(*global, &out);
    return Section(kGlobal, out);
  }

  static void WriteGlobal(const runtime::Global& global, ByteWriter* out) {
    const wasm::ValType type = DumpedType(global.type.type);
    Encoder(out).Global({type, global.type.is_mutable});
    wasm::Instr value{};
    value.value = global.cell->low;
    switch (type.kind()) {
      case TypeKind::I32:
        value.op = wasm::Op::I32Const;
        break;
      case TypeKind::I64:
        value.op = wasm::Op::I64Const;
        break;
      case TypeKind::F32:
        value.op = wasm::Op::F32Const;
        break;
      case TypeKind::F64:
        value.op = wasm::Op::F64Const;
        break;
      case TypeKind::V128:
        value.op = wasm::Op::V128Const;
        std::memcpy(value.bytes.data(), &global.cell->low, 8);
        std::memcpy(value.bytes.data() + 8, &global.cell->high, 8);
        break;
      case TypeKind::Ref:  // what it refers to is not in the dump
      default:
        value.op = wasm::Op::RefNull;
        value.heap = type.heap();
        break;
    }
    PutExpr(value, out);
  }

  static void PutExpr(const wasm::Instr& instr, ByteWriter* out) {
    EncodeInstr(instr, out);
    wasm::Instr end{};
    end.op = wasm::Op::End;
    EncodeInstr(end, out);
  }

  // Up to the bytes of a segment: an active one, with its place.
  ByteWriter SegmentHead(const Run& run) const {
    constexpr uint32_t kActiveWithIndex = 2;
    wasm::Instr place{};
    place.op = memories_[run.memory]->type().is_64 ? wasm::Op::I64Const : wasm::Op::I32Const;
    place.value = run.at;
    ByteWriter head;
    head.U32(kActiveWithIndex);
    head.U32(run.memory);
    PutExpr(place, &head);
    head.U32(static_cast<uint32_t>(run.bytes.size()));
    return head;
  }

  // The runs are found first: the size stands before the contents [I1]. Other threads may go on writing to a shared
  // memory.
  Result<void> Data() {
    std::vector<Run> runs;
    uint64_t size = 0;
    for (uint32_t i = 0; i < memories_.size(); ++i) {
      const abi::MemoryDef& memory = *memories_[i]->def();
      FindRuns(i, {memory.base, static_cast<size_t>(memory.length.load(std::memory_order_acquire))}, &runs);
    }
    if (runs.empty()) return {};
    for (const Run& run : runs) size += SegmentHead(run).size() + run.bytes.size();
    if (size > kLargestSection)
      return std::unexpected(Error(ErrorClass::Limit, "the memories are too large for a core dump"));
    ByteWriter head, number;
    number.U32(static_cast<uint32_t>(runs.size()));
    head.U8(kData);
    head.U32(static_cast<uint32_t>(size + number.size()));
    head.Bytes(number.view());
    GANTRY_RETURN_IF_ERROR(sink_(head.view()));
    for (const Run& run : runs) {
      GANTRY_RETURN_IF_ERROR(sink_(SegmentHead(run).view()));
      GANTRY_RETURN_IF_ERROR(sink_(run.bytes));
    }
    return {};
  }

  // A module for each instance, by its name.
  Result<void> Modules() {
    ByteWriter out;
    out.U32(static_cast<uint32_t>(instances_.size()));
    for (const InstanceItems& items : instances_) {
      out.U8(kVersion);
      out.Name(items.instance->compiled()->names->ModuleName());
    }
    return Custom("coremodules", out);
  }

  Result<void> Instances() {
    ByteWriter out;
    out.U32(static_cast<uint32_t>(instances_.size()));
    for (uint32_t i = 0; i < instances_.size(); ++i) {
      out.U8(kVersion);
      out.U32(i);
      for (const std::vector<uint32_t>* list : {&instances_[i].memories, &instances_[i].globals}) {
        out.U32(static_cast<uint32_t>(list->size()));
        for (uint32_t index : *list) out.U32(index);
      }
    }
    return Custom("coreinstances", out);
  }

  Result<void> Stack() {
    ByteWriter out;
    out.U8(kVersion);
    out.Name("main");
    out.U32(static_cast<uint32_t>(frames_.size()));
    for (const runtime::Frame& frame : frames_) {
      const wasm::Module& module = frame.instance->module();
      out.U8(kVersion);
      out.U32(instance_numbers_.at(frame.instance));
      out.U32(frame.func_index);
      out.U32(frame.offset - module.funcs[frame.func_index].body.offset);
      out.U32(0);  // locals
      out.U32(0);  // operands
    }
    return Custom("corestack", out);
  }

  std::span<const runtime::Frame> frames_;
  const DumpSink& sink_;
  std::vector<InstanceItems> instances_;
  std::map<const runtime::Instance*, uint32_t> instance_numbers_;
  std::vector<runtime::MemoryStorage*> memories_;
  std::map<const void*, uint32_t> memory_numbers_;
  std::vector<runtime::Global*> globals_;
  std::map<const void*, uint32_t> global_numbers_;
};

// Reads one custom section; counts are bounded by the bytes that are there.
class SectionReader {
 public:
  SectionReader(const wasm::Module& module, const wasm::CustomSection& section)
      : reader_(module.Bytes(section.payload), section.payload.offset), name_(section.name) {}

  uint32_t U32() { return reader_.U32(); }
  uint32_t Count() {
    const uint32_t count = reader_.U32();
    if (count > reader_.remaining()) is_bad_ = true;
    return is_bad_ ? 0 : count;
  }
  std::string_view Name() {
    const std::span<const uint8_t> bytes = reader_.Bytes(reader_.U32());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  void Version() {
    if (reader_.U8() != kVersion) is_bad_ = true;
  }
  uint32_t Index(size_t limit) {
    const uint32_t index = reader_.U32();
    if (index >= limit) is_bad_ = true;
    return index;
  }
  std::vector<uint32_t> Indices(size_t limit) {
    std::vector<uint32_t> list(Count());
    for (uint32_t& index : list) index = Index(limit);
    return list;
  }
  // Skips values as locals and operands have them.
  void Values() {
    for (uint32_t n = Count(); n > 0 && ok(); --n) {
      switch (reader_.U8()) {
        case 0x01:
          break;  // not known
        case 0x7f:
          reader_.S32();
          break;
        case 0x7e:
          reader_.S64();
          break;
        case 0x7d:
          reader_.Fixed32();
          break;
        case 0x7c:
          reader_.Fixed64();
          break;
        default:
          is_bad_ = true;
          break;
      }
    }
  }
  bool ok() const { return reader_.ok() && !is_bad_; }
  Result<void> Finish() const {
    if (ok()) return {};
    return std::unexpected(Error(ErrorClass::Malformed,
                                 "malformed section \"" + std::string(name_) + "\" of a core dump", reader_.offset()));
  }

 private:
  ByteReader reader_;
  std::string_view name_;
  bool is_bad_ = false;
};

const wasm::CustomSection* FindCustom(const wasm::Module& module, std::string_view name) {
  for (const wasm::CustomSection& section : module.customs) {
    if (section.name == name) return &section;
  }
  return nullptr;
}

}  // namespace

Result<void> WriteCoredump(const Store& store, std::span<const runtime::Frame> frames, std::string_view program,
                           const DumpSink& sink) {
  return DumpWriter(store, frames, sink).Write(program);
}

bool IsCoredump(const wasm::Module& module) { return FindCustom(module, "core") != nullptr; }

Result<Coredump> ReadCoredump(const wasm::Module& module) {
  Coredump dump;
  if (const wasm::CustomSection* section = FindCustom(module, "core")) {
    SectionReader reader(module, *section);
    reader.Version();
    dump.program = reader.Name();
    GANTRY_RETURN_IF_ERROR(reader.Finish());
  }
  if (const wasm::CustomSection* section = FindCustom(module, "coremodules")) {
    SectionReader reader(module, *section);
    for (uint32_t n = reader.Count(); n > 0 && reader.ok(); --n) {
      reader.Version();
      dump.modules.push_back(reader.Name());
    }
    GANTRY_RETURN_IF_ERROR(reader.Finish());
  }
  if (const wasm::CustomSection* section = FindCustom(module, "coreinstances")) {
    SectionReader reader(module, *section);
    for (uint32_t n = reader.Count(); n > 0 && reader.ok(); --n) {
      reader.Version();
      Coredump::Instance instance{reader.Index(dump.modules.size()), {}, {}};
      instance.memories = reader.Indices(module.memories.size());
      instance.globals = reader.Indices(module.globals.size());
      dump.instances.push_back(std::move(instance));
    }
    GANTRY_RETURN_IF_ERROR(reader.Finish());
  }
  if (const wasm::CustomSection* section = FindCustom(module, "corestack")) {
    SectionReader reader(module, *section);
    reader.Version();
    dump.thread = reader.Name();
    for (uint32_t n = reader.Count(); n > 0 && reader.ok(); --n) {
      reader.Version();
      const uint32_t instance = reader.Index(dump.instances.size());
      const uint32_t func = reader.U32(), offset = reader.U32();
      reader.Values();
      reader.Values();
      dump.frames.push_back({instance, func, offset});
    }
    GANTRY_RETURN_IF_ERROR(reader.Finish());
  }
  return dump;
}

}  // namespace gantry::engine
