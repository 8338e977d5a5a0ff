(assert_malformed
  (module quote "(func (f32.const 0x0.g) drop)")
  "unknown operator"
)