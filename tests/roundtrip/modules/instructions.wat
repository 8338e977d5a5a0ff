;; Each kind of immediates.
(module
  (type $f (func (param i32) (result i32)))
  (type $s (struct (field (mut i32))))
  (type $a (array (mut i8)))
  (type $r (array (mut funcref)))
  (memory 1)
  (memory i64 1)
  (table 4 funcref)
  (table 4 funcref)
  (table 4 anyref)
  (tag (param i32))
  (global (mut i64) (i64.const -5))
  (elem func 0)
  (data "bytes")
  (func (type $f) (local v128 i64 anyref)
    unreachable
    block (type $f) end
    try_table (result i32) (catch 0 0) (catch_all 0) unreachable end
    br_table 0 0 0
    call 0
    call_indirect (type $f)
    call_indirect 1 (type $f)
    return_call_indirect 1 (type $f)
    ref.func 0
    call_ref $f
    throw 0
    local.set 0
    global.get 0
    table.get 1
    table.copy
    table.copy 1 0
    table.init 0
    table.init 1 0
    elem.drop 0
    memory.size
    memory.grow 1
    memory.copy
    memory.copy 0 1
    memory.init 0
    memory.init 1 0
    memory.fill 1
    data.drop 0
    i32.load offset=4294967295 align=1
    i64.load 1 offset=18446744073709551615
    v128.load8_lane 1 offset=8 align=1 15
    v128.store64_lane 1
    i32.const -2147483648
    i64.const 9223372036854775807
    f32.const nan:0x1
    f64.const -0x1.fffffffffffffp+1023
    v128.const f32x4 1 -0 nan inf
    i8x16.extract_lane_s 15
    i8x16.shuffle 0 1 2 3 4 5 6 7 31 30 29 28 27 26 25 24
    select (result i32)
    select
    ref.null $s
    ref.null nofunc
    ref.test (ref null $s)
    ref.test (ref any)
    ref.cast i31ref
    br_on_cast 0 anyref (ref i31)
    br_on_cast_fail 0 (ref null struct) (ref $s)
    struct.get $s 0
    struct.set $s 0
    array.new_fixed $a 3
    array.new_data $a 0
    array.init_elem $r 0
    array.copy $a $a
    i32.atomic.rmw8.add_u 1 offset=3
    atomic.fence
    i64.add128))
