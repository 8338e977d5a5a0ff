// wasmtime/val.hh, externref.hh, anyref.hh, eqref.hh, structref.hh, arrayref.hh, exnref.hh: values, references as
// roots, casts, fields, exceptions thrown and caught on both sides.
#include <any>

#include "guest.hh"

using namespace wasmtime;

static Engine engine;

static void values() {
  Val val(1);
  CHECK(val.kind() == ValKind::I32 && val.i32() == 1);
  val = static_cast<int64_t>(1) << 40;
  CHECK(val.kind() == ValKind::I64 && val.i64() == static_cast<int64_t>(1) << 40);
  val = 1.5f;
  CHECK(val.kind() == ValKind::F32 && val.f32() == 1.5f);
  val = 2.5;
  CHECK(val.kind() == ValKind::F64 && val.f64() == 2.5);
  V128 v;
  v.v128[15] = 9;
  val = v;
  CHECK(val.kind() == ValKind::V128 && val.v128().v128[15] == 9 && val.v128().v128[0] == 0);
  CHECK(Val().i32() == 0);

  Store store(engine);
  val = std::optional<Func>();
  CHECK(val.kind() == ValKind::FuncRef && !val.funcref());
  val = Func::wrap(store, [] { return int32_t(6); });
  CHECK_EQ(VALUE(val.funcref()->call(store, {}))[0].i32(), 6);
  val = std::optional<ExternRef>();
  CHECK(val.kind() == ValKind::ExternRef && !val.externref());
  val = std::optional<AnyRef>();
  CHECK(val.kind() == ValKind::AnyRef && !val.anyref());
  val = std::optional<ExnRef>();
  CHECK(val.kind() == ValKind::ExnRef && !val.exnref());
  val = AnyRef::i31(store, static_cast<uint32_t>(-5));
  CHECK(val.anyref()->i31(store) == -5 && val.anyref()->u31(store) == 0x7ffffffbu);
  val = std::optional<ExternRef>(ExternRef(store, std::string("text")));
  Val copy = val;
  val = 0;
  CHECK(std::any_cast<std::string>(copy.externref()->data(store)) == "text");
  Val moved = std::move(copy);
  moved = *&moved;
  CHECK(moved.kind() == ValKind::ExternRef && moved.externref().has_value());
}

static void extern_references() {
  int count = 0;
  {
    Store store(engine);
    {
      ExternRef ref(store, std::make_shared<Counted>(count));
      ExternRef copy = ref;
      ExternRef other = std::move(ref);
      ref = copy;
      copy = std::move(other);
      other = *&ref;
      Val val(ref);
      Val val_copy = val;
      val = 0;
      ref = ExternRef(store, 0);
      other = ref;
      copy = ref;
      (void)VALUE(store.gc());
      CHECK_EQ(count, 1);  // val_copy alone
      val_copy = copy;
      (void)VALUE(store.gc());
      CHECK_EQ(count, 0);
    }
    ExternRef ref(store, std::make_shared<Counted>(count));
    const uint32_t raw = ref.borrow_raw(store);
    wasmtime_externref_t again;
    wasmtime_externref_from_raw(store.context().capi(), raw, &again);
    const ExternRef second(again);
    CHECK(ref.take_raw(store) == raw && wasmtime_externref_is_null(ref.capi()));
    (void)VALUE(store.gc());
    CHECK_EQ(count, 1);
    const ExternRef stays(store, std::make_shared<Counted>(count));
    CHECK_EQ(count, 2);
  }
  CHECK_EQ(count, 0);  // gone with the store at the latest

  // Through WebAssembly and back, and kept alive by it.
  Store store(engine);
  const Module module = VALUE(Module::compile(engine, R"((module (global $g (mut externref) (ref.null extern))
    (func (export "swap") (param externref) (result externref) (global.get $g) (global.set $g (local.get 0)))))"));
  const Instance instance = VALUE(Instance::create(store, module, {}));
  const Func swap = export_of<Func>(store, instance, "swap");
  CHECK(!VALUE(swap.call(store, {ExternRef(store, std::make_shared<Counted>(count))}))[0].externref());
  (void)VALUE(store.gc());
  CHECK_EQ(count, 1);
  const auto back =
      VALUE(VALUE((swap.typed<std::optional<ExternRef>, std::optional<ExternRef>>(store))).call(store, {}));
  CHECK(back.has_value());
  (void)VALUE(store.gc());
  CHECK_EQ(count, 1);
}

static void i31_values() {
  Store store(engine);
  const AnyRef any = AnyRef::i31(store, 42);
  CHECK(any.is_i31(store) && any.is_eqref(store) && !any.is_struct(store) && !any.is_array(store));
  CHECK(any.u31(store) == 42u && any.i31(store) == 42 && any.ty(store).is_i31());
  CHECK(!any.as_struct(store) && !any.as_array(store));
  const EqRef eq = *any.as_eqref(store);
  CHECK(eq.is_i31(store) && eq.i31_get_u(store) == 42u && eq.i31_get_s(store) == 42 && eq.ty(store).is_i31());
  CHECK(!eq.is_struct(store) && !eq.is_array(store) && !eq.as_struct(store) && !eq.as_array(store));
  const EqRef negative = EqRef::from_i31(store, 0x7fffffff);
  CHECK(negative.i31_get_u(store) == 0x7fffffffu && negative.i31_get_s(store) == -1);
  AnyRef up = negative.to_anyref();
  CHECK(up.i31(store) == -1 && up.borrow_raw(store) != 0);
  CHECK(up.take_raw(store) != 0 && wasmtime_anyref_is_null(up.capi()));
}

static void structs() {
  Store store(engine);
  const StructType type(engine, {FieldType::mut_(StorageType::i8()), FieldType::const_(ValType::i64()),
                                 FieldType::mut_(ValType::anyref())});
  const StructRefPre pre = StructRefPre::create(store, type);
  CHECK(!StructRef::create(store, pre, {1}));
  CHECK(!StructRef::create(store, pre, {1, 2, 3}));
  const StructRef inner = VALUE(StructRef::create(store, pre, {300, static_cast<int64_t>(5), std::optional<AnyRef>()}));
  CHECK_EQ(VALUE(inner.field(store, 0)).i32(), 300 & 0xff);
  CHECK_EQ(VALUE(inner.field(store, 1)).i64(), 5);
  CHECK(!VALUE(inner.field(store, 2)).anyref());
  CHECK(!inner.field(store, 3));
  const StructRef outer = VALUE(StructRef::create(store, pre, {0, static_cast<int64_t>(6), inner.to_anyref()}));
  (void)VALUE(store.gc());
  const StructRef found = *VALUE(outer.field(store, 2)).anyref()->as_struct(store);
  VALUE(found.set_field(store, 0, 7));
  CHECK_EQ(VALUE(inner.field(store, 0)).i32(), 7);
  CHECK(!found.set_field(store, 1, static_cast<int64_t>(1)) && !found.set_field(store, 0, 1.5));
  CHECK_EQ(found.ty(store).num_fields(), 3);

  const EqRef eq = inner.to_eqref();
  CHECK(eq.is_struct(store) && !eq.is_array(store) && !eq.is_i31(store));
  CHECK_EQ(eq.ty(store).as_concrete_struct()->num_fields(), 3);
  CHECK_EQ(VALUE(eq.as_struct(store)->field(store, 1)).i64(), 5);
  const AnyRef any = eq.to_anyref();
  CHECK(any.is_struct(store) && any.is_eqref(store) && any.ty(store).as_concrete_struct() != nullptr);

  wasmtime_structref_t raw;
  wasmtime_structref_set_null(&raw);
  const StructRef null(raw);
  CHECK(!null.field(store, 0) && !null.set_field(store, 0, 0));
}

static void arrays() {
  Store store(engine);
  const ArrayType type(engine, FieldType::mut_(ValType::i32()));
  const ArrayRefPre pre = ArrayRefPre::create(store, type);
  CHECK(!ArrayRef::create(store, pre, 1.5, 3));
  const ArrayRef array = VALUE(ArrayRef::create(store, pre, 7, 5));
  CHECK_EQ(VALUE(array.len(store)), 5);
  VALUE(array.set(store, 2, 42));
  for (uint32_t i = 0; i < 5; ++i) CHECK_EQ(VALUE(array.get(store, i)).i32(), i == 2 ? 42 : 7);
  CHECK(!array.get(store, 5) && !array.set(store, 5, 1) && !array.set(store, 0, 1.0f));
  CHECK(array.ty(store).element_type().is_mutable());
  const EqRef eq = array.to_eqref();
  CHECK(eq.is_array(store) && eq.ty(store).as_concrete_array() != nullptr);
  CHECK_EQ(VALUE(eq.as_array(store)->len(store)), 5);
  const AnyRef any = array.to_anyref();
  CHECK(any.is_array(store) && VALUE(any.as_array(store)->get(store, 2)).i32() == 42);
  CHECK(!any.is_struct(store) && !any.as_struct(store));

  wasmtime_arrayref_t raw;
  wasmtime_arrayref_set_null(&raw);
  const ArrayRef null(raw);
  CHECK(!null.len(store) && !null.get(store, 0) && !null.set(store, 0, 0));
}

static void exceptions() {
  Store store(engine);
  Store::Context cx = store;
  const Tag tag = VALUE(Tag::create(cx, TagType(FuncType({ValType::i32(), ValType::i64()}, {}))));
  CHECK(!ExnRef::create(cx, tag, {1}));
  const ExnRef made = VALUE(ExnRef::create(cx, tag, {42, static_cast<int64_t>(100)}));
  CHECK(VALUE(made.tag(cx)).eq(cx, tag) && made.field_count(cx) == 2);
  CHECK(VALUE(made.field(cx, 0)).i32() == 42 && VALUE(made.field(cx, 1)).i64() == 100);
  CHECK(!made.field(cx, 2));
  CHECK_EQ(made.ty(cx).tag_type()->functype()->params().size(), 2);
  CHECK(made.borrow_raw(cx) != 0);

  // The host throws, WebAssembly catches.
  const Module catches = VALUE(Module::compile(engine, R"((module
    (import "" "throw" (func $throw)) (import "" "tag" (tag $t (param i32 i64)))
    (func (export "run") (result i32) (local $wide i64)
      (block $caught (result i32 i64)
        (try_table (catch $t $caught) (call $throw))
        unreachable)
      local.set $wide)))"));
  const Func thrower(
      cx, FuncType({}, {}), [&](Caller caller, Span<const Val>, Span<Val>) -> Result<std::monostate, Trap> {
        return caller.context().throw_exception(VALUE(ExnRef::create(caller, tag, {99, static_cast<int64_t>(1)})));
      });
  const Instance instance = VALUE(Instance::create(cx, catches, {thrower, tag}));
  CHECK_EQ(VALUE(export_of<Func>(cx, instance, "run").call(cx, {}))[0].i32(), 99);
  CHECK(!cx.has_exception() && !cx.take_exception());

  // WebAssembly throws, the host catches, and gives the exception back as a value.
  const Module throws = VALUE(Module::compile(engine, R"((module
    (import "" "tag" (tag $t (param i32 i64)))
    (func (export "throw") (throw $t (i32.const 7) (i64.const 8)))
    (func (export "rethrow") (param exnref) (throw_ref (local.get 0)))))"));
  const Instance other = VALUE(Instance::create(cx, throws, {tag}));
  CHECK(!export_of<Func>(cx, other, "throw").call(cx, {}));
  CHECK(cx.has_exception());
  std::optional<ExnRef> caught = cx.take_exception();
  CHECK(caught && !cx.has_exception());
  CHECK(VALUE(caught->tag(cx)).eq(cx, tag) && VALUE(caught->field(cx, 1)).i64() == 8);
  (void)VALUE(store.gc());
  CHECK(!export_of<Func>(cx, other, "rethrow").call(cx, {*caught}));
  CHECK_EQ(VALUE(cx.take_exception()->field(cx, 0)).i32(), 7);
  const Val val(*caught);
  CHECK(val.kind() == ValKind::ExnRef && val.exnref()->field_count(cx) == 2);

  wasmtime_exnref_t raw;
  wasmtime_exnref_set_null(&raw);
  const ExnRef null(raw);
  CHECK(!null.tag(cx) && null.field_count(cx) == 0 && !null.field(cx, 0));
}

int main() {
  values();
  extern_references();
  i31_values();
  structs();
  arrays();
  exceptions();
  return 0;
}
