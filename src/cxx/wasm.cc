// The out-of-line part of wasm.hh: each function calls its namesake of wasm.h. Made into libgantry_cxx.a, which knows
// nothing of Gantry but the public headers, so that it works with every library that has wasm.h's functions.
//
// [X1] The classes have no members; an object of them is a handle of wasm.h under another type, and is never looked
// into
//      here. Casting is all that happens.
// [X2] wasm::Val and wasm::Limits have the layout of wasm_val_t and wasm_limits_t (checked below), so arrays of them
// are
//      passed as they are.
// [X3] wasm::vec has the layout of the vectors of wasm.h: a size and a pointer. A vector inside of a type object is
// shown
//      as it lies there. Nobody deletes it, since it can only be had by constant reference.
//
// Tested by tests/capi/wasm_cxx.cc.
#include <wasm.h>

#include <wasm.hh>

namespace wasm {

namespace {

static_assert(sizeof(Val) == sizeof(wasm_val_t) && alignof(Val) == alignof(wasm_val_t), "[X2]");
static_assert(sizeof(Limits) == sizeof(wasm_limits_t) && alignof(Limits) == alignof(wasm_limits_t), "[X2]");
static_assert(sizeof(ownvec<ValType>) == sizeof(wasm_valtype_vec_t) && sizeof(Name) == sizeof(wasm_name_t), "[X3]");
static_assert(sizeof(own<ValType>) == sizeof(wasm_valtype_t*), "[X3]");

// The type of wasm.h for each class.
template <class T>
struct Handle;
#define HANDLE(Class, name)       \
  template <>                     \
  struct Handle<Class> {          \
    using Type = wasm_##name##_t; \
  };
HANDLE(Config, config)
HANDLE(Engine, engine)
HANDLE(Store, store)
HANDLE(ValType, valtype)
HANDLE(ExternType, externtype)
HANDLE(FuncType, functype)
HANDLE(GlobalType, globaltype)
HANDLE(TableType, tabletype)
HANDLE(MemoryType, memorytype)
HANDLE(TagType, tagtype)
HANDLE(ImportType, importtype)
HANDLE(ExportType, exporttype)
HANDLE(Ref, ref)
HANDLE(Frame, frame)
HANDLE(Trap, trap)
HANDLE(Module, module)
HANDLE(Shared<Module>, shared_module)
HANDLE(Foreign, foreign)
HANDLE(Extern, extern)
HANDLE(Func, func)
HANDLE(Global, global)
HANDLE(Table, table)
HANDLE(Memory, memory)
HANDLE(Instance, instance)
#undef HANDLE

// [X1] To C and back.
template <class T>
typename Handle<T>::Type* C(T* object) {
  return reinterpret_cast<typename Handle<T>::Type*>(object);
}
template <class T>
const typename Handle<T>::Type* C(const T* object) {
  return reinterpret_cast<const typename Handle<T>::Type*>(object);
}
template <class T>
T* Cxx(typename Handle<T>::Type* handle) {
  return reinterpret_cast<T*>(handle);
}
template <class T>
const T* Cxx(const typename Handle<T>::Type* handle) {
  return reinterpret_cast<const T*>(handle);
}
template <class T>
own<T> Own(typename Handle<T>::Type* handle) {
  return own<T>(Cxx<T>(handle));
}
// What wasm.h takes without const, though it does not change it.
template <class T>
typename Handle<T>::Type* Mutable(const T* object) {
  return C(const_cast<T*>(object));
}

// --- vectors

wasm_byte_vec_t Borrow(const vec<byte_t>& bytes) {
  return {bytes ? bytes.size() : 0, const_cast<byte_t*>(bytes.get())};
}

wasm_byte_vec_t Copy(const vec<byte_t>& bytes) {
  wasm_byte_vec_t out;
  const wasm_byte_vec_t borrowed = Borrow(bytes);
  wasm_byte_vec_new(&out, borrowed.size, borrowed.data);
  return out;
}

vec<byte_t> Take(wasm_byte_vec_t bytes) {
  auto out = vec<byte_t>::make(bytes.size, bytes.data);
  wasm_byte_vec_delete(&bytes);
  return out;
}

wasm_valtype_vec_t Take(ownvec<ValType>&& types) {
  wasm_valtype_vec_t out;
  wasm_valtype_vec_new_uninitialized(&out, types ? types.size() : 0);
  for (size_t i = 0; i < out.size; ++i) out.data[i] = C(types[i].release());
  types.reset();
  return out;
}

// The objects move; `release` makes away with the array they were in.
template <class T, class CVec>
ownvec<T> Take(CVec* objects, void (*release)(CVec*)) {
  auto out = ownvec<T>::make_uninitialized(objects->size);
  if (out) {
    for (size_t i = 0; i < objects->size; ++i) {
      out[i] = Own<T>(objects->data[i]);
      objects->data[i] = nullptr;
    }
  }
  release(objects);
  return out;
}

const ownvec<ValType>& Show(const wasm_valtype_vec_t* types) {
  return *reinterpret_cast<const ownvec<ValType>*>(types);
}  // [X3]
const Name& Show(const wasm_name_t* name) { return *reinterpret_cast<const Name*>(name); }            // [X3]
const Limits& Show(const wasm_limits_t* limits) { return *reinterpret_cast<const Limits*>(limits); }  // [X2]

// [X2]
wasm_val_vec_t Borrow(const vec<Val>& vals) {
  return {vals ? vals.size() : 0, reinterpret_cast<wasm_val_t*>(const_cast<Val*>(vals.get()))};
}
const wasm_val_t* C(const Val& val) { return reinterpret_cast<const wasm_val_t*>(&val); }

// --- callbacks

// Arguments, shown as a vector that does not own its array.
class ShownArgs {
 public:
  explicit ShownArgs(const wasm_val_vec_t* vals)
      : vec_(vec<Val>::adopt(vals->size, reinterpret_cast<Val*>(vals->data))) {}  // [X2]
  ShownArgs(const ShownArgs&) = delete;
  ShownArgs& operator=(const ShownArgs&) = delete;
  ~ShownArgs() { vec_.release(); }
  const vec<Val>& get() const { return vec_; }

 private:
  vec<Val> vec_;
};

struct Callback {
  Func::callback plain;
  Func::callback_with_env with_env;
  void* env;
  void (*finalizer)(void*);
};

// The callback gets a vector of its own for the results, since it may put another one in its place.
wasm_trap_t* Run(void* data, const wasm_val_vec_t* args, wasm_val_vec_t* results) noexcept {
  const Callback& callback = *static_cast<const Callback*>(data);
  const ShownArgs shown(args);
  auto given = vec<Val>::make_uninitialized(results->size);
  own<Trap> trap = callback.plain != nullptr ? callback.plain(shown.get(), given)
                                             : callback.with_env(callback.env, shown.get(), given);
  const size_t count = given ? std::min(given.size(), results->size) : 0;
  Val* const out = reinterpret_cast<Val*>(results->data);  // [X2]
  for (size_t i = 0; i < count; ++i) out[i] = std::move(given[i]);
  return C(trap.release());
}

void Finish(void* data) {
  auto* const callback = static_cast<Callback*>(data);
  if (callback->finalizer != nullptr) callback->finalizer(callback->env);
  delete callback;
}

own<Func> NewFunc(Store* store, const FuncType* type, const Callback& callback) {
  return Own<Func>(wasm_func_new_with_env(C(store), C(type), Run, new Callback(callback), Finish));
}

}  // namespace

// --- configuration, engine, store

void Config::destroy() { wasm_config_delete(C(this)); }
auto Config::make() -> own<Config> { return Own<Config>(wasm_config_new()); }

void Engine::destroy() { wasm_engine_delete(C(this)); }
auto Engine::make(own<Config>&& config) -> own<Engine> {
  return Own<Engine>(config ? wasm_engine_new_with_config(C(config.release())) : wasm_engine_new());
}

void Store::destroy() { wasm_store_delete(C(this)); }
auto Store::make(Engine* engine) -> own<Store> { return Own<Store>(wasm_store_new(C(engine))); }

// --- types

void ValType::destroy() { wasm_valtype_delete(C(this)); }
auto ValType::make(ValKind kind) -> own<ValType> {
  return Own<ValType>(wasm_valtype_new(static_cast<wasm_valkind_t>(kind)));
}
auto ValType::copy() const -> own<ValType> { return Own<ValType>(wasm_valtype_copy(C(this))); }
auto ValType::kind() const -> ValKind { return static_cast<ValKind>(wasm_valtype_kind(C(this))); }

void ExternType::destroy() { wasm_externtype_delete(C(this)); }
auto ExternType::copy() const -> own<ExternType> { return Own<ExternType>(wasm_externtype_copy(C(this))); }
auto ExternType::kind() const -> ExternKind { return static_cast<ExternKind>(wasm_externtype_kind(C(this))); }

#define EXTERN_TYPE(Class, accessor, name)                                                         \
  void Class::destroy() { wasm_##name##_delete(C(this)); }                                         \
  auto Class::copy() const -> own<Class> { return Own<Class>(wasm_##name##_copy(C(this))); }       \
  auto ExternType::accessor() -> Class* { return Cxx<Class>(wasm_externtype_as_##name(C(this))); } \
  auto ExternType::accessor() const -> const Class* { return Cxx<Class>(wasm_externtype_as_##name##_const(C(this))); }
EXTERN_TYPE(FuncType, func, functype)
EXTERN_TYPE(GlobalType, global, globaltype)
EXTERN_TYPE(TableType, table, tabletype)
EXTERN_TYPE(MemoryType, memory, memorytype)
EXTERN_TYPE(TagType, tag, tagtype)
#undef EXTERN_TYPE

auto FuncType::make(ownvec<ValType>&& params, ownvec<ValType>&& results) -> own<FuncType> {
  wasm_valtype_vec_t c_params = Take(std::move(params)), c_results = Take(std::move(results));
  return Own<FuncType>(wasm_functype_new(&c_params, &c_results));
}
auto FuncType::params() const -> const ownvec<ValType>& { return Show(wasm_functype_params(C(this))); }
auto FuncType::results() const -> const ownvec<ValType>& { return Show(wasm_functype_results(C(this))); }

auto GlobalType::make(own<ValType>&& content, Mutability mutability) -> own<GlobalType> {
  return Own<GlobalType>(wasm_globaltype_new(C(content.release()), static_cast<wasm_mutability_t>(mutability)));
}
auto GlobalType::content() const -> const ValType* { return Cxx<ValType>(wasm_globaltype_content(C(this))); }
auto GlobalType::mutability() const -> Mutability {
  return static_cast<Mutability>(wasm_globaltype_mutability(C(this)));
}

auto TableType::make(own<ValType>&& element, Limits limits) -> own<TableType> {
  const wasm_limits_t c_limits = {limits.min, limits.max};
  return Own<TableType>(wasm_tabletype_new(C(element.release()), &c_limits));
}
auto TableType::element() const -> const ValType* { return Cxx<ValType>(wasm_tabletype_element(C(this))); }
auto TableType::limits() const -> const Limits& { return Show(wasm_tabletype_limits(C(this))); }

auto MemoryType::make(Limits limits) -> own<MemoryType> {
  const wasm_limits_t c_limits = {limits.min, limits.max};
  return Own<MemoryType>(wasm_memorytype_new(&c_limits));
}
auto MemoryType::limits() const -> const Limits& { return Show(wasm_memorytype_limits(C(this))); }

auto TagType::make(own<FuncType>&& payload) -> own<TagType> {
  return Own<TagType>(wasm_tagtype_new(C(payload.release())));
}
auto TagType::functype() const -> const FuncType* { return Cxx<FuncType>(wasm_tagtype_functype(C(this))); }

void ImportType::destroy() { wasm_importtype_delete(C(this)); }
auto ImportType::copy() const -> own<ImportType> { return Own<ImportType>(wasm_importtype_copy(C(this))); }
auto ImportType::make(Name&& module, Name&& name, own<ExternType>&& type) -> own<ImportType> {
  wasm_name_t c_module = Copy(module), c_name = Copy(name);
  module.reset();
  name.reset();
  return Own<ImportType>(wasm_importtype_new(&c_module, &c_name, C(type.release())));
}
auto ImportType::module() const -> const Name& { return Show(wasm_importtype_module(C(this))); }
auto ImportType::name() const -> const Name& { return Show(wasm_importtype_name(C(this))); }
auto ImportType::type() const -> const ExternType* { return Cxx<ExternType>(wasm_importtype_type(C(this))); }

void ExportType::destroy() { wasm_exporttype_delete(C(this)); }
auto ExportType::copy() const -> own<ExportType> { return Own<ExportType>(wasm_exporttype_copy(C(this))); }
auto ExportType::make(Name&& name, own<ExternType>&& type) -> own<ExportType> {
  wasm_name_t c_name = Copy(name);
  name.reset();
  return Own<ExportType>(wasm_exporttype_new(&c_name, C(type.release())));
}
auto ExportType::name() const -> const Name& { return Show(wasm_exporttype_name(C(this))); }
auto ExportType::type() const -> const ExternType* { return Cxx<ExternType>(wasm_exporttype_type(C(this))); }

// --- references

#define REFERENCE(Class, name)                             \
  void Class::destroy() { wasm_##name##_delete(C(this)); } \
  auto Class::copy() const -> own<Class> { return Own<Class>(wasm_##name##_copy(C(this))); }
REFERENCE(Ref, ref)
REFERENCE(Frame, frame)
REFERENCE(Trap, trap)
REFERENCE(Module, module)
REFERENCE(Foreign, foreign)
REFERENCE(Extern, extern)
REFERENCE(Func, func)
REFERENCE(Global, global)
REFERENCE(Table, table)
REFERENCE(Memory, memory)
REFERENCE(Instance, instance)
#undef REFERENCE

auto Ref::same(const Ref* other) const -> bool { return wasm_ref_same(C(this), C(other)); }
auto Ref::get_host_info() const -> void* { return wasm_ref_get_host_info(C(this)); }
void Ref::set_host_info(void* info, void (*finalizer)(void*)) {
  wasm_ref_set_host_info_with_finalizer(C(this), info, finalizer);
}

// --- frames, traps

auto Frame::instance() const -> Instance* { return Cxx<Instance>(wasm_frame_instance(C(this))); }
auto Frame::func_index() const -> uint32_t { return wasm_frame_func_index(C(this)); }
auto Frame::func_offset() const -> size_t { return wasm_frame_func_offset(C(this)); }
auto Frame::module_offset() const -> size_t { return wasm_frame_module_offset(C(this)); }

auto Trap::make(Store* store, const Message& msg) -> own<Trap> {
  const wasm_message_t message = Borrow(msg);
  return Own<Trap>(wasm_trap_new(C(store), &message));
}
auto Trap::message() const -> Message {
  wasm_message_t message;
  wasm_trap_message(C(this), &message);
  return Take(message);
}
auto Trap::origin() const -> own<Frame> { return Own<Frame>(wasm_trap_origin(C(this))); }
auto Trap::trace() const -> ownvec<Frame> {
  wasm_frame_vec_t frames;
  wasm_trap_trace(C(this), &frames);
  return Take<Frame>(&frames, wasm_frame_vec_delete);
}

// --- modules, foreign objects

auto Module::validate(Store* store, const vec<byte_t>& binary) -> bool {
  const wasm_byte_vec_t bytes = Borrow(binary);
  return wasm_module_validate(C(store), &bytes);
}
auto Module::make(Store* store, const vec<byte_t>& binary) -> own<Module> {
  const wasm_byte_vec_t bytes = Borrow(binary);
  return Own<Module>(wasm_module_new(C(store), &bytes));
}
auto Module::imports() const -> ownvec<ImportType> {
  wasm_importtype_vec_t types;
  wasm_module_imports(C(this), &types);
  return Take<ImportType>(&types, wasm_importtype_vec_delete);
}
auto Module::exports() const -> ownvec<ExportType> {
  wasm_exporttype_vec_t types;
  wasm_module_exports(C(this), &types);
  return Take<ExportType>(&types, wasm_exporttype_vec_delete);
}
auto Module::share() const -> own<Shared<Module>> { return Own<Shared<Module>>(wasm_module_share(C(this))); }
auto Module::obtain(Store* store, const Shared<Module>* shared) -> own<Module> {
  return Own<Module>(wasm_module_obtain(C(store), C(shared)));
}
auto Module::serialize() const -> vec<byte_t> {
  wasm_byte_vec_t bytes;
  wasm_module_serialize(C(this), &bytes);
  return Take(bytes);
}
auto Module::deserialize(Store* store, const vec<byte_t>& serialized) -> own<Module> {
  const wasm_byte_vec_t bytes = Borrow(serialized);
  return Own<Module>(wasm_module_deserialize(C(store), &bytes));
}

void Shared<Module>::destroy() { wasm_shared_module_delete(C(this)); }

auto Foreign::make(Store* store) -> own<Foreign> { return Own<Foreign>(wasm_foreign_new(C(store))); }

// --- externs

auto Extern::kind() const -> ExternKind { return static_cast<ExternKind>(wasm_extern_kind(C(this))); }
auto Extern::type() const -> own<ExternType> { return Own<ExternType>(wasm_extern_type(C(this))); }

#define EXTERN(Class, name)                                                            \
  auto Extern::name() -> Class* { return Cxx<Class>(wasm_extern_as_##name(C(this))); } \
  auto Extern::name() const -> const Class* { return Cxx<Class>(wasm_extern_as_##name##_const(C(this))); }
EXTERN(Func, func)
EXTERN(Global, global)
EXTERN(Table, table)
EXTERN(Memory, memory)
#undef EXTERN

auto Func::make(Store* store, const FuncType* type, callback plain) -> own<Func> {
  return NewFunc(store, type, {plain, nullptr, nullptr, nullptr});
}
auto Func::make(Store* store, const FuncType* type, callback_with_env with_env, void* env, void (*finalizer)(void*))
    -> own<Func> {
  return NewFunc(store, type, {nullptr, with_env, env, finalizer});
}
auto Func::type() const -> own<FuncType> { return Own<FuncType>(wasm_func_type(C(this))); }
auto Func::param_arity() const -> size_t { return wasm_func_param_arity(C(this)); }
auto Func::result_arity() const -> size_t { return wasm_func_result_arity(C(this)); }
auto Func::call(const vec<Val>& args, vec<Val>& results) const -> own<Trap> {
  const wasm_val_vec_t c_args = Borrow(args);
  wasm_val_vec_t c_results = Borrow(results);
  for (size_t i = 0; i < c_results.size; ++i) results[i].reset();
  return Own<Trap>(wasm_func_call(C(this), &c_args, &c_results));
}

auto Global::make(Store* store, const GlobalType* type, const Val& val) -> own<Global> {
  return Own<Global>(wasm_global_new(C(store), C(type), C(val)));
}
auto Global::type() const -> own<GlobalType> { return Own<GlobalType>(wasm_global_type(C(this))); }
auto Global::get() const -> Val {
  Val val;
  wasm_global_get(C(this), reinterpret_cast<wasm_val_t*>(&val));  // [X2]; a null reference may be written over
  return val;
}
void Global::set(const Val& val) { wasm_global_set(C(this), C(val)); }

auto Table::make(Store* store, const TableType* type, const Ref* init) -> own<Table> {
  return Own<Table>(wasm_table_new(C(store), C(type), Mutable(init)));
}
auto Table::type() const -> own<TableType> { return Own<TableType>(wasm_table_type(C(this))); }
auto Table::get(size_t index) const -> own<Ref> { return Own<Ref>(wasm_table_get(C(this), index)); }
auto Table::set(size_t index, const Ref* ref) -> bool { return wasm_table_set(C(this), index, Mutable(ref)); }
auto Table::size() const -> size_t { return wasm_table_size(C(this)); }
auto Table::grow(size_t delta, const Ref* init) -> bool { return wasm_table_grow(C(this), delta, Mutable(init)); }

auto Memory::make(Store* store, const MemoryType* type) -> own<Memory> {
  return Own<Memory>(wasm_memory_new(C(store), C(type)));
}
auto Memory::type() const -> own<MemoryType> { return Own<MemoryType>(wasm_memory_type(C(this))); }
auto Memory::data() const -> byte_t* { return wasm_memory_data(Mutable(this)); }
auto Memory::data_size() const -> size_t { return wasm_memory_data_size(C(this)); }
auto Memory::size() const -> pages_t { return wasm_memory_size(C(this)); }
auto Memory::grow(pages_t delta) -> bool { return wasm_memory_grow(C(this), delta); }

const size_t Memory::page_size;

// --- instances

auto Instance::make(Store* store, const Module* module, const vec<Extern*>& imports, own<Trap>* trap) -> own<Instance> {
  // Pointers are pointers: the array is passed as it is. [X1]
  const wasm_extern_vec_t c_imports = {imports ? imports.size() : 0,
                                       reinterpret_cast<wasm_extern_t**>(const_cast<Extern**>(imports.get()))};
  wasm_trap_t* c_trap = nullptr;
  auto instance = Own<Instance>(wasm_instance_new(C(store), C(module), &c_imports, &c_trap));
  own<Trap> taken = Own<Trap>(c_trap);
  if (trap != nullptr) *trap = std::move(taken);
  return instance;
}
auto Instance::exports() const -> ownvec<Extern> {
  wasm_extern_vec_t externs;
  wasm_instance_exports(C(this), &externs);
  return Take<Extern>(&externs, wasm_extern_vec_delete);
}

}  // namespace wasm
