// SectionReader: decodes the contents of a module's sections, one method per section (spec 5.5.4 to 5.5.16).
//
// One reader runs over the whole module. A section that reads past its end goes on into the next bytes and is then
// refused for its size, as the official suite's messages expect; nothing outside the module is ever touched.
//
// [I1] After a fault ok() is false and no method adds anything that later code would rely on.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/byte_reader.h"
#include "base/error.h"
#include "wasm/binary/type_reader.h"
#include "wasm/linking.h"
#include "wasm/module.h"

namespace gantry::wasm::binary {

class SectionReader {
 public:
  // `module` has its bytes, extent and features; the reader starts behind the header.
  explicit SectionReader(Module* module);

  bool ok() const { return !error_ && fault_.ok() && reader_.ok(); }
  bool at_end() const { return reader_.at_end(); }
  uint64_t offset() const { return reader_.offset(); }

  // Next section's id and payload; the reader stands at the payload.
  bool ReadSectionHeader(SectionRange* section);

  void ReadTypes();
  void ReadImports();
  void ReadFuncs();
  void ReadTables();
  void ReadMemories();
  void ReadTags();
  void ReadGlobals();
  void ReadExports();
  void ReadStart();
  void ReadElems();
  void ReadDataCount();
  void ReadCode();
  void ReadDatas();
  void ReadCustom(SectionRange section, uint8_t after);
  // Module linking (section_reader_linking.cc). Of nested modules only the extent is read.
  void ReadModules();
  void ReadInstances();
  void ReadAliases();

  // To be called after a section's method: it must have ended where the section ends.
  void FinishSection(SectionRange section);
  // To be called after the last section.
  void FinishModule();

  void Fail(Error error);
  // The fault, with the place inside the section.
  Error TakeError();

 private:
  TypeReader types() { return TypeReader(&reader_, features_, &fault_); }
  // Reads a vector: calls read(i) for each item. `present` items of the limit are taken already.
  template <class Read>
  void ReadItems(uint32_t limit, size_t present, Read read);
  bool CheckLimit(size_t count, uint32_t limit, uint64_t at);
  // Reserves for `count` more elements, but no more than the bytes that are left can hold.
  template <class T>
  void Reserve(std::vector<T>* items, uint32_t count, uint32_t min_bytes);

  std::string_view ReadName();
  ConstExpr ReadConstExpr();
  void ReadType();
  void ReadImport();
  void ReadImportGroup(std::string_view module, bool has_shared_type);
  // A kind byte and the type behind it.
  ExternDesc ReadExternType();
  // Appends an item to the index space of its kind and gives its index.
  uint32_t AddItem(const ExternDesc& type);
  Import* AddImport(std::string_view module, std::string_view name, const ExternDesc& type, ImportForm form,
                    bool first);
  bool links() const { return module_->linking != nullptr; }
  void AddHeaderItem(HeaderKind kind, size_t index, uint64_t at);
  // After the two names of an import: is it the marker of one with a single name?
  bool TakeSingleLevel(std::string_view name);
  void AddImplicitInstance(std::string_view module, uint64_t at);
  bool ReadLinkType();
  ExternKind ReadKind(ErrorId malformed);
  void ReadAlias();
  void ReadNestedModule();
  void ReadTable();
  void ReadElem();
  void ReadElemItems(ElemSegment* segment);
  void ReadData();

  Module* module_;
  Features features_;
  ByteReader reader_;
  FormatFault fault_;
  std::optional<Error> error_;
  uint64_t section_end_ = 0;
  uint32_t item_ = kNone;  // entry being read, for messages
  uint32_t code_count_ = 0;
  std::unordered_set<std::string_view> implicit_instances_;  // first names of two-level imports
};

template <class T>
void SectionReader::Reserve(std::vector<T>* items, uint32_t count, uint32_t min_bytes) {
  items->reserve(items->size() + std::min<size_t>(count, reader_.remaining() / min_bytes));
}

template <class Read>
void SectionReader::ReadItems(uint32_t limit, size_t present, Read read) {
  const uint64_t at = reader_.offset();
  const uint32_t count = reader_.U32();
  if (!reader_.ok() || !CheckLimit(present + count, limit, at)) return;
  for (item_ = 0; item_ < count; ++item_) {
    read(count - item_);
    if (!ok()) return;
    if (reader_.offset() > section_end_) {
      Fail(MakeError(ErrorId::SectionSizeMismatch, section_end_, "an entry goes past the section's end"));
      return;
    }
  }
  item_ = kNone;
}

}  // namespace gantry::wasm::binary
