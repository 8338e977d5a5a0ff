(module
  (memory 1)
  (data (i32.const 0x1_0000) "")
)