// wasmtime/types/*.hh: value, heap, reference, field, struct, array, exception, function, global, table, memory and tag
// types, imports and exports; each copied, moved, assigned and compared.
#include <sstream>

#include "guest.hh"

using namespace wasmtime;

template <typename T>
static std::string text_of(const T& type) {
  std::ostringstream os;
  os << type;
  return os.str();
}

static void value_types() {
  const ValType types[] = {ValType::i32(),       ValType::i64(),    ValType::f32(),
                           ValType::f64(),       ValType::v128(),   ValType::funcref(),
                           ValType::externref(), ValType::anyref(), ValType::exnref()};
  const char* const names[] = {
      "i32", "i64", "f32", "f64", "v128", "(ref null func)", "(ref null extern)", "(ref null any)", "(ref null exn)"};
  for (size_t i = 0; i < 9; ++i) {
    CHECK(text_of(types[i]) == names[i]);
    CHECK_EQ(types[i].is_i32(), i == 0);
    CHECK_EQ(types[i].is_i64(), i == 1);
    CHECK_EQ(types[i].is_f32(), i == 2);
    CHECK_EQ(types[i].is_f64(), i == 3);
    CHECK_EQ(types[i].is_v128(), i == 4);
    CHECK_EQ(types[i].as_ref() != nullptr, i > 4);
    for (size_t j = 0; j < 9; ++j) {
      CHECK_EQ(types[i] == types[j], i == j);
      CHECK_EQ(types[i] != types[j], i != j);
      CHECK_EQ(types[i] == ValType::Ref(types[j]), i == j);
      CHECK_EQ(ValType::Ref(types[i]) == types[j], i == j);
      CHECK_EQ(ValType::Ref(types[i]) != ValType::Ref(types[j]), i != j);
    }
  }

  ValType a = ValType::i32();
  ValType b = a;
  CHECK(a == b && a.capi() != b.capi());
  b = ValType::externref();
  CHECK(text_of(b) == "(ref null extern)" && b.as_ref()->heaptype().is_extern());
  a = b;
  CHECK(a == ValType::externref());
  a = *&a;
  CHECK(a == ValType::externref() && a.as_ref() != nullptr);
  ValType c = std::move(a);
  a = ValType::f64();
  CHECK(c == ValType::externref() && a.is_f64());
  const ValType d(**c);
  CHECK(d == c && **d == **c);
  CHECK(d->capi() == d.capi());
}

static void reference_types() {
  const HeapType heaps[] = {HeapType::extern_(), HeapType::noextern(), HeapType::func(), HeapType::nofunc(),
                            HeapType::any(),     HeapType::none(),     HeapType::eq(),   HeapType::i31(),
                            HeapType::array(),   HeapType::struct_(),  HeapType::exn(),  HeapType::noexn()};
  const char* const names[] = {"extern", "noextern", "func",  "nofunc", "any", "none",
                               "eq",     "i31",      "array", "struct", "exn", "noexn"};
  bool (HeapType::* const is[])()
      const = {&HeapType::is_extern, &HeapType::is_noextern, &HeapType::is_func, &HeapType::is_nofunc,
               &HeapType::is_any,    &HeapType::is_none,     &HeapType::is_eq,   &HeapType::is_i31,
               &HeapType::is_array,  &HeapType::is_struct,   &HeapType::is_exn,  &HeapType::is_noexn};
  for (size_t i = 0; i < 12; ++i) {
    CHECK(text_of(heaps[i]) == names[i]);
    CHECK(!heaps[i].is_concrete());
    CHECK(!heaps[i].as_concrete_func() && !heaps[i].as_concrete_array() && !heaps[i].as_concrete_struct() &&
          !heaps[i].as_concrete_exn());
    for (size_t j = 0; j < 12; ++j) CHECK_EQ((heaps[i].*is[j])(), i == j);
  }

  const RefType refs[] = {RefType::externref(), RefType::nullexternref(), RefType::funcref(), RefType::nullfuncref(),
                          RefType::anyref(),    RefType::nullref(),       RefType::eqref(),   RefType::i31ref(),
                          RefType::arrayref(),  RefType::structref(),     RefType::exnref(),  RefType::nullexnref()};
  Engine engine;
  for (size_t i = 0; i < 12; ++i) {
    CHECK(refs[i].nullable());
    CHECK(text_of(refs[i]) == "(ref null " + std::string(names[i]) + ")");
    const ValType type(engine, refs[i]);
    CHECK((type.as_ref()->heaptype().*is[i])());
    CHECK(text_of(type) == text_of(refs[i]));
  }
  CHECK(text_of(RefType(false, HeapType::eq())) == "(ref eq)");

  HeapType heap(FuncType({ValType::i32()}, {ValType::i64()}));
  CHECK(heap.is_concrete() && text_of(heap) == "$func");
  HeapType copy = heap;
  heap = HeapType::any();
  CHECK(heap.is_any());
  CHECK(copy.as_concrete_func()->params().size() == 1 && *copy.as_concrete_func()->results().begin() == ValType::i64());
  HeapType moved = std::move(copy);
  CHECK(moved.as_concrete_func().has_value());
  moved = *&moved;
  CHECK(moved.as_concrete_func()->params().size() == 1);

  wasmtime_heaptype_t raw = {WASMTIME_HEAPTYPE_KIND_I31, {nullptr}};
  const HeapType taken(raw);
  CHECK(taken.is_i31() && raw.kind == WASMTIME_HEAPTYPE_KIND_NONE);
}

static void object_types() {
  Engine engine;
  const StorageType i8 = StorageType::i8(), i16 = StorageType::i16();
  StorageType any(ValType::anyref());
  CHECK(i8.is_i8() && !i8.is_i16() && !i8.as_valtype());
  CHECK(!i16.is_i8() && i16.is_i16() && !i16.as_valtype());
  CHECK(!any.is_i8() && !any.is_i16() && *any.as_valtype() == ValType::anyref());
  StorageType storage = any;
  any = i8;
  CHECK(any.is_i8() && *storage.as_valtype() == ValType::anyref());
  const StorageType moved = std::move(storage);
  CHECK(moved.as_valtype().has_value());

  FieldType field = FieldType::mut_(i8);
  CHECK(field.is_mutable() && field.storage_type().is_i8());
  field = FieldType::const_(ValType::f32());
  CHECK(!field.is_mutable() && *field.storage_type().as_valtype() == ValType::f32());
  const FieldType field_copy = field;
  CHECK(*field_copy.storage_type().as_valtype() == ValType::f32());

  StructType two(engine, {FieldType::mut_(ValType::i32()), field});
  CHECK_EQ(two.num_fields(), 2);
  CHECK(two.field(0)->is_mutable() && *two.field(0)->storage_type().as_valtype() == ValType::i32());
  CHECK(!two.field(1)->is_mutable());
  CHECK(!two.field(2));
  const StructType empty(engine, {});
  CHECK(empty.num_fields() == 0 && !empty.field(0));
  HeapType heap(two);
  two = empty;
  CHECK_EQ(two.num_fields(), 0);
  CHECK(heap.is_concrete() && text_of(heap) == "$struct" && heap.as_concrete_struct()->num_fields() == 2);

  ArrayType array(engine, FieldType::const_(StorageType::i16()));
  CHECK(array.element_type().storage_type().is_i16() && !array.element_type().is_mutable());
  heap = HeapType(array);
  CHECK(text_of(heap) == "$array" && heap.as_concrete_array()->element_type().storage_type().is_i16());
  CHECK(heap.as_concrete_struct() == nullptr);
  const RefType ref(false, heap);
  CHECK(!ref.nullable() && ref.heaptype().as_concrete_array() != nullptr);
  const ValType value(engine, ref);
  CHECK(value.as_ref()->heaptype().as_concrete_array()->element_type().storage_type().is_i16());
  CHECK(value == ValType(engine, RefType(false, array)));
  CHECK(value != ValType(engine, RefType(true, array)));

  const ExnType exn = VALUE(ExnType::create(engine, {ValType::i32(), ValType::i64()}));
  CHECK_EQ(exn.tag_type()->functype()->params().size(), 2);
  heap = HeapType(exn);
  CHECK(text_of(heap) == "$exn" && heap.as_concrete_exn()->tag_type()->functype()->results().size() == 0);
  CHECK(VALUE(ExnType::create(engine, {})).tag_type()->functype()->params().size() == 0);
}

static void function_types() {
  const FuncType type({ValType::i32(), ValType::externref()}, {ValType::v128()});
  CHECK_EQ(type->params().size(), 2);
  CHECK(type->params().begin()[0] == ValType::i32() && type->params().begin()[1] == ValType::externref());
  CHECK(type->results().size() == 1 && *type->results().begin() == ValType::v128());
  size_t count = 0;
  for (auto& param : type->params()) count += param == ValType::i32();
  CHECK_EQ(count, 1);

  FuncType other = type;
  other = FuncType({}, {});
  CHECK(other->params().size() == 0 && other->params().begin() == other->params().end());
  other = type;
  CHECK(other->params().size() == 2 && other->capi() == other.capi());
  other = *&other;
  CHECK_EQ(other->params().size(), 2);
  FuncType moved = std::move(other);
  CHECK(moved->results().size() == 1);
  CHECK(FuncType(**moved)->params().size() == 2);
  const std::vector<ValType> list = {ValType::f32()};
  CHECK(FuncType::from_iters(list, type->params())->results().size() == 2);
  wasm_functype_t* raw = moved.capi_release();
  CHECK_EQ(FuncType(detail::Adopt(), raw)->params().size(), 2);

  const TagType tag(type);
  CHECK_EQ(tag->functype()->params().size(), 2);
  TagType tag_copy = TagType(FuncType({}, {}));
  tag_copy = tag;
  CHECK(tag_copy->functype()->params().size() == 2 && TagType(**tag)->functype()->params().size() == 2);
}

static void item_types() {
  const GlobalType constant(ValType::f64(), false);
  CHECK(!constant->is_mutable() && constant->content() == ValType::f64());
  GlobalType global(ValType::funcref(), true);
  CHECK(global->is_mutable() && global->content() == ValType::funcref());
  const GlobalType global_copy = global;
  global = constant;
  CHECK(!global->is_mutable() && global_copy->is_mutable());
  CHECK(GlobalType(**global)->content() == ValType::f64());

  const TableType open(ValType::funcref(), 1);
  CHECK(open->min() == 1 && !open->max() && open->element() == ValType::funcref());
  TableType table(ValType::externref(), 2, 3);
  CHECK(table->min() == 2 && table->max() == 3u && table->element() == ValType::externref());
  table = open;
  CHECK(table->min() == 1 && TableType(**table)->min() == 1);

  const MemoryType small(1);
  CHECK(small->min() == 1 && !small->max() && !small->is_64() && !small->is_shared());
  CHECK(small->page_size() == 65536 && small->page_size_log2() == 16);
  MemoryType memory(2, 5);
  CHECK(memory->min() == 2 && memory->max() == 5u);
  memory = MemoryType::New64(0x100000000);
  CHECK(memory->is_64() && memory->min() == 0x100000000 && !memory->max());
  memory = MemoryType::New64(1, 0x100000001);
  CHECK(memory->max() == 0x100000001u);
  memory = small;
  CHECK(!memory->is_64() && MemoryType(**memory)->min() == 1);
  memory = VALUE(MemoryType::Builder().min(3).max(4).shared(true).build());
  CHECK(memory->is_shared() && memory->max() == 4u);
  memory = VALUE(MemoryType::Builder().min(7).max(std::nullopt).memory64(true).page_size_log2(0).build());
  CHECK(memory->is_64() && memory->page_size() == 1 && memory->page_size_log2() == 0 && !memory->max());
  CHECK(!MemoryType::Builder().page_size_log2(4).build());
  CHECK(!MemoryType::Builder().min(2).max(1).build());
  CHECK(!MemoryType::Builder().shared(true).build());
}

static void imports_and_exports() {
  Engine engine;
  const Module module = VALUE(Module::compile(engine, R"((module
    (import "a" "f" (func (param i32)))
    (import "a" "g" (global (mut i64)))
    (import "b" "t" (table 1 funcref))
    (import "b" "m" (memory 2 3))
    (import "b" "x" (tag (param f32)))
    (export "F" (func 0)) (export "G" (global 0)) (export "T" (table 0)) (export "M" (memory 0)) (export "X" (tag 0)))
  )"));
  ImportType::List imports = module.imports();
  CHECK_EQ(imports.size(), 5);
  std::string names;
  for (auto& import : imports) names += std::string(import.module()) + "." + std::string(import.name()) + " ";
  CHECK(names == "a.f a.g b.t b.m b.x ");
  const auto import = [&](size_t index) { return ExternType::from_import(imports.begin()[index]); };
  CHECK_EQ(std::get<FuncType::Ref>(import(0)).params().size(), 1);
  CHECK(std::get<GlobalType::Ref>(import(1)).is_mutable());
  CHECK_EQ(std::get<TableType::Ref>(import(2)).min(), 1);
  CHECK(std::get<MemoryType::Ref>(import(3)).max() == 3u);
  CHECK_EQ(std::get<TagType::Ref>(import(4)).functype()->params().size(), 1);

  ExportType::List exports = module.exports();
  CHECK_EQ(exports.size(), 5);
  names.clear();
  for (auto& item : exports) names += item.name();
  CHECK(names == "FGTMX");
  CHECK(std::holds_alternative<FuncType::Ref>(ExternType::from_export(exports.begin()[0])));
  CHECK(std::get<GlobalType::Ref>(ExternType::from_export(exports.begin()[1])).content() == ValType::i64());
  CHECK(std::holds_alternative<TagType::Ref>(ExternType::from_export(exports.begin()[4])));

  // Lists change hands, elements can be copied out of them.
  const ImportType first(wasm_importtype_copy(imports.begin()[0].capi()));
  const ImportType first_copy = first;
  const ExportType last(wasm_exporttype_copy(exports.begin()[4].capi()));
  ImportType::List taken = std::move(imports);
  ExportType::List taken_exports;
  taken_exports = std::move(exports);
  CHECK(taken.size() == 5 && imports.size() == 0 && imports.begin() == imports.end());
  CHECK(taken_exports.size() == 5 && exports.size() == 0);
  CHECK(first_copy.ref().module() == "a" && first_copy.ref().name() == "f" && last.ref().name() == "X");
  CHECK_EQ(ImportType::List().size(), 0);
}

int main() {
  value_types();
  reference_types();
  object_types();
  function_types();
  item_types();
  imports_and_exports();
  return 0;
}
