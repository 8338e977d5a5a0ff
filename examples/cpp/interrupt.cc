// Stopping WebAssembly from outside: an epoch that another thread moves on.
#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>
#include <wasmtime.hh>

using namespace wasmtime;

static const char kModule[] = R"((module
  (func (export "spin") (loop (br 0)))
  (func (export "answer") (result i32) (i32.const 42)))
)";

int main() {
  // Code looks at the epoch only if the engine is told so.
  Config config;
  config.epoch_interruption(true);
  Engine engine(std::move(config));
  Module module = Module::compile(engine, kModule).unwrap();
  Store store(engine);
  store.context().set_epoch_deadline(1000000);
  Instance instance = Instance::create(store, module, {}).unwrap();
  Func spin = std::get<Func>(*instance.get(store, "spin"));
  Func answer = std::get<Func>(*instance.get(store, "answer"));

  // Moves the epoch on, every 10 ms. This may be done on any thread, for all stores of the engine at once; a copy of
  // the engine is a reference to the same one.
  std::atomic<bool> stop{false};
  std::thread ticker([engine, &stop] {
    while (!stop) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      engine.increment_epoch();
    }
  });

  // Two ticks from now on, an endless loop traps.
  std::cout << "entering the loop\n";
  store.context().set_epoch_deadline(2);
  TrapResult<std::vector<Val>> result = spin.call(store, {});
  const Trap* trap = result ? nullptr : std::get_if<Trap>(&result.err_ref().data);
  std::cout << (trap != nullptr && trap->code() == WASMTIME_TRAP_CODE_INTERRUPT ? "interrupted\n" : "it ended?\n");

  // A callback can give it more time, or end it with an error of its own: two more rounds, then the end.
  store.epoch_deadline_callback([rounds = 0](Store::Context, uint64_t& next_deadline) mutable -> Result<DeadlineKind> {
    if (++rounds > 2) return Error("this takes too long");
    std::cout << "still running\n";
    next_deadline = 2;  // ticks from now
    return DeadlineKind::Continue;
  });
  std::cout << "entering the loop again\n";
  store.context().set_epoch_deadline(2);
  result = spin.call(store, {});
  std::cout << "ended with " << (!result && std::get_if<Error>(&result.err_ref().data) ? "an error" : "something else")
            << "\n";

  // The instance is as good as before.
  store.context().set_epoch_deadline(1000000);
  std::cout << "the answer is still " << answer.call(store, {}).unwrap()[0].i32() << "\n";
  stop = true;
  ticker.join();
}
