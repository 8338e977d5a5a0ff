(@custom)
;;= 1:1: @custom annotation: missing section name
;;=  1 | (@custom)
;;=    | ^~
(@custom "a" (before nothing))
;;= 1:22: @custom annotation: malformed section kind
;;=  1 | (@custom "a" (before nothing))
;;=    |                      ^~~~~~~
(@custom "a" (beside type))
;;= 1:15: @custom annotation: malformed placement, expected `before` or `after`
;;=  1 | (@custom "a" (beside type))
;;=    |               ^~~~~~
(@custom "a" 1)
;;= 1:14: @custom annotation: unexpected token, expected a string
;;=  1 | (@custom "a" 1)
;;=    |              ^
(module (func (@custom "a")))
;;= 1:15: misplaced @custom annotation
;;=  1 | (module (func (@custom "a")))
;;=    |               ^~
(module (@name "a") (@name "b"))
;;= 1:21: @name annotation: multiple module names
;;=  1 | (module (@name "a") (@name "b"))
;;=    |                     ^~
(module (func) (@name "a"))
;;= 1:16: misplaced @name annotation
;;=  1 | (module (func) (@name "a"))
;;=    |                ^~
(module (@name 1))
;;= 1:9: @name annotation: expected one string
;;=  1 | (module (@name 1))
;;=    |         ^~
(module (func (@metadata.code.branch_hint "\02") (if (i32.const 1) (then))))
;;= 1:15: @metadata.code.branch_hint annotation: invalid hint value, expected "\00" or "\01"
;;=  1 | (module (func (@metadata.code.branch_hint "\02") (if (i32.const 1) (then))))
;;=    |               ^~
(module (func (@metadata.code.branch_hint "\01") (nop)))
;;= 1:51: @metadata.code.branch_hint annotation: invalid target: expected `if` or `br_if`
;;=  1 | (module (func (@metadata.code.branch_hint "\01") (nop)))
;;=    |                                                   ^~~
(module (func (@metadata.code.branch_hint "\01") (@metadata.code.branch_hint "\01") (if (i32.const 1) (then))))
;;= 1:50: @metadata.code.branch_hint annotation: duplicate annotation
;;=  1 | (module (func (@metadata.code.branch_hint "\01") (@metadata.code.branch_hint "\01") (if (i32.const 1) (then))))
;;=    |                                                  ^~
(module (@metadata.code.branch_hint "\01") (func))
;;= 1:9: @metadata.code.branch_hint annotation: not in a function
;;=  1 | (module (@metadata.code.branch_hint "\01") (func))
;;=    |         ^~
(module (func nop (@metadata.code.branch_hint "\01")))
;;= 1:19: @metadata.code.branch_hint annotation: invalid placement
;;=  1 | (module (func nop (@metadata.code.branch_hint "\01")))
;;=    |                   ^~
;; what they make
(module $m (@name "M") (func $f (@name "F") (param (@name "p") i32)) (func (@name "G")) (@custom "x" (before func) "\01\02") (@other ( ") " ))
  (@custom "y" "z") (@custom "w" (after code)))
;;= 1: 02 60 01 7f 00 60 00 00
;;= 0: 01 78 01 02
;;= 3: 02 00 01
;;= 10: 02 02 00 0b 02 00 0b
;;= 0: 01 77
;;= 0: 04 6e 61 6d 65 00 02 01 4d 01 07 02 00 01 46 01 01 47 02 06 01 00 01 00 01 70
;;= 0: 01 79 7a
(module (func (local i32)
  (@metadata.code.branch_hint "\01") (if (i32.const 1) (then (br_if 0 (i32.const 1)) (@metadata.code.branch_hint "\00") (br_if 0 (i32.const 1))))
  local.get 0
  (@metadata.code.branch_hint "\00") if end))
;;= 1: 01 60 00 00
;;= 3: 01 00
;;= 0: 19 6d 65 74 61 64 61 74 61 2e 63 6f 64 65 2e 62 72 61 6e 63 68 5f 68 69 6e 74 01 00 03 05 01 01 0d 01 00 12 01 00
;;= 10: 01 16 01 01 7f 41 01 04 40 41 01 0d 00 41 01 0d 00 0b 20 00 04 40 0b 0b
(module (@custom "name" (after type)) (func $f) (@custom "a" (after code) "x"))
;;= 1: 01 60 00 00
;;= 0: 04 6e 61 6d 65 01 04 01 00 01 66
;;= 3: 01 00
;;= 10: 01 02 00 0b
;;= 0: 01 61 78
