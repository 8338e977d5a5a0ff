// wasmtime/func.hh: host functions of both kinds, typed and untyped calls, callers, traps, what happens to closures.
#include "guest.hh"

using namespace wasmtime;

using Nothing = std::tuple<>;
using OptFunc = std::optional<Func>;
using OptExtern = std::optional<ExternRef>;

static void checked() {
  Engine engine;
  int count = 0;
  {
    Store store(engine);
    const FuncType type({ValType::i32(), ValType::f64(), ValType::i64()}, {ValType::f32(), ValType::i64()});
    const Func func(
        store, type,
        [counted = Counted(count)](Caller, Span<const Val> args, Span<Val> results) -> Result<std::monostate, Trap> {
          CHECK(args.size() == 3 && results.size() == 2);
          if (args[0].i32() < 0) return Trap("negative");
          results[0] = static_cast<float>(args[1].f64());
          results[1] = args[2].i64() + args[0].i32();
          return std::monostate();
        });
    CHECK_EQ(count, 1);
    CHECK(func.type(store)->params().size() == 3 && func.type(store)->results().size() == 2);
    std::vector<Val> results = VALUE(func.call(store, {1, 2.5, static_cast<int64_t>(1) << 40}));
    CHECK(results.size() == 2 && results[0].f32() == 2.5f && results[1].i64() == (static_cast<int64_t>(1) << 40) + 1);
    const std::vector<Val> args = {-1, 0.0, static_cast<int64_t>(0)};
    FAILS(func.call(store, args), "negative");
    const Val array[] = {2, 1.0, static_cast<int64_t>(3)};
    results = VALUE(func.call(store, &array[0], &array[3]));
    CHECK_EQ(results[1].i64(), 5);
    FAILS(func.call(store, {1, 2}), "expected 3 arguments, got 2");
    CHECK(!func.call(store, {1, 2, 3}));

    // A result of a wrong kind traps.
    const Func liar(store, FuncType({}, {ValType::i32()}), [](auto, auto, Span<Val> results) {
      results[0] = 1.5;
      return std::monostate();
    });
    CHECK(!liar.call(store, {}));
    const Func refuses(store, FuncType({}, {}), [](auto, auto, auto) { return Trap("always"); });
    FAILS(refuses.call(store, {}), "always");
  }
  CHECK_EQ(count, 0);
}

static bool same(ValType::ListRef types, std::initializer_list<ValType> wanted) {
  if (types.size() != wanted.size()) return false;
  size_t i = 0;
  for (const ValType& type : wanted) {
    if (types.begin()[i++] != type) return false;
  }
  return true;
}

static void check_type(Store& store, Func func, std::initializer_list<ValType> params,
                       std::initializer_list<ValType> results) {
  const FuncType type = func.type(store);
  CHECK(same(type->params(), params) && same(type->results(), results));
}

static int32_t plain(int32_t a, uint32_t b) noexcept { return a + static_cast<int32_t>(b); }

struct Accumulator {
  int32_t total = 0;
  int32_t operator()(int32_t value) { return total += value; }
};

static void wrapped() {
  Engine engine;
  Store store(engine);
  const ValType i32 = ValType::i32(), i64 = ValType::i64(), f32 = ValType::f32(), f64 = ValType::f64(),
                v128 = ValType::v128(), funcref = ValType::funcref(), externref = ValType::externref();
  check_type(store, Func::wrap(store, [] {}), {}, {});
  check_type(store, Func::wrap(store, [](Caller) {}), {}, {});
  check_type(store, Func::wrap(store, [] { return std::monostate(); }), {}, {});
  check_type(store, Func::wrap(store, [](int32_t, uint32_t) {}), {i32, i32}, {});
  check_type(store, Func::wrap(store, [](Caller, int64_t, uint64_t) { return 1.0f; }), {i64, i64}, {f32});
  check_type(store, Func::wrap(store, [](float, double, V128) { return V128(); }), {f32, f64, v128}, {v128});
  check_type(store, Func::wrap(store, [](OptFunc, OptExtern) { return OptFunc(); }), {funcref, externref}, {funcref});
  check_type(store, Func::wrap(store, [](const OptExtern& ref) { return ref; }), {externref}, {externref});
  check_type(store, Func::wrap(store, [] { return std::make_tuple(int32_t(1), 2.0); }), {}, {i32, f64});
  check_type(store, Func::wrap(store, [] { return Result<std::monostate, Trap>(std::monostate()); }), {}, {});
  check_type(store, Func::wrap(store, [] { return Result<int64_t, Trap>(1); }), {}, {i64});
  check_type(store, Func::wrap(store, [] { return Result<std::tuple<float, float>, Trap>({1, 2}); }), {}, {f32, f32});
  check_type(store, Func::wrap(store, plain), {i32, i32}, {i32});
  check_type(store, Func::wrap(store, &plain), {i32, i32}, {i32});

  CHECK_EQ(VALUE(Func::wrap(store, plain).call(store, {40, 2}))[0].i32(), 42);
  const Func accumulate = Func::wrap(store, Accumulator());
  CHECK_EQ(VALUE(accumulate.call(store, {5}))[0].i32(), 5);
  CHECK_EQ(VALUE(accumulate.call(store, {6}))[0].i32(), 11);
  const Func owner = Func::wrap(store, [held = std::make_unique<int32_t>(7)] { return *held; });
  CHECK_EQ(VALUE(owner.call(store, {}))[0].i32(), 7);

  const Func refuses = Func::wrap(store, [](int32_t a) -> Result<int32_t, Trap> {
    if (a == 0) return Trap("zero");
    return a;
  });
  CHECK_EQ(VALUE(refuses.call(store, {3}))[0].i32(), 3);
  FAILS(refuses.call(store, {0}), "zero");

  int count = 0;
  {
    Store inner(engine);
    (void)Func::wrap(inner, [counted = Counted(count)] {});
    CHECK_EQ(count, 1);
  }
  CHECK_EQ(count, 0);
}

static void typed() {
  Engine engine;
  Store store(engine);
  const Func mixed = Func::wrap(store, [](float a, uint64_t b) { return std::make_tuple(uint32_t(b), double(a)); });
  CHECK(!(mixed.typed<Nothing, Nothing>(store)));
  CHECK(!(mixed.typed<std::tuple<float, uint64_t>, uint32_t>(store)));
  CHECK(!(mixed.typed<std::tuple<float, float>, std::tuple<uint32_t, double>>(store)));
  FAILS((mixed.typed<float, Nothing>(store)), "static type");
  const auto call = VALUE((mixed.typed<std::tuple<float, int64_t>, std::tuple<int32_t, double>>(store)));
  const auto [number, wide] = VALUE(call.call(store, {1.5f, 6}));
  CHECK(number == 6 && wide == 1.5);
  CHECK(call.func().capi().store_id == mixed.capi().store_id);

  const Func nothing = Func::wrap(store, [] {});
  (void)VALUE(VALUE((nothing.typed<Nothing, Nothing>(store))).call(store, {}));
  (void)VALUE(VALUE((nothing.typed<std::monostate, std::monostate>(store))).call(store, {}));
  const Func one = Func::wrap(store, [](uint32_t a) { return a + 1; });
  CHECK_EQ(VALUE(VALUE((one.typed<uint32_t, uint32_t>(store))).call(store, 0xffffffff)), 0);
  CHECK_EQ(
      VALUE(VALUE((one.typed<std::tuple<int32_t>, std::tuple<int32_t>>(store))).call(store, {41})) == std::tuple(42),
      1);

  const Func vector = Func::wrap(store, [](V128 v) {
    for (uint8_t& byte : v.v128) byte = static_cast<uint8_t>(byte * 2);
    return v;
  });
  V128 v;
  for (int i = 0; i < 16; ++i) v.v128[i] = static_cast<uint8_t>(i);
  const V128 doubled = VALUE(VALUE((vector.typed<V128, V128>(store))).call(store, v));
  for (int i = 0; i < 16; ++i) CHECK_EQ(doubled.v128[i], 2 * i);

  // References to functions and to things of the host's, and null.
  const Func refs = Func::wrap(store, [](Caller caller, OptFunc func, OptExtern data, OptExtern null) {
    CHECK(func && data && !null);
    (void)VALUE(caller.context().gc());
    CHECK_EQ(VALUE(func->call(caller, {20}))[0].i32(), 21);
    return std::make_tuple(OptFunc(), OptExtern(ExternRef(caller, std::any_cast<int>(data->data(caller)) + 1)), func);
  });
  using Refs = std::tuple<OptFunc, OptExtern, OptExtern>;
  using Results = std::tuple<OptFunc, OptExtern, OptFunc>;
  const auto call_refs = VALUE((refs.typed<Refs, Results>(store)));
  Results results = VALUE(call_refs.call(store, {one, ExternRef(store, 5), std::nullopt}));
  CHECK(!std::get<0>(results) && std::get<2>(results));
  (void)VALUE(store.gc());
  CHECK_EQ(std::any_cast<int>(std::get<1>(results)->data(store)), 6);
  CHECK_EQ(VALUE(std::get<2>(results)->call(store, {1}))[0].i32(), 2);

  // Traps and errors of typed calls.
  const Func traps =
      Func::wrap(store, []() -> Result<std::monostate, Trap> { return Trap(WASMTIME_TRAP_CODE_INTERRUPT); });
  auto result = VALUE((traps.typed<Nothing, Nothing>(store))).call(store, {});
  CHECK(!result && std::get<Trap>(result.err_ref().data).code() == WASMTIME_TRAP_CODE_INTERRUPT);
  const Func refuses = Func::wrap(store, []() -> Result<std::monostate, Trap> { return Trap("no code of a trap's"); });
  result = VALUE((refuses.typed<Nothing, Nothing>(store))).call(store, {});
  FAILS(result, "no code of a trap's");
  CHECK(std::holds_alternative<Error>(result.err_ref().data));
}

static void callers() {
  Engine engine;
  Store store(engine);
  const Module module = VALUE(Module::compile(engine, R"((module
    (import "" "host" (func $host (param i32) (result i32)))
    (memory (export "m") 1)
    (func (export "double") (param i32) (result i32) local.get 0 i32.const 2 i32.mul)
    (func (export "run") (param i32) (result i32) local.get 0 call $host)))"));
  const Func host = Func::wrap(store, [](Caller caller, int32_t value) -> Result<int32_t, Trap> {
    if (!caller.get_export("m")) return Trap("nobody called");
    CHECK(!caller.get_export("host"));
    const Memory memory = std::get<Memory>(*caller.get_export("m"));
    memory.data(caller)[0] = static_cast<uint8_t>(value);
    CHECK_EQ(memory.size(caller.context()), 1);
    const Func twice = std::get<Func>(*caller.get_export("double"));
    return VALUE(VALUE((twice.typed<int32_t, int32_t>(caller))).call(caller, value)) + 1;
  });
  const Instance instance = VALUE(Instance::create(store, module, {host}));
  CHECK_EQ(VALUE(export_of<Func>(store, instance, "run").call(store, {20}))[0].i32(), 41);
  CHECK_EQ(export_of<Memory>(store, instance, "m").data(store)[0], 20);
  FAILS(host.call(store, {1}), "nobody called");
}

int main() {
  checked();
  wrapped();
  typed();
  callers();
  return 0;
}
