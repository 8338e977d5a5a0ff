;; A linked list on the garbage-collected heap:
;;   gantry --invoke sum_to examples/list.wat 100
(module $list
  (type $node (struct (field $value i32) (field $next (ref null $node))))

  ;; The list of n, n-1, … 1.
  (func $build (param $n i32) (result (ref null $node))
    (local $list (ref null $node))
    (local $i i32)
    (loop $more
      (if (i32.lt_u (local.get $i) (local.get $n))
        (then
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (local.set $list (struct.new $node (local.get $i) (local.get $list)))
          (br $more))))
    (local.get $list))

  (func $sum (param $list (ref null $node)) (result i32)
    (local $total i32)
    (block $end
      (loop $more
        (br_if $end (ref.is_null (local.get $list)))
        (local.set $total (i32.add (local.get $total) (struct.get $node $value (local.get $list))))
        (local.set $list (struct.get $node $next (local.get $list)))
        (br $more)))
    (local.get $total))

  (func (export "sum_to") (param $n i32) (result i32)
    (call $sum (call $build (local.get $n)))))
