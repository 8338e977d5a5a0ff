;;! module-linking = true
;; What the validator and the reader accept and refuse (design rows M5, M6, M7, M10, M11, M19, M20).

;; M7: sections 14, 15 and 16 exist, 17 and the numbers of the first drafts do not
(module binary "\00asm\01\00\00\00" "\0e\01\00")
(module binary "\00asm\01\00\00\00" "\0f\01\00")
(module binary "\00asm\01\00\00\00" "\10\01\00")
(assert_malformed (module binary "\00asm\01\00\00\00" "\11\01\00") "malformed section id")
(assert_malformed (module binary "\00asm\01\00\00\00" "\64\01\00") "malformed section id")
(assert_malformed (module binary "\00asm\01\00\00\00" "\65\01\00") "malformed section id")
(assert_malformed (module binary "\00asm\01\00\00\00" "\66\01\00") "malformed section id")
(assert_malformed (module binary "\00asm\01\00\00\00" "\67\01\00") "malformed section id")

;; header sections in any order and number; nothing of the header after another section
(module binary "\00asm\01\00\00\00" "\10\01\00" "\01\01\00" "\0f\01\00" "\02\01\00" "\01\01\00" "\0e\01\00" "\02\01\00" "\03\01\00")
(assert_malformed (module binary "\00asm\01\00\00\00" "\03\01\00" "\0e\01\00") "unexpected content after last section")
(assert_malformed (module binary "\00asm\01\00\00\00" "\03\01\00" "\01\01\00") "unexpected content after last section")

;; M8: every production by hand, then what is next to it and wrong
;; a nested module is a whole module with its size
(module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\01\00\00\00")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\0a\01\07\00asm\01\00\00\00") "section size mismatch")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\0a\01\09\00asm\01\00\00\00") "length out of bounds")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\02\00\00\00") "unknown binary version")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\06\01\04\00asm") "unexpected end")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\0d\00\01\00") "unknown binary version")
;; types: 61 module, 62 instance
(module binary "\00asm\01\00\00\00" "\01\04\01\61\00\00")
(module binary "\00asm\01\00\00\00" "\01\03\01\62\00")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\02\01\63") "malformed definition type")
;; a module type with a two-level and a single-level import and an export
(module binary "\00asm\01\00\00\00"
  "\01\19\02\60\00\00\61" "\02" "\01a\01b\00\00" "\01c\00\ff\03\7f\00" "\01" "\01d\02\00\01")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\09\01\61\01" "\01a\00\ff\07\00" "\00") "malformed import kind")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\08\01\61\01" "\01a\01\00\ff\00") "malformed import kind")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\06\01\62\01" "\01a\07") "malformed import kind")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\0a\02\60\00\00\62\01" "\01a\04\01\00") "malformed tag attribute")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\03\01\61\00") "unexpected end")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\02\01\62") "unexpected end")
;; single-level import: 00 ff
(module binary "\00asm\01\00\00\00" "\01\03\01\62\00" "\02\07\01\01i\00\ff\06\00")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\03\01\62\00" "\02\07\01\01i\01\c0\06\00") "malformed UTF-8 encoding")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\03\01\62\00" "\02\07\01\01i\00\ff\07\00") "malformed import kind")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\03\01\62\00" "\02\07\01\01i\00\fe\06\00") "malformed import kind")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\03\01\62\00" "\02\08\01\01i\01j\ff\06\00") "malformed import kind")
(assert_invalid (module binary "\00asm\01\00\00\00" "\01\03\01\62\00" "\02\07\01\01i\00\ff\05\00") "type index is not a module")
;; instance: 00 module, arguments by name
(module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\01\00\00\00" "\0f\04\01\00\00\00")
(module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\01\00\00\00" "\0f\07\01\00\00\01\00\05\00")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\01\00\00\00" "\0f\04\01\01\00\00") "instantiate instruction not found")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\01\00\00\00" "\0f\07\01\00\00\01\00\07\00") "malformed export kind")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\01\00\00\00" "\0f\04\01\00\00\01") "unexpected end")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\01\00\00\00" "\0f\07\01\00\00\01\01\05\00") "unexpected end")
(assert_invalid (module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\01\00\00\00" "\0f\04\01\00\01\00") "unknown module")
;; alias of an export
(module definition binary "\00asm\01\00\00\00" "\01\0b\02\60\00\00\62\01\02f1\00\00" "\02\07\01\01i\00\ff\06\01" "\10\07\01\00\00\00\02f1")
(assert_malformed (module binary "\00asm\01\00\00\00" "\10\07\01\02\00\00\02f1") "invalid byte in alias")
(assert_malformed (module binary "\00asm\01\00\00\00" "\10\07\01\00\00\07\02f1") "invalid external kind in alias")
(assert_malformed (module binary "\00asm\01\00\00\00" "\10\04\01\00\00\00") "unexpected end")
(assert_invalid (module binary "\00asm\01\00\00\00" "\01\0b\02\60\00\00\62\01\02f1\00\00" "\02\07\01\01i\00\ff\06\01" "\10\07\01\00\00\01\02f1") "alias kind mismatch with export kind")
;; alias of an outer type and of an outer module, in a nested module
(module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\0e\11\01\0f\00asm\01\00\00\00" "\10\05\01\01\00\07\00")
(module binary "\00asm\01\00\00\00" "\0e\1a\02\08\00asm\01\00\00\00" "\0f\00asm\01\00\00\00" "\10\05\01\01\00\05\00")
(assert_malformed (module binary "\00asm\01\00\00\00" "\10\05\01\01\00\00\00") "invalid external kind in alias")
(assert_malformed (module binary "\00asm\01\00\00\00" "\10\05\01\01\00\06\00") "invalid external kind in alias")
(assert_malformed (module binary "\00asm\01\00\00\00" "\10\03\01\01\00") "unexpected end")
(assert_invalid (module binary "\00asm\01\00\00\00" "\10\05\01\01\00\07\00") "relative depth too large")
(assert_invalid (module binary "\00asm\01\00\00\00" "\0e\11\01\0f\00asm\01\00\00\00" "\10\05\01\01\00\07\00") "alias to type not defined in parent yet")
(assert_invalid (module binary "\00asm\01\00\00\00" "\0e\11\01\0f\00asm\01\00\00\00" "\10\05\01\01\00\05\00") "alias to module not defined in parent yet")
;; exports of modules and instances
(module binary "\00asm\01\00\00\00" "\0e\0a\01\08\00asm\01\00\00\00" "\0f\04\01\00\00\00" "\07\09\02\01m\05\00\01i\06\00")
(assert_malformed (module binary "\00asm\01\00\00\00" "\07\05\01\01t\07\00") "malformed export kind")
(assert_invalid (module binary "\00asm\01\00\00\00" "\07\05\01\01m\05\00") "unknown module")
(assert_invalid (module binary "\00asm\01\00\00\00" "\07\05\01\01i\06\00") "unknown instance")

;; M10: a two-level import is an alias of an export of instance 0
(module definition (import "" "" (func)) (alias 0 "" (func $f)) (export "f" (func $f)) (export "i" (instance 0)))
(module definition (import "a" "f" (func)) (import "a" "g" (global i32)) (import "b" "f" (func)) (export "a" (instance 0)) (export "b" (instance 1)))
(assert_invalid (module (import "a" "f" (func)) (export "b" (instance 1))) "unknown instance")

;; M11: duplicate imports
(assert_invalid (module (import "a" "b" (func)) (import "a" "b" (func))) "duplicate import name `a::b` already defined")
(assert_invalid (module (import "a" (func)) (import "a" (func))) "duplicate import name `a` already defined")
(assert_invalid (module (import "a" (func)) (import "a" "b" (func))) "cannot define the import `a` twice")
(assert_invalid (module (import "a" "b" (func)) (import "a" (func))) "cannot define the import `a` twice")
(assert_invalid (module (import "a" "b" (func)) (module) (import "a" "c" (func))) "cannot define the import `a` twice: its imports must stand in one import section")
(assert_invalid (module (type (module (import "a" "b" (func)) (import "a" "b" (func))))) "duplicate import name `a::b` already defined")
(assert_invalid (module (type (module (import "a" (func)) (import "a" "b" (func))))) "cannot define the import `a` twice")
(assert_invalid (module (type (module (export "a" (func)) (export "a" (func))))) "duplicate export name `a` already defined")
(assert_invalid (module (type (instance (export "a" (func)) (export "a" (func))))) "duplicate export name `a` already defined")
(assert_invalid (module (module (export "a")) (module (export "a"))) "duplicate export name")

;; kinds of types
(assert_invalid (module (type $f (func)) (import "a" (instance (type $f)))) "type index is not an instance")
(assert_invalid (module (type $f (func)) (import "a" (module (type $f)))) "type index is not a module")
(assert_invalid (module (type $i (instance)) (import "a" (module (type $i)))) "type index is not a module")
(assert_invalid (module (type $i (instance)) (import "a" (func (type $i)))) "type index is not a function")
(assert_invalid (module (type $i (instance)) (func (type $i))) "type mismatch")
(assert_invalid (module (type $i (instance)) (func (drop (ref.null $i)))) "unknown type")
(assert_invalid (module (type $i (instance)) (global (ref null $i) (ref.null none))) "unknown type")
(assert_invalid (module (type $i (instance)) (type (func (param (ref $i))))) "unknown type")
(assert_invalid (module (type $i (module)) (type (sub $i (func)))) "unknown type")
(assert_invalid (module (type $i (instance)) (table 1 funcref) (func (call_indirect (type $i) (i32.const 0)))) "unknown type")
(assert_invalid (module (import "a" (instance (type 1)))) "unknown type")
(assert_invalid (module (type (instance (export "" (instance (type 1))))) (type (instance))) "unknown type")
(assert_invalid
  (module (module $m (type $t (struct)) (func (export "f") (param (ref null $t)))) (instance $i (instantiate $m))
    (func (call_indirect (type 1) (i32.const 0)) (call (func $i "f"))))
  "unknown")

;; a nested module is validated though nothing instantiates it
(assert_invalid (module (module (func (result i32)))) "type mismatch")
(assert_invalid (module (module (module (module (func (call 1)))))) "unknown function")

;; types of aliased items are those of the other module
(module
  (module $m
    (type $s (struct (field i32)))
    (func (export "make") (param i32) (result (ref $s)) (struct.new $s (local.get 0)))
    (func (export "get") (param (ref $s)) (result i32) (struct.get $s 0 (local.get 0))))
  (instance $i (instantiate $m))
  (func (export "f") (result i32) (call (func $i "get") (call (func $i "make") (i32.const 77)))))
(assert_return (invoke "f") (i32.const 77))

;; M19: types whose size doubles with each line
(assert_invalid
  (module
    (type $t0 (instance (export "" (func))))
    (type $t1 (instance (export "1" (instance (type $t0))) (export "2" (instance (type $t0)))))
    (type $t2 (instance (export "1" (instance (type $t1))) (export "2" (instance (type $t1)))))
    (type $t3 (instance (export "1" (instance (type $t2))) (export "2" (instance (type $t2)))))
    (type $t4 (instance (export "1" (instance (type $t3))) (export "2" (instance (type $t3)))))
    (type $t5 (instance (export "1" (instance (type $t4))) (export "2" (instance (type $t4)))))
    (type $t6 (instance (export "1" (instance (type $t5))) (export "2" (instance (type $t5)))))
    (type $t7 (instance (export "1" (instance (type $t6))) (export "2" (instance (type $t6)))))
    (type $t8 (instance (export "1" (instance (type $t7))) (export "2" (instance (type $t7)))))
    (type $t9 (instance (export "1" (instance (type $t8))) (export "2" (instance (type $t8)))))
    (type $t10 (instance (export "1" (instance (type $t9))) (export "2" (instance (type $t9)))))
    (type $t11 (instance (export "1" (instance (type $t10))) (export "2" (instance (type $t10)))))
    (type $t12 (instance (export "1" (instance (type $t11))) (export "2" (instance (type $t11)))))
    (type $t13 (instance (export "1" (instance (type $t12))) (export "2" (instance (type $t12)))))
    (type $t14 (instance (export "1" (instance (type $t13))) (export "2" (instance (type $t13)))))
    (type $t15 (instance (export "1" (instance (type $t14))) (export "2" (instance (type $t14)))))
    (type $t16 (instance (export "1" (instance (type $t15))) (export "2" (instance (type $t15)))))
    (type $t17 (instance (export "1" (instance (type $t16))) (export "2" (instance (type $t16))))))
  "effective type size too large")

;; syntax
(assert_malformed (module quote "(func) (import \"a\" (func))") "import after function definition")
(assert_malformed (module quote "(type (module (export \"a\" (func)) (import \"a\" (func))))") "unexpected token")
(assert_malformed (module quote "(type (instance (import \"a\" (func))))") "unexpected token")
(assert_malformed (module quote "(alias 0 (func))") "unexpected token")
(assert_malformed (module quote "(type (func)) (module $m) (module $m)") "duplicate module")
(assert_malformed (module quote "(instance (instantiate $m))") "unknown module $m")
