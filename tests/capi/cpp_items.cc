// wasmtime/module.hh, instance.hh, global.hh, table.hh, memory.hh, tag.hh, extern.hh, linker.hh.
#include <cstdio>

#include "guest.hh"

using namespace wasmtime;

static void modules() {
  Engine engine;
  FAILS(Module::compile(engine, "(module (func (result i32)))"), "");
  std::vector<uint8_t> wasm = VALUE(wat2wasm("(module (func (export \"f\") (result i32) i32.const 5))"));
  (void)VALUE(Module::validate(engine, wasm));
  Module module = VALUE(Module::compile(engine, wasm));
  wasm[8] = 0x7f;
  CHECK(!Module::validate(engine, wasm) && !Module::compile(engine, wasm));
  CHECK(!Module::compile(engine, std::vector<uint8_t>()));

  Module copy = module;
  copy = module;
  module = std::move(copy);
  CHECK_EQ(module.exports().size(), 1);

  const std::vector<uint8_t> image = VALUE(module.serialize());
  Module loaded = VALUE(Module::deserialize(engine, image));
  CHECK(!Module::deserialize(engine, std::vector<uint8_t>(8)));
  char path[] = "/tmp/gantry_cpp_items_XXXXXX";
  const int fd = mkstemp(path);
  CHECK(fd >= 0);
  FILE* file = fdopen(fd, "wb");
  CHECK_EQ(fwrite(image.data(), 1, image.size(), file), image.size());
  CHECK_EQ(fclose(file), 0);
  const Module mapped = VALUE(Module::deserialize_file(engine, path));
  remove(path);
  CHECK(!Module::deserialize_file(engine, path));
  for (const Module& m : {loaded, mapped}) {
    Store store(engine);
    const Instance instance = VALUE(Instance::create(store, m, {}));
    CHECK_EQ(VALUE(export_of<Func>(store, instance, "f").call(store, {}))[0].i32(), 5);
  }
}

static void instances() {
  Engine engine;
  Store store(engine);
  const Global global = VALUE(Global::create(store, GlobalType(ValType::i32(), true), 1));
  const Memory memory = VALUE(Memory::create(store, MemoryType(1)));
  const Table table = VALUE(Table::create(store, TableType(ValType::funcref(), 1), std::optional<Func>()));
  const Tag tag = VALUE(Tag::create(store, TagType(FuncType({ValType::i32()}, {}))));
  const Func func = Func::wrap(store, [] { return int32_t(9); });
  const Module module = VALUE(Module::compile(engine, R"((module
    (import "" "f" (func (result i32))) (import "" "g" (global (mut i32))) (import "" "m" (memory 1))
    (import "" "t" (table 1 funcref)) (import "" "x" (tag (param i32)))
    (export "f" (func 0)) (export "g" (global 0)) (export "m" (memory 0)) (export "t" (table 0)) (export "x" (tag 0))))"));
  CHECK(!Instance::create(store, module, {}));
  CHECK(!Instance::create(store, module, {global, func, memory, table, tag}));
  const Instance instance = VALUE(Instance::create(store, module, {func, global, memory, table, tag}));
  CHECK_EQ(VALUE(export_of<Func>(store, instance, "f").call(store, {}))[0].i32(), 9);
  VALUE(export_of<Global>(store, instance, "g").set(store, 5));
  CHECK_EQ(global.get(store).i32(), 5);
  export_of<Memory>(store, instance, "m").data(store)[7] = 1;
  CHECK_EQ(memory.data(store)[7], 1);
  VALUE(export_of<Table>(store, instance, "t").set(store, 0, func));
  CHECK(table.get(store, 0)->funcref().has_value());
  CHECK(export_of<Tag>(store, instance, "x").eq(store, tag));
  CHECK(!instance.get(store, "nothing"));
  const char* const names[] = {"f", "g", "m", "t", "x"};
  for (size_t i = 0; i < 5; ++i) {
    const auto nth = instance.get(store, i);
    CHECK(nth && nth->first == names[i]);
    CHECK(nth->second.index() == instance.get(store, names[i])->index());
  }
  CHECK(!instance.get(store, 5));
  const auto [name, item] = *instance.get(store, 0);
  CHECK(name == "f" && std::holds_alternative<Func>(item));

  const Module traps = VALUE(Module::compile(engine, "(module (func $f unreachable) (start $f))"));
  const auto result = Instance::create(store, traps, {});
  FAILS(result, "unreachable");
  CHECK(std::holds_alternative<Trap>(result.err_ref().data));
}

static void globals() {
  Engine engine;
  Store store(engine);
  CHECK(!Global::create(store, GlobalType(ValType::i64(), true), 1));
  const Global wide = VALUE(Global::create(store, GlobalType(ValType::i64(), true), static_cast<int64_t>(1)));
  CHECK(wide.type(store)->is_mutable() && wide.type(store)->content() == ValType::i64());
  VALUE(wide.set(store, static_cast<int64_t>(-3)));
  CHECK_EQ(wide.get(store).i64(), -3);
  CHECK(!wide.set(store, 3));
  const Global fixed = VALUE(Global::create(store, GlobalType(ValType::f32(), false), 2.5f));
  CHECK(!fixed.set(store, 1.0f) && fixed.get(store).f32() == 2.5f);
  const Global ref = VALUE(Global::create(store, GlobalType(ValType::externref(), true), ExternRef(store, 4)));
  (void)VALUE(store.gc());
  CHECK_EQ(std::any_cast<int>(ref.get(store).externref()->data(store)), 4);
}

static void tables() {
  Engine engine;
  Store store(engine);
  const Val null = std::optional<Func>();
  CHECK(!Table::create(store, TableType(ValType::funcref(), 1), 3.0));
  const Table table = VALUE(Table::create(store, TableType(ValType::funcref(), 1, 6), null));
  CHECK(table.size(store) == 1 && table.type(store)->max() == 6u);
  CHECK(!table.get(store, 1) && !table.get(store, 0)->funcref());
  CHECK_EQ(VALUE(table.grow(store, 4, null)), 1);
  CHECK_EQ(table.size(store), 5);
  CHECK(!table.grow(store, 2, null));
  VALUE(table.set(store, 4, Func::wrap(store, [] { return int32_t(8); })));
  CHECK_EQ(VALUE(table.get(store, 4)->funcref()->call(store, {}))[0].i32(), 8);
  CHECK(!table.set(store, 5, null) && !table.set(store, 0, 1));
}

static void memories() {
  Engine engine;
  Store store(engine);
  const Memory memory = VALUE(Memory::create(store, MemoryType(1, 3)));
  CHECK(memory.size(store) == 1 && memory.page_size(store) == 65536 && memory.page_size_log2(store) == 16);
  CHECK(memory.type(store)->max() == 3u && !memory.type(store)->is_64());
  Span<uint8_t> bytes = memory.data(store);
  CHECK(bytes.size() == 65536 && bytes[65535] == 0);
  bytes[65535] = 77;
  CHECK_EQ(VALUE(memory.grow(store, 2)), 1);
  CHECK(memory.data(store).size() == 3 * 65536 && memory.data(store)[65535] == 77);
  CHECK(!memory.grow(store, 1));
  CHECK_EQ(memory.size(store), 3);
  CHECK(VALUE(Memory::create(store, MemoryType::New64(0))).type(store)->is_64());
}

static void tags() {
  Engine engine;
  Store store(engine);
  const Tag a = VALUE(Tag::create(store, TagType(FuncType({ValType::i32()}, {}))));
  const Tag b = VALUE(Tag::create(store, TagType(FuncType({ValType::i32()}, {}))));
  CHECK(a.eq(store, a) && !a.eq(store, b));
  CHECK(*a.type(store)->functype()->params().begin() == ValType::i32());
  CHECK(!Tag::create(store, TagType(FuncType({}, {ValType::i32()}))));
}

static void linkers() {
  Engine engine;
  Store store(engine);
  int count = 0;
  {
    Linker linker(engine);
    const Global global = VALUE(Global::create(store, GlobalType(ValType::i32(), false), 11));
    VALUE(linker.define(store, "env", "g", global));
    CHECK(!linker.define(store, "env", "g", global));
    linker.allow_shadowing(true);
    VALUE(linker.define(store, "env", "g", global));
    linker.allow_shadowing(false);
    VALUE(linker.func_wrap("env", "add", [counted = Counted(count)](int32_t a, int32_t b) { return a + b; }));
    auto named = [](Caller) { return int64_t(2); };
    VALUE(linker.func_wrap("env", "two", named));
    VALUE(linker.func_new("env", "half", FuncType({ValType::i32()}, {ValType::f64()}),
                          [counted = Counted(count)](Caller, Span<const Val> args, Span<Val> results) {
                            results[0] = args[0].i32() / 2.0;
                            return std::monostate();
                          }));
    CHECK_EQ(count, 2);
    CHECK(!linker.func_wrap("env", "add", [counted = Counted(count)] {}));
    CHECK(
        !linker.func_new("env", "add", FuncType({}, {}),
                         [counted = Counted(count)](Caller, Span<const Val>, Span<Val>) { return std::monostate(); }));
    CHECK_EQ(count, 2);  // what could not be defined is gone at once

    const Module module = VALUE(Module::compile(engine, R"((module
      (import "env" "g" (global i32)) (import "env" "add" (func $add (param i32 i32) (result i32)))
      (import "env" "two" (func (result i64))) (import "env" "half" (func $half (param i32) (result f64)))
      (func (export "run") (result f64) (call $half (call $add (global.get 0) (i32.const 2))))))"));
    const Instance instance = VALUE(linker.instantiate(store, module));
    CHECK(VALUE(export_of<Func>(store, instance, "run").call(store, {}))[0].f64() == 6.5);

    VALUE(linker.define_instance(store, "inst", instance));
    CHECK(std::holds_alternative<Func>(*linker.get(store, "inst", "run")));
    CHECK(std::holds_alternative<Global>(*linker.get(store, "env", "g")));
    CHECK(!linker.get(store, "env", "nothing"));

    const Module command = VALUE(Module::compile(engine, "(module (func (export \"_start\")) (func (export \"\")))"));
    VALUE(linker.module(store, "command", command));
    (void)VALUE(VALUE(linker.get_default(store, "command")).call(store, {}));
    (void)VALUE(VALUE(linker.get_default(store, "unknown")).call(store, {}));
    VALUE(linker.define(store, "odd", "", global));
    CHECK(!linker.get_default(store, "odd"));

    const Module wants = VALUE(Module::compile(engine, R"((module (import "new" "f" (func $f (result i32)))
      (import "new" "g" (global i64)) (export "g" (global 0))
      (func (export "run") (result i32) call $f)))"));
    CHECK(!linker.instantiate(store, wants));
    Linker defaults(engine);
    VALUE(defaults.define_unknown_imports_as_default_values(store, wants));
    const Instance plain = VALUE(defaults.instantiate(store, wants));
    CHECK_EQ(VALUE(export_of<Func>(store, plain, "run").call(store, {}))[0].i32(), 0);
    CHECK_EQ(export_of<Global>(store, plain, "g").get(store).i64(), 0);
    const Module calls = VALUE(Module::compile(engine, R"((module (import "new" "f" (func $f))
      (func (export "run") call $f)))"));
    Linker trapping(engine);
    VALUE(trapping.define_unknown_imports_as_traps(calls));
    const Instance fails = VALUE(trapping.instantiate(store, calls));
    FAILS(export_of<Func>(store, fails, "run").call(store, {}), "unknown import");

    // A linker's functions serve every store, and can be moved with it.
    Linker moved = std::move(linker);
    Store other(engine);
    const Module adds =
        VALUE(Module::compile(engine, R"((module (import "env" "add" (func $add (param i32 i32) (result i32)))
      (func (export "run") (result i32) (call $add (i32.const 1) (i32.const 2)))))"));
    const Instance there = VALUE(moved.instantiate(other, adds));
    CHECK_EQ(VALUE(export_of<Func>(other, there, "run").call(other, {}))[0].i32(), 3);
  }
  store = Store(engine);
  CHECK_EQ(count, 0);
}

int main() {
  modules();
  instances();
  globals();
  tables();
  memories();
  tags();
  linkers();
  return 0;
}
