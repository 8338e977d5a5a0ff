(assert_invalid
  (module
    (rec
      (type (descriptor 1) (struct))
      (type (describes 0) (func))
    )
  )
  "described type must be a struct"
)