#include "runtime/interp/pairs.h"

#include <array>
#include <bit>
#include <vector>

#include "runtime/interp/fuse.h"

namespace gantry::interp {

namespace {

// An instruction's places in the families: in which ones it is, and where.
struct Places {
  static constexpr int kMost = 10;

  uint64_t families = 0;
  uint8_t family[kMost] = {};
  uint8_t index[kMost] = {};
  int count = 0;

  constexpr void Add(int the_family, size_t the_index) {
    families |= uint64_t{1} << the_family;
    family[count] = static_cast<uint8_t>(the_family);
    index[count++] = static_cast<uint8_t>(the_index);
  }
  uint32_t IndexIn(int the_family) const {
    int i = 0;
    while (family[i] != the_family) ++i;
    return index[i];
  }
};

struct Family {
  std::span<const ROp> first, second;
  uint32_t begin;  // number of its first pair
};

#define FAMILY(First, Second) +1
constexpr int kFamilyCount = 0 GANTRY_PAIRS(FAMILY);
#undef FAMILY
static_assert(kFamilyCount <= 64);

constexpr std::array<Family, kFamilyCount> MakeFamilies() {
  std::array<Family, kFamilyCount> families{};
  int count = 0;
  uint32_t begin = kROpCount;
#define FAMILY(First, Second)                 \
  families[count++] = {First, Second, begin}; \
  begin += static_cast<uint32_t>(std::size(First) * std::size(Second));
  GANTRY_PAIRS(FAMILY)
#undef FAMILY
  return families;
}
constexpr std::array<Family, kFamilyCount> kFamilies = MakeFamilies();

// Apart from kFamilies, which holds pointers and so is relocated when a process starts: this is 25 times as large.
struct AllPlaces {
  Places first[kROpCount], second[kROpCount];
};
constexpr AllPlaces MakePlaces() {
  AllPlaces all{};
  for (int family = 0; family < kFamilyCount; ++family) {
    const auto& [first, second, begin] = kFamilies[family];
    for (size_t i = 0; i < first.size(); ++i) all.first[static_cast<int>(first[i])].Add(family, i);
    for (size_t i = 0; i < second.size(); ++i) all.second[static_cast<int>(second[i])].Add(family, i);
  }
  return all;
}
constexpr AllPlaces kPlaces = MakePlaces();

// Words of the instruction at the head of `code`.
uint32_t SizeAt(const uint64_t* code) {
  const Word word = WordOf(*code);
  const uint32_t size = InfoOf(word.rop()).size();
  const bool table = word.rop() == ROp::BrTable || word.rop() == ROp::BrTableQ;
  return table ? size + (word.bc() + 2) / 2 : size;
}

}  // namespace

uint16_t PairOf(ROp first, ROp second) {
  if (kPairCount == 0) return 0;
  const Places& x = kPlaces.first[static_cast<int>(first)];
  const Places& y = kPlaces.second[static_cast<int>(second)];
  const uint64_t common = x.families & y.families;
  if (common == 0) return 0;
  const int index = std::countr_zero(common);
  const Family& family = kFamilies[index];
  return static_cast<uint16_t>(family.begin + x.IndexIn(index) * family.second.size() + y.IndexIn(index));
}

ROp SingleOf(uint16_t number) {
  if (number < kROpCount) return static_cast<ROp>(number);
  int i = kFamilyCount - 1;
  while (kFamilies[i].begin > number) --i;
  const Family& family = kFamilies[i];
  return family.first[(number - family.begin) / family.second.size()];
}

// From the end to the front: the fewest dispatches from an instruction to the end, if every branch falls through.
void FusePairs(std::span<uint64_t> code) {
  if (kPairCount == 0) return;
  std::vector<uint32_t> starts;
  starts.reserve(code.size());
  for (uint32_t at = 0; at < code.size(); at += SizeAt(&code[at])) starts.push_back(at);
  uint32_t next = 0, after_next = 0;  // dispatches from the next instruction on, and from the one behind it
  ROp second = ROp::Refused;
  for (size_t i = starts.size(); i-- > 0;) {
    Word word = WordOf(code[starts[i]]);
    const ROp first = word.rop();
    uint32_t here = 1 + next;
    if (i + 1 < starts.size() && after_next < next) {
      const uint16_t pair = PairOf(first, second);
      if (pair != 0) {
        word.op = pair;
        code[starts[i]] = word.bits();
        here = 1 + after_next;
      }
    }
    after_next = next;
    next = here;
    second = first;
  }
}

}  // namespace gantry::interp
