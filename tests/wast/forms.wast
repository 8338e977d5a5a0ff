;; Forms of modules, definitions and instances that the official suite does not use.
(module definition $T (func (export "f") (result i32) (i32.const 1)))
(module definition $Q quote "(func (export \"f\") (result i32) (i32.const 2))")
(module definition $B binary
  "\00asm\01\00\00\00"
  "\01\05\01\60\00\01\7f"
  "\03\02\01\00"
  "\07\05\01\01f\00\00"
  "\0a\06\01\04\00\41\03\0b")
(module instance)
(assert_return (invoke "f") (i32.const 3))
(module instance $T)
(assert_return (invoke "f") (i32.const 1))
(module instance $I $Q)
(assert_return (invoke $I "f") (i32.const 2))

;; An instance takes the name of its module, whatever the form.
(module $X quote "(global (export \"g\") i64 (i64.const 7))")
(assert_return (get "g") (i64.const 7))
(assert_return (get $X "g") (i64.const 7))
(module $Y binary "\00asm\01\00\00\00")
(assert_return (get $"X" "g") (i64.const 7))
