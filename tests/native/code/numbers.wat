;; Arithmetic.
(module
  (func (export "divide by a constant") (param i32) (result i32)
    (i32.div_u (local.get 0) (i32.const 10))))
;;= function 0: 36 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x33 local.get 0
;;= 0x35 i32.const 10
;;= 0x37 i32.div_u
;;=       d  mov r11d, 0xcccccccd
;;=      13  imul r11, rax
;;=      17  shr r11, 0x20
;;=      1b  shr r11d, 0x3
;;=      1f  mov eax, r11d
;;= 0x38 end
;;=      22  leave
;;=      23  ret
(module
  (func (export "divide") (param i64 i64) (result i64)
    (i64.div_s (local.get 0) (local.get 1))))
;;= function 0: 58 bytes, frame 48
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x28
;;= 0x26 local.get 0
;;= 0x28 local.get 1
;;= 0x2a i64.div_s
;;=       d  mov r10, rdx
;;=      10  mov rcx, rax
;;=      13  mov rsi, rdx
;;=      16  test r10, r10
;;=      19  jz 0x36
;;=      1f  cmp r10, 0xffffffffffffffff
;;=      23  jnz 0x2f
;;=      25  cmp rax, 0x1
;;=      29  jo 0x38
;;=      2f  cqo
;;=      31  idiv r10
;;= 0x2b end
;;=      34  leave
;;=      35  ret
;;=      36  ud2  ; 0x2a integer divide by zero
;;=      38  ud2  ; 0x2a integer overflow
(module
  (func (export "truncate") (param f64) (result i32)
    (i32.trunc_f64_s (local.get 0))))
;;= function 0: 72 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x27 local.get 0
;;= 0x29 i32.trunc_f64_s
;;=       d  vcvttsd2si eax, xmm0
;;=      11  cmp eax, 0x1
;;=      14  jo 0x1c
;;= 0x2a end
;;=      1a  leave
;;=      1b  ret
;;=      1c  vucomisd xmm0, xmm0
;;=      20  jp 0x3a
;;=      22  vucomisd xmm0, qword ptr [0x40]
;;=      2a  jbe 0x38
;;=      2c  vxorps xmm15, xmm15, xmm15
;;=      31  vucomisd xmm0, xmm15
;;=      36  jb 0x1a
;;=      38  ud2  ; 0x29 integer overflow
;;=      3a  ud2  ; 0x29 invalid conversion to integer
;;=      3c  .long 0xcccccccc
;;=      40  .long 0x200000
;;=      44  .long 0xc1e00000
;;! --cpu=SSE2
(module
  (func (export "count ones, SSE2") (param i32) (result i32)
    (i32.popcnt (local.get 0))))
;;= function 0: 88 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x2f local.get 0
;;= 0x31 i32.popcnt
;;=       d  mov r11d, eax
;;=      10  shr r11d, 0x1
;;=      14  mov r10d, 0x55555555
;;=      1a  and r11d, r10d
;;=      1d  sub eax, r11d
;;=      20  mov r10d, 0x33333333
;;=      26  mov r11d, eax
;;=      29  and eax, r10d
;;=      2c  shr r11d, 0x2
;;=      30  and r11d, r10d
;;=      33  add eax, r11d
;;=      36  mov r11d, eax
;;=      39  shr r11d, 0x4
;;=      3d  add eax, r11d
;;=      40  mov r10d, 0xf0f0f0f
;;=      46  and eax, r10d
;;=      49  mov r10d, 0x1010101
;;=      4f  imul eax, r10d
;;=      53  shr eax, 0x18
;;= 0x32 end
;;=      56  leave
;;=      57  ret
;;! --cpu=FMA
(module
  (func (export "fused multiply-add") (param v128 v128 v128) (result v128)
    (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))
;;= function 0: 20 bytes, frame 112
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x68
;;= 0x33 local.get 0
;;= 0x35 local.get 1
;;= 0x37 local.get 2
;;= 0x39 f32x4.relaxed_madd
;;=       d  vfmadd213ps xmm0, xmm1, xmm2
;;= 0x3c end
;;=      12  leave
;;=      13  ret
;;! --cpu=SSE4.1
(module
  (func (export "multiply lanes") (param v128 v128) (result v128)
    (i32x4.mul (local.get 0) (local.get 1))))
;;= function 0: 20 bytes, frame 80
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x48
;;= 0x2e local.get 0
;;= 0x30 local.get 1
;;= 0x32 i32x4.mul
;;=       d  pmulld xmm0, xmm1
;;= 0x35 end
;;=      12  leave
;;=      13  ret
