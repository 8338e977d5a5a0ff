// Structs and arrays on the collected heap, made and read by both sides.
#include <iostream>
#include <wasmtime.hh>

using namespace wasmtime;

// A point is a struct of two f64 of which the second can be written. The host makes the same type below: types are
// equal when they are built alike.
static const char kModule[] = R"((module
  (type $point (struct (field f64) (field (mut f64))))
  (type $points (array (mut (ref null $point))))
  (func (export "lift") (param $p anyref) (param $by f64)
    (local $point (ref $point))
    (local.set $point (ref.cast (ref $point) (local.get $p)))
    (struct.set $point 1 (local.get $point)
      (f64.add (struct.get $point 1 (local.get $point)) (local.get $by))))
  (func (export "line") (result anyref)
    (array.new_fixed $points 2
      (struct.new $point (f64.const 0) (f64.const 1))
      (struct.new $point (f64.const 2) (f64.const 3)))))
)";

static void print(Store::Context cx, const char* what, const StructRef& point) {
  std::cout << what << ": (" << point.field(cx, 0).unwrap().f64() << ", " << point.field(cx, 1).unwrap().f64() << ")\n";
}

int main() {
  Engine engine;
  Store store(engine);
  Module module = Module::compile(engine, kModule).unwrap();
  Instance instance = Instance::create(store, module, {}).unwrap();

  // The type, and what allocates structs of it in this store.
  StructType type(engine, {FieldType::const_(ValType::f64()), FieldType::mut_(ValType::f64())});
  StructRefPre pre = StructRefPre::create(store, type);

  // A struct of the host's. The reference is a root: the struct lives as long as it does, wherever the collector moves
  // it.
  StructRef point = StructRef::create(store, pre, {1.0, 2.0}).unwrap();
  print(store, "made by the host", point);

  // Values hold an anyref, to which every reference to WebAssembly's own objects can be widened.
  std::get<Func>(*instance.get(store, "lift")).call(store, {point.to_anyref(), 0.5}).unwrap();
  print(store, "lifted by WebAssembly", point);

  // A field that is immutable stays as it is.
  std::cout << "writing an immutable field: " << (point.set_field(store, 0, 2.0) ? "done?" : "refused") << "\n";

  // An array of WebAssembly's; the collection in between changes nothing.
  Val line = std::get<Func>(*instance.get(store, "line")).call(store, {}).unwrap()[0];
  store.gc().unwrap();
  ArrayRef points = *line.anyref()->as_array(store);
  for (uint32_t i = 0; i < points.len(store).unwrap(); ++i) {
    print(store, "made by WebAssembly", *points.get(store, i).unwrap().anyref()->as_struct(store));
  }
}
