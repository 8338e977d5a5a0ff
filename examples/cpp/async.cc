// Calls that can be paused: several WebAssembly programs wait for the host at the same time, on one thread.
//
// Asynchronous calls are part of the C API only: the classes give what it takes through capi(), and a class of a few
// lines makes a future safe to hold.
#include <wasmtime.h>

#include <iostream>
#include <memory>
#include <vector>
#include <wasmtime.hh>

using namespace wasmtime;

static const char kModule[] = R"((module
  (import "host" "fetch" (func $fetch (param i32) (result i32)))
  (func (export "sum") (param i32) (result i32)
    (i32.add (call $fetch (local.get 0)) (call $fetch (i32.mul (local.get 0) (i32.const 10))))))
)";

// Something that takes a while: here it is ready after a number of questions. In a real program a socket, a timer or
// another thread would tell.
struct Waiting {
  int32_t key;
  Val* result;
  int questions = 0;

  // Asked at each poll whether the waiting is over; then the result has to be there.
  bool is_ready() {
    if (++questions < 3) return false;
    *result = key + 1;
    return true;
  }
};

// A function that lets its caller wait: it starts what has to be done, says what to ask, and returns at once. The place
// for the result stays valid until the waiting is over.
static void fetch(void*, wasmtime_caller_t*, const wasmtime_val_t* args, size_t, wasmtime_val_t* results, size_t,
                  wasm_trap_t**, wasmtime_async_continuation_t* continuation) {
  *results = wasmtime_val_t();
  auto waiting = std::make_unique<Waiting>(Waiting{Val::from_capi(args)->i32(), Val::from_capi(results)});
  std::cout << "fetching " << waiting->key << "\n";
  continuation->callback = [](void* env) { return static_cast<Waiting*>(env)->is_ready(); };
  continuation->env = waiting.release();
  continuation->finalizer = [](void* env) { delete static_cast<Waiting*>(env); };
}

struct DeleteFuture {
  void operator()(wasmtime_call_future_t* future) const { wasmtime_call_future_delete(future); }
};
using Future = std::unique_ptr<wasmtime_call_future_t, DeleteFuture>;

static void check(wasmtime_error_t* error, wasm_trap_t* trap) {
  if (error == nullptr && trap == nullptr) return;
  std::cerr << (error != nullptr ? Error(error).message() : Trap(trap).message()) << "\n";
  std::exit(1);
}

// One program that runs, with a store of its own. While its future lives, all of this stays where it is.
struct Task {
  Store store;
  wasmtime_func_t sum{};
  Val arg, result;
  wasmtime_error_t* error = nullptr;
  wasm_trap_t* trap = nullptr;
  Future future;

  Task(Engine& engine, Linker& linker, Module& module, int32_t number) : store(engine), arg(number) {
    Store::Context cx = store;
    // Start functions may call what waits, so that instantiating is a call that can be paused too.
    wasmtime_instance_t raw;
    Future instantiating(
        wasmtime_linker_instantiate_async(linker.capi(), cx.capi(), module.capi(), &raw, &trap, &error));
    while (!wasmtime_call_future_poll(instantiating.get())) {
    }
    instantiating.reset();
    check(error, trap);
    sum = std::get<Func>(*Instance(raw).get(cx, "sum")).capi();
    // Making a future runs nothing yet.
    future.reset(wasmtime_func_call_async(cx.capi(), &sum, arg.capi(), 1, result.capi(), 1, &trap, &error));
  }
};

int main() {
  Engine engine;
  Module module = Module::compile(engine, kModule).unwrap();
  Linker linker(engine);
  const FuncType type({ValType::i32()}, {ValType::i32()});
  check(wasmtime_linker_define_async_func(linker.capi(), "host", 4, "fetch", 5, type.capi(), fetch, nullptr, nullptr),
        nullptr);

  std::vector<std::unique_ptr<Task>> tasks;
  for (int32_t i = 1; i <= 2; ++i) tasks.push_back(std::make_unique<Task>(engine, linker, module, i));

  // Polling runs a program until it waits or ends. An event loop would do something else between the polls.
  size_t running = tasks.size();
  for (int round = 1; running > 0; ++round) {
    for (auto& task : tasks) {
      if (!task->future || !wasmtime_call_future_poll(task->future.get())) continue;
      task->future.reset();
      check(task->error, task->trap);
      std::cout << "round " << round << ": sum(" << task->arg.i32() << ") = " << task->result.i32() << "\n";
      --running;
    }
  }
}
