#include "runtime/table.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "abi/gc_layout.h"
#include "platform/pages.h"

namespace gantry::runtime {

using abi::FuncRef;
using abi::FuncTableEntry;
using abi::Slot;

namespace {

// From here on a table gets pages of its own: zero without being touched, grown without copying.
constexpr uint64_t kMappedBytes = uint64_t{64} << 10;

FuncTableEntry EntryOf(Slot value) {
  auto* ref = reinterpret_cast<FuncRef*>(value);
  if (ref == nullptr) return {};
  return {.ref = ref, .type = ref->type(), .padding = 0};
}

}  // namespace

Table::Table(const wasm::TableType& type) : type_(type), holds_funcs_(abi::IsFuncPointer(type.element)) {}

Table::~Table() {
  const uint64_t element = holds_funcs_ ? sizeof(FuncTableEntry) : sizeof(gc::Ref);
  if (is_mapped_) {
    platform::FreeZeroed(def_.base, capacity_ * element);
  } else {
    std::free(def_.base);
  }
}

Result<std::unique_ptr<Table>> Table::Create(const wasm::TableType& type) {
  std::unique_ptr<Table> table(new Table(type));
  if (type.limits.min > kMaxTableElements) {
    return std::unexpected(Error(ErrorClass::Limit, "the table's minimum size is beyond the implementation limit"));
  }
  if (!table->EnsureCapacity(type.limits.min)) {
    return std::unexpected(Error(ErrorClass::Host, "not enough memory for the table"));
  }
  table->def_.length = type.limits.min;
  return table;
}

bool Table::EnsureCapacity(uint64_t elements) {
  if (elements <= capacity_) return true;
  const uint64_t element = holds_funcs_ ? sizeof(FuncTableEntry) : sizeof(gc::Ref);
  const uint64_t old_bytes = capacity_ * element;
  // Grown tables grow again.
  const uint64_t wanted = capacity_ == 0 ? elements : std::max(elements, std::min(2 * capacity_, kMaxTableElements));
  const uint64_t bytes = wanted * element;
  void* base;
  if (bytes < kMappedBytes) {
    base = std::realloc(def_.base, bytes);
    if (base == nullptr) return false;
    std::memset(static_cast<uint8_t*>(base) + old_bytes, 0, bytes - old_bytes);
  } else if (is_mapped_) {
    base = platform::GrowZeroed(def_.base, old_bytes, bytes);
    if (base == nullptr) return false;
  } else {
    base = platform::AllocateZeroed(bytes);
    if (base == nullptr) return false;
    if (old_bytes != 0) std::memcpy(base, def_.base, old_bytes);
    std::free(def_.base);
    is_mapped_ = true;
  }
  def_.base = base;
  capacity_ = wanted;
  return true;
}

Slot Table::Get(uint64_t index) const {
  return holds_funcs_ ? reinterpret_cast<uintptr_t>(funcs()[index].ref) : refs()[index];
}

void Table::Set(uint64_t index, Slot value) {
  if (holds_funcs_) {
    funcs()[index] = EntryOf(value);
  } else {
    refs()[index] = static_cast<gc::Ref>(value);
  }
}

int64_t Table::Grow(uint64_t delta, Slot init, uint64_t max_elements) {
  const uint64_t old_size = def_.length;
  const uint64_t declared = type_.limits.max ? *type_.limits.max : ~uint64_t{0};
  const uint64_t max = std::min({declared, max_elements, kMaxTableElements});
  if (old_size > max || delta > max - old_size || !EnsureCapacity(old_size + delta)) return -1;
  def_.length = old_size + delta;
  if (init != 0) Fill(old_size, init, delta);
  return static_cast<int64_t>(old_size);
}

void Table::Fill(uint64_t start, Slot value, uint64_t count) {
  if (holds_funcs_) {
    std::fill_n(funcs() + start, count, EntryOf(value));
  } else {
    std::fill_n(refs() + start, count, static_cast<gc::Ref>(value));
  }
}

void Table::CopyFrom(const Table& source, uint64_t to, uint64_t from, uint64_t count) {
  if (count == 0) return;
  if (holds_funcs_) {
    std::memmove(funcs() + to, source.funcs() + from, count * sizeof(FuncTableEntry));
  } else {
    std::memmove(refs() + to, source.refs() + from, count * sizeof(gc::Ref));
  }
}

void Table::VisitRefs(gc::RootVisitor& visitor) {
  if (holds_funcs_) return;
  for (uint64_t i = 0; i < def_.length; ++i) visitor.VisitRef(refs() + i);
}

}  // namespace gantry::runtime
