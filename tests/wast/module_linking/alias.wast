;;! module-linking = true
;; Aliases of exports and of outer items (design rows M1, M2, M9, M23).

;; M1: every kind, by field
(module $all
  (module $m
    (func (export "f") (result i32) i32.const 1)
    (global (export "g") i32 (i32.const 2))
    (memory (export "m") 1)
    (data (i32.const 0) "\03")
    (table (export "t") funcref (elem $four))
    (func $four (result i32) i32.const 4)
    (module (export "mod") (func (export "f") (result i32) i32.const 5))
    (module $inner (func (export "f") (result i32) i32.const 6))
    (instance (export "inst") (instantiate $inner)))
  (instance $i (instantiate $m))
  (alias $i "f" (func $f))
  (alias $i "g" (global $g))
  (alias $i "m" (memory $mem))
  (alias $i "t" (table $t))
  (alias $i "mod" (module $mod))
  (alias $i "inst" (instance $inst))
  (instance $from_alias (instantiate $mod))
  (type $ret (func (result i32)))
  (func (export "func") (result i32) call $f)
  (func (export "global") (result i32) global.get $g)
  (func (export "memory") (result i32) (i32.load8_u (i32.const 0)))
  (func (export "table") (result i32) (call_indirect (type $ret) (i32.const 0)))
  (func (export "module") (result i32) (call (func $from_alias "f")))
  (func (export "instance") (result i32) (call (func $inst "f"))))
(assert_return (invoke "func") (i32.const 1))
(assert_return (invoke "global") (i32.const 2))
(assert_return (invoke "memory") (i32.const 3))
(assert_return (invoke "table") (i32.const 4))
(assert_return (invoke "module") (i32.const 5))
(assert_return (invoke "instance") (i32.const 6))

;; inline references, several names deep, wherever an index may stand
(module
  (module $leaf
    (global $n (mut i32) (i32.const 0))
    (global (export "g") (mut i32) (i32.const 7))
    (memory (export "m") 1)
    (table (export "t") 2 funcref)
    (func (export "bump") (global.set $n (i32.add (global.get $n) (i32.const 1))))
    (func (export "count") (result i32) global.get $n))
  (module $middle
    (module $leaf2
      (import "leaf" (instance $l (export "count" (func (result i32)))))
      (export "count" (func $l "count")))
    (import "leaf" (instance $l (export "count" (func (result i32))) (export "m" (memory 1))))
    (export "leaf" (instance $l))
    (instance (export "again") (instantiate $leaf2 (import "leaf" (instance $l)))))
  (instance $leaf (instantiate $leaf))
  (instance $middle (instantiate $middle (import "leaf" (instance $leaf))))
  (start (func $leaf "bump"))
  (elem (table $leaf "t") (i32.const 1) func (func $leaf "count"))
  (data (memory $leaf "m") (i32.const 4) "\2a")
  (export "deep" (func $middle "again" "count"))
  (export "direct" (func $middle "leaf" "count"))
  (func (export "load") (result i32) (i32.load8_u (memory $middle "leaf" "m") (i32.const 4)))
  (func (export "set") (param i32) (global.set (global $leaf "g") (local.get 0)))
  (func (export "get") (result i32) (global.get (global $leaf "g")))
  (func (export "indirect") (result i32) (call_indirect (table $leaf "t") (result i32) (i32.const 1)))
  (func (export "size") (result i32) (table.size (table $leaf "t")))
  (func (export "grow") (result i32) (memory.grow (memory $leaf "m") (i32.const 1))))
(assert_return (invoke "deep") (i32.const 1))
(assert_return (invoke "direct") (i32.const 1))
(assert_return (invoke "load") (i32.const 42))
(invoke "set" (i32.const 9))
(assert_return (invoke "get") (i32.const 9))
(assert_return (invoke "indirect") (i32.const 1))
(assert_return (invoke "size") (i32.const 2))
(assert_return (invoke "grow") (i32.const 1))

;; M2: outer types and modules, one and several levels up
(module $top
  (type $t (func (result i32)))
  (module $deep (func (export "v") (result i32) i32.const 33))
  (module $a
    (module $b
      (module $c
        (alias outer $top $deep (module $d))
        (type $mine (func (param f32)))
        (instance $d (instantiate $d))
        (func (export "v") (type outer $top $t) (call (func $d "v"))))
      (instance $c (instantiate $c))
      (export "v" (func $c "v")))
    (instance $b (instantiate $b))
    (export "v" (func $b "v")))
  (instance $a (instantiate $a))
  (export "v" (func $a "v")))
(assert_return (invoke "v") (i32.const 33))

;; M2: a module value keeps what it closed over; two instantiations of its parent close over different modules
(module
  (module $zero (func (export "v") (result i32) i32.const 0))
  (module $one (func (export "v") (result i32) i32.const 1))
  (module $parent
    (import "m" (module $m (export "v" (func (result i32)))))
    (module (export "closure")
      (module $inside
        (instance $i (instantiate (module outer $parent $m)))
        (export "v" (func $i "v")))
      (instance $i (instantiate $inside))
      (export "v" (func $i "v"))))
  (instance $p0 (instantiate $parent (import "m" (module $zero))))
  (instance $p1 (instantiate $parent (import "m" (module $one))))
  (instance $v0 (instantiate (module $p0 "closure")))
  (instance $v1 (instantiate (module $p1 "closure")))
  (export "v0" (func $v0 "v"))
  (export "v1" (func $v1 "v")))
(assert_return (invoke "v0") (i32.const 0))
(assert_return (invoke "v1") (i32.const 1))

;; M9: header sections interleave: alias, import, module, type, module, instance, alias, module, instance, module
(module $parent
  (type $void (func))
  (module
    (alias outer $parent $void (type $v))
    (import "x" (func (type $v)))
    (module $m1 (func (export "f") (result i32) i32.const 8))
    (type (func (result i64)))
    (module)
    (instance $i (instantiate $m1))
    (alias $i "f" (func $f))
    (module $m2 (import "f" (func (result i32))) (export "g" (func 0)))
    (instance $j (instantiate $m2 (import "f" (func $f))))
    (module)
    (import "y" (func (type $v)))
    (export "g" (func $j "g"))))

;; M23: aliased globals in constant expressions; aliased functions as start, in elements, as ref.func
(module
  (module $m
    (global (export "g") i32 (i32.const 3))
    (global $ran (mut i32) (i32.const 0))
    (func (export "s") (global.set $ran (i32.const 11)))
    (func (export "ran") (result i32) global.get $ran))
  (instance $i (instantiate $m))
  (global $copy i32 (global.get (global $i "g")))
  (table $t 10 funcref)
  (elem (table $t) (global.get (global $i "g")) func (func $i "ran"))
  (start (func $i "s"))
  (elem declare func (func $i "ran"))
  (func (export "copy") (result i32) global.get $copy)
  (func (export "by_table") (result i32) (call_indirect $t (result i32) (i32.const 3)))
  (func (export "by_ref") (result i32)
    (table.set $t (i32.const 0) (ref.func (func $i "ran")))
    (call_indirect $t (result i32) (i32.const 0))))
(assert_return (invoke "copy") (i32.const 3))
(assert_return (invoke "by_table") (i32.const 11))
(assert_return (invoke "by_ref") (i32.const 11))

;; what aliases may not do
(assert_invalid
  (module (import "i" (instance $i)) (alias $i "f" (func)))
  "aliased name `f` does not exist in instance")
(assert_invalid
  (module (import "i" (instance $i (export "f" (func)))) (alias $i "f" (global)))
  "alias kind mismatch with export kind")
(assert_invalid (module (alias 0 "f" (func))) "unknown instance")
(assert_invalid (module (alias outer 0 0 (type))) "relative depth too large")
(assert_invalid (module (module (alias outer 1 0 (module)))) "relative depth too large")
(assert_invalid (module (module (alias outer 0 0 (type)))) "alias to type not defined in parent yet")
(assert_invalid (module (module (alias outer 0 0 (module)))) "alias to module not defined in parent yet")
(assert_invalid (module $p (module (alias outer $p $later (type))) (type $later (func))) "alias to type not defined in parent yet")
(assert_malformed (module quote "(module (func (call (func outer $none 0))))") "unknown outer module $none")
