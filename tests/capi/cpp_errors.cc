// wasmtime/error.hh, trap.hh, span.hh, wat.hh: results, messages, traps with their frames.
#include <sstream>

#include "guest.hh"

using namespace wasmtime;

static Result<int> parse(bool well) {
  if (!well) return Error("does not parse");
  return 7;
}

static void results() {
  CHECK_EQ(VALUE(parse(true)), 7);
  FAILS(parse(false), "does not parse");
  Result<int> good(1);
  CHECK(static_cast<bool>(good) && good.ok_ref() == 1);
  good.ok_ref() = 2;
  CHECK(good.ok() == 2 && good.unwrap() == 2);
  const Result<int> constant(3);
  CHECK(constant.ok() == 3 && constant.ok_ref() == 3);

  Result<int, std::string> bad("no");
  CHECK(!bad && bad.err_ref() == "no");
  bad.err_ref() += "pe";
  const std::string moved = bad.err();
  CHECK(moved == "nope");

  Result<std::unique_ptr<int>> only_moves(std::make_unique<int>(5));
  CHECK_EQ(*only_moves.unwrap(), 5);
}

static void errors() {
  Error error("this went wrong");
  CHECK(error.message() == "this went wrong");
  CHECK(!error.i32_exit());
  CHECK_EQ(error.trace().size(), 0);
  std::ostringstream os;
  os << error;
  CHECK(os.str() == "this went wrong");

  Error other(std::string("other"));
  other = std::move(error);
  CHECK(other.message() == "this went wrong");
  wasmtime_error_t* raw = other.capi_release();
  CHECK(other.capi() == nullptr);
  const Error back(raw);
  CHECK(back.capi() == raw && Error::from_capi(&raw)->message() == "this went wrong");

  FAILS(wat2wasm("(module"), "");
  const std::vector<uint8_t> wasm = VALUE(wat2wasm("(module)"));
  CHECK(wasm.size() == 8 && memcmp(wasm.data(), "\0asm\1\0\0", 8) == 0);
}

static void traps() {
  const Trap own("mine");
  CHECK(own.message() == "mine" && !own.code() && own.trace().size() == 0);
  CHECK(Trap(std::string_view("cut short", 3)).message() == "cut");
  const Trap fuel(WASMTIME_TRAP_CODE_OUT_OF_FUEL);
  CHECK(fuel.code() == WASMTIME_TRAP_CODE_OUT_OF_FUEL);
  CHECK(fuel.message().find("all fuel consumed") != std::string::npos);

  Engine engine;
  Store store(engine);
  const Module module = VALUE(Module::compile(engine, R"((module $m
    (func $inner unreachable)
    (func $outer (export "run") call $inner)
    (func (export "nameless") i32.const 0 i32.const 0 i32.div_u drop)))"));
  const Instance instance = VALUE(Instance::create(store, module, {}));
  auto result = export_of<Func>(store, instance, "run").call(store, {});
  FAILS(result, "unreachable");
  const Trap& trap = std::get<Trap>(result.err_ref().data);
  CHECK(trap.code() == WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED);
  const Trace trace = trap.trace();
  CHECK_EQ(trace.size(), 2);
  CHECK_EQ(trace.end() - trace.begin(), 2);
  const FrameRef inner = trace.begin()[0], outer = trace.begin()[1];
  CHECK(inner.func_index() == 0 && outer.func_index() == 1);
  CHECK(inner.func_name() == "inner" && outer.func_name() == "outer");
  CHECK(inner.module_name() == "m" && outer.module_name() == "m");
  CHECK_EQ(inner.func_offset(), 1);
  CHECK(inner.module_offset() > 8 && outer.module_offset() > inner.module_offset());

  const auto nameless = export_of<Func>(store, instance, "nameless").call(store, {});
  FAILS(nameless, "integer divide by zero");
  const Trace frames = std::get<Trap>(nameless.err_ref().data).trace();
  CHECK(frames.size() == 1 && !frames.begin()->func_name());

  // What is not a trap is an error.
  const auto wrong = export_of<Func>(store, instance, "run").call(store, {1});
  FAILS(wrong, "expected 0 arguments, got 1");
  CHECK(std::holds_alternative<Error>(wrong.err_ref().data));
  CHECK(TrapError(Trap("t")).message() == "t" && TrapError(Error("e")).message() == "e");
}

static int sum(Span<const uint8_t> bytes) {
  int sum = 0;
  for (const uint8_t& byte : bytes) sum += byte;
  return sum;
}

static void spans() {
  std::vector<uint8_t> bytes = {1, 2, 3};
  Span<uint8_t> all(bytes);
  CHECK(all.size() == 3 && all.size_bytes() == 3 && !all.empty() && all.data() == bytes.data());
  all[1] = 20;
  CHECK_EQ(sum(bytes), 24);
  CHECK_EQ(sum(all), 24);
  CHECK_EQ(sum(Span<const uint8_t>(bytes.data(), 1)), 1);
  const uint8_t array[] = {4, 5};
  CHECK_EQ(sum(array), 9);
  CHECK_EQ(sum(Span<const uint8_t>()), 0);
  CHECK(Span<uint8_t>().empty() && all.end() - all.begin() == 3);
}

int main() {
  results();
  errors();
  traps();
  spans();
  return 0;
}
