;; What fails in a thread is reported where the thread is waited for.
(module $M (memory (export "m") 1 1 shared) (memory (export "own") 1) (func (export "f")))
(thread $T (shared (module $M))
  (assert_return (invoke $M "f"))                     ;; functions are not shared
  (module (import "M" "own" (memory 1)))              ;; nor are other memories
  (module (import "M" "m" (memory 1 1 shared)))
)
(assert_return (invoke "f") (i32.const 1))
(wait $T)
(wait $T)
(thread $U (shared (module $Unknown)))
(thread $V)
(thread $V)
