(module (func $f) (func $f))
;;= 1:25: duplicate function $f
;;=  1 | (module (func $f) (func $f))
;;=    |                         ^~
(module (func (param $x i32) (local $x i32)))
;;= 1:37: duplicate local $x
;;=  1 | (module (func (param $x i32) (local $x i32)))
;;=    |                                     ^~
(module (type (struct (field $x i32) (field $x i32))))
;;= 1:45: duplicate field $x
;;=  1 | (module (type (struct (field $x i32) (field $x i32))))
;;=    |                                             ^~
(module (func (call $g)))
;;= 1:21: unknown function $g
;;=  1 | (module (func (call $g)))
;;=    |                     ^~
(module (func (br $l)))
;;= 1:19: unknown label $l
;;=  1 | (module (func (br $l)))
;;=    |                   ^~
(module (func (local.get $x)))
;;= 1:26: unknown local $x
;;=  1 | (module (func (local.get $x)))
;;=    |                          ^~
(module (func (block $a end $b)))
;;= 1:25: unexpected token: found `end`, expected an instruction or `)` for `block` of 1:16
;;=  1 | (module (func (block $a end $b)))
;;=    |                         ^~~
(module (func block $a end $b))
;;= 1:28: mismatching label: expected `$a`
;;=  1 | (module (func block $a end $b))
;;=    |                            ^~
(module (func block end $b))
;;= 1:25: mismatching label: the block has no label
;;=  1 | (module (func block end $b))
;;=    |                         ^~
(module (func if $a else $b end))
;;= 1:26: mismatching label: expected `$a`
;;=  1 | (module (func if $a else $b end))
;;=    |                          ^~
(module (type $t (struct)) (func (struct.get $t $x (local.get 0))))
;;= 1:49: unknown field $x
;;=  1 | (module (type $t (struct)) (func (struct.get $t $x (local.get 0))))
;;=    |                                                 ^~
(module (export "a" (func $"no such")))
;;= 1:27: unknown function $"no such"
;;=  1 | (module (export "a" (func $"no such")))
;;=    |                           ^~~~~~~~~~
(module (import "m" (item "a") (func $f)))
;;= 1:38: identifier not allowed: the type is shared by all items of the group
;;=  1 | (module (import "m" (item "a") (func $f)))
;;=    |                                      ^~
