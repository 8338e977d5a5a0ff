// Exceptions: thrown by the host and caught by WebAssembly, and the other way round. They are not exceptions of C++:
// nothing is thrown there.
#include <iostream>
#include <wasmtime.hh>

using namespace wasmtime;

static const char kModule[] = R"((module
  (import "host" "tag" (tag $tag (param i32)))
  (import "host" "open" (func $open (param i32)))
  ;; Gives what an exception of the host's carries, or 0 if there was none.
  (func (export "try") (param i32) (result i32)
    (block $caught (result i32)
      (try_table (catch $tag $caught) (call $open (local.get 0)))
      (i32.const 0)))
  (func (export "fail") (param i32) (throw $tag (local.get 0))))
)";

int main() {
  Engine engine;
  Store store(engine);
  Store::Context cx = store;
  Module module = Module::compile(engine, kModule).unwrap();

  // Exceptions are recognized by their tag, which both sides know.
  Tag tag = Tag::create(cx, TagType(FuncType({ValType::i32()}, {}))).unwrap();

  // Throws for odd numbers: an exception that carries the number. The trap carries it to WebAssembly.
  Func open = Func::wrap(store, [tag](Caller caller, int32_t number) -> Result<std::monostate, Trap> {
    if (number % 2 == 0) return std::monostate();
    ExnRef exception = ExnRef::create(caller, tag, {number}).unwrap();
    return caller.context().throw_exception(exception);
  });
  Instance instance = Instance::create(cx, module, {tag, open}).unwrap();

  // WebAssembly catches what the host throws.
  Func try_it = std::get<Func>(*instance.get(cx, "try"));
  for (int32_t i = 6; i < 8; ++i) {
    std::cout << "try(" << i << ") = " << try_it.call(cx, {i}).unwrap()[0].i32() << "\n";
  }

  // What WebAssembly throws and does not catch ends the call with a trap, and the exception waits in the store.
  TrapResult<std::vector<Val>> result = std::get<Func>(*instance.get(cx, "fail")).call(cx, {99});
  if (result || !cx.has_exception()) return 1;
  ExnRef exception = *cx.take_exception();
  std::cout << "the host caught " << (exception.tag(cx).unwrap().eq(cx, tag) ? "it" : "another") << ", which carries "
            << exception.field(cx, 0).unwrap().i32() << "\n";
}
