// wasmtime/component.hh: types, values, components, linkers and calls of the Component Model.
//
// Until components are part of the library their functions end the process and say which one was called; that is what
// this test finds then, in a process of its own. Once they are there it runs as a whole.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <wasmtime/component.hh>

#include "guest.hh"

namespace cm = wasmtime::component;
using wasmtime::Engine;
using wasmtime::Result;
using wasmtime::Span;
using wasmtime::Store;

// Classes show what C functions point to: same size, same place.
static_assert(sizeof(cm::Val) == sizeof(wasmtime_component_val_t) &&
              alignof(cm::Val) == alignof(wasmtime_component_val_t));
static_assert(sizeof(cm::ValType) == sizeof(wasmtime_component_valtype_t));
static_assert(sizeof(cm::ComponentItem) == sizeof(wasmtime_component_item_t));
static_assert(sizeof(cm::FuncType) == sizeof(void*) && sizeof(cm::ResourceAny) == sizeof(void*));
static_assert(std::is_copy_constructible_v<cm::Component> && std::is_copy_constructible_v<cm::Val>);
static_assert(!std::is_copy_constructible_v<cm::Linker> && std::is_nothrow_move_constructible_v<cm::Linker>);
static_assert(std::is_trivially_copyable_v<cm::Func> && std::is_trivially_copyable_v<cm::Instance>);

// A component that adds with a function of the host's.
static constexpr char kAdds[] = R"((component
  (import "add" (func $add (param "a" u32) (param "b" u32) (result u32)))
  (import "host:env/log" (instance $log (export "level" (func (param "name" string) (result (tuple u32 string))))))
  (core func $lowered (canon lower (func $add)))
  (core module $m (import "" "add" (func $add (param i32 i32) (result i32)))
    (func (export "add") (param i32 i32) (result i32) (call $add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m (with "" (instance (export "add" (func $lowered))))))
  (func $lifted (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (instance $math (export "add" (func $lifted)))
  (export "sum" (func $lifted))
  (export "math" (instance $math))
))";

static void types() {
  Engine engine;
  const cm::Component component = VALUE(cm::Component::compile(engine, kAdds));
  const cm::ComponentType type = component.type();
  CHECK(type.import_count(engine) == 2 && type.export_count(engine) == 2);
  CHECK(!type.import_get(engine, "nothing") && !type.export_nth(engine, 2));
  const cm::ComponentItem add = *type.import_get(engine, "add");
  CHECK(add.is_component_func() && !add.is_type() && !add.component_func().async());
  CHECK_EQ(add.component_func().param_count(), 2);
  const auto [name, param] = *add.component_func().param_nth(1);
  CHECK(name == "b" && param.is_u32() && param == cm::ValType::new_u32() && param != cm::ValType::new_s32());
  CHECK(!add.component_func().param_nth(2));
  const auto [log_name, log] = *type.import_nth(engine, 1);
  CHECK(log_name == "host:env/log" && log.is_component_instance());
  CHECK_EQ(log.component_instance().export_count(engine), 1);
  CHECK(log.component_instance().export_nth(engine, 0)->first == "level");
  const cm::FuncType level = log.component_instance().export_get(engine, "level")->component_func();
  CHECK(level.param_nth(0)->second.is_string());
  const cm::ValType tuple = *level.result();
  CHECK(tuple.is_tuple() && tuple.tuple().types_count() == 2 && !tuple.is_record());
  CHECK(tuple.tuple().types_nth(0)->is_u32() && tuple.tuple().types_nth(1)->is_string() && !tuple.tuple().types_nth(2));
  CHECK(type.export_get(engine, "sum")->is_component_func() &&
        type.export_nth(engine, 1)->second.is_component_instance());

  const cm::ResourceType a(1), b(2);
  CHECK(a == cm::ResourceType(1) && a != b);
  CHECK(cm::ValType::new_own(a).is_own() && cm::ValType::new_borrow(b).borrow() == b);
}

static void values() {
  CHECK(cm::Val(true).get_bool() && cm::Val(uint8_t(200)).get_u8() == 200 && cm::Val(int8_t(-3)).get_s8() == -3);
  CHECK(cm::Val(uint16_t(60000)).get_u16() == 60000 && cm::Val(int16_t(-3)).get_s16() == -3);
  CHECK(cm::Val(uint32_t(1)).is_u32() && cm::Val(int32_t(-1)).get_s32() == -1);
  CHECK(cm::Val(uint64_t(1)).get_u64() == 1 && cm::Val(int64_t(-1)).get_s64() == -1);
  CHECK(cm::Val(1.5f).get_f32() == 1.5f && cm::Val(2.5).get_f64() == 2.5);
  CHECK(cm::Val::char_('x').get_char() == 'x' && cm::Val::enum_("red").get_enum() == "red");
  CHECK(cm::Val::string("text").get_string() == "text");

  const cm::Val list = cm::List({uint32_t(1), uint32_t(2), uint32_t(3)});
  uint32_t sum = 0;
  for (const cm::Val& element : list.get_list()) sum += element.get_u32();
  CHECK(sum == 6 && list.get_list().size() == 3);
  cm::Val record = cm::Record({{"name", cm::Val::string("n")}, {"list", list}});
  const cm::Val copy = record;
  record = cm::Tuple({true, copy});
  CHECK(record.get_tuple().size() == 2 && record.get_tuple().begin()[1].get_record().size() == 2);
  std::string names;
  for (const cm::RecordField& field : copy.get_record()) names += std::string(field.name()) + ";";
  CHECK(names == "name;list;" && copy.get_record().begin()[1].value().get_list().size() == 3);

  const cm::Val variant = cm::Variant("case", cm::Val(uint8_t(4)));
  CHECK(variant.get_variant().discriminant() == "case" && variant.get_variant().value()->get_u8() == 4);
  CHECK(cm::Variant("empty", std::nullopt).value() == nullptr);
  CHECK(cm::WitOption(std::nullopt).value() == nullptr && cm::WitOption(cm::Val(1.0)).value()->get_f64() == 1.0);
  const cm::Val failure = cm::WitResult::err(cm::Val::string("why"));
  CHECK(!failure.get_result().is_ok() && failure.get_result().payload()->get_string() == "why");
  CHECK(cm::WitResult::ok(std::nullopt).is_ok() && cm::WitResult::ok(std::nullopt).payload() == nullptr);
  const cm::Val flags = cm::Flags({cm::Flag("a"), cm::Flag("b")});
  CHECK(flags.get_flags().size() == 2 && flags.get_flags().begin()[1].name() == "b");
  const cm::Val map = cm::Map({{cm::Val::string("k"), uint32_t(7)}});
  CHECK(map.get_map().begin()->key().get_string() == "k" && map.get_map().begin()->value().get_u32() == 7);

  cm::Val moved = std::move(record);
  moved = cm::Val(false);
  CHECK(moved.is_bool() && !moved.is_tuple());
}

static void calls() {
  int count = 0;  // goes last: what linker and store hold counts down in it
  Engine engine;
  Store store(engine);
  const cm::Component component = VALUE(cm::Component::compile(engine, kAdds));
  const cm::Component loaded = VALUE(cm::Component::deserialize(engine, VALUE(component.serialize())));
  CHECK(!cm::Component::compile(engine, "(component (export \"x\" (func 7)))"));

  cm::Linker linker(engine);
  CHECK(!linker.instantiate(store, component));
  {
    cm::LinkerInstance root = linker.root();
    VALUE(root.add_func("add",
                        [counted = Counted(count)](Store::Context, const cm::FuncType& type, Span<cm::Val> args,
                                                   Span<cm::Val> results) -> Result<std::monostate> {
                          CHECK(type.param_count() == 2 && args.size() == 2 && results.size() == 1);
                          if (args[0].get_u32() == 0) return wasmtime::Error("not zero");
                          results[0] = args[0].get_u32() + args[1].get_u32();
                          return std::monostate();
                        }));
    cm::LinkerInstance log = VALUE(root.add_instance("host:env/log"));
    VALUE(log.add_func("level", [](Store::Context, const cm::FuncType&, Span<cm::Val>, Span<cm::Val> results) {
      results[0] = cm::Tuple({uint32_t(1), cm::Val::string("")});
      return Result<std::monostate>(std::monostate());
    }));
    VALUE(log.add_resource("file", cm::ResourceType(1), [counted = Counted(count)](Store::Context, uint32_t) {
      return Result<std::monostate>(std::monostate());
    }));
  }
  CHECK_EQ(count, 2);
  const cm::Instance instance = VALUE(linker.instantiate(store, loaded));
  CHECK(!instance.get_export_index(store, nullptr, "nothing"));
  const cm::ExportIndex sum_index = *instance.get_export_index(store, nullptr, "sum");
  const cm::ExportIndex math = *loaded.export_index(nullptr, "math");
  const cm::ExportIndex add = *loaded.export_index(&math, "add");
  CHECK(instance.get_func(store, add).has_value() && !instance.get_func(store, math));
  const cm::Func sum = *instance.get_func(store, sum_index);
  CHECK_EQ(sum.type(store).param_count(), 2);
  const cm::Val args[] = {uint32_t(5), uint32_t(37)};
  cm::Val results[] = {false};
  VALUE(sum.call(store, args, results));
  CHECK_EQ(results[0].get_u32(), 42);
  const cm::Val zero[] = {uint32_t(0), uint32_t(1)};
  FAILS(sum.call(store, zero, results), "not zero");

  const cm::ResourceHost host(true, 7, 1);
  CHECK(host.owned() && host.rep() == 7 && host.type() == 1);
  const cm::ResourceAny any = VALUE(host.to_any(store));
  CHECK(any.owned() && any.type() == cm::ResourceType(1));
  CHECK_EQ(VALUE(any.to_host(store)).rep(), 7);
}

int main() {
  // Are components there? A child finds out.
  int out[2];
  CHECK_EQ(pipe(out), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(out[1], STDERR_FILENO);
    const cm::ValType type = cm::ValType::new_u32();
    const cm::ValType copy = type;
    _exit(copy.is_u32() ? 0 : 1);
  }
  close(out[1]);
  char said[512] = "";
  const ssize_t size = ::read(out[0], said, sizeof said - 1);
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status)) {
    CHECK_EQ(WTERMSIG(status), SIGABRT);
    CHECK(size > 0 && strstr(said, "wasmtime_component_valtype_clone") != nullptr);
    return 0;
  }
  CHECK_EQ(status, 0);

  types();
  values();
  calls();
  return 0;
}
