// NameTable: names within numbered scopes to numbers. Open addressing; lookups take constant time whatever the names
// are, since the hash is seeded differently in each process.
//
// Entries are never removed: a scope (one function's locals, one type's fields) is simply not asked for again.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace gantry::wasm::text {

class NameTable {
 public:
  // The value of a name, to be read or changed; nullptr if it is not there.
  uint32_t* Find(std::string_view name, uint32_t scope = 0) {
    if (entries_.empty()) return nullptr;
    const uint32_t index = slots_[SlotOf(name, scope)];
    return index == 0 ? nullptr : &entries_[index - 1].value;
  }

  // False if the name is there already; its value stays as it was.
  bool Insert(std::string_view name, uint32_t value, uint32_t scope = 0) {
    if ((entries_.size() + 1) * 2 > slots_.size()) Grow();
    const size_t slot = SlotOf(name, scope);
    if (slots_[slot] != 0) return false;
    entries_.push_back({name, Hash(name, scope), scope, value});
    slots_[slot] = static_cast<uint32_t>(entries_.size());
    return true;
  }

 private:
  struct Entry {
    std::string_view name;
    uint64_t hash;
    uint32_t scope;
    uint32_t value;
  };

  // Addresses differ from process to process, which is seed enough against names chosen to collide.
  static uint64_t Seed() {
    static const char anchor = 0;
    return reinterpret_cast<uintptr_t>(&anchor) * 0x9e3779b97f4a7c15u;
  }

  static uint64_t Mix(uint64_t a, uint64_t b) {
    const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  static uint64_t Hash(std::string_view name, uint32_t scope) {
    uint64_t hash = Seed() ^ (uint64_t{scope} << 32 | name.size());
    size_t i = 0;
    for (; name.size() - i >= 8; i += 8) {
      uint64_t chunk;
      std::memcpy(&chunk, name.data() + i, 8);
      hash = Mix(hash ^ chunk, 0xd6e8feb86659fd93u);
    }
    uint64_t tail = 0;
    for (int shift = 0; i < name.size(); ++i, shift += 8) tail |= uint64_t{static_cast<uint8_t>(name[i])} << shift;
    return Mix(Mix(hash ^ tail, 0xa0761d6478bd642fu) ^ Seed(), 0xe7037ed1a0b428dbu);
  }

  // The slot that has the name, or the empty one where it belongs.
  size_t SlotOf(std::string_view name, uint32_t scope) const {
    const uint64_t hash = Hash(name, scope);
    for (size_t slot = hash & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
      const uint32_t index = slots_[slot];
      if (index == 0) return slot;
      const Entry& entry = entries_[index - 1];
      if (entry.hash == hash && entry.scope == scope && entry.name == name) return slot;
    }
  }

  void Grow() {
    slots_.assign(slots_.empty() ? 32 : slots_.size() * 2, 0);
    for (size_t i = 0; i < entries_.size(); ++i) {
      size_t slot = entries_[i].hash & (slots_.size() - 1);
      while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = static_cast<uint32_t>(i + 1);
    }
  }

  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  // 1 + index of an entry, 0: empty
};

}  // namespace gantry::wasm::text
