(assert_invalid
  (module (import "" "" (memory 1)) (memory 0))
  "multiple memories"
)