;; Loops, branches, conditions.
(module (memory 1)
  (func (export "sum") (param i32 i32) (result i32) (local i32)
    (loop
      (local.set 2 (i32.add (local.get 2) (i32.load (local.get 0))))
      (local.set 0 (i32.add (local.get 0) (i32.const 4)))
      (br_if 0 (i32.lt_u (local.get 0) (local.get 1))))
    (local.get 2)))
;;= function 0: 38 bytes, frame 48
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x28
;;=       d  xor ecx, ecx
;;= 0x2a loop
;;=       f  mov esi, eax
;;=      11  mov r8d, edx
;;=      14  mov edi, ecx
;;= 0x2c local.get 2
;;= 0x2e local.get 0
;;= 0x30 i32.load
;;= 0x33 i32.add
;;=      16  add edi, [r15+rsi*1]  ; 0x30 out of bounds memory access
;;= 0x34 local.set 2
;;= 0x36 local.get 0
;;= 0x38 i32.const 4
;;= 0x3a i32.add
;;=      1a  add esi, 0x4
;;= 0x3b local.set 0
;;= 0x3d local.get 0
;;= 0x3f local.get 1
;;= 0x41 i32.lt_u
;;= 0x42 br_if 0
;;=      1d  cmp esi, r8d
;;=      20  jb 0x16
;;= 0x44 end
;;= 0x45 local.get 2
;;= 0x47 end
;;=      22  mov eax, edi
;;=      24  leave
;;=      25  ret
(module
  (func (export "if with a result") (param i32 i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0)) (then (local.get 1)) (else (i32.const 7)))))
;;= function 0: 35 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x30 local.get 0
;;= 0x32 i32.eqz
;;= 0x33 if
;;=       d  test eax, eax
;;=       f  jnz 0x1c
;;= 0x35 local.get 1
;;= 0x37 else
;;=      15  mov eax, edx
;;=      17  jmp 0x21
;;= 0x38 i32.const 7
;;= 0x3a end
;;=      1c  mov eax, 0x7
;;= 0x3b end
;;=      21  leave
;;=      22  ret
(module
  (func (export "select") (param f64 f64) (result f64)
    (select (local.get 0) (local.get 1) (f64.lt (local.get 0) (local.get 1)))))
;;= function 0: 29 bytes, frame 64
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x38
;;= 0x26 local.get 0
;;= 0x28 local.get 1
;;= 0x2a local.get 0
;;= 0x2c local.get 1
;;= 0x2e f64.lt
;;= 0x2f select
;;=       d  vucomisd xmm1, xmm0
;;=      11  jnbe 0x1b
;;=      17  vmovaps xmm0, xmm1
;;= 0x30 end
;;=      1b  leave
;;=      1c  ret
(module
  (func (export "jump table") (param i32) (result i32)
    (block (block (block (br_table 0 1 2 (local.get 0))) (return (i32.const 10))) (return (i32.const 20)))
    (i32.const 30)))
;;= function 0: 81 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x29 block
;;= 0x2b block
;;= 0x2d block
;;= 0x2f local.get 0
;;= 0x31 br_table 0
;;= 0x36 end
;;=       d  mov r11d, 0x2
;;=      13  cmp eax, r11d
;;=      16  cmovb r11d, eax
;;=      1a  lea r10, [0x30]
;;=      21  lea r10, [r10+r11*4]
;;=      25  movsxd r11, dword ptr [r10]
;;=      28  lea r10, [r10+r11*1+0x4]
;;=      2d  jmp r10
;;=      30  .jump 0x3c
;;=      34  .jump 0x43
;;=      38  .jump 0x4a
;;= 0x37 i32.const 10
;;= 0x39 return
;;= 0x3a end
;;=      3c  mov eax, 0xa
;;=      41  leave
;;=      42  ret
;;= 0x3b i32.const 20
;;= 0x3d return
;;= 0x3e end
;;=      43  mov eax, 0x14
;;=      48  leave
;;=      49  ret
;;= 0x3f i32.const 30
;;= 0x41 end
;;=      4a  mov eax, 0x1e
;;=      4f  leave
;;=      50  ret
;;! --polls
(module
  (func (export "poll") (loop (br 0))))
;;= function 0: 39 bytes, frame 16
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x8
;;= 0x21 loop
;;=       d  mov r11, [r14]
;;=      10  cmp dword ptr [r11+0x10], 0x0
;;=      15  jnz 0x1d
;;= 0x23 br 0
;;= 0x25 end
;;= 0x26 end
;;=      1b  jmp 0xd
;;=      1d  mov r11, [r14+0x18]
;;=      21  call [r11+0x8]  ; 0x21
;;=      25  jmp 0x1b
;;! --fuel
(module
  (func (export "fuel") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
;;= function 0: 72 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x22 loop
;;=       d  mov r11, [r14]
;;=      10  sub qword ptr [r11+0x18], 0x1
;;=      15  js 0x34
;;=      1b  mov esi, eax
;;= 0x24 local.get 0
;;= 0x26 i32.const 1
;;= 0x28 i32.sub
;;=      1d  sub esi, 0x1
;;= 0x29 local.tee 0
;;= 0x2b br_if 0
;;=      20  mov r11, [r14]
;;=      23  sub qword ptr [r11+0x18], 0x5
;;=      28  js 0x3e
;;=      2e  test esi, esi
;;=      30  jnz 0x1d
;;= 0x2d end
;;= 0x2e end
;;=      32  leave
;;=      33  ret
;;=      34  mov r11, [r14+0x18]
;;=      38  call [r11+0x10]  ; 0x22
;;=      3c  jmp 0x1b
;;=      3e  mov r11, [r14+0x18]
;;=      42  call [r11+0x10]  ; 0x2b
;;=      46  jmp 0x2e
