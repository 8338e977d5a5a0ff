(assert_malformed
  (module quote "(global f32 (f32.const _1.0))")
  "unknown operator"
)