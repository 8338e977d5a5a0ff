// The layouts of abi/ that code relies on, as constants: a change here is a change of the treaty.
#include <gtest/gtest.h>

#include <cstddef>

#include "abi/context.h"
#include "abi/gc_layout.h"
#include "abi/traps.h"

namespace gantry::abi {
namespace {

static_assert(sizeof(Slot) == 8);

static_assert(sizeof(FuncRef) == 32);
static_assert(offsetof(FuncRef, native_entry) == 0);
static_assert(offsetof(FuncRef, array_entry) == 8);
static_assert(offsetof(FuncRef, type_and_kind) == 16);
static_assert(offsetof(FuncRef, func_index) == 20);
static_assert(offsetof(FuncRef, context) == 24);
static_assert(offsetof(FuncRef, host) == 24);

static_assert(sizeof(FuncTableEntry) == 16);
static_assert(offsetof(FuncTableEntry, ref) == 0);
static_assert(offsetof(FuncTableEntry, type) == 8 && sizeof(FuncTableEntry::type) == 4);

static_assert(sizeof(MemoryDef) == 16);
static_assert(offsetof(MemoryDef, base) == 0);
static_assert(offsetof(MemoryDef, length) == 8);
static_assert(std::atomic<uint64_t>::is_always_lock_free);

static_assert(sizeof(TableDef) == 16);
static_assert(offsetof(TableDef, base) == 0);
static_assert(offsetof(TableDef, length) == 8);

static_assert(sizeof(GlobalCell) == 16 && alignof(GlobalCell) == 16);
static_assert(offsetof(GlobalCell, low) == 0);
static_assert(offsetof(GlobalCell, high) == 8);

static_assert(sizeof(TagDef) == 4);

static_assert(sizeof(StoreContext) == 104);
static_assert(offsetof(StoreContext, store) == 0);
static_assert(offsetof(StoreContext, activation) == 8);
static_assert(offsetof(StoreContext, interrupt_pending) == 16);
static_assert(offsetof(StoreContext, fuel) == 24);
static_assert(offsetof(StoreContext, gc_base) == 32);
static_assert(offsetof(StoreContext, stack_top) == 40);
static_assert(offsetof(StoreContext, stack_limit) == 48);
static_assert(offsetof(StoreContext, native_stack_limit) == 56);
static_assert(offsetof(StoreContext, native_stack_end) == 64);
static_assert(offsetof(StoreContext, native_start) == 72);

static_assert(sizeof(InstanceContext) == 128);
static_assert(offsetof(InstanceContext, store) == 0);
static_assert(offsetof(InstanceContext, instance) == 8);
static_assert(offsetof(InstanceContext, memory0_base) == 16);
static_assert(offsetof(InstanceContext, builtins) == 24);
static_assert(offsetof(InstanceContext, native) == 32);
static_assert(offsetof(InstanceContext, gc_base) == 40);
static_assert(offsetof(InstanceContext, gc_window) == 48);
static_assert(offsetof(InstanceContext, canon) == 56);
static_assert(offsetof(InstanceContext, descriptors) == 64);
static_assert(offsetof(InstanceContext, code) == 72);
static_assert(offsetof(InstanceContext, memories) == 80);
static_assert(offsetof(InstanceContext, tables) == 88);
static_assert(offsetof(InstanceContext, globals) == 96);
static_assert(offsetof(InstanceContext, tags) == 104);
static_assert(offsetof(InstanceContext, imported_funcs) == 112);
static_assert(offsetof(InstanceContext, funcs) == 120);

static_assert(sizeof(AllocWindow) == 8);
static_assert(offsetof(AllocWindow, top) == 0 && offsetof(AllocWindow, limit) == 4);

static_assert(sizeof(TypeDescriptor) == 28);
static_assert(offsetof(TypeDescriptor, kind) == 0);
static_assert(offsetof(TypeDescriptor, size) == 4);
static_assert(offsetof(TypeDescriptor, type) == 8);
static_assert(offsetof(TypeDescriptor, depth) == 12);
static_assert(offsetof(TypeDescriptor, refs_count) == 16);
static_assert(offsetof(TypeDescriptor, refs) == 20);
static_assert(offsetof(TypeDescriptor, display_count) == 24);
static_assert(TypeDescriptor::kMinDisplay == 8);
static_assert(kArrayLengthOffset == 4 && kArrayDataOffset == 8);
static_assert(kExternValueOffset == 8 && kExnTagOffset == 8 && kExnFieldsOffset == 16);

TEST(FuncRef, PacksTypeAndKind) {
  FuncRef ref{};
  ref.type_and_kind = FuncRef::Pack(0xabcdef, FuncKind::Native);
  EXPECT_EQ(ref.type(), 0xabcdefu);
  EXPECT_EQ(ref.kind(), FuncKind::Native);
}

TEST(GcLayout, FieldsHaveTheirNaturalAlignment) {
  using wasm::HeapKind;
  using wasm::ValType;
  wasm::CanonType type{};
  type.kind = wasm::CompKind::Struct;
  type.fields = {{wasm::TypeKind::I8}, {wasm::TypeKind::I16}, {wasm::kI32},  {ValType::Ref(HeapKind::Any, true)},
                 {wasm::kF64},         {ValType::FuncRef()},  {wasm::kV128}, {wasm::TypeKind::I8}};
  const StructLayout layout = LayoutStruct(type);
  EXPECT_EQ(layout.offsets, (std::vector<uint32_t>{4, 6, 8, 12, 16, 24, 32, 48}));
  EXPECT_EQ(layout.size, 56u);
  type.fields.clear();
  EXPECT_EQ(LayoutStruct(type).size, 8u);
  type.params = {wasm::kI32, ValType::ExternRef(), wasm::kI64};
  EXPECT_EQ(LayoutExn(type).offsets, (std::vector<uint32_t>{16, 20, 24}));
  EXPECT_EQ(LayoutExn(type).size, 32u);
  EXPECT_EQ(LayoutStruct(type).offsets.size(), 0u);
}

TEST(GcLayout, CollectorKnowsWhichReferencesAreItsOwn) {
  using wasm::HeapKind;
  using wasm::ValType;
  for (HeapKind kind : {HeapKind::Any, HeapKind::Eq, HeapKind::I31, HeapKind::Struct, HeapKind::None, HeapKind::Extern,
                        HeapKind::NoExtern, HeapKind::Exn, HeapKind::NoExn}) {
    EXPECT_TRUE(IsGcRef(ValType::Ref(kind, true)));
  }
  EXPECT_FALSE(IsGcRef(ValType::FuncRef()));
  EXPECT_FALSE(IsGcRef(ValType::Ref(HeapKind::NoFunc, true)));
  EXPECT_FALSE(IsGcRef(wasm::kI64));
}

TEST(Traps, EveryCodeHasTexts) {
  for (int i = 0; i <= static_cast<int>(TrapCode::CastFailure); ++i) {
    EXPECT_FALSE(SuiteText(static_cast<TrapCode>(i)).empty());
    EXPECT_FALSE(ReferenceText(static_cast<TrapCode>(i)).empty());
    EXPECT_LE(ApiCode(static_cast<TrapCode>(i)), 16);
  }
}

}  // namespace
}  // namespace gantry::abi
