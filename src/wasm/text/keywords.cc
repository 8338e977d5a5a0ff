#include "wasm/text/keywords.h"

#include <array>
#include <cstring>

#include "wasm/opcode.h"

namespace gantry::wasm::text {

namespace {

constexpr std::string_view kKeywordTexts[] = {
#define WAT_KEYWORD(Id, text) text,
#include "wasm/text/keywords.def"
};
constexpr size_t kKeywordCount = std::size(kKeywordTexts);

// Up to eight bytes, first one lowest. A fixed count compiles to one load.
template <int kBytes>
constexpr uint64_t Load(const char* p) {
  uint64_t value = 0;
  for (int i = 0; i < kBytes; ++i) value |= uint64_t{static_cast<uint8_t>(p[i])} << (8 * i);
  return value;
}

// Reads both ends of the word: names differ there ("i32." ... "_u").
constexpr uint32_t Hash(std::string_view text) {
  const char* p = text.data();
  const size_t n = text.size();
  uint64_t a = 0, b = 0;
  if (n >= 8) {
    a = Load<8>(p);
    b = Load<8>(p + n - 8);
    if (n > 16) b ^= Load<8>(p + n / 2 - 4) * 0x9e3779b97f4a7c15u;
  } else if (n >= 4) {
    a = Load<4>(p);
    b = Load<4>(p + n - 4);
  } else if (n > 0) {
    a = Load<1>(p) | Load<1>(p + n / 2) << 8 | Load<1>(p + n - 1) << 16;
  }
  uint64_t h = (a ^ 0x2545f4914f6cdd1du) * 0xff51afd7ed558ccdu;
  h = (h ^ (h >> 31) ^ b ^ n) * 0xc4ceb9fe1a85ec53u;
  return static_cast<uint32_t>(h >> 32);
}

constexpr size_t kSlots = 4096;
static_assert(kOpCount + kKeywordCount < kSlots / 2);

struct WordTable {
  // 0: empty; otherwise 1 + index into ops, or 1 + kOpCount + index into keywords.
  std::array<uint16_t, kSlots> slots;
};

constexpr std::string_view TextAt(uint16_t entry) {
  return entry <= kOpCount ? internal::kOpInfos[entry - 1].text : kKeywordTexts[entry - 1 - kOpCount];
}

consteval WordTable MakeWordTable() {
  WordTable table{};
  for (uint16_t entry = 1; entry <= kOpCount + kKeywordCount; ++entry) {
    const std::string_view text = TextAt(entry);
    if (text.find(' ') != std::string_view::npos) continue;  // "ref.test null"
    size_t slot = Hash(text) % kSlots;
    bool seen = false;
    for (; table.slots[slot] != 0; slot = (slot + 1) % kSlots) seen |= TextAt(table.slots[slot]) == text;
    if (!seen) table.slots[slot] = entry;  // the first of two rows with one name: `select`
  }
  return table;
}

constexpr WordTable kWords = MakeWordTable();

}  // namespace

std::string_view KeywordText(Keyword keyword) { return kKeywordTexts[static_cast<size_t>(keyword)]; }

Word FindWord(std::string_view text) {
  for (size_t slot = Hash(text) % kSlots;; slot = (slot + 1) % kSlots) {
    const uint16_t entry = kWords.slots[slot];
    if (entry == 0) return {};
    if (TextAt(entry) != text) continue;
    if (entry <= kOpCount) return {Word::Kind::Instruction, static_cast<uint16_t>(entry - 1)};
    return {Word::Kind::Keyword, static_cast<uint16_t>(entry - 1 - kOpCount)};
  }
}

}  // namespace gantry::wasm::text
