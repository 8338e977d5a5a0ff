(assert_malformed
  (module quote
    "(memory i64 1)"
    "(func (param i64) (result i64) (i64.load64_s (local.get 0)))"
  )
  "unknown operator"
)