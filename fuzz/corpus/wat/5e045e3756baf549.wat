(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\00\05"                       ;; custom section
    "\04\f4\80\c0\80"              ;; "\f4\80\c0\80"
  )
  "malformed UTF-8 encoding"
)