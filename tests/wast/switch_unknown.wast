;;! stack-switching = true
(module)
(assert_suspension (invoke "f") "unhandled")
