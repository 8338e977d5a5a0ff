"""What the documentation of the Python package shows of core WebAssembly, done with whatever library the package loads."""
from wasmtime import (Config, Engine, ExitTrap, Func, FuncType, Global, GlobalType, Instance, Limits, Linker, Memory, MemoryType, Module,
                      Store, Table, TableType, Trap, TrapCode, Val, ValType, WasiConfig, WasmtimeError, wat2wasm)


def hello():
    store = Store()
    module = Module(store.engine, '(module (import "" "hello" (func $hello)) (func (export "run") (call $hello)))')
    said = []
    instance = Instance(store, module, [Func(store, FuncType([], []), lambda: said.append("Hello from Python!"))])
    instance.exports(store)["run"](store)
    assert said == ["Hello from Python!"]


def gcd():
    store = Store()
    module = Module(store.engine, """
      (module (func (export "gcd") (param i32 i32) (result i32)
        (loop $next
          (if (i32.eqz (local.get 1)) (then (return (local.get 0))))
          (local.get 1)
          (local.set 1 (i32.rem_u (local.get 0) (local.get 1)))
          (local.set 0)
          (br $next))
        (unreachable)))""")
    assert Instance(store, module, []).exports(store)["gcd"](store, 6, 27) == 3


def memory():
    store = Store()
    module = Module(store.engine, """
      (module (memory (export "memory") 2 3)
        (func (export "size") (result i32) (memory.size))
        (func (export "load") (param i32) (result i32) (i32.load8_s (local.get 0)))
        (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
        (data (i32.const 0x1000) "\\01\\02\\03\\04"))""")
    exports = Instance(store, module, []).exports(store)
    data = exports["memory"]
    assert data.size(store) == 2 and data.data_len(store) == 0x20000
    assert data.read(store, 0x1000, 0x1004) == b"\1\2\3\4"
    data.write(store, b"\5", 0x1003)
    exports["store"](store, 0x1002, 6)
    assert exports["load"](store, 0x1003) == 5 and data.data_ptr(store)[0x1002] == 6
    assert data.grow(store, 1) == 2 and exports["size"](store) == 3
    try:
        data.grow(store, 1)
        raise AssertionError("a memory grew beyond its maximum")
    except WasmtimeError:
        pass
    try:
        exports["load"](store, 0x30000)
        raise AssertionError("an access out of bounds did not trap")
    except Trap as trap:
        assert trap.trap_code == TrapCode.MEMORY_OUT_OF_BOUNDS and "out of bounds memory access" in str(trap)
    own = Memory(store, MemoryType(Limits(5, 5)))
    assert own.size(store) == 5 and own.type(store).limits == Limits(5, 5)


def multiple_values():
    config = Config()
    config.wasm_multi_value = True
    store = Store(Engine(config))
    module = Module(store.engine, """
      (module (func $f (import "" "f") (param i32 i64) (result i64 i32))
        (func (export "g") (param i32 i64) (result i64 i32) (call $f (local.get 0) (local.get 1)))
        (func (export "many") (param i64 i64 i64) (result i64 i64 i64) (local.get 2) (local.get 1) (local.get 0)))""")
    swap = Func(store, FuncType([ValType.i32(), ValType.i64()], [ValType.i64(), ValType.i32()]), lambda a, b: [b + 1, a + 1])
    exports = Instance(store, module, [swap]).exports(store)
    assert exports["g"](store, 1, 3) == [4, 2]
    assert exports["many"](store, 1, 2, 3) == [3, 2, 1]


def linking():
    engine = Engine()
    store = Store(engine)
    linker = Linker(engine)
    linker.define_wasi()
    store.set_wasi(WasiConfig())
    library = Module(engine, '(module (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))')
    program = Module(engine, """
      (module (import "library" "double" (func $double (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
        (memory (export "memory") 1)
        (func (export "run") (result i32) (i32.add (call $double (i32.const 21)) (call $yield))))""")
    linker.define_instance(store, "library", linker.instantiate(store, library))
    assert linker.instantiate(store, program).exports(store)["run"](store) == 42


def items():
    store = Store()
    count = Global(store, GlobalType(ValType.i32(), True), Val.i32(3))
    count.set_value(store, Val.i32(4))
    assert count.value(store) == 4 and count.type(store).mutable
    table = Table(store, TableType(ValType.funcref(), Limits(2, None)), None)
    table.set(store, 1, Func(store, FuncType([], [ValType.i32()]), lambda: 7))
    assert isinstance(table.get(store, 0), Val) and table.get(store, 1)(store) == 7
    table.grow(store, 1, None)
    assert table.size(store) == 3
    thing = {"any": "object"}
    same = Func(store, FuncType([ValType.externref()], [ValType.externref()]), lambda x: x)
    assert same(store, thing) is thing and same(store, None) is None


def limits():
    config = Config()
    config.consume_fuel = True
    config.epoch_interruption = True
    engine = Engine(config)
    store = Store(engine)
    store.set_epoch_deadline(1)
    store.set_fuel(10_000)
    module = Module(engine, '(module (func (export "forever") (loop (br 0))))')
    run = Instance(store, module, []).exports(store)["forever"]
    try:
        run(store)
        raise AssertionError("fuel did not run out")
    except Trap as trap:
        assert trap.trap_code == TrapCode.OUT_OF_FUEL
    store.set_fuel(1 << 60)
    engine.increment_epoch()
    try:
        run(store)
        raise AssertionError("the deadline did not hold")
    except Trap as trap:
        assert trap.trap_code == TrapCode.INTERRUPT


def failures():
    store = Store()
    try:
        Module(store.engine, wat2wasm("(module (func (result i32)))"))
        raise AssertionError("an invalid module was taken")
    except WasmtimeError as error:
        assert "type mismatch" in str(error)
    linker = Linker(store.engine)
    linker.define_wasi()
    store.set_wasi(WasiConfig())
    module = Module(store.engine, """
      (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1)
        (func (export "run") (call $exit (i32.const 3))))""")
    try:
        linker.instantiate(store, module).exports(store)["run"](store)
        raise AssertionError("proc_exit returned")
    except ExitTrap as trap:
        assert trap.code == 3
    wat = '(module (func $inner unreachable) (func (export "outer") (call $inner)))'
    try:
        Instance(store, Module(store.engine, wat), []).exports(store)["outer"](store)
        raise AssertionError("unreachable was reached and passed")
    except Trap as trap:
        assert [frame.func_index for frame in trap.frames] == [0, 1] and trap.frames[0].func_name == "inner"


def serialization():
    engine = Engine()
    image = Module(engine, '(module (func (export "five") (result i32) (i32.const 5)))').serialize()
    store = Store(engine)
    assert Instance(store, Module.deserialize(engine, image), []).exports(store)["five"](store) == 5


for example in (hello, gcd, memory, multiple_values, linking, items, limits, failures, serialization):
    example()
    print("ok", example.__name__)
