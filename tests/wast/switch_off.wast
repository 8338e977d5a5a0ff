;;! gc = false
;;! custom_page_sizes = true
(assert_malformed (module binary "\00asm\01\00\00\00\01\03\01\5f\00") "")
(module (memory 3 (pagesize 1)))
