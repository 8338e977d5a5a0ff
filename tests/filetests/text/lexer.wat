(module (data "a
;;= 1:15: unclosed string
;;=  1 | (module (data "a
;;=    |               ^~
(module (data "a	b"))
;;= 1:17: illegal character: control character in a string
;;=  1 | (module (data "a b"))
;;=    |                 ^
(module (data "a\q"))
;;= 1:17: illegal escape: expected \n, \r, \t, \\, \', \", \hh or \u{h...}
;;=  1 | (module (data "a\q"))
;;=    |                 ^~
(module (data "\u{d800}"))
;;= 1:16: malformed UTF-8 encoding: not a Unicode scalar value
;;=  1 | (module (data "\u{d800}"))
;;=    |                ^~~~~~~~
(module (func $))
;;= 1:15: empty identifier
;;=  1 | (module (func $))
;;=    |               ^
(module (func $""))
;;= 1:15: empty identifier
;;=  1 | (module (func $""))
;;=    |               ^~~
(module (func "a"b))
;;= 1:15: unknown operator "a"b: expected an instruction or `)`
;;=  1 | (module (func "a"b))
;;=    |               ^~~~
(module ‑)
;;= 1:9: illegal character
;;=  1 | (module ‑)
;;=    |         ^
(; a comment (; nested ;)
;;= 1:1: unclosed comment
;;=  1 | (; a comment (; nested ;)
;;=    | ^~
(@x (y)
;;= 1:1: unclosed annotation
;;=  1 | (@x (y)
;;=    | ^~
(@ x)
;;= 1:1: empty annotation id
;;=  1 | (@ x)
;;=    | ^~
(module (func i32.ad))
;;= 1:15: unknown operator i32.ad: expected an instruction or `)`
;;=  1 | (module (func i32.ad))
;;=    |               ^~~~~~
;; a tab before it, and characters of several bytes
(module	(data "€") (func "€€" x))
;;= 2:28: unexpected token: found `"€€"`, expected an instruction or `)`
;;=  2 | (module (data "€") (func "€€" x))
;;=    |                          ^~~~
