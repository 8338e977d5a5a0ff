(module (func (nop) (i32.add nop)))
;;= 1:30: unexpected token: found `nop`, expected an operand in parentheses or `)` for `i32.add` of 1:22
;;=  1 | (module (func (nop) (i32.add nop)))
;;=    |                              ^~~
(module (func (if (i32.const 1))))
;;= 1:32: unexpected token: found `)`, expected an operand in parentheses or `(then` for `if` of 1:16
;;=  1 | (module (func (if (i32.const 1))))
;;=    |                                ^
(module (func (if (i32.const 1) (then) (then))))
;;= 1:40: unexpected token: found `(then`, expected `(else` or `)` for `if` of 1:16
;;=  1 | (module (func (if (i32.const 1) (then) (then))))
;;=    |                                        ^
(module (func (if (i32.const 1) (then) (else) (else))))
;;= 1:47: unexpected token: found `(else`, expected `)` for `if` of 1:16
;;=  1 | (module (func (if (i32.const 1) (then) (else) (else))))
;;=    |                                               ^
(module (func block))
;;= 1:20: unexpected token: found `)`, expected an instruction or `end` for `block` of 1:15
;;=  1 | (module (func block))
;;=    |                    ^
(module (func end))
;;= 1:15: unexpected token: found `end`, expected an instruction or `)`
;;=  1 | (module (func end))
;;=    |               ^~~
(module (func else))
;;= 1:15: unexpected token: found `else`, expected an instruction or `)`
;;=  1 | (module (func else))
;;=    |               ^~~~
(module (func (block (result i32) (param i32))))
;;= 1:35: unexpected token: found `(param`, expected an instruction or `)` for `block` of 1:16
;;=  1 | (module (func (block (result i32) (param i32))))
;;=    |                                   ^
(module (func (result i32) (param i32)))
;;= 1:28: unexpected token: found `(param`, expected an instruction or `)`
;;=  1 | (module (func (result i32) (param i32)))
;;=    |                            ^
(module (func (block (param $x i32))))
;;= 1:29: unexpected token: found `$x`, expected a value type; parameters have no names here
;;=  1 | (module (func (block (param $x i32))))
;;=    |                             ^~
(module (type (func)) (func (type 0) (param i32)))
;;= 1:29: inline function type does not match explicit type 0
;;=  1 | (module (type (func)) (func (type 0) (param i32)))
;;=    |                             ^
(module (func (type 7) (param i32)))
;;= 1:15: unknown type 7
;;=  1 | (module (func (type 7) (param i32)))
;;=    |               ^
(module (type (struct)) (func (type 0) (param i32)))
;;= 1:31: non-function type: 0
;;=  1 | (module (type (struct)) (func (type 0) (param i32)))
;;=    |                               ^
(module (func) (import "a" "b" (memory 1)))
;;= 1:17: import after function definition
;;=  1 | (module (func) (import "a" "b" (memory 1)))
;;=    |                 ^~~~~~
(module (start 0) (start 0))
;;= 1:20: multiple start sections
;;=  1 | (module (start 0) (start 0))
;;=    |                    ^~~~~
(module (bogus))
;;= 1:10: unknown operator bogus: expected a module field
;;=  1 | (module (bogus))
;;=    |          ^~~~~
(module (memory))
;;= 1:16: unexpected token: found `)`, expected a minimum size
;;=  1 | (module (memory))
;;=    |                ^
(module (table 1 i32))
;;= 1:18: unexpected token: found `i32`, expected a reference type
;;=  1 | (module (table 1 i32))
;;=    |                  ^~~
(module (elem))
;;= 1:14: unexpected token: found `)`, expected `func` or a reference type
;;=  1 | (module (elem))
;;=    |              ^
(module (func)
;;= 2:1: unexpected token: found the end of the text, expected `)`
;;=  2 | 
;;=    | ^
(module))
;;= 1:9: unexpected token: found `)`, expected the end of the text
;;=  1 | (module))
;;=    |         ^
(module) (module)
;;= 1:10: unexpected token: found `(module`, expected the end of the text
;;=  1 | (module) (module)
;;=    |          ^
(module (import "a" (item "b") (item "c" (func)) (func)))
;;= 1:42: unexpected token: found `(func`, expected `)`: items of one group either all have a type or none
;;=  1 | (module (import "a" (item "b") (item "c" (func)) (func)))
;;=    |                                          ^
(module (func (br_if)))
;;= 1:21: unexpected token: found `)`, expected the index or identifier of a label
;;=  1 | (module (func (br_if)))
;;=    |                     ^
(module (func (select (result i32)
;;= 2:1: unexpected token: found the end of the text, expected `)` for the `(` of 1:9
;;=  2 | 
;;=    | ^
