// MemoryImage: the contents that a module's active data segments give to one of its memories, mapped copy-on-write
// instead of copied at every instantiation.
//
// Only for memories that the module defines and does not share, and only if every active segment of the module is known
// to succeed (constant offset, in bounds): then whether bytes are there before or after another segment runs cannot be
// observed. The file is made when a module is instantiated for the second time; a program that runs once never pays for
// it. Thread-safe. Tested by instantiate_test.cc.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "platform/pages.h"
#include "wasm/module.h"

namespace gantry::runtime {

struct CompiledModule;

class MemoryImage {
 public:
  struct Piece {
    uint64_t to;  // address in the memory
    wasm::ByteRange bytes;
  };
  MemoryImage(std::shared_ptr<const wasm::ModuleBytes> bytes, std::vector<Piece> pieces, uint64_t begin, uint64_t end);

  // Counts a use. True if the image should be mapped: its file exists (made now if this is the second use).
  bool Use() const;

  // Unique in the process, never 0.
  uint64_t id() const { return id_; }
  // Whole pages that it covers.
  uint64_t begin() const { return begin_; }
  uint64_t end() const { return end_; }

  // Maps it where it belongs in the memory at `base`, after Use() said so.
  bool Map(uint8_t* base) const { return file_.MapPrivate(base + begin_, end_ - begin_); }

 private:
  void Build() const;

  std::shared_ptr<const wasm::ModuleBytes> bytes_;
  std::vector<Piece> pieces_;
  uint64_t id_, begin_, end_;
  mutable std::atomic<uint32_t> uses_{0};
  mutable std::atomic<bool> ready_{false};
  mutable std::mutex build_lock_;
  mutable platform::MemoryFile file_;
};

// Fills compiled->images: an image for each memory that is worth one.
void BuildImages(CompiledModule* compiled);

}  // namespace gantry::runtime
