#include "runtime/shared_bytes.h"

#include <cstring>

namespace gantry::runtime {

namespace {

constexpr uint64_t kWord = sizeof(uint64_t);

uint64_t MisalignmentOf(const uint8_t* address) { return reinterpret_cast<uintptr_t>(address) & (kWord - 1); }

uint8_t LoadByte(const uint8_t* from) { return __atomic_load_n(from, __ATOMIC_RELAXED); }
void StoreByte(uint8_t* to, uint8_t value) { __atomic_store_n(to, value, __ATOMIC_RELAXED); }
uint64_t LoadWord(const uint8_t* from) {
  return __atomic_load_n(reinterpret_cast<const uint64_t*>(from), __ATOMIC_RELAXED);
}
void StoreWord(uint8_t* to, uint64_t value) {
  __atomic_store_n(reinterpret_cast<uint64_t*>(to), value, __ATOMIC_RELAXED);
}

void MoveUp(uint8_t* to, const uint8_t* from, uint64_t count) {
  const bool by_words = MisalignmentOf(to) == MisalignmentOf(from);
  for (; count > 0 && (!by_words || MisalignmentOf(to) != 0); --count) StoreByte(to++, LoadByte(from++));
  for (; count >= kWord; count -= kWord, to += kWord, from += kWord) StoreWord(to, LoadWord(from));
  for (; count > 0; --count) StoreByte(to++, LoadByte(from++));
}

void MoveDown(uint8_t* to, const uint8_t* from, uint64_t count) {
  to += count;
  from += count;
  const bool by_words = MisalignmentOf(to) == MisalignmentOf(from);
  for (; count > 0 && (!by_words || MisalignmentOf(to) != 0); --count) StoreByte(--to, LoadByte(--from));
  for (; count >= kWord; count -= kWord) {
    to -= kWord;
    from -= kWord;
    StoreWord(to, LoadWord(from));
  }
  for (; count > 0; --count) StoreByte(--to, LoadByte(--from));
}

}  // namespace

void CopyToShared(uint8_t* to, const uint8_t* from, uint64_t count) {
  for (; count > 0 && MisalignmentOf(to) != 0; --count) StoreByte(to++, *from++);
  for (; count >= kWord; count -= kWord, to += kWord, from += kWord) {
    uint64_t word;
    std::memcpy(&word, from, kWord);
    StoreWord(to, word);
  }
  for (; count > 0; --count) StoreByte(to++, *from++);
}

void MoveShared(uint8_t* to, const uint8_t* from, uint64_t count) {
  if (to <= from || to >= from + count) {
    MoveUp(to, from, count);
  } else {
    MoveDown(to, from, count);
  }
}

void FillShared(uint8_t* to, uint8_t value, uint64_t count) {
  for (; count > 0 && MisalignmentOf(to) != 0; --count) StoreByte(to++, value);
  const uint64_t word = value * uint64_t{0x0101010101010101};
  for (; count >= kWord; count -= kWord, to += kWord) StoreWord(to, word);
  for (; count > 0; --count) StoreByte(to++, value);
}

}  // namespace gantry::runtime
