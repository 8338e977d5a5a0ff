// Encoder: writes WebAssembly's tokens (LEB128 numbers, bytes, types, names) in the shortest form, or in the form that
// a template has for them.
//
// The template is the piece of bytes that the same thing was decoded from. A token whose value the template repeats at
// the current place is copied from it, padding included; at the first token that differs the template is put away and
// the shortest forms follow. So re-encoding an unchanged item gives its bytes back, whatever way they were written, and
// no table of odd forms is needed. FollowTemplate sets the next place.
//
// Used by writer.cc, name_section.cc. Tested by writer_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "wasm/types.h"

namespace gantry::wasm::binary {

class Encoder {
 public:
  explicit Encoder(ByteWriter* out) : out_(out) {}

  size_t size() const { return out_->size(); }  // of the output

  // Takes `bytes` as the template of what comes next.
  void FollowTemplate(std::span<const uint8_t> bytes) { guide_ = ByteReader(bytes); }
  void DropTemplate() { guide_ = ByteReader(); }

  void Byte(uint8_t byte);
  void U32(uint32_t value) {
    Token(value, [](ByteReader& r) -> uint64_t { return r.U32(); }, &ByteWriter::U64);
  }
  void U64(uint64_t value) {
    Token(value, [](ByteReader& r) { return r.U64(); }, &ByteWriter::U64);
  }
  void S32(int32_t value) {
    Token(value, [](ByteReader& r) -> int64_t { return r.S32(); }, &ByteWriter::S64);
  }
  void S33(int64_t value) {
    Token(value, [](ByteReader& r) { return r.S33(); }, &ByteWriter::S64);
  }
  void S64(int64_t value) {
    Token(value, [](ByteReader& r) { return r.S64(); }, &ByteWriter::S64);
  }
  void Fixed32(uint32_t value);
  void Fixed64(uint64_t value);
  void Bytes(std::span<const uint8_t> bytes);
  void Name(std::string_view text);

  void Heap(HeapType type);
  void Value(ValType type);
  void Field(FieldType type);
  void Global(const GlobalType& type);
  void Table(const TableType& type);
  void Memory(const MemoryType& type);

  // A size prefix and what it counts: auto mark = BeginSized(); ...; EndSized(mark).
  struct SizeMark {
    size_t start;       // of the prefix
    int width;          // reserved for it, 0 if the shortest form is to be inserted
    uint32_t expected;  // value in the template
  };
  SizeMark BeginSized();
  void EndSized(SizeMark mark);

 private:
  template <class T, class Read, class Write>
  void Token(T value, Read read, Write write) {
    if (!guide_.at_end()) {
      const uint8_t* from = guide_.pos();
      if (read(guide_) == value && guide_.ok()) {
        out_->Bytes({from, guide_.pos()});
        return;
      }
      DropTemplate();
    }
    (out_->*write)(value, 0);
  }
  void LimitsOf(const Limits& limits, uint32_t flags);
  void CopyOrDrop(size_t written);

  ByteWriter* out_;
  ByteReader guide_;
};

}  // namespace gantry::wasm::binary
