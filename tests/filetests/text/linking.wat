;;! module-linking
;; Nothing: a nested module with its size
(module (module))
;;= 14: 01 08 00 61 73 6d 01 00 00 00
(module (module $m) (instance (instantiate $m)) (instance (instantiate 0 (import "" (module $m)))))
;;= 14: 01 13 00 61 73 6d 01 00 00 00 00 09 04 6e 61 6d 65 00 02 01 6d
;;= 15: 02 00 00 00 00 00 01 00 05 00
;; A module without nested ones, instances and aliases has its types first
(module (import "i" (instance (export "f1" (func)))) (type (func (param i32))) (import "m" (module)))
;;= 1: 04 60 01 7f 00 60 00 00 62 01 02 66 31 00 01 61 00 00
;;= 2: 02 01 69 00 ff 06 02 01 6d 00 ff 05 03
;; Otherwise the header keeps its order, and types of the rest come last
(module (module) (import "i" (instance $i (export "f1" (func)))) (type (func (param i32))) (alias $i "f1" (func)) (func (param i64)))
;;= 14: 01 08 00 61 73 6d 01 00 00 00
;;= 1: 02 60 00 00 62 01 02 66 31 00 00
;;= 2: 01 01 69 00 ff 06 01
;;= 1: 01 60 01 7f 00
;;= 16: 01 00 00 00 02 66 31
;;= 1: 01 60 01 7e 00
;;= 3: 01 03
;;= 10: 01 02 00 0b
;; An inline reference is an alias: before the field that needs it, or where the first other field stands
(module (import "i" (instance $i (export "f" (func)) (export "g" (func)))) (module $m (import "" (func)))
  (instance (instantiate $m (import "" (func $i "f"))))
  (func (call (func $i "g")) (call (func $i "f")) (call $own)) (func $own))
;;= 1: 02 60 00 00 62 02 01 66 00 00 01 67 00 00
;;= 2: 01 01 69 00 ff 06 01
;;= 14: 01 21 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 02 06 01 00 00 ff 00 00 00 09 04 6e 61 6d 65 00 02 01 6d
;;= 16: 01 00 00 00 01 66
;;= 15: 01 00 00 01 00 00 00
;;= 16: 01 00 00 00 01 67
;;= 3: 02 00 00
;;= 10: 02 08 00 10 01 10 00 10 03 0b 02 00 0b
;;= 0: 04 6e 61 6d 65 01 06 01 03 03 6f 77 6e
(module (import "i" (instance $i (export "j" (instance (export "f" (func)))))) (export "f" (func $i "j" "f")))
;;= 1: 03 60 00 00 62 01 01 66 00 00 62 01 01 6a 06 01
;;= 2: 01 01 69 00 ff 06 02
;;= 16: 02 00 00 06 01 6a 00 01 00 01 66
;;= 7: 01 01 66 00 00
(module $P (type $t (func)) (module $m) (module (import "f" (func (type outer $P $t))) (module (instance (instantiate (module outer $P $m))))))
;;= 1: 01 60 00 00
;;= 14: 02 13 00 61 73 6d 01 00 00 00 00 09 04 6e 61 6d 65 00 02 01 6d 31 00 61 73 6d 01 00 00 00 10 05 01 01 00 07 00 02 07 01 01 66 00 ff 00 00 0e 17 01 15 00 61 73 6d 01 00 00 00 10 05 01 01 01 05 00 0f 04 01 00 00 00
;;= 0: 04 6e 61 6d 65 00 02 01 50 04 04 01 00 01 74
;; Imports and exports inside the field; a two-level import makes an instance
(module (module (export "a") (import "m" "a") (type 0)) (instance (export "b") (export "c") (import "i")) (func (import "f")) (memory $m (import "m" "b") 1)
  (export "d" (instance 1)) (func (export "e")))
;;= 1: 02 62 00 60 00 00
;;= 2: 04 01 6d 01 61 05 00 01 69 00 ff 06 00 01 66 00 ff 00 01 01 6d 01 62 02 00 01
;;= 3: 01 01
;;= 7: 05 01 61 05 00 01 62 06 01 01 63 06 01 01 64 06 01 01 65 00 01
;;= 10: 01 02 00 0b
;;= 0: 04 6e 61 6d 65 06 04 01 00 01 6d
(module (type (module (import "a" (func (param i32))) (import "b" "c" (global $ignored (mut i64))) (export "d" (memory 1)) (export "e" (instance (export "f" (table 1 funcref)))))))
;;= 1: 03 60 01 7f 00 62 01 01 66 01 70 00 01 61 02 01 61 00 ff 00 00 01 62 01 63 03 7e 01 02 01 64 02 00 01 01 65 06 01
;; The first field of a nested module may be an export; an export of the module itself has no item
(module (module (export "m") (export "f" (func 0)) (func)))
;;= 14: 01 1f 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02 01 00 07 05 01 01 66 00 00 0a 04 01 02 00 0b
;;= 7: 01 01 6d 05 00
;; Every production of the binary format, bytes by hand. Types: 60, 61 and 62, with imports and exports of every kind
(module (type (func)) (type (module)) (type (instance))
  (type (module (import "f" (func (type 0))) (import "t" (table 1 funcref)) (import "m" (memory 1)) (import "g" (global (mut i32)))
                (import "e" (tag (type 0))) (import "M" (module (type 1))) (import "a" "I" (instance (type 2)))
                (export "f" (func (type 0))) (export "t" (table 1 funcref)) (export "m" (memory 1)) (export "g" (global (mut i32)))
                (export "e" (tag (type 0))) (export "M" (module (type 1))) (export "I" (instance (type 2)))))
  (type (instance (export "f" (func (type 0))) (export "t" (table 1 funcref)) (export "m" (memory 1)) (export "g" (global (mut i32)))
                  (export "e" (tag (type 0))) (export "M" (module (type 1))) (export "I" (instance (type 2))))))
;;= 1: 05 60 00 00 61 00 00 62 00 61 07 01 66 00 ff 00 00 01 74 00 ff 01 70 00 01 01 6d 00 ff 02 00 01 01 67 00 ff 03 7f 01 01 65 00 ff 04 00 00 01 4d 00 ff 05 01 01 61 01 49 06 02 07 01 66 00 00 01 74 01 70 00 01 01 6d 02 00 01 01 67 03 7f 01 01 65 04 00 00 01 4d 05 01 01 49 06 02 62 07 01 66 00 00 01 74 01 70 00 01 01 6d 02 00 01 01 67 03 7f 01 01 65 04 00 00 01 4d 05 01 01 49 06 02
;; Imports by one name and by two, of every kind
(module (type (func)) (type (module)) (type (instance))
  (import "f" (func (type 0))) (import "t" (table 1 funcref)) (import "m" (memory 1)) (import "g" (global (mut i32)))
  (import "e" (tag (type 0))) (import "M" (module (type 1))) (import "I" (instance (type 2)))
  (import "a" "f" (func (type 0))) (import "a" "t" (table 1 funcref)) (import "a" "m" (memory 1)) (import "a" "g" (global (mut i32)))
  (import "a" "e" (tag (type 0))) (import "a" "M" (module (type 1))) (import "a" "I" (instance (type 2))))
;;= 1: 03 60 00 00 61 00 00 62 00
;;= 2: 0e 01 66 00 ff 00 00 01 74 00 ff 01 70 00 01 01 6d 00 ff 02 00 01 01 67 00 ff 03 7f 01 01 65 00 ff 04 00 00 01 4d 00 ff 05 01 01 49 00 ff 06 02 01 61 01 66 00 00 01 61 01 74 01 70 00 01 01 61 01 6d 02 00 01 01 61 01 67 03 7f 01 01 61 01 65 04 00 00 01 61 01 4d 05 01 01 61 01 49 06 02
;; Aliases of exports, arguments and exports of every kind
(module (import "I" (instance))
  (alias 0 "f" (func)) (alias 0 "t" (table)) (alias 0 "m" (memory)) (alias 0 "g" (global)) (alias 0 "e" (tag)) (alias 0 "M" (module)) (alias 0 "I" (instance))
  (instance (instantiate 0 (import "f" (func 0)) (import "t" (table 0)) (import "m" (memory 0)) (import "g" (global 0))
                           (import "e" (tag 0)) (import "M" (module 0)) (import "I" (instance 1))))
  (export "f" (func 0)) (export "t" (table 0)) (export "m" (memory 0)) (export "g" (global 0)) (export "e" (tag 0)) (export "M" (module 0)) (export "I" (instance 1)))
;;= 1: 01 62 00
;;= 2: 01 01 49 00 ff 06 00
;;= 16: 07 00 00 00 01 66 00 00 01 01 74 00 00 02 01 6d 00 00 03 01 67 00 00 04 01 65 00 00 05 01 4d 00 00 06 01 49
;;= 15: 01 00 00 07 01 66 00 00 01 74 01 00 01 6d 02 00 01 67 03 00 01 65 04 00 01 4d 05 00 01 49 06 01
;;= 7: 07 01 66 00 00 01 74 01 00 01 6d 02 00 01 67 03 00 01 65 04 00 01 4d 05 00 01 49 06 01
;; Outer aliases, and numbers of more than one byte
(module (module (module (alias outer 1 3 (module)) (alias outer 0 2 (type)))))
;;= 14: 01 1f 00 61 73 6d 01 00 00 00 0e 15 01 13 00 61 73 6d 01 00 00 00 10 09 02 01 01 05 03 01 00 07 02
(module (alias outer 200 300 (type)) (alias 400 "" (func)) (instance (instantiate 500)))
;;= 16: 02 01 c8 01 07 ac 02 00 90 03 00 00
;;= 15: 01 00 f4 03 00
;; Mistakes
(module (module $m (func)) (instance (instantiate $m (export "a" (func 0)))))
;;= 2:54: unexpected token: found `(export`, expected `)`
;;=  2 | (module (module $m (func)) (instance (instantiate $m (export "a" (func 0)))))
;;=    |                                                      ^
(module (module) (alias outer $nobody 0 (type)))
;;= 1:31: unknown outer module $nobody
;;=  1 | (module (module) (alias outer $nobody 0 (type)))
;;=    |                               ^~~~~~~
(module $P (module (alias outer $P $nothing (module))))
;;= 1:36: unknown module $nothing
;;=  1 | (module $P (module (alias outer $P $nothing (module))))
;;=    |                                    ^~~~~~~~
(module (func) (alias 0 "f" (func)) (import "a" (func)))
;;= 1:38: import after function definition
;;=  1 | (module (func) (alias 0 "f" (func)) (import "a" (func)))
;;=    |                                      ^~~~~~
(module $P (type (func)) (module (func) (export "t" (type outer $P 0))))
;;= 1:54: unexpected token: found `type`, expected `func`, `table`, `memory`, `global`, `tag`, `module` or `instance`
;;=  1 | (module $P (type (func)) (module (func) (export "t" (type outer $P 0))))
;;=    |                                                      ^~~~
(module $P (type (func)) (module (module) (instance (instantiate 0 (import "t" (type outer $P 0))))))
;;= 1:81: unexpected token: found `type`, expected `func`, `table`, `memory`, `global`, `tag`, `module` or `instance`
;;=  1 | (module $P (type (func)) (module (module) (instance (instantiate 0 (import "t" (type outer $P 0))))))
;;=    |                                                                                 ^~~~
(module (type (component)))
;;= 1:15: unexpected token: found `(component`, expected `(func`, `(struct` or `(array`
;;=  1 | (module (type (component)))
;;=    |               ^
(module (instance))
;;= 1:18: unexpected token: found `)`, expected `(instantiate` or `(import`
;;=  1 | (module (instance))
;;=    |                  ^
(module (module) (instance (instantiate 0 (import (func 0)))))
;;= 1:51: unexpected token: found `(func`, expected a name in quotes
;;=  1 | (module (module) (instance (instantiate 0 (import (func 0)))))
;;=    |                                                   ^
(module (alias outer 0 (type)))
;;= 1:24: unexpected token: found `(type`, expected the index or identifier of an outer item
;;=  1 | (module (alias outer 0 (type)))
;;=    |                        ^
(module (import "a" (type 0)))
;;= 1:22: unexpected token: found `type`, expected `func`, `table`, `memory`, `global`, `tag`, `module` or `instance`
;;=  1 | (module (import "a" (type 0)))
;;=    |                      ^~~~
(module (module (func) (module (alias 0 "f" (func (type 0))))))
;;= 1:51: unexpected token: found `(type`, expected `)`
;;=  1 | (module (module (func) (module (alias 0 "f" (func (type 0))))))
;;=    |                                                   ^
