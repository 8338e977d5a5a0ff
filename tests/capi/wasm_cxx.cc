// wasm.hh: every function of every class, with the archive that implements them.
#include <wasmtime.h>

#include <wasm.hh>

#include "check.h"

using namespace wasm;  // as programs for this API do

namespace {

vec<byte_t> Wat(const char* text) {
  wasm_byte_vec_t binary;
  CHECK(wasmtime_wat2wasm(text, strlen(text), &binary) == nullptr);
  auto out = vec<byte_t>::make(binary.size, binary.data);
  wasm_byte_vec_delete(&binary);
  return out;
}

own<Instance> Instantiate(Store* store, const char* text, const vec<Extern*>& imports) {
  auto module = Module::make(store, Wat(text));
  CHECK(module);
  own<Trap> trap;
  auto instance = Instance::make(store, module.get(), imports, &trap);
  CHECK(!trap);
  CHECK(instance);
  return instance;
}

bool IsText(const vec<byte_t>& bytes, const char* text) {
  return bytes.size() == strlen(text) && (bytes.size() == 0 || memcmp(bytes.get(), text, bytes.size()) == 0);
}

void Vectors() {
  auto bytes = vec<byte_t>::make(std::string("abc"));
  CHECK(IsText(bytes, "abc"));
  auto message = vec<byte_t>::make_nt("abc");
  CHECK_EQ(message.size(), 4);
  CHECK_EQ(message[3], 0);
  auto copy = bytes.copy();
  copy[0] = 'z';
  CHECK(IsText(bytes, "abc") && IsText(copy, "zbc"));
  auto moved = std::move(copy);
  CHECK(moved && !copy);
  copy = std::move(moved);
  CHECK(copy && !moved);
  moved.reset(copy);
  CHECK(IsText(moved, "zbc") && !copy);
  moved.reset();
  CHECK(!moved);
  CHECK(!vec<byte_t>::invalid());
  CHECK_EQ(vec<byte_t>::make().size(), 0);
  CHECK(vec<byte_t>::make().get() == nullptr);
  auto four = vec<int>::make(1, 2, 3, 4);
  CHECK_EQ(four.size(), 4);
  CHECK_EQ(four[2], 3);
  int* array = four.release();
  CHECK(!four);
  auto adopted = vec<int>::adopt(4, array);
  CHECK_EQ(adopted[3], 4);
  auto zero = vec<int>::make_uninitialized(3);
  CHECK_EQ(zero.size(), 3);
  auto types = ownvec<ValType>::make(ValType::make(ValKind::I32), own<ValType>());
  auto deep = types.deep_copy();
  CHECK(deep[0]->kind() == ValKind::I32 && !deep[1]);
  CHECK(deep[0] != types[0]);
  CHECK(!vec<char>::make_uninitialized(SIZE_MAX / 2));
}

void Types() {
  auto number = ValType::make(ValKind::F32);
  CHECK(number->is_num() && !number->is_ref() && number->copy()->kind() == ValKind::F32);
  CHECK(ValType::make(ValKind::FUNCREF)->is_ref());
  CHECK(!ValType::make(static_cast<ValKind>(77)));

  auto func = FuncType::make(ownvec<ValType>::make(ValType::make(ValKind::I32), ValType::make(ValKind::I64)),
                             ownvec<ValType>::make(ValType::make(ValKind::F64)));
  auto func_copy = func->copy();
  func.reset();
  CHECK_EQ(func_copy->params().size(), 2);
  CHECK(func_copy->params()[1]->kind() == ValKind::I64);
  CHECK(func_copy->results()[0]->kind() == ValKind::F64);
  CHECK_EQ(FuncType::make()->params().size(), 0);
  CHECK_EQ(FuncType::make()->results().size(), 0);

  auto global = GlobalType::make(ValType::make(ValKind::I64), Mutability::VAR)->copy();
  CHECK(global->content()->kind() == ValKind::I64 && global->mutability() == Mutability::VAR);
  auto table = TableType::make(ValType::make(ValKind::EXTERNREF), Limits(1, 2))->copy();
  CHECK(table->element()->kind() == ValKind::EXTERNREF && table->limits().min == 1 && table->limits().max == 2);
  auto memory = MemoryType::make(Limits(3))->copy();
  CHECK(memory->limits().min == 3 && memory->limits().max == 0xffffffff);
  auto tag = TagType::make(FuncType::make(ownvec<ValType>::make(ValType::make(ValKind::F32))))->copy();
  CHECK(tag->functype()->params()[0]->kind() == ValKind::F32);

  ExternType* all[] = {func_copy.get(), global.get(), table.get(), memory.get(), tag.get()};
  for (int i = 0; i < 5; ++i) {
    ExternType* type = all[i];
    const ExternType* constant = type;
    CHECK_EQ(static_cast<int>(type->kind()), i);
    CHECK(type->func() == (i == 0 ? func_copy.get() : nullptr) && constant->func() == type->func());
    CHECK(type->global() == (i == 1 ? global.get() : nullptr) && constant->global() == type->global());
    CHECK(type->table() == (i == 2 ? table.get() : nullptr) && constant->table() == type->table());
    CHECK(type->memory() == (i == 3 ? memory.get() : nullptr) && constant->memory() == type->memory());
    CHECK(type->tag() == (i == 4 ? tag.get() : nullptr) && constant->tag() == type->tag());
    CHECK(type->copy()->kind() == type->kind());
  }

  auto import =
      ImportType::make(Name::make(std::string("m")), Name::make(std::string("n")), own<ExternType>(func_copy.release()))
          ->copy();
  CHECK(IsText(import->module(), "m") && IsText(import->name(), "n") && import->type()->kind() == ExternKind::FUNC);
  auto exported = ExportType::make(Name::make(), own<ExternType>(memory.release()))->copy();
  CHECK(IsText(exported->name(), "") && exported->type()->kind() == ExternKind::MEMORY);
  CHECK(!ExportType::make(Name::make(std::string("\xff")), own<ExternType>(table.release())));
}

int finalized = 0;
void CountFinalizer(void* info) { finalized += *static_cast<int*>(info); }

void References(Store* store) {
  auto foreign = Foreign::make(store);
  auto other = Foreign::make(store);
  auto copy = foreign->copy();
  CHECK(copy->same(foreign.get()) && !copy->same(other.get()));
  own<Ref> ref = static_cast<Ref*>(copy.get())->copy();
  CHECK(ref->same(foreign.get()));
  int one = 1, ten = 10;
  ref->set_host_info(&one);
  CHECK(foreign->get_host_info() == &one);
  foreign->set_host_info(&ten, CountFinalizer);
  ref.reset();
  copy.reset();
  CHECK_EQ(finalized, 0);
  foreign.reset();
  CHECK_EQ(finalized, 10);
}

void Values(Store* store) {
  CHECK(Val().is_ref() && Val().ref() == nullptr);
  CHECK_EQ(Val::i32(-1).i32(), -1);
  CHECK_EQ(Val::i64(-2).i64(), -2);
  CHECK(Val::f32(0.5f).f32() == 0.5f && Val::f64(0.25).f64() == 0.25);
  CHECK(Val::make<uint32_t>(0xffffffffu).kind() == ValKind::I32 &&
        Val::make<uint32_t>(0xffffffffu).get<uint32_t>() == 0xffffffffu);
  CHECK(Val::make<uint64_t>(1).get<uint64_t>() == 1 && Val::make<int32_t>(3).get<int32_t>() == 3);
  CHECK(Val::make<int64_t>(4).get<int64_t>() == 4 && Val::make(1.5f).get<float32_t>() == 1.5f &&
        Val::make(2.5).get<float64_t>() == 2.5);
  auto foreign = Foreign::make(store);
  int one = 1;
  finalized = 0;
  foreign->set_host_info(&one, CountFinalizer);
  auto val = Val::make(foreign->copy());
  CHECK(val.is_ref() && !val.is_num() && val.get<Ref*>()->same(foreign.get()));
  auto copy = val.copy();
  auto moved = std::move(copy);
  CHECK(copy.ref() == nullptr);
  val = std::move(moved);
  CHECK(moved.ref() == nullptr);
  val.reset(val);
  own<Ref> released = val.release_ref();
  CHECK(val.ref() == nullptr && released->same(foreign.get()));
  val = Val::ref(std::move(released));
  val.reset();
  CHECK_EQ(finalized, 0);
  foreign.reset();
  CHECK_EQ(finalized, 1);
}

own<Trap> Twice(const vec<Val>& args, vec<Val>& results) {
  CHECK_EQ(args.size(), 1);
  results[0] = Val::i32(2 * args[0].i32());
  return nullptr;
}
own<Trap> AddEnv(void* env, const vec<Val>& args, vec<Val>& results) {
  // A vector of its own instead.
  results = vec<Val>::make(Val::i32(args[0].i32() + *static_cast<int*>(env)));
  return nullptr;
}
own<Trap> Refuse(void* store, const vec<Val>&, vec<Val>&) {
  return Trap::make(static_cast<Store*>(store), Message::make_nt("refused"));
}
own<Trap> Same(const vec<Val>& args, vec<Val>& results) {
  results[0] = args[0].copy();
  return nullptr;
}

void Functions(Engine* engine) {
  auto store = Store::make(engine);
  auto type = FuncType::make(ownvec<ValType>::make(ValType::make(ValKind::I32)),
                             ownvec<ValType>::make(ValType::make(ValKind::I32)));
  int ten = 10;
  finalized = 0;
  auto twice = Func::make(store.get(), type.get(), Twice);
  auto add = Func::make(store.get(), type.get(), AddEnv, &ten, CountFinalizer);
  auto refuse = Func::make(store.get(), type.get(), Refuse, store.get());
  CHECK(twice->param_arity() == 1 && twice->result_arity() == 1 && twice->type()->params()[0]->kind() == ValKind::I32);
  auto instance =
      Instantiate(store.get(),
                  "(module (type $t (func (param i32) (result i32))) (import \"\" \"a\" (func $a (type $t)))"
                  " (import \"\" \"b\" (func $b (type $t))) (import \"\" \"c\" (func $c (type $t)))"
                  " (func (export \"ab\") (type $t) (call $b (call $a (local.get 0))))"
                  " (func (export \"c\") (type $t) (call $c (local.get 0))))",
                  vec<Extern*>::make(twice.get(), add.get(), refuse.get()));
  auto exports = instance->exports();
  CHECK_EQ(exports.size(), 2);
  auto args = vec<Val>::make(Val::i32(5));
  auto results = vec<Val>::make_uninitialized(1);
  CHECK(!exports[0]->func()->call(args, results));
  CHECK_EQ(results[0].i32(), 20);
  auto trap = exports[1]->func()->call(args, results);
  CHECK(trap);
  CHECK(strstr(trap->message().get(), "refused") != nullptr);
  auto frame = trap->origin();
  CHECK(frame->func_index() == 4 && frame->instance()->same(instance.get()));
  CHECK(frame->module_offset() > frame->func_offset() && frame->func_offset() == 3);
  auto trace = trap->trace();
  CHECK(trace.size() == 1 && trace[0]->copy()->func_index() == 4);
  CHECK(trap->copy()->same(trap.get()));
  CHECK(exports[0]->func()->call(vec<Val>::make(), results)->message().size() != 0);

  // References among the results are not lost when they are replaced.
  auto ref_type = FuncType::make(ownvec<ValType>::make(ValType::make(ValKind::EXTERNREF)),
                                 ownvec<ValType>::make(ValType::make(ValKind::EXTERNREF)));
  auto same = Func::make(store.get(), ref_type.get(), Same);
  auto foreign = Foreign::make(store.get());
  auto refs = vec<Val>::make(Val::make(foreign->copy()));
  auto got = vec<Val>::make_uninitialized(1);
  for (int i = 0; i < 3; ++i) CHECK(!same->call(refs, got) && got[0].ref()->same(foreign.get()));
  got.reset();
  refs.reset();
  foreign.reset();
  same.reset();
  CHECK(exports[0]->func()->copy()->same(exports[0].get()));
  exports.reset();
  trace.reset();
  frame.reset();
  trap.reset();
  instance.reset();
  twice.reset();
  add.reset();
  refuse.reset();
  CHECK_EQ(finalized, 0);
  store.reset();
  CHECK_EQ(finalized, 10);
}

void Items(Store* store) {
  auto global_type = GlobalType::make(ValType::make(ValKind::I64), Mutability::VAR);
  auto global = Global::make(store, global_type.get(), Val::i64(3));
  CHECK_EQ(global->get().i64(), 3);
  global->set(Val::i64(4));
  CHECK_EQ(global->copy()->get().i64(), 4);
  CHECK(global->type()->mutability() == Mutability::VAR);
  CHECK(!Global::make(store, global_type.get(), Val::i32(3)));

  auto table_type = TableType::make(ValType::make(ValKind::EXTERNREF), Limits(1, 3));
  auto foreign = Foreign::make(store);
  auto table = Table::make(store, table_type.get(), foreign.get());
  CHECK(table->get(0)->same(foreign.get()) && table->size() == 1);
  CHECK(table->grow(1) && table->size() == 2 && !table->get(1));
  CHECK(table->set(1, foreign.get()) && table->get(1)->same(foreign.get()) && !table->set(2, foreign.get()));
  CHECK(table->grow(1, foreign.get()) && !table->grow(1) && table->get(2)->same(foreign.get()));
  CHECK(table->copy()->type()->limits().max == 3);
  CHECK(Table::make(store, table_type.get())->get(0) == nullptr);

  auto memory = Memory::make(store, MemoryType::make(Limits(1, 2)).get());
  CHECK(memory->size() == 1 && memory->data_size() == Memory::page_size);
  memory->data()[0] = 7;
  CHECK(memory->grow(1) && !memory->grow(1) && memory->copy()->size() == 2);
  CHECK(memory->type()->limits().max == 2);

  Extern* all[] = {global.get(), table.get(), memory.get()};
  const ExternKind kinds[] = {ExternKind::GLOBAL, ExternKind::TABLE, ExternKind::MEMORY};
  for (int i = 0; i < 3; ++i) {
    const Extern* constant = all[i];
    CHECK(all[i]->kind() == kinds[i] && all[i]->type()->kind() == kinds[i] && all[i]->copy()->same(all[i]));
    CHECK(all[i]->func() == nullptr && constant->func() == nullptr);
    CHECK(all[i]->global() == (i == 0 ? global.get() : nullptr) && constant->global() == all[i]->global());
    CHECK(all[i]->table() == (i == 1 ? table.get() : nullptr) && constant->table() == all[i]->table());
    CHECK(all[i]->memory() == (i == 2 ? memory.get() : nullptr) && constant->memory() == all[i]->memory());
  }
}

void Modules(Engine* engine) {
  auto store = Store::make(engine);
  const auto binary =
      Wat("(module (import \"a\" \"b\" (func (param i32))) (memory (export \"m\") 1) (func (export \"f\")))");
  CHECK(Module::validate(store.get(), binary));
  CHECK(!Module::validate(store.get(), vec<byte_t>::make(std::string("nothing"))));
  CHECK(!Module::make(store.get(), vec<byte_t>::make()));
  auto module = Module::make(store.get(), binary);
  auto imports = module->imports();
  CHECK(imports.size() == 1 && IsText(imports[0]->module(), "a") && IsText(imports[0]->name(), "b"));
  CHECK(imports[0]->type()->func()->params()[0]->kind() == ValKind::I32);
  auto exports = module->copy()->exports();
  CHECK(exports.size() == 2 && IsText(exports[0]->name(), "m") && exports[1]->type()->kind() == ExternKind::FUNC);
  auto shared = module->share();
  auto serialized = module->serialize();
  CHECK(serialized.size() != 0);
  own<Trap> trap;
  CHECK(!Instance::make(store.get(), module.get(), vec<Extern*>::make(), &trap));
  CHECK(trap && trap->message().size() > 1 && !trap->origin() && trap->trace().size() == 0);
  CHECK(!Instance::make(store.get(), module.get(), vec<Extern*>::make()));
  module.reset();
  trap.reset();
  store.reset();
  auto second = Store::make(engine);
  CHECK_EQ(Module::obtain(second.get(), shared.get())->exports().size(), 2);
  CHECK_EQ(Module::deserialize(second.get(), serialized)->imports().size(), 1);
  CHECK(!Module::deserialize(second.get(), binary));
}

}  // namespace

int main() {
  auto engine = Engine::make();
  CHECK(engine);
  CHECK(Engine::make(Config::make()));
  CHECK(Engine::make(nullptr));
  auto store = Store::make(engine.get());
  Vectors();
  Types();
  References(store.get());
  Values(store.get());
  Functions(engine.get());
  Items(store.get());
  Modules(engine.get());
  return 0;
}
