;; The modules that the runner provides.
(module
  (import "wasmtime" "gc" (func $gc))
  (import "spectest" "print_i32" (func $print (param i32)))
  (import "spectest" "global_f64" (global $g f64))
  (import "spectest" "table" (table 10 20 funcref))
  (import "spectest" "table64" (table i64 10 20 funcref))
  (import "spectest" "memory" (memory 1 2))
  (import "spectest" "shared_memory" (memory 1 2 shared))
  (type $list (struct (field (ref null $list)) (field i32)))
  (global $head (mut (ref null $list)) (ref.null $list))
  ;; A list of ten nodes survives collections at each step.
  (func (export "sum") (result i32)
    (local $i i32) (local $sum i32) (local $at (ref null $list))
    (loop $more
      (global.set $head (struct.new $list (global.get $head) (local.get $i)))
      (call $gc)
      (call $print (local.get $i))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (local.set $at (global.get $head))
    (block $done
      (loop $next
        (local.set $sum (i32.add (local.get $sum) (struct.get $list 1 (br_on_null $done (local.get $at)) )))
        (local.set $at (struct.get $list 0 (local.get $at)))
        (br $next)))
    (local.get $sum))
  (func (export "global") (result f64) (global.get $g))
)
(assert_return (invoke "sum") (i32.const 45))
(assert_return (invoke "global") (f64.const 666.6))
(assert_unlinkable (module (import "spectest" "unknown" (func))) "unknown import")
(assert_unlinkable (module (import "wasmtime" "unknown" (func))) "unknown import")
