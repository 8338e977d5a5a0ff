// [GANTRYDOC] Canonical types
//
// A recursion group is interned by its shape: a flat key of 32-bit words in which references to members of the group
// are relative and all other references are canonical ids. Equal keys are equal groups (spec 3.1.2), so one hash
// look-up decides.
//
// Ids are indices into a two-level table of atomic pointers; readers take two loads and no lock [I2]. A group counts
// its holders (TypeHolds and groups that refer to it); at zero its ids go to a free list for groups of the same size
// and the groups it refers to lose a count.
#include "wasm/type_registry.h"

#include <atomic>
#include <mutex>
#include <unordered_map>

#include "base/check.h"

namespace gantry::wasm {

namespace {

constexpr uint32_t kChunkBits = 10;
constexpr uint32_t kChunkSize = 1u << kChunkBits;
constexpr uint32_t kMaxChunks = (HeapType::kMaxConcrete >> kChunkBits) + 1;

using Key = std::vector<uint32_t>;

struct KeyHash {
  size_t operator()(const Key& key) const {
    uint64_t hash = 0x9e3779b97f4a7c15u ^ key.size();
    for (uint32_t word : key) hash = (hash ^ word) * 0xff51afd7ed558ccdu, hash ^= hash >> 32;
    return static_cast<size_t>(hash);
  }
};

constexpr uint32_t kInGroup = 0x80000000;  // marks a reference relative to the group's first type

// Writes the parts of a type definition with every concrete reference mapped by `map`.
class KeyBuilder {
 public:
  KeyBuilder(uint32_t first, uint32_t count, const std::vector<CanonId>& canon)
      : first_(first), count_(count), canon_(canon) {
    key.reserve(16);
  }

  void Add(const SubType& type) {
    key.push_back(static_cast<uint32_t>(type.kind) | (type.is_final ? 16u : 0u));
    key.push_back(type.super == kNone ? kNone : Reference(type.super));
    if (type.kind == CompKind::Func) {
      AddTypes(type.params);
      AddTypes(type.results);
      return;
    }
    key.push_back(static_cast<uint32_t>(type.fields.size()));
    for (const FieldType& field : type.fields) {
      AddType(field.storage);
      key.push_back(field.is_mutable);
    }
  }

  Key key;

 private:
  uint32_t Reference(uint32_t index) const {
    GANTRY_CHECK(index < first_ + count_, "type index beyond its recursion group");
    return index >= first_ ? kInGroup | (index - first_) : canon_[index];
  }
  void AddTypes(const std::vector<ValType>& types) {
    key.push_back(static_cast<uint32_t>(types.size()));
    for (ValType type : types) AddType(type);
  }
  void AddType(ValType type) {
    key.push_back(type.bits() & 0xff);
    if (!type.is_ref()) return;
    const HeapType heap = type.heap();
    key.push_back(heap.is_concrete() ? Reference(heap.index()) : heap.code());
  }

  uint32_t first_;
  uint32_t count_;
  const std::vector<CanonId>& canon_;
};

}  // namespace

struct TypeRegistry::Impl {
  using Chunk = std::atomic<const CanonType*>[kChunkSize];
  struct Group {
    uint32_t first = 0;
    uint32_t count = 0;
    uint64_t holders = 0;
    std::vector<uint32_t> uses;  // groups referred to, one count each
    const Key* key = nullptr;    // in `groups_by_key`
  };

  std::mutex mutex;
  uint32_t next_id = 1;  // no type has the id 0, so that no type is that of an empty table entry
  std::unordered_map<Key, uint32_t, KeyHash> groups_by_key;
  std::vector<Group> groups;
  std::vector<uint32_t> free_groups;
  std::unordered_map<uint32_t, std::vector<uint32_t>> free_ids;  // size -> first ids
  size_t live = 0;

  // Static, hence zero without being touched: it has room for 16 million types and usually one chunk.
  static inline constinit std::atomic<Chunk*> chunks[kMaxChunks] = {};

  const CanonType& At(CanonId id) const {
    return *(*chunks[id >> kChunkBits].load(std::memory_order_acquire))[id & (kChunkSize - 1)].load(
        std::memory_order_acquire);
  }

  uint32_t NewIds(uint32_t count) {
    if (auto it = free_ids.find(count); it != free_ids.end() && !it->second.empty()) {
      const uint32_t first = it->second.back();
      it->second.pop_back();
      return first;
    }
    const uint32_t first = next_id;
    next_id += count;
    GANTRY_CHECK(next_id <= HeapType::kMaxConcrete, "more than 16 million live types");
    for (uint32_t chunk = first >> kChunkBits; chunk <= (next_id - 1) >> kChunkBits; ++chunk) {
      if (!chunks[chunk].load(std::memory_order_relaxed)) {
        auto* memory = new std::atomic<const CanonType*>[1][kChunkSize]();
        chunks[chunk].store(memory, std::memory_order_release);
      }
    }
    return first;
  }

  void Publish(std::unique_ptr<CanonType> type) {
    const CanonId id = type->id;
    (*chunks[id >> kChunkBits].load(std::memory_order_relaxed))[id & (kChunkSize - 1)].store(type.release(),
                                                                                             std::memory_order_release);
  }

  // Adds a use of the group of `id` to `uses`.
  std::unordered_map<uint32_t, uint32_t> group_of_first;  // first id -> group number
  void Use(CanonId id, std::vector<uint32_t>* uses) {
    const uint32_t group = group_of_first.at(At(id).group_first);
    ++groups[group].holders;
    uses->push_back(group);
  }
};

namespace {

// Canonical copy of a definition; in-group references become `first_id` + position.
class Canonicalizer {
 public:
  Canonicalizer(uint32_t first, CanonId first_id, const std::vector<CanonId>& canon)
      : first_(first), first_id_(first_id), canon_(canon) {}
  CanonId Index(uint32_t index) const { return index >= first_ ? first_id_ + (index - first_) : canon_[index]; }
  ValType Type(ValType type) const {
    if (!type.is_ref() || !type.heap().is_concrete()) return type;
    return ValType::Ref(HeapType::Concrete(Index(type.heap().index())), type.is_nullable());
  }

 private:
  uint32_t first_;
  CanonId first_id_;
  const std::vector<CanonId>& canon_;
};

uint32_t Slots(const std::vector<ValType>& types) {
  uint32_t slots = 0;
  for (ValType type : types) slots += type.slots();
  return slots;
}

}  // namespace

TypeRegistry::TypeRegistry() : impl_(new Impl) {}

TypeRegistry& TypeRegistry::Get() {
  static TypeRegistry* registry = new TypeRegistry;  // never destroyed: holders may outlive static destruction
  return *registry;
}

const CanonType& TypeRegistry::operator[](CanonId id) const { return impl_->At(id); }

void TypeRegistry::InternGroup(std::span<const SubType> types, uint32_t first, std::vector<CanonId>* canon,
                               TypeHold* hold) {
  const uint32_t count = static_cast<uint32_t>(types.size());
  if (count == 0) return;
  KeyBuilder builder(first, count, *canon);
  for (const SubType& type : types) builder.Add(type);

  std::lock_guard lock(impl_->mutex);
  if (auto it = impl_->groups_by_key.find(builder.key); it != impl_->groups_by_key.end()) {
    Impl::Group& group = impl_->groups[it->second];
    ++group.holders;
    hold->groups_.push_back(it->second);
    for (uint32_t i = 0; i < count; ++i) canon->push_back(group.first + i);
    return;
  }

  const CanonId first_id = impl_->NewIds(count);
  Canonicalizer to_canon(first, first_id, *canon);
  std::vector<uint32_t> uses;
  auto use = [&](ValType type) {
    if (type.is_ref() && type.heap().is_concrete() && type.heap().index() < first) {
      impl_->Use((*canon)[type.heap().index()], &uses);
    }
  };
  for (uint32_t i = 0; i < count; ++i) {
    const SubType& type = types[i];
    auto out = std::make_unique<CanonType>();
    out->kind = type.kind;
    out->is_final = type.is_final;
    out->id = first_id + i;
    out->super = type.super == kNone ? kNone : to_canon.Index(type.super);
    if (type.super != kNone) {
      const CanonType& super = impl_->At(out->super);  // a supertype stands before its subtypes, so it is published
      out->display = super.display;
      if (type.super < first) impl_->Use(out->super, &uses);
    }
    out->depth = static_cast<uint32_t>(out->display.size());
    out->display.push_back(out->id);
    for (ValType t : type.params) use(t), out->params.push_back(to_canon.Type(t));
    for (ValType t : type.results) use(t), out->results.push_back(to_canon.Type(t));
    for (const FieldType& f : type.fields)
      use(f.storage), out->fields.push_back({to_canon.Type(f.storage), f.is_mutable});
    out->param_slots = Slots(out->params);
    out->result_slots = Slots(out->results);
    out->group_first = first_id;
    out->group_count = count;
    impl_->Publish(std::move(out));
  }

  uint32_t number;
  if (!impl_->free_groups.empty()) {
    number = impl_->free_groups.back();
    impl_->free_groups.pop_back();
  } else {
    number = static_cast<uint32_t>(impl_->groups.size());
    impl_->groups.emplace_back();
  }
  const Key* key = &impl_->groups_by_key.emplace(std::move(builder.key), number).first->first;
  impl_->groups[number] = {first_id, count, /*holders=*/1, std::move(uses), key};
  impl_->group_of_first[first_id] = number;
  ++impl_->live;
  hold->groups_.push_back(number);
  for (uint32_t i = 0; i < count; ++i) canon->push_back(first_id + i);
}

CanonId TypeRegistry::Intern(const SubType& canonical, TypeHold* hold) {
  // Number the canonical ids that occur 0..n-1, so that the definition stands behind them like in a module.
  std::vector<CanonId> canon;
  const auto syntactic = [&](ValType* type) {
    if (!type->is_ref() || !type->heap().is_concrete()) return;
    canon.push_back(type->heap().index());
    *type = ValType::Ref(HeapType::Concrete(static_cast<uint32_t>(canon.size() - 1)), type->is_nullable());
  };
  SubType type = canonical;
  if (type.super != kNone) {
    canon.push_back(type.super);
    type.super = 0;
  }
  for (ValType& t : type.params) syntactic(&t);
  for (ValType& t : type.results) syntactic(&t);
  for (FieldType& f : type.fields) syntactic(&f.storage);
  const uint32_t first = static_cast<uint32_t>(canon.size());
  InternGroup(std::span(&type, 1), first, &canon, hold);
  return canon.back();
}

CanonId TypeRegistry::InternFunc(std::span<const ValType> params, std::span<const ValType> results, TypeHold* hold) {
  SubType type;
  type.params.assign(params.begin(), params.end());
  type.results.assign(results.begin(), results.end());
  return Intern(type, hold);
}

void TypeRegistry::Keep(CanonId id, TypeHold* hold) {
  std::lock_guard lock(impl_->mutex);
  impl_->Use(id, &hold->groups_);
}

void TypeRegistry::Release(std::span<const uint32_t> released) {
  std::lock_guard lock(impl_->mutex);
  std::vector<uint32_t> work(released.begin(), released.end());
  while (!work.empty()) {
    const uint32_t number = work.back();
    work.pop_back();
    Impl::Group& group = impl_->groups[number];
    if (--group.holders != 0) continue;
    for (uint32_t i = 0; i < group.count; ++i) {
      const CanonId id = group.first + i;
      delete (*impl_->chunks[id >> kChunkBits].load())[id & (kChunkSize - 1)].exchange(nullptr);
    }
    work.insert(work.end(), group.uses.begin(), group.uses.end());
    impl_->free_ids[group.count].push_back(group.first);
    impl_->group_of_first.erase(group.first);
    impl_->groups_by_key.erase(impl_->groups_by_key.find(*group.key));
    group = {};
    impl_->free_groups.push_back(number);
    --impl_->live;
  }
}

TypeHold::~TypeHold() {
  if (!groups_.empty()) TypeRegistry::Get().Release(groups_);
}

size_t TypeRegistry::live_groups() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->live;
}

HeapKind TopOf(HeapType type) {
  if (type.is_concrete()) {
    return TypeRegistry::Get()[type.index()].kind == CompKind::Func ? HeapKind::Func : HeapKind::Any;
  }
  switch (type.kind()) {
    case HeapKind::Func:
    case HeapKind::NoFunc:
      return HeapKind::Func;
    case HeapKind::Extern:
    case HeapKind::NoExtern:
      return HeapKind::Extern;
    case HeapKind::Exn:
    case HeapKind::NoExn:
      return HeapKind::Exn;
    default:
      return HeapKind::Any;
  }
}

HeapKind BottomOf(HeapType type) {
  switch (TopOf(type)) {
    case HeapKind::Func:
      return HeapKind::NoFunc;
    case HeapKind::Extern:
      return HeapKind::NoExtern;
    case HeapKind::Exn:
      return HeapKind::NoExn;
    default:
      return HeapKind::None;
  }
}

namespace {

// Abstract types only; spec 3.3.3.
bool AbstractSubtype(HeapKind sub, HeapKind super) {
  if (sub == super || sub == HeapKind::Bot) return true;
  switch (super) {
    case HeapKind::Any:
      return sub == HeapKind::Eq || sub == HeapKind::I31 || sub == HeapKind::Struct || sub == HeapKind::Array ||
             sub == HeapKind::None;
    case HeapKind::Eq:
      return sub == HeapKind::I31 || sub == HeapKind::Struct || sub == HeapKind::Array || sub == HeapKind::None;
    case HeapKind::I31:
    case HeapKind::Struct:
    case HeapKind::Array:
      return sub == HeapKind::None;
    case HeapKind::Func:
      return sub == HeapKind::NoFunc;
    case HeapKind::Extern:
      return sub == HeapKind::NoExtern;
    case HeapKind::Exn:
      return sub == HeapKind::NoExn;
    default:
      return false;
  }
}

}  // namespace

bool TypeRegistry::IsSubtype(HeapType sub, HeapType super) const {
  if (sub == super) return true;
  if (sub.is_concrete()) {
    if (super.is_concrete()) return IsSubtype(sub.index(), super.index());
    switch ((*this)[sub.index()].kind) {
      case CompKind::Func:
        return super.is(HeapKind::Func);
      case CompKind::Struct:
        return AbstractSubtype(HeapKind::Struct, super.kind());
      case CompKind::Array:
        return AbstractSubtype(HeapKind::Array, super.kind());
      case CompKind::Module:
      case CompKind::Instance:
        break;  // never canonical
    }
  }
  if (super.is_concrete()) {
    if (sub.is(HeapKind::Bot)) return true;
    return sub.kind() == ((*this)[super.index()].kind == CompKind::Func ? HeapKind::NoFunc : HeapKind::None);
  }
  return AbstractSubtype(sub.kind(), super.kind());
}

bool TypeRegistry::Matches(ValType sub, ValType super) const {
  if (sub == super || sub.kind() == TypeKind::Bot) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  return (!sub.is_nullable() || super.is_nullable()) && IsSubtype(sub.heap(), super.heap());
}

}  // namespace gantry::wasm
