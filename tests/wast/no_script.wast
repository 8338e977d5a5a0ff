(module)
(assert_nothing (module))
