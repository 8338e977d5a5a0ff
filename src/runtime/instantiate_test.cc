// Instantiation, import matching, data images and the slow paths of instructions, on modules in the text format. No
// tier runs here: calls go to a handler of the test.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <string_view>

#include "platform/sanitizer.h"
#include "runtime/gc/access.h"
#include "runtime/instance.h"
#include "runtime/instance_plan.h"
#include "runtime/memory_image.h"
#include "wasm/binary/reader.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

namespace gantry::runtime {
namespace {

using abi::Status;
using abi::TrapCode;

std::vector<uint32_t> called;  // functions that ran, by index

Status Record(abi::FuncRef* self, abi::Caller*, abi::Slot*) {
  called.push_back(self->func_index);
  return Status::Ok;
}

Status TrapAlways(abi::FuncRef*, abi::Caller* caller, abi::Slot*) { return caller->store->Trap(TrapCode::Unreachable); }

std::shared_ptr<CompiledModule> CompileText(std::string_view text, abi::ArrayEntry entry = &Record) {
  auto bytes = wasm::text::ParseWat(text);
  EXPECT_TRUE(bytes.has_value()) << bytes.error().Summary();
  auto compiled = std::make_shared<CompiledModule>();
  auto module = wasm::binary::ReadModule(wasm::ModuleBytes::Own(std::move(*bytes)), wasm::Features::AllProposals());
  EXPECT_TRUE(module.has_value()) << module.error().Summary();
  compiled->module = std::move(*module);
  auto valid = wasm::valid::ValidateModule(&compiled->module, &compiled->types);
  EXPECT_TRUE(valid.has_value()) << valid.error().Summary();
  compiled->array_entry = entry;
  for (const wasm::SubType& type : compiled->module.types) compiled->has_gc_types |= type.kind != wasm::CompKind::Func;
  compiled->MakePlan();
  return compiled;
}

class InstantiateTest : public testing::Test {
 protected:
  InstantiateTest() { called.clear(); }

  Instance* Make(std::shared_ptr<const CompiledModule> module, std::vector<Extern> imports = {}) {
    auto instance = Instantiate(store, std::move(module), imports);
    EXPECT_TRUE(instance.has_value()) << (instance.error().error ? instance.error().error->Summary() : "trap");
    return instance.has_value() ? *instance : nullptr;
  }
  Instance* Make(std::string_view text, std::vector<Extern> imports = {}) {
    return Make(CompileText(text), std::move(imports));
  }

  // Message of the link error, empty if there was none.
  std::string LinkError(std::string_view text, std::vector<Extern> imports) {
    auto instance = Instantiate(store, CompileText(text), imports);
    if (instance.has_value() || !instance.error().error) return "";
    return instance.error().error->message();
  }

  static Extern Get(Instance* instance, std::string_view name) {
    const std::optional<Extern> item = instance->Export(name);
    EXPECT_TRUE(item.has_value()) << name;
    return *item;
  }
  static uint8_t* Bytes(Instance* instance, uint32_t memory = 0) { return instance->memory(memory)->def()->base; }

  Store store{StoreConfig{}};
};

TEST_F(InstantiateTest, GlobalsGetTheirValues) {
  Instance* instance = Make(R"((module
    (global $a (export "i32") i32 (i32.const -2))
    (global (export "i64") i64 (i64.const -3))
    (global (export "f32") f32 (f32.const 1.5))
    (global (export "f64") f64 (f64.const 2.5))
    (global (export "v128") v128 (v128.const i64x2 5 6))
    (global (export "sum") i32 (i32.add (i32.mul (global.get $a) (i32.const 3)) (i32.const 1)))
    (global (export "copy") i32 (global.get $a))
    (global (export "null") funcref (ref.null func))
    (func $f)
    (global (export "func") funcref (ref.func $f))))");
  EXPECT_EQ(Get(instance, "i32").global->cell->low, 0xfffffffeu);
  EXPECT_EQ(Get(instance, "i64").global->cell->low, ~uint64_t{2});
  EXPECT_EQ(Get(instance, "f32").global->cell->low, 0x3fc00000u);
  EXPECT_EQ(Get(instance, "f64").global->cell->low, 0x4004000000000000u);
  EXPECT_EQ(Get(instance, "v128").global->cell->low, 5u);
  EXPECT_EQ(Get(instance, "v128").global->cell->high, 6u);
  EXPECT_EQ(Get(instance, "sum").global->cell->low, 0xfffffffbu);
  EXPECT_EQ(Get(instance, "copy").global->cell->low, 0xfffffffeu);
  EXPECT_EQ(Get(instance, "null").global->cell->low, 0u);
  EXPECT_EQ(Get(instance, "func").global->cell->low, reinterpret_cast<uintptr_t>(instance->Func(0)));
  EXPECT_FALSE(instance->Export("nothing").has_value());
}

TEST_F(InstantiateTest, StartFunctionRunsLast) {
  Make("(module (func) (func $s) (start $s))");
  EXPECT_EQ(called, std::vector<uint32_t>{1});
}

TEST_F(InstantiateTest, EffectsBeforeATrapStay) {
  Instance* owner = Make(R"((module (table (export "t") 4 funcref) (memory (export "m") 1)))");
  const std::vector<Extern> imports = {Get(owner, "t"), Get(owner, "m")};
  auto failed = Instantiate(store, CompileText(R"((module
    (import "o" "t" (table 4 funcref)) (import "o" "m" (memory 1))
    (func $f)
    (elem (i32.const 1) $f)
    (data (i32.const 10) "abc")
    (data (i32.const 65535) "xy")))"),
                            imports);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().status, Status::Trap);
  EXPECT_EQ(store.TakeTrap().code, TrapCode::MemoryOutOfBounds);
  EXPECT_NE(owner->table(0)->Get(1), 0u);
  EXPECT_EQ(std::memcmp(Bytes(owner) + 10, "abc", 3), 0);
  EXPECT_EQ(Bytes(owner)[65535], 0);
  // The function that was left in the table still works.
  abi::Slot slots[1];
  EXPECT_EQ(store.Call(reinterpret_cast<abi::FuncRef*>(owner->table(0)->Get(1)), slots), Status::Ok);
  EXPECT_EQ(called, std::vector<uint32_t>{0});
}

TEST_F(InstantiateTest, ElementSegmentsFillTables) {
  Instance* instance = Make(R"((module
    (table $t (export "t") 10 funcref)
    (table $full (export "full") 3 (ref func) (ref.func $a))
    (func $a) (func $b)
    (elem (table $t) (i32.const 2) func $b $a)
    (elem (table $t) (offset (i32.add (i32.const 4) (i32.const 1))) funcref (ref.func $a) (ref.null func) (ref.func $b))
    (elem $p func $a $b)
    (elem declare func $a)))");
  Table& table = *Get(instance, "t").table;
  const auto a = reinterpret_cast<uintptr_t>(instance->Func(0)), b = reinterpret_cast<uintptr_t>(instance->Func(1));
  const uint64_t expected[] = {0, 0, b, a, 0, a, 0, b, 0, 0};
  for (uint64_t i = 0; i < 10; ++i) EXPECT_EQ(table.Get(i), expected[i]) << i;
  for (uint64_t i = 0; i < 3; ++i) EXPECT_EQ(Get(instance, "full").table->Get(i), a);
  EXPECT_EQ(instance->TableInit(0, 2, 0, 1, 1), Status::Ok);
  EXPECT_EQ(table.Get(0), b);
  EXPECT_EQ(instance->TableInit(0, 2, 0, 1, 2), Status::Trap);
  EXPECT_EQ(store.TakeTrap().code, TrapCode::TableOutOfBounds);
  instance->ElemDrop(2);
  EXPECT_EQ(instance->TableInit(0, 2, 0, 0, 1), Status::Trap);
  EXPECT_EQ(instance->TableInit(0, 2, 10, 0, 0), Status::Ok);
  // Active and declarative segments are dropped.
  EXPECT_EQ(instance->TableInit(0, 0, 0, 0, 1), Status::Trap);
  EXPECT_EQ(instance->TableInit(0, 3, 0, 0, 1), Status::Trap);
}

TEST_F(InstantiateTest, ImportsMatchByTypeAndCurrentSize) {
  Instance* owner = Make(R"((module
    (func (export "f") (param i32))
    (memory (export "m") 1 3)
    (memory (export "m64") i64 1)
    (memory (export "tiny") 1 (pagesize 1))
    (table (export "t") 2 funcref)
    (global (export "g") i32 (i32.const 1))
    (global (export "mg") (mut funcref) (ref.null func))
    (tag (export "e") (param i32))))");
  const auto error = [&](std::string_view type, std::string_view item) {
    return LinkError("(module (import \"o\" \"x\" " + std::string(type) + "))", {Get(owner, item)});
  };
  EXPECT_EQ(error("(func (param i32))", "f"), "");
  EXPECT_EQ(error("(func (param i64))", "f"),
            "incompatible import type for `o::x`: expected (func (param i64)), found (func (param i32))");
  EXPECT_NE(error("(global i32)", "f"), "");
  EXPECT_EQ(error("(memory 1)", "m"), "");
  EXPECT_EQ(error("(memory 1 3)", "m"), "");
  EXPECT_NE(error("(memory 1 2)", "m"), "");
  EXPECT_NE(error("(memory 2)", "m"), "");
  EXPECT_NE(error("(memory i64 1)", "m"), "");
  EXPECT_NE(error("(memory 1 3 shared)", "m"), "");
  EXPECT_EQ(error("(memory i64 1)", "m64"), "");
  EXPECT_NE(error("(memory 0)", "tiny"), "");
  EXPECT_EQ(error("(memory 0 (pagesize 1))", "tiny"), "");
  EXPECT_EQ(owner->memory(0)->storage->Grow(1, ~uint64_t{0}), 1);
  EXPECT_EQ(error("(memory 2)", "m"), "");
  EXPECT_EQ(error("(table 2 funcref)", "t"), "");
  EXPECT_NE(error("(table 2 4 funcref)", "t"), "");
  EXPECT_NE(error("(table 3 funcref)", "t"), "");
  EXPECT_NE(error("(table 2 externref)", "t"), "");
  EXPECT_EQ(error("(global i32)", "g"), "");
  EXPECT_NE(error("(global (mut i32))", "g"), "");
  EXPECT_NE(error("(global (mut (ref null nofunc)))", "mg"), "");
  EXPECT_EQ(error("(tag (param i32))", "e"), "");
  EXPECT_NE(error("(tag (param i64))", "e"), "");
  auto wrong_count = Instantiate(store, CompileText("(module)"), std::vector<Extern>{Get(owner, "f")});
  ASSERT_FALSE(wrong_count.has_value());
  EXPECT_EQ(wrong_count.error().error->error_class(), ErrorClass::Usage);
}

TEST_F(InstantiateTest, ManyExportsAreFoundByName) {
  std::string text = "(module (func) (func)";
  for (int i = 0; i < 100; ++i) text += "(export \"e" + std::to_string(i) + "\" (func " + std::to_string(i % 2) + "))";
  Instance* instance = Make(text + ")");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Get(instance, "e" + std::to_string(i)).func, instance->Func(i % 2));
  EXPECT_FALSE(instance->Export("e100").has_value());
  EXPECT_FALSE(instance->Export("").has_value());
}

TEST_F(InstantiateTest, LimitsAreErrorsAndUndoTheAllocation) {
  StoreConfig config;
  config.limits.max_instances = 2;
  config.limits.max_memories = 1;
  config.limits.max_tables = 1;
  config.limits.max_memory_bytes = 2 << 16;
  config.limits.max_table_elements = 5;
  Store limited(config);
  const auto error = [&](std::string_view text) -> std::string {
    auto made = Instantiate(limited, CompileText(text), {});
    return made.has_value() ? "" : made.error().error->message();
  };
  EXPECT_NE(error("(module (memory 1) (memory 1))"), "");
  EXPECT_NE(error("(module (memory 3))"), "");
  EXPECT_NE(error("(module (table 6 funcref))"), "");
  EXPECT_NE(error("(module (memory 1) (table 1 funcref) (table 1 funcref))"), "");
  EXPECT_EQ(error("(module (memory 1) (table 1 funcref))"), "");
  EXPECT_NE(error("(module (memory 1))"), "");
  EXPECT_EQ(error("(module)"), "");
  EXPECT_NE(error("(module)"), "");
  Instance& first = *limited.instances()[0];
  int64_t old = 0;
  EXPECT_EQ(first.MemoryGrow(0, 1, &old), Status::Ok);
  EXPECT_EQ(old, 1);
  EXPECT_EQ(first.MemoryGrow(0, 1, &old), Status::Ok);
  EXPECT_EQ(old, -1);
  EXPECT_EQ(first.TableGrow(0, 0, 4, &old), Status::Ok);
  EXPECT_EQ(old, 1);
  EXPECT_EQ(first.TableGrow(0, 0, 1, &old), Status::Ok);
  EXPECT_EQ(old, -1);
}

TEST_F(InstantiateTest, HugeDefinitionsCostOnlyAddressSpace) {
  Instance* instance = Make(R"((module
    (memory 65536 65536)
    (memory i64 0 0x1000000000000)
    (memory i64 1)
    (memory 0 65536 (pagesize 65536))
    (memory i64 3 0xffffffffffffffff (pagesize 1))
    (table 0 0xffffffff funcref)
    (table i64 10000000 0xffffffffffffffff externref)))");
  EXPECT_EQ(instance->memory(0)->storage->pages(), 65536u);
  Bytes(instance)[0xffffffff] = 1;
  int64_t old;
  EXPECT_EQ(instance->MemoryGrow(0, 1, &old), Status::Ok);
  EXPECT_EQ(old, -1);
  EXPECT_EQ(instance->MemoryGrow(1, uint64_t{1} << 40, &old), Status::Ok);
  EXPECT_EQ(old, -1);
  EXPECT_EQ(instance->MemoryGrow(1, 16, &old), Status::Ok);
  EXPECT_EQ(old, 0);
  EXPECT_EQ(instance->MemoryGrow(4, 5000, &old), Status::Ok);
  EXPECT_EQ(old, 3);
  Bytes(instance, 4)[5002] = 1;
  EXPECT_EQ(instance->TableGrow(0, 0, 1 << 20, &old), Status::Ok);
  EXPECT_EQ(old, 0);
  EXPECT_EQ(instance->TableGrow(0, 0, 0xfffffff0, &old), Status::Ok);
  EXPECT_EQ(old, -1);
}

TEST_F(InstantiateTest, ImpossibleMinimumIsAnError) {
  auto made = Instantiate(store, CompileText("(module (memory i64 0x10000000000))"), {});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().error->error_class(), ErrorClass::Host);
}

TEST_F(InstantiateTest, BulkInstructionsCheckWholeRanges) {
  Instance* instance = Make(R"((module (memory 1) (memory 1)
    (data $d "0123456789") (data (i32.const 0) "abcd")))");
  EXPECT_EQ(instance->MemoryInit(0, 0, 100, 2, 5), Status::Ok);
  EXPECT_EQ(std::memcmp(Bytes(instance) + 100, "23456", 5), 0);
  EXPECT_EQ(instance->MemoryCopy(0, 0, 102, 100, 5), Status::Ok);
  EXPECT_EQ(std::memcmp(Bytes(instance) + 100, "2323456", 7), 0);
  EXPECT_EQ(instance->MemoryCopy(1, 0, 65532, 0, 4), Status::Ok);
  EXPECT_EQ(std::memcmp(Bytes(instance, 1) + 65532, "abcd", 4), 0);
  EXPECT_EQ(instance->MemoryFill(0, 65530, 'x', 6), Status::Ok);
  EXPECT_EQ(instance->MemoryFill(0, 65536, 'x', 0), Status::Ok);
  EXPECT_EQ(instance->MemoryFill(0, 65530, 'y', 7), Status::Trap);
  EXPECT_EQ(Bytes(instance)[65530], 'x');
  EXPECT_EQ(instance->MemoryFill(0, 65537, 'y', 0), Status::Trap);
  EXPECT_EQ(instance->MemoryFill(0, ~uint64_t{0}, 'y', 2), Status::Trap);
  EXPECT_EQ(instance->MemoryCopy(0, 1, 65533, 0, 4), Status::Trap);
  EXPECT_EQ(instance->MemoryCopy(0, 1, 0, 65533, 4), Status::Trap);
  EXPECT_EQ(instance->MemoryInit(0, 0, 0, 6, 5), Status::Trap);
  EXPECT_EQ(instance->MemoryInit(0, 1, 0, 0, 1), Status::Trap);  // active: dropped
  instance->DataDrop(0);
  EXPECT_EQ(instance->MemoryInit(0, 0, 0, 0, 1), Status::Trap);
  EXPECT_EQ(instance->MemoryInit(0, 0, 65536, 0, 0), Status::Ok);
}

TEST_F(InstantiateTest, TablesCopyFillAndGrow) {
  Instance* instance = Make(R"((module (table 4 funcref) (table 4 funcref) (func $f) (elem (i32.const 1) $f)))");
  const auto f = reinterpret_cast<uintptr_t>(instance->Func(0));
  EXPECT_EQ(instance->TableCopy(1, 0, 2, 1, 2), Status::Ok);
  EXPECT_EQ(instance->table(1)->Get(2), f);
  EXPECT_EQ(instance->TableCopy(1, 0, 3, 1, 2), Status::Trap);
  EXPECT_EQ(instance->TableFill(1, 0, f, 5), Status::Trap);
  EXPECT_EQ(instance->TableFill(1, 0, f, 2), Status::Ok);
  EXPECT_EQ(instance->table(1)->Get(1), f);
  int64_t old;
  EXPECT_EQ(instance->TableGrow(0, f, 5000, &old), Status::Ok);
  EXPECT_EQ(old, 4);
  EXPECT_EQ(instance->table(0)->Get(1), f);
  EXPECT_EQ(instance->table(0)->Get(3), 0u);
  EXPECT_EQ(instance->table(0)->Get(5003), f);
  EXPECT_EQ(instance->TableGrow(0, 0, 5000, &old), Status::Ok);
  EXPECT_EQ(instance->table(0)->Get(10003), 0u);
  // Entries repeat what code compares before a call.
  const auto* entry = static_cast<abi::FuncTableEntry*>(instance->table(0)->def()->base) + 1;
  EXPECT_EQ(entry->ref, instance->Func(0));
  EXPECT_EQ(entry->type, instance->Func(0)->type());
}

// --- data images

std::string BigData(char letter, int size) { return std::string(static_cast<size_t>(size), letter); }

TEST_F(InstantiateTest, DataImagesAreMappedFromTheSecondInstanceOn) {
  auto compiled = CompileText("(module (memory 3) (data (i32.const 4090) \"" + BigData('a', 140'000) +
                              "\") (data (i32.const 5000) \"BB\"))");
  BuildImages(compiled.get());
  ASSERT_NE(compiled->images[0], nullptr);
  for (int round = 0; round < 5; ++round) {
    Store own{StoreConfig{}};
    auto made = Instantiate(own, compiled, {});
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ((*made)->memory(0)->storage->has_image(), round > 0);
    uint8_t* bytes = Bytes(*made);
    EXPECT_EQ(bytes[4089], 0);
    EXPECT_EQ(bytes[4090], 'a');
    EXPECT_EQ(bytes[5001], 'B');
    EXPECT_EQ(bytes[144089], 'a');
    EXPECT_EQ(bytes[144090], 0);
    EXPECT_EQ((*made)->MemoryInit(0, 0, 0, 0, 1), Status::Trap);  // dropped all the same
    std::memset(bytes, 0xee, 3 << 16);                            // must not reach the next one
  }
}

TEST_F(InstantiateTest, ReusedImageNeverShowsInAnotherModule) {
  auto with_image = CompileText("(module (memory 3) (data (i32.const 0) \"" + BigData('a', 140'000) + "\"))");
  auto other_image = CompileText("(module (memory 3) (data (i32.const 8192) \"" + BigData('b', 140'000) + "\"))");
  auto without = CompileText("(module (memory 3))");
  auto smaller = CompileText("(module (memory 1))");
  BuildImages(with_image.get());
  BuildImages(other_image.get());
  for (int round = 0; round < 20; ++round) {
    for (const auto& compiled : {with_image, other_image, without, smaller}) {
      Store own{StoreConfig{}};
      auto made = Instantiate(own, compiled, {});
      ASSERT_TRUE(made.has_value());
      uint8_t* bytes = Bytes(*made);
      const uint32_t size = compiled == smaller ? 1 << 16 : 3 << 16;
      for (uint32_t i = 0; i < size; i += 100) {
        uint8_t expected = 0;
        if (compiled == with_image && i < 140'000) expected = 'a';
        if (compiled == other_image && i >= 8192 && i < 148'192) expected = 'b';
        ASSERT_EQ(bytes[i], expected) << i;
      }
      std::memset(bytes, 0xcc, size);
    }
  }
}

TEST_F(InstantiateTest, OnlySegmentsThatSucceedMakeImages) {
  const std::string big = BigData('a', 140'000);
  const auto has_image = [](const std::string& text) {
    auto compiled = CompileText(text);
    BuildImages(compiled.get());
    return compiled->images[0] != nullptr;
  };
  EXPECT_TRUE(has_image("(module (memory 3) (data (i32.const 0) \"" + big + "\"))"));
  EXPECT_FALSE(has_image("(module (memory 3) (data (i32.const 60000) \"" + big + "\"))"));
  EXPECT_FALSE(has_image("(module (import \"m\" \"m\" (memory 3)) (data (i32.const 0) \"" + big + "\"))"));
  EXPECT_FALSE(has_image("(module (memory 3) (data (i32.const 0) \"tiny\"))"));
  EXPECT_FALSE(has_image("(module (global $g i32 (i32.const 0)) (memory 3) (data (global.get $g) \"" + big + "\"))"));
  EXPECT_FALSE(has_image("(module (memory 3 3 shared) (data (i32.const 0) \"" + big + "\"))"));
  EXPECT_FALSE(has_image(
      "(module (memory 3) (table 1 funcref) (func $f) (elem (i32.const 1) $f) (data (i32.const 0) \"" + big + "\"))"));
}

// --- GC initialisers

constexpr std::string_view kGcModule = R"((module
  (type $s (struct (field i8) (field (ref null $s)) (field i64)))
  (type $a (array (mut i32)))
  (type $r (array (mut (ref null $s))))
  (global $one (export "one") (ref $s) (struct.new $s (i32.const 0x1ff) (ref.null $s) (i64.const 7)))
  (global (export "two") (ref $s) (struct.new $s (i32.const 2) (global.get $one) (i64.const 8)))
  (global (export "fixed") (ref $a) (array.new_fixed $a 3 (i32.const 1) (i32.const 2) (i32.const 3)))
  (global (export "fill") (ref $r) (array.new $r (struct.new_default $s) (i32.const 4)))
  (global (export "i31") (ref i31) (ref.i31 (i32.const -1)))
  (table (export "t") 3 (ref null $s) (struct.new $s (i32.const 4) (ref.null $s) (i64.const 5)))
  (elem $e (ref null $s) (struct.new $s (i32.const 3) (global.get $one) (i64.const 9)) (ref.null $s) (global.get $one))
  (data $d "\01\00\00\00\02\00\00\00\03\00")))";

void CheckGcModule(Store& store) {
  auto made = Instantiate(store, CompileText(kGcModule), {});
  ASSERT_TRUE(made.has_value());
  Instance* instance = *made;
  gc::Heap& heap = *store.heap();
  const auto value = [&](std::string_view name) {
    return static_cast<gc::Ref>(instance->Export(name)->global->cell->low);
  };
  // $s: i8 at 4, reference at 8, i64 at 16.
  EXPECT_EQ(*heap.At<uint8_t>(value("one") + 4), 0xff);
  EXPECT_EQ(*heap.At<uint64_t>(value("one") + 16), 7u);
  EXPECT_EQ(*heap.At<gc::Ref>(value("two") + 8), value("one"));
  EXPECT_EQ(heap.ArrayLength(value("fixed")), 3u);
  EXPECT_EQ(*heap.At<uint32_t>(value("fixed") + 8 + 8), 3u);
  EXPECT_EQ(heap.ArrayLength(value("fill")), 4u);
  EXPECT_EQ(*heap.At<gc::Ref>(value("fill") + 8), *heap.At<gc::Ref>(value("fill") + 20));
  EXPECT_EQ(value("i31"), 0xffffffffu);
  for (uint64_t i = 0; i < 3; ++i)
    EXPECT_EQ(*heap.At<uint64_t>(static_cast<gc::Ref>(instance->table(0)->Get(i)) + 16), 5u);

  gc::Ref array;
  ASSERT_EQ(instance->ArrayNewElem(2, 0, 0, 3, &array), Status::Ok);
  TemporaryRoots roots(store);
  roots.Push(array, true);
  const gc::Ref first = *heap.At<gc::Ref>(array + 8);
  EXPECT_EQ(*heap.At<uint64_t>(first + 16), 9u);
  EXPECT_EQ(*heap.At<gc::Ref>(first + 8), value("one"));
  EXPECT_EQ(instance->ArrayNewElem(2, 0, 1, 3, &array), Status::Trap);
  EXPECT_EQ(store.TakeTrap().code, TrapCode::TableOutOfBounds);
  ASSERT_EQ(instance->ArrayNewData(1, 0, 0, 2, &array), Status::Ok);
  EXPECT_EQ(*heap.At<uint32_t>(array + 12), 2u);
  EXPECT_EQ(instance->ArrayInitData(1, array, 1, 0, 4, 1), Status::Ok);
  EXPECT_EQ(*heap.At<uint32_t>(array + 12), 2u);
  EXPECT_EQ(instance->ArrayInitData(1, array, 0, 0, 0, 3), Status::Trap);
  EXPECT_EQ(store.TakeTrap().code, TrapCode::ArrayOutOfBounds);
  EXPECT_EQ(instance->ArrayInitData(1, array, 0, 0, 8, 1), Status::Trap);
  EXPECT_EQ(store.TakeTrap().code, TrapCode::MemoryOutOfBounds);
  EXPECT_EQ(instance->ArrayNewData(1, 0, 0, 3, &array), Status::Trap);
}

TEST_F(InstantiateTest, GcInitialisersBuildObjects) { CheckGcModule(store); }

TEST_F(InstantiateTest, GcInitialisersSurviveACollectionAtEveryAllocation) {
  StoreConfig config;
  config.heap.collect_at_every_allocation = true;
  Store stressed(config);
  CheckGcModule(stressed);
}

TEST_F(InstantiateTest, ExceptionsKeepTheirPayload) {
  StoreConfig config;
  config.heap.collect_at_every_allocation = true;
  Store stressed(config);
  auto made = Instantiate(stressed, CompileText("(module (tag (export \"e\") (param i32 anyref v128)))"), {});
  ASSERT_TRUE(made.has_value());
  gc::Heap& heap = **stressed.GetHeap();
  gc::AllocFailure failure;
  const gc::Ref box = heap.AllocExtern(42, &failure);
  abi::TagDef* tag = &(*made)->tag(0)->def;
  const abi::Slot payload[] = {7, box, 1, 2};
  gc::Ref exception;
  ASSERT_EQ(stressed.NewException(tag, payload, &exception), Status::Ok);
  EXPECT_EQ(stressed.Throw(exception), Status::Exception);
  heap.Collect();
  const gc::Ref moved = stressed.TakeException();
  EXPECT_NE(moved, exception);
  EXPECT_EQ(*heap.At<uint64_t>(moved + abi::kExnTagOffset), reinterpret_cast<uintptr_t>(tag));
  EXPECT_EQ(*heap.At<uint32_t>(moved + 16), 7u);
  EXPECT_EQ(heap.ExternValue(*heap.At<gc::Ref>(moved + 20)), 42u);
  EXPECT_EQ(*heap.At<uint64_t>(moved + 32), 2u);
}

// --- stores

TEST_F(InstantiateTest, TrapInStartLeavesTheInstance) {
  auto failed = Instantiate(store, CompileText("(module (func $s) (start $s))", &TrapAlways), {});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().status, Status::Trap);
  EXPECT_EQ(store.TakeTrap().code, TrapCode::Unreachable);
  EXPECT_EQ(store.instances().size(), 1u);
}

Status CallAgain(abi::FuncRef* self, abi::Caller* caller, abi::Slot* slots) { return caller->store->Call(self, slots); }

TEST_F(InstantiateTest, NestedEntriesAreLimited) {
  auto made = Instantiate(store, CompileText("(module (func (export \"f\")))", &CallAgain), {});
  ASSERT_TRUE(made.has_value());
  abi::Slot slots[1];
  EXPECT_EQ(store.Call((*made)->Func(0), slots), Status::Trap);
  EXPECT_EQ(store.TakeTrap().code, TrapCode::StackOverflow);
  EXPECT_EQ(store.Call((*made)->Func(0), slots), Status::Trap);  // the count went back to zero
}

uint64_t ResidentBytes() {
  uint64_t size, resident;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * 4096;
}

TEST_F(InstantiateTest, TenThousandStoresLeaveMemoryFlat) {
  auto compiled = CompileText(R"((module (memory 2) (table 10 funcref) (global (mut i32) (i32.const 0)) (func $f)
    (elem (i32.const 0) $f) (data (i32.const 100) "hello")))");
  uint64_t before = 0;
  for (int i = 0; i < 10'000; ++i) {
    Store own{StoreConfig{}};
    auto made = Instantiate(own, compiled, {});
    ASSERT_TRUE(made.has_value());
    uint8_t* bytes = Bytes(*made);
    ASSERT_EQ(std::memcmp(bytes + 100, "hello", 6), 0);
    ASSERT_EQ(bytes[70'000], 0);
    bytes[70'000] = 1;
    if (i == 100) before = ResidentBytes();
  }
  if (platform::kSanitized) GTEST_SKIP() << "the sanitizer keeps freed memory";
  EXPECT_LT(ResidentBytes(), before + (1 << 20));
}

TEST_F(InstantiateTest, TenThousandInstancesInOneStore) {
  auto compiled = CompileText("(module (memory 1) (table 1 funcref) (func))");
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(Instantiate(store, compiled, {}).has_value());
  EXPECT_FALSE(Instantiate(store, compiled, {}).has_value());
}

}  // namespace
}  // namespace gantry::runtime
