;;! module-linking = true
;; Instances: arguments, order, identity, traps (design rows M3, M12, M15, M16, M17, M18, M22, M24).

;; M3: arguments of every kind
(module
  (module $callee
    (import "f" (func $f (result i32)))
    (import "g" (global $g i32))
    (import "m" (memory 1))
    (import "t" (table $t 1 funcref))
    (import "mod" (module $mod (export "f" (func (result i32)))))
    (import "inst" (instance $inst (export "f" (func (result i32)))))
    (instance $of_mod (instantiate $mod))
    (func (export "sum") (result i32)
      (i32.add (call $f)
        (i32.add (global.get $g)
          (i32.add (i32.load8_u (i32.const 0))
            (i32.add (call_indirect $t (result i32) (i32.const 0))
              (i32.add (call (func $of_mod "f")) (call (func $inst "f")))))))))
  (module $one (func (export "f") (result i32) i32.const 1))
  (module $parts
    (func (export "f") (result i32) i32.const 10)
    (func $g100 (result i32) i32.const 100)
    (global (export "g") i32 (i32.const 1000))
    (memory (export "m") 1)
    (data (i32.const 0) "\02")
    (table (export "t") funcref (elem $g100)))
  (instance $one (instantiate $one))
  (instance $parts (instantiate $parts))
  (instance $callee (instantiate $callee
    (import "f" (func $parts "f"))
    (import "g" (global $parts "g"))
    (import "m" (memory $parts "m"))
    (import "t" (table $parts "t"))
    (import "mod" (module $one))
    (import "inst" (instance $one))
    (import "not wanted" (instance $parts))))
  (export "sum" (func $callee "sum")))
(assert_return (invoke "sum") (i32.const 1114))

;; M12: the export is found by its name, whatever the declared order
(module
  (module $actual
    (func (export "f") (param i32) (result i32) i32.const 300)
    (func (export "extra"))
    (func (export "g") (param i32) (result i32) (i32.add (local.get 0) (i32.const 100))))
  (module $user
    (import "a" (instance $a
      (export "g" (func (param i32) (result i32)))
      (export "f" (func (param i32) (result i32)))))
    (export "f" (func $a "f"))
    (export "g" (func $a "g")))
  (instance $a (instantiate $actual))
  (instance $u (instantiate $user (import "a" (instance $a))))
  (export "f" (func $u "f"))
  (export "g" (func $u "g")))
(assert_return (invoke "f" (i32.const 0)) (i32.const 300))
(assert_return (invoke "g" (i32.const 3000)) (i32.const 3100))

;; M12: the same through a module that is passed
(module
  (module $actual
    (func (export "b") (result i32) i32.const 2)
    (func (export "a") (result i32) i32.const 1))
  (module $user
    (import "m" (module $m (export "a" (func (result i32))) (export "b" (func (result i32)))))
    (instance $i (instantiate $m))
    (export "a" (func $i "a"))
    (export "b" (func $i "b")))
  (instance $u (instantiate $user (import "m" (module $actual))))
  (export "a" (func $u "a"))
  (export "b" (func $u "b")))
(assert_return (invoke "a") (i32.const 1))
(assert_return (invoke "b") (i32.const 2))

;; M15: each definition makes a fresh instance
(module
  (module $counter
    (global $n (mut i32) (i32.const 0))
    (func (export "bump") (global.set $n (i32.add (global.get $n) (i32.const 1))))
    (func (export "get") (result i32) global.get $n))
  (instance $a (instantiate $counter))
  (instance $b (instantiate $counter))
  (export "bump" (func $a "bump"))
  (export "a" (func $a "get"))
  (export "b" (func $b "get")))
(invoke "bump")
(assert_return (invoke "a") (i32.const 1))
(assert_return (invoke "b") (i32.const 0))

;; M16: start functions of children run first, in the order of their definitions; the root's is last
(module
  (module $log
    (memory (export "m") 1)
    (global $at (mut i32) (i32.const 0))
    (func (export "put") (param i32)
      (i32.store8 (global.get $at) (local.get 0))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))))
  (instance $log (instantiate $log))
  (module $outer
    (import "put" (func $put (param i32)))
    (module $inner
      (import "put" (func $put (param i32)))
      (func $s (call $put (i32.const 0x31)))
      (start $s))
    (instance (instantiate $inner (import "put" (func $put))))
    (func $s (call $put (i32.const 0x32)))
    (start $s))
  (module $second
    (import "put" (func $put (param i32)))
    (func $s (call $put (i32.const 0x33)))
    (start $s))
  (instance (instantiate $outer (import "put" (func $log "put"))))
  (instance (instantiate $second (import "put" (func $log "put"))))
  (func $s (call (func $log "put") (i32.const 0x34)))
  (start $s)
  (func (export "log") (result i32) (i32.load (memory $log "m") (i32.const 0))))
(assert_return (invoke "log") (i32.const 0x34333231))

;; M17: a trap in a nested start ends everything; what was done stays
(module $state
  (global $g (mut i32) (i32.const 0))
  (func (export "set") (global.set $g (i32.const 5)))
  (func (export "get") (result i32) global.get $g))
(assert_trap
  (module
    (import "state" "set" (func $set))
    (module $first (import "set" (func $set)) (start $set))
    (module $bad (func $s unreachable) (start $s))
    (instance (instantiate $first (import "set" (func $set))))
    (instance (instantiate $bad)))
  "unreachable")
(assert_return (invoke $state "get") (i32.const 5))

;; M18: definitions of a module are not visible to the instances in its header
(assert_invalid
  (module
    (module $m (import "f" (func)))
    (func $g)
    (instance (instantiate $m (import "f" (func $g)))))
  "unknown function")

;; M22: types are shared: a reference made in a grandchild is called from the root
(module
  (module $child
    (module $grandchild
      (func $f (result i32) i32.const 42)
      (elem declare func $f)
      (func (export "make") (result funcref) ref.func $f))
    (instance $g (instantiate $grandchild))
    (export "make" (func $g "make")))
  (instance $c (instantiate $child))
  (table $t 1 funcref)
  (func (export "call") (result i32)
    (table.set $t (i32.const 0) (call (func $c "make")))
    (call_indirect $t (result i32) (i32.const 0))))
(assert_return (invoke "call") (i32.const 42))

;; M24: a table that two instances share grows for both
(module
  (module $owner (table (export "t") 1 10 funcref))
  (module $user
    (import "t" (table $t 1 funcref))
    (func (export "grow") (result i32) (table.grow $t (ref.null func) (i32.const 3)))
    (func (export "size") (result i32) (table.size $t)))
  (instance $o (instantiate $owner))
  (instance $a (instantiate $user (import "t" (table $o "t"))))
  (instance $b (instantiate $user (import "t" (table $o "t"))))
  (export "grow" (func $a "grow"))
  (export "size" (func $b "size")))
(assert_return (invoke "grow") (i32.const 1))
(assert_return (invoke "size") (i32.const 4))

;; an exception tag passes as any item
(module
  (module $m (tag (export "e") (param i32)))
  (instance $i (instantiate $m))
  (module $thrower (import "e" (tag $e (param i32))) (func (export "throw") (throw $e (i32.const 17))))
  (instance $t (instantiate $thrower (import "e" (tag $i "e"))))
  (func (export "catch") (result i32)
    (block $h (result i32)
      (try_table (catch (tag $i "e") $h) (call (func $t "throw")))
      (i32.const 0))))
(assert_return (invoke "catch") (i32.const 17))

;; what instantiation refuses
(assert_invalid (module (instance (instantiate 0))) "unknown module")
(assert_invalid (module (module $m (import "x" (func))) (instance (instantiate $m))) "no import named `x`")
(assert_invalid
  (module (module $m (import "x" (func))) (import "i" (instance $i (export "g" (global i32))))
    (instance (instantiate $m (import "x" (global $i "g")))))
  "item type mismatch")
(assert_invalid
  (module (module $m (import "x" (func (param i32)))) (import "f" (func $f)) (instance (instantiate $m (import "x" (func $f)))))
  "func type mismatch")
(assert_invalid
  (module (module $m (import "x" (global i32))) (import "g" (global $g i64)) (instance (instantiate $m (import "x" (global $g)))))
  "global type mismatch")
(assert_invalid
  (module (module $m (import "x" (table 2 funcref))) (import "t" (table $t 1 funcref)) (instance (instantiate $m (import "x" (table $t)))))
  "table type mismatch")
(assert_invalid
  (module (module $m (import "x" (memory 1 2))) (import "m" (memory $m 1)) (instance (instantiate $m (import "x" (memory $m)))))
  "memory type mismatch")
(assert_invalid
  (module (module $m (import "x" (instance (export "e" (func))))) (import "i" (instance $i)) (instance (instantiate $m (import "x" (instance $i)))))
  "no export named `e`")
(assert_invalid
  (module (module $m) (import "f" (func $f)) (instance (instantiate $m (import "x" (func $f)) (import "x" (func $f)))))
  "duplicate arg name `x` already defined")
(assert_malformed (module quote "(instance (import \"a\" (func)))") "unexpected token")
