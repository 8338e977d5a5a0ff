// References to things of the host's: WebAssembly keeps them and passes them on, and they are destroyed when nobody
// needs them any more.
#include <iostream>
#include <memory>
#include <string>
#include <wasmtime.hh>

using namespace wasmtime;

static const char kModule[] = R"((module
  (table $kept (export "kept") 4 externref)
  (func (export "keep") (param i32 externref) (table.set $kept (local.get 0) (local.get 1)))
  (func (export "get") (param i32) (result externref) (table.get $kept (local.get 0))))
)";

// Tells when it goes.
struct Thing {
  explicit Thing(std::string name) : name(std::move(name)) {}
  ~Thing() { std::cout << "freed: " << name << "\n"; }
  std::string name;
};

int main() {
  Engine engine;
  {
    Store store(engine);
    Module module = Module::compile(engine, kModule).unwrap();
    Instance instance = Instance::create(store, module, {}).unwrap();
    Func keep = std::get<Func>(*instance.get(store, "keep"));
    Func get = std::get<Func>(*instance.get(store, "get"));

    // WebAssembly keeps two of three things. A reference holds anything that can be copied, here a shared pointer; the
    // ExternRef itself is a root: the thing lives as long as it does.
    const char* const names[] = {"one", "two", "three"};
    for (int32_t i = 0; i < 3; ++i) {
      ExternRef ref(store, std::make_shared<Thing>(names[i]));
      if (i != 1) keep.call(store, {i, ref}).unwrap();
    }
    std::cout << "collecting\n";
    store.gc().unwrap();

    // What comes back is the same thing.
    std::optional<ExternRef> back = get.call(store, {2}).unwrap()[0].externref();
    std::cout << "kept: " << std::any_cast<std::shared_ptr<Thing>>(back->data(store))->name << "\n";
    back.reset();

    // An empty place of the table holds null.
    std::cout << "at 3: " << (get.call(store, {3}).unwrap()[0].externref() ? "something" : "null") << "\n";

    // The host can look into the table as well, and empty it.
    Table kept = std::get<Table>(*instance.get(store, "kept"));
    kept.set(store, 0, std::optional<ExternRef>()).unwrap();
    std::cout << "collecting\n";
    store.gc().unwrap();
    std::cout << "deleting the store\n";
  }
}
