(assert_malformed
  (module quote "(global f64 (f64.const 1e1_))")
  "unknown operator"
)