(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\00\05"                       ;; custom section
    "\04\f3\00\80\80"              ;; "\f3\00\80\80"
  )
  "malformed UTF-8 encoding"
)