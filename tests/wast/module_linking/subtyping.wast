;;! module-linking = true
;; Which types serve where others are wanted, in validation and when the host links (design rows M4, M13, M14).

;; M13, M14: modules. Fewer imports and more exports are a subtype; imports are contravariant.
(module definition
  (import "a" (module $a))
  (module $takes (import "m" (module (import "x" (func)))))
  (instance (instantiate $takes (import "m" (module $a)))))
(assert_invalid
  (module
    (import "a" (module $a (import "x" (func))))
    (module $takes (import "m" (module)))
    (instance (instantiate $takes (import "m" (module $a)))))
  "no import named `x`")
(module definition
  (import "a" (module $a (export "e" (func)) (export "f" (func))))
  (module $takes (import "m" (module (export "f" (func)))))
  (instance (instantiate $takes (import "m" (module $a)))))
(assert_invalid
  (module
    (import "a" (module $a (export "f" (func))))
    (module $takes (import "m" (module (export "e" (func)) (export "f" (func)))))
    (instance (instantiate $takes (import "m" (module $a)))))
  "no export named `e`")
(module definition
  (import "a" (module $a (import "i" (instance))))
  (module $takes (import "m" (module (import "i" (instance (export "e" (func)))))))
  (instance (instantiate $takes (import "m" (module $a)))))
(assert_invalid
  (module
    (import "a" (module $a (import "i" (instance (export "e" (func))))))
    (module $takes (import "m" (module (import "i" (instance)))))
    (instance (instantiate $takes (import "m" (module $a)))))
  "no export named `e`")

;; M4: what the host supplies
(module $host
  (func (export "f") (param i32) (result i64) i64.const 0)
  (global (export "const") i32 (i32.const 0))
  (global (export "mut") (mut i32) (i32.const 0))
  (table (export "t1") 1 funcref)
  (table (export "t1-10") 1 10 funcref)
  (memory (export "m1") 1)
  (memory (export "m1-2") 1 2)
  (module (export "empty"))
  (module (export "m-f") (func (export "f")))
  (module (export "m-wants-f") (import "" (func)))
  (module (export "m-wants-i") (import "i" (instance (export "e" (func)))))
  (module $i (func (export "f")) (global (export "g") i32 (i32.const 1)))
  (instance (export "i") (instantiate $i)))

(module (import "host" "f" (func (param i32) (result i64))))
(assert_unlinkable (module (import "host" "f" (func))) "incompatible import type for `host`")
(assert_unlinkable (module (import "host" "nothing" (func))) "unknown import")
(assert_unlinkable (module (import "host" "f" (global i32))) "incompatible import type for `host`")
(assert_unlinkable (module (import "host" "f" (module))) "incompatible import type for `host`")
(module (import "host" "const" (global i32)))
(assert_unlinkable (module (import "host" "const" (global i64))) "incompatible import type for `host`")
(assert_unlinkable (module (import "host" "const" (global (mut i32)))) "incompatible import type for `host`")
(module (import "host" "mut" (global (mut i32))))
(assert_unlinkable (module (import "host" "mut" (global i32))) "incompatible import type for `host`")
(module (import "host" "t1" (table 1 funcref)))
(module (import "host" "t1" (table 0 funcref)))
(assert_unlinkable (module (import "host" "t1" (table 2 funcref))) "incompatible import type for `host`")
(assert_unlinkable (module (import "host" "t1" (table 1 10 funcref))) "incompatible import type for `host`")
(assert_unlinkable (module (import "host" "t1" (table 1 externref))) "incompatible import type for `host`")
(module (import "host" "t1-10" (table 1 10 funcref)))
(module (import "host" "t1-10" (table 0 20 funcref)))
(assert_unlinkable (module (import "host" "t1-10" (table 1 9 funcref))) "incompatible import type for `host`")
(module (import "host" "m1" (memory 1)))
(assert_unlinkable (module (import "host" "m1" (memory 2))) "incompatible import type for `host`")
(assert_unlinkable (module (import "host" "m1" (memory 1 2))) "incompatible import type for `host`")
(module (import "host" "m1-2" (memory 1 3)))
(assert_unlinkable (module (import "host" "m1-2" (memory 1 1))) "incompatible import type for `host`")

(module (import "host" "empty" (module)))
(module (import "host" "empty" (module (import "x" (func)))))
(assert_unlinkable (module (import "host" "empty" (module (export "x" (func))))) "incompatible import type for `host`")
(module (import "host" "m-f" (module (export "f" (func)))))
(module (import "host" "m-f" (module)))
(assert_unlinkable (module (import "host" "m-f" (module (export "f" (func (param i32)))))) "incompatible import type for `host`")
(module (import "host" "m-wants-f" (module (import "" (func)))))
(module (import "host" "m-wants-f" (module (import "" (func)) (import "more" (func)))))
(assert_unlinkable (module (import "host" "m-wants-f" (module))) "incompatible import type for `host`")
(assert_unlinkable (module (import "host" "m-wants-f" (module (import "" (func (param i32)))))) "incompatible import type for `host`")
(module (import "host" "m-wants-i" (module (import "i" (instance (export "e" (func)) (export "f" (func)))))))
(assert_unlinkable (module (import "host" "m-wants-i" (module (import "i" (instance))))) "incompatible import type for `host`")
(module (import "host" "i" (instance)))
(module (import "host" "i" (instance (export "g" (global i32)))))
(module (import "host" "i" (instance (export "g" (global i32)) (export "f" (func)))))
(assert_unlinkable (module (import "host" "i" (instance (export "h" (func))))) "incompatible import type for `host`")
(assert_unlinkable (module (import "host" "i" (instance (export "f" (func (param i32)))))) "incompatible import type for `host`")
(assert_unlinkable (module (import "host" "i" (func))) "incompatible import type for `host`")

;; the whole instance by one name
(module (import "host" (instance (export "f" (func (param i32) (result i64))) (export "empty" (module)))))
(assert_unlinkable (module (import "host" (instance (export "none" (func))))) "unknown import")
(assert_unlinkable (module (import "host" (func))) "unknown import")
(assert_unlinkable (module (import "nobody" (instance (export "f" (func))))) "unknown import")

;; a table that has grown counts with its size
(module $grown
  (table (export "t") 1 10 funcref)
  (func (export "grow") (drop (table.grow 0 (ref.null func) (i32.const 4)))))
(assert_unlinkable (module (import "grown" "t" (table 5 10 funcref))) "incompatible import type for `grown`")
(invoke $grown "grow")
(module (import "grown" "t" (table 5 10 funcref)))

;; modules and instances that come from the host work
(module
  (type $m (module (export "f" (func))))
  (type $i (instance (export "g" (global i32))))
  (import "host" "m-f" (module $m (type $m)))
  (import "host" "i" (instance $i (type $i)))
  (instance $made (instantiate $m))
  (export "f" (func $made "f"))
  (func (export "g") (result i32) (global.get (global $i "g"))))
(assert_return (invoke "f"))
(assert_return (invoke "g") (i32.const 1))
