// wasmtime/store.hh: data, fuel, bounds, epochs and their callback, garbage.
#include <any>

#include "guest.hh"

using namespace wasmtime;

static void data() {
  int count = 0;
  Engine engine;
  {
    Store store(engine);
    CHECK(!store.context().get_data().has_value());
    store.context().set_data(10);
    CHECK_EQ(std::any_cast<int>(store.context().get_data()), 10);
    store.context().set_data(std::make_shared<Counted>(count));
    CHECK_EQ(count, 1);
    store.context().set_data(std::string("replaced"));
    CHECK_EQ(count, 0);
    store.context().set_data(std::make_shared<Counted>(count));

    // Host functions see it, and change it.
    Func func = Func::wrap(store, [](Caller caller) {
      std::any& data = caller.context().get_data();
      CHECK(std::any_cast<std::shared_ptr<Counted>>(&data) != nullptr);
      caller.context().set_data(3.5);
    });
    (void)VALUE(func.call(store, {}));
    CHECK(count == 0 && std::any_cast<double>(store.context().get_data()) == 3.5);
    store.context().set_data(std::make_shared<Counted>(count));

    Store moved = std::move(store);
    CHECK(std::any_cast<std::shared_ptr<Counted>>(&moved.context().get_data()) != nullptr);
    store = Store(engine);
    CHECK(count == 1 && !store.context().get_data().has_value());
  }
  CHECK_EQ(count, 0);
}

static void fuel() {
  Engine plain;
  Store without(plain);
  CHECK(!without.context().set_fuel(1) && !without.context().get_fuel());

  Config config;
  config.consume_fuel(true);
  Engine engine(std::move(config));
  Store store(engine);
  const Module module = VALUE(Module::compile(engine, "(module (func (export \"spin\") (loop br 0)))"));
  CHECK_EQ(VALUE(store.context().get_fuel()), 0);
  (void)VALUE(store.context().set_fuel(10000));
  CHECK_EQ(VALUE(store.context().get_fuel()), 10000);
  const Instance instance = VALUE(Instance::create(store, module, {}));
  const auto result = export_of<Func>(store, instance, "spin").call(store, {});
  FAILS(result, "all fuel consumed by WebAssembly");
  CHECK(std::get<Trap>(result.err_ref().data).code() == WASMTIME_TRAP_CODE_OUT_OF_FUEL);
  CHECK_EQ(VALUE(store.context().get_fuel()), 0);
}

static void limits() {
  Engine engine;
  Store store(engine);
  store.limiter(2 * 65536, 5, 2, 1, 1);
  const Module module =
      VALUE(Module::compile(engine, "(module (memory (export \"m\") 1) (table (export \"t\") 1 funcref))"));
  const Instance instance = VALUE(Instance::create(store, module, {}));
  const Memory memory = export_of<Memory>(store, instance, "m");
  CHECK_EQ(VALUE(memory.grow(store, 1)), 1);
  CHECK(!memory.grow(store, 1));
  const Table table = export_of<Table>(store, instance, "t");
  CHECK_EQ(VALUE(table.grow(store, 4, std::optional<Func>())), 1);
  CHECK(!table.grow(store, 1, std::optional<Func>()));
  CHECK(!Instance::create(store, module, {}));  // a second memory
  const Module empty = VALUE(Module::compile(engine, "(module)"));
  (void)VALUE(Instance::create(store, empty, {}));
  CHECK(!Instance::create(store, empty, {}));  // a third instance
  store.limiter(-1, -1, -1, -1, -1);
  CHECK_EQ(VALUE(memory.grow(store, 1)), 2);
}

static void epochs() {
  Config config;
  config.epoch_interruption(true);
  Engine engine(std::move(config));
  const Module module = VALUE(Module::compile(engine, R"((module (import "" "tick" (func $tick))
    (func (export "run") (param i32) (loop (call $tick)
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))))"));
  int count = 0;
  {
    Store store(engine);
    const Func tick = Func::wrap(store, [engine] { engine.increment_epoch(); });
    store.context().set_epoch_deadline(1);
    const Instance instance = VALUE(Instance::create(store, module, {tick}));
    const Func run = export_of<Func>(store, instance, "run");
    auto result = run.call(store, {10});
    FAILS(result, "interrupt");
    CHECK(std::get<Trap>(result.err_ref().data).code() == WASMTIME_TRAP_CODE_INTERRUPT);

    int calls = 0;
    store.epoch_deadline_callback(
        [&calls, counted = Counted(count)](Store::Context cx, uint64_t& ticks) -> Result<DeadlineKind> {
          CHECK(cx.capi() != nullptr);
          ticks = 2;
          if (++calls == 4) return Error("that is enough");
          return DeadlineKind::Continue;
        });
    CHECK_EQ(count, 1);
    store.context().set_epoch_deadline(1);
    (void)VALUE(run.call(store, {2}));
    CHECK(calls >= 1 && calls <= 2);
    const int before = calls;
    result = run.call(store, {100});
    FAILS(result, "that is enough");
    CHECK(calls == 4 && before < 4);

    // Another callback replaces the first one.
    store.epoch_deadline_callback([](Store::Context, uint64_t& ticks) -> Result<DeadlineKind> {
      ticks = 1000;
      return DeadlineKind::Continue;
    });
    CHECK_EQ(count, 0);
    (void)VALUE(run.call(store, {100}));
    store.epoch_deadline_callback(
        [counted = Counted(count)](Store::Context, uint64_t&) -> Result<DeadlineKind> { return Error("unused"); });
    CHECK_EQ(count, 1);
  }
  CHECK_EQ(count, 0);
}

static void garbage() {
  int count = 0;
  Engine engine;
  Store store(engine);
  {
    const ExternRef ref(store, std::make_shared<Counted>(count));
  }
  CHECK_EQ(count, 1);
  (void)VALUE(store.gc());
  CHECK_EQ(count, 0);
  {
    const ExternRef ref(store, std::make_shared<Counted>(count));
  }
  (void)VALUE(store.context().gc());
  CHECK_EQ(count, 0);
}

int main() {
  data();
  fuel();
  limits();
  epochs();
  garbage();
  return 0;
}
