;; Module linking: one file with an application and the libraries that it is linked from.
;;
;;   gantry run -W module-linking examples/linking.wat
;;
;; $libc owns the memory and is instantiated once: everybody shares it. $loud and $quiet virtualise its `print` for the
;; $worker that each of them contains an instance of. $worker keeps a count, so its two instances count apart. The module
;; three levels down reaches out for $math, which its value has captured.
(module $app
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))

  (module $libc
    (import "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    ;; Never gives anything back: enough for an example.
    (func $alloc (export "alloc") (param $size i32) (result i32)
      global.get $next
      (global.set $next (i32.add (global.get $next) (local.get $size))))
    (func (export "print") (param $text i32) (param $size i32)
      (i32.store (i32.const 0) (local.get $text))
      (i32.store (i32.const 4) (local.get $size))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
    ;; One digit and the end of the line.
    (func (export "digit") (param $value i32) (result i32)
      (i32.store16 (i32.const 16) (i32.or (i32.const 0x0a30) (local.get $value)))
      (i32.const 16)))

  (module $math
    (func (export "square") (param i32) (result i32) (i32.mul (local.get 0) (local.get 0))))

  ;; Knows nothing of files: it prints with what it is given.
  (module $worker
    (import "print" (func $print (param i32 i32)))
    (import "digit" (func $digit (param i32) (result i32)))
    (global $count (mut i32) (i32.const 0))
    (func (export "work")
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (call $print (call $digit (global.get $count)) (i32.const 2))))

  (type $libc_type (instance
    (export "memory" (memory 1))
    (export "print" (func (param i32 i32)))
    (export "digit" (func (param i32) (result i32)))))

  (module $loud
    (import "libc" (instance $libc (type outer $app $libc_type)))
    (module $virtual
      (import "libc" (instance $libc (type outer $app $libc_type)))
      (data (memory $libc "memory") (i32.const 32) "loud worker: ")
      (func (export "print") (param i32 i32)
        (call (func $libc "print") (i32.const 32) (i32.const 13))
        (call (func $libc "print") (local.get 0) (local.get 1))))
    (instance $virtual (instantiate $virtual (import "libc" (instance $libc))))
    (instance $worker (instantiate (module outer $app $worker)
      (import "print" (func $virtual "print"))
      (import "digit" (func $libc "digit"))))
    (export "work" (func $worker "work")))

  (module $quiet
    (import "libc" (instance $libc (type outer $app $libc_type)))
    (module $virtual
      (module $level2
        (module $level3
          (instance $math (instantiate (module outer $app $math)))
          (export "square" (func $math "square")))
        (instance $level3 (instantiate $level3))
        (export "square" (func $level3 "square")))
      (instance $level2 (instantiate $level2))
      (import "libc" (instance $libc (type outer $app $libc_type)))
      (global $calls (mut i32) (i32.const 0))
      ;; Prints only how often it was asked to, squared.
      (func (export "print") (param i32 i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (call (func $libc "print")
          (call (func $libc "digit") (call (func $level2 "square") (global.get $calls)))
          (i32.const 2))))
    (instance $virtual (instantiate $virtual (import "libc" (instance $libc))))
    (instance $worker (instantiate (module outer $app $worker)
      (import "print" (func $virtual "print"))
      (import "digit" (func $libc "digit"))))
    (export "work" (func $worker "work")))

  (instance $libc (instantiate $libc (import "fd_write" (func $fd_write))))
  (instance $loud (instantiate $loud (import "libc" (instance $libc))))
  (instance $quiet (instantiate $quiet (import "libc" (instance $libc))))

  ;; So that the file can be flattened: fd_write looks for the memory where it is called from.
  (export "memory" (memory $libc "memory"))
  (func (export "_start")
    (call (func $loud "work"))
    (call (func $loud "work"))
    (call (func $quiet "work"))
    (call (func $quiet "work"))
    (call (func $loud "work"))))
