;; A named instance can be imported under its name; a registered one under that name; definitions make many instances.
(module $A (func (export "f") (result i32) (i32.const 1)))
(module (import "A" "f" (func $f (result i32))) (export "g" (func $f)))
(assert_return (invoke "g") (i32.const 1))
(assert_return (invoke $A "f") (i32.const 1))

;; A registered name comes first.
(module $B (func (export "f") (result i32) (i32.const 2)))
(register "A" $B)
(module (import "A" "f" (func $f (result i32))) (export "g" (func $f)))
(assert_return (invoke "g") (i32.const 2))

(module definition $Counter
  (global $n (mut i32) (i32.const 0))
  (func (export "next") (result i32)
    (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (global.get $n)))
(module instance $C1 $Counter)
(module instance $C2 $Counter)
(assert_return (invoke $C1 "next") (i32.const 1))
(assert_return (invoke $C1 "next") (i32.const 2))
(assert_return (invoke $C2 "next") (i32.const 1))
(assert_return (invoke "next") (i32.const 2))
