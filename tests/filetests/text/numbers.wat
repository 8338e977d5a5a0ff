(module (global i32 (i32.const 4294967296)))
;;= 1:32: constant out of range: not an i32
;;=  1 | (module (global i32 (i32.const 4294967296)))
;;=    |                                ^~~~~~~~~~
(module (global i32 (i32.const 1.5)))
;;= 1:32: constant out of range: not an i32
;;=  1 | (module (global i32 (i32.const 1.5)))
;;=    |                                ^~~
(module (global f32 (f32.const 0x1p128)))
;;= 1:32: constant out of range: not an f32
;;=  1 | (module (global f32 (f32.const 0x1p128)))
;;=    |                                ^~~~~~~
(module (global f32 (f32.const nan:0x0)))
;;= 1:32: constant out of range: not an f32
;;=  1 | (module (global f32 (f32.const nan:0x0)))
;;=    |                                ^~~~~~~
(module (global i32 (i32.const 0x)))
;;= 1:32: unknown operator 0x: expected an i32 constant
;;=  1 | (module (global i32 (i32.const 0x)))
;;=    |                                ^~
(module (global v128 (v128.const i8x16 1 2 3)))
;;= 1:34: wrong number of lane literals: expected 16, found 3
;;=  1 | (module (global v128 (v128.const i8x16 1 2 3)))
;;=    |                                  ^~~~~
(module (global v128 (v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 256)))
;;= 1:70: constant out of range: a lane of i8x16
;;=  1 | (module (global v128 (v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 256)))
;;=    |                                                                      ^~~
(module (global v128 (v128.const 0 0 0 0)))
;;= 1:34: unexpected token: found `0`, expected a vector shape such as `i32x4`
;;=  1 | (module (global v128 (v128.const 0 0 0 0)))
;;=    |                                  ^
(module (func (i8x16.shuffle 1 2 3)))
;;= 1:30: invalid lane length: expected 16 lane indices, found 3
;;=  1 | (module (func (i8x16.shuffle 1 2 3)))
;;=    |                              ^
(module (func (i8x16.extract_lane_s 256 (local.get 0))))
;;= 1:37: i8 constant out of range: a lane index
;;=  1 | (module (func (i8x16.extract_lane_s 256 (local.get 0))))
;;=    |                                     ^~~
(module (func (i32.load align=3 (i32.const 0))))
;;= 1:25: alignment must be a power of two
;;=  1 | (module (func (i32.load align=3 (i32.const 0))))
;;=    |                         ^~~~~~~
(module (func (i32.load offset=18446744073709551616 (i32.const 0))))
;;= 1:25: i64 constant out of range: an offset
;;=  1 | (module (func (i32.load offset=18446744073709551616 (i32.const 0))))
;;=    |                         ^~~~~~~~~~~~~~~~~~~~~~~~~~~
(module (memory 18446744073709551616))
;;= 1:17: i64 constant out of range: a minimum size
;;=  1 | (module (memory 18446744073709551616))
;;=    |                 ^~~~~~~~~~~~~~~~~~~~
(module (memory 1 (pagesize 3)))
;;= 1:29: invalid custom page size: expected a power of two
;;=  1 | (module (memory 1 (pagesize 3)))
;;=    |                             ^
(module (func (local.get 4294967296)))
;;= 1:26: i32 constant out of range: local
;;=  1 | (module (func (local.get 4294967296)))
;;=    |                          ^~~~~~~~~~
