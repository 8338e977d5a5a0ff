(module)
;;= no sections
(func (export "a") (export "b")) (memory (export "m") 1 2)
;;= 1: 01 60 00 00
;;= 3: 01 00
;;= 5: 01 01 01 02
;;= 7: 03 01 61 00 00 01 62 00 00 01 6d 02 00
;;= 10: 01 02 00 0b
;; Type uses: the first equal type, or a new one at the end, in order of appearance
(module (func (param i32) (block (param f32) (call_indirect (param f64)) )) (type (func (param i32))) (table 1 funcref))
;;= 1: 03 60 01 7f 00 60 01 7d 00 60 01 7c 00
;;= 3: 01 00
;;= 4: 01 70 00 01
;;= 10: 01 08 00 02 01 11 02 00 0b 0b
(module (rec (type $a (struct (field (ref null $b) (mut i8)))) (type $b (sub final $c (array i16)))) (type $c (sub (array i16))) (rec) (rec (type (func))))
;;= 1: 04 4e 02 5f 02 63 01 00 78 01 4f 01 02 5e 77 00 50 00 5e 77 00 4e 00 4e 01 60 00 00
;;= 0: 04 6e 61 6d 65 04 0a 03 00 01 61 01 01 62 02 01 63
(module (import "m" (item "f" (func $f (param i32))) (item "g" (global $g (mut i64)))) (import "n" (item "a") (item "b") (tag)) (import "e"))
;;= 1: 02 60 01 7f 00 60 00 00
;;= 2: 03 01 6d 00 7f 02 01 66 00 00 01 67 03 7e 01 01 6e 00 7e 04 00 01 02 01 61 01 62 01 65 00 7f 00
;;= 0: 04 6e 61 6d 65 01 04 01 00 01 66 07 04 01 00 01 67
;; Segments: the eight forms of elements, inline ones in tables, the old ones
(module (table $t funcref (elem 0 0)) (table $u i64 funcref (elem (ref.func 0))) (table 2 (ref null func) (ref.func 0))
  (func) (elem (i32.const 1) 0) (elem (i32.const 1) func 0) (elem func 0) (elem declare func 0) (elem (table 1) (i64.const 0) func 0)
  (elem (i32.const 1) funcref (ref.func 0)) (elem funcref (item ref.func 0)) (elem (table $u) (offset i64.const 0) (ref func) (ref.func 0))
  (elem declare funcref) (elem 0 (i32.const 0)))
;;= 1: 01 60 00 00
;;= 3: 01 00
;;= 4: 03 70 01 02 02 70 05 01 01 40 00 70 00 02 d2 00 0b
;;= 9: 0c 00 41 00 0b 02 00 00 06 01 42 00 0b 70 01 d2 00 0b 00 41 01 0b 01 00 00 41 01 0b 01 00 01 00 01 00 03 00 01 00 02 01 42 00 0b 00 01 00 04 41 01 0b 01 d2 00 0b 05 70 01 d2 00 0b 06 01 42 00 0b 64 70 01 d2 00 0b 07 70 00 00 41 00 0b 00
;;= 10: 01 02 00 0b
;;= 0: 04 6e 61 6d 65 05 07 02 00 01 74 01 01 75
(module (memory (data "a\00" "b")) (memory i64 (data)) (memory (pagesize 1) (data "xyz")) (memory i64 1 2 shared (pagesize 65536))
  (data (i32.const 1) "c") (data (memory 1) (offset i64.const 2) "d") (data "e") (func (memory.init 2 0 (i32.const 0) (i32.const 0) (i32.const 0))))
;;= 1: 01 60 00 00
;;= 3: 01 00
;;= 5: 04 01 01 01 05 00 00 09 03 03 00 0f 01 02 10
;;= 12: 06
;;= 10: 01 0c 00 41 00 41 00 41 00 fc 08 00 02 0b
;;= 11: 06 00 41 00 0b 03 61 00 62 02 01 42 00 0b 00 02 02 41 00 0b 03 78 79 7a 00 41 01 0b 01 63 02 01 42 02 0b 01 64 01 01 65
(module (func (result i32) (local i32 i32) (local $x i64) (local i64)
  (if $l (result i32) (i32.eq (i32.const 1) (i32.const 2)) (then (br $l (i32.const -65))) (else (i32.const 64))))
  (func block $a loop $b br $b br $a br_table 0 $a 1 end $b end))
;;= 1: 02 60 00 01 7f 60 00 00
;;= 3: 02 00 01
;;= 10: 02 17 02 02 7f 02 7e 41 01 41 02 46 04 7f 41 bf 7f 0c 00 05 41 c0 00 0b 0b 11 00 02 40 03 40 0c 00 0c 01 0e 02 00 01 01 0b 0b 0b
;;= 0: 04 6e 61 6d 65 02 06 01 00 01 02 01 78 03 0e 02 00 01 00 01 6c 01 02 00 01 61 01 01 62
(module (tag $e (param i32)) (func (try_table (result i32 exnref) (catch $e 0) (catch_ref 0 1) (catch_all 0) (catch_all_ref 0) (unreachable)) drop drop))
;;= 1: 03 60 01 7f 00 60 00 00 60 00 02 7f 69
;;= 3: 01 01
;;= 13: 01 00 00
;;= 10: 01 13 00 1f 02 04 00 00 00 01 00 01 02 00 03 00 00 0b 1a 1a 0b
;;= 0: 04 6e 61 6d 65 0b 04 01 00 01 65
(module (memory 1) (memory $b 1) (func (drop (i32.load (i32.const 0))) (drop (i64.load8_s $b offset=16 align=1 (i32.const 0)))
  (v128.store8_lane 1 (i32.const 0) (local.get 0)) (v128.store8_lane 1 1 (i32.const 0) (local.get 0)) (memory.copy $b 0 (i32.const 0) (i32.const 0) (i32.const 0))))
;;= 1: 01 60 00 00
;;= 3: 01 00
;;= 5: 02 00 01 00 01
;;= 10: 01 2c 00 41 00 28 02 00 1a 41 00 30 40 01 10 1a 41 00 20 00 fd 58 00 00 01 41 00 20 00 fd 58 40 01 00 01 41 00 41 00 41 00 fc 0a 01 00 0b
;;= 0: 04 6e 61 6d 65 06 04 01 01 01 62
(module (type $s (struct (field $f i32) (field $g f32))) (func (param (ref null $s))
  (struct.set $s $g (local.get 0) (f32.const 0x1.8p-1)) (drop (ref.cast (ref $s) (local.get 0))) (drop (ref.test anyref (local.get 0)))
  (drop (br_on_cast 0 anyref (ref null i31) (ref.null none))) (drop (select (result i32) (i32.const 0) (i32.const 1) (i32.const 2)))))
;;= 1: 02 5f 02 7f 00 7d 00 60 01 63 00 00
;;= 3: 01 01
;;= 10: 01 2c 00 20 00 43 00 00 40 3f fb 05 00 01 20 00 fb 16 00 1a 20 00 fb 15 6e 1a d0 71 fb 18 03 00 6e 6c 1a 41 00 41 01 41 02 1c 01 7f 1a 0b
;;= 0: 04 6e 61 6d 65 04 04 01 00 01 73 0a 09 01 00 02 00 01 66 01 01 67
;; Names: all kinds, in the order of the subsections
(module $m (type $t (struct (field $f i32))) (import "a" "b" (func $i (param $p i32))) (table $tab 1 funcref) (memory $mem 1) (global $g i32 (i32.const 0))
  (tag $e) (elem $el func) (data $d "") (func $"f g" (param $x i32) (local $y i32) (block $l (loop (block $"\6c")))))
;;= 1: 03 5f 01 7f 00 60 01 7f 00 60 00 00
;;= 2: 01 01 61 01 62 00 01
;;= 3: 01 01
;;= 4: 01 70 00 01
;;= 5: 01 00 01
;;= 13: 01 00 02
;;= 6: 01 7f 00 41 00 0b
;;= 9: 01 01 00 00
;;= 10: 01 0d 01 01 7f 02 40 03 40 02 40 0b 0b 0b 0b
;;= 11: 01 01 00
;;= 0: 04 6e 61 6d 65 00 02 01 6d 01 09 02 00 01 69 01 03 66 20 67 02 0e 02 00 01 00 01 70 01 02 00 01 78 01 01 79 03 09 01 01 02 00 01 6c 02 01 6c 04 04 01 00 01 74 05 06 01 00 03 74 61 62 06 06 01 00 03 6d 65 6d 07 04 01 00 01 67 08 05 01 00 02 65 6c 09 04 01 00 01 64 0a 06 01 00 01 00 01 66 0b 04 01 00 01 65
