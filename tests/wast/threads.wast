;; Threads run in stores of their own and share memories.
(module $Mem (memory (export "shared") 1 1 shared))

(thread $T1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 10 shared)
    (func (export "run") (i32.atomic.store (i32.const 0) (i32.const 42)))
  )
  (invoke "run")
)
(thread $T2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 1 shared)
    (func (export "run") (result i32)
      (local $seen i32)
      (loop $again
        (local.set $seen (i32.atomic.load (i32.const 0)))
        (br_if $again (i32.eqz (local.get $seen)))
      )
      (local.get $seen)
    )
  )
  (assert_return (invoke "run") (i32.const 42))
)
(wait $T1)
(wait $T2)

(module
  (memory (import "Mem" "shared") 1 1 shared)
  (func (export "load") (result i32) (i32.atomic.load (i32.const 0)))
)
(assert_return (invoke "load") (i32.const 42))

;; A waiting thread is woken by another.
(module $Gate (memory (export "m") 1 1 shared))
(thread $Sleeper (shared (module $Gate))
  (module
    (memory (import "Gate" "m") 1 1 shared)
    (func (export "sleep") (result i32)
      (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1))
    )
  )
  (assert_return (invoke "sleep") (either (i32.const 0) (i32.const 1)))
)
(module
  (memory (import "Gate" "m") 1 1 shared)
  (func (export "wake")
    (i32.atomic.store (i32.const 8) (i32.const 1))
    (drop (memory.atomic.notify (i32.const 8) (i32.const -1)))
  )
)
(invoke "wake")
(wait $Sleeper)

;; One that nobody waits for ends with its script.
(thread $Unwaited (shared (module $Gate)) (module (memory (import "Gate" "m") 1 1 shared)))
