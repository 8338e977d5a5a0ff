;; Addresses of loads and stores.
(module (memory 1)
  (func (export "index and offset") (param i32) (result i32)
    (i32.load offset=16 (local.get 0))))
;;= function 0: 20 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x34 local.get 0
;;= 0x36 i32.load offset=16
;;=       d  mov eax, [r15+rax*1+0x10]  ; 0x36 out of bounds memory access
;;= 0x39 end
;;=      12  leave
;;=      13  ret
(module (memory 1)
  (func (export "constant address") (result i64)
    (i64.load offset=8 (i32.const 1024))))
;;= function 0: 22 bytes, frame 16
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x8
;;= 0x33 i32.const 1024
;;= 0x36 i64.load offset=8
;;=       d  mov rax, [r15+0x408]  ; 0x36 out of bounds memory access
;;= 0x39 end
;;=      14  leave
;;=      15  ret
(module (memory 1)
  (func (export "load as an operand") (param i32 i32) (result i32)
    (i32.add (local.get 1) (i32.load (local.get 0)))))
;;= function 0: 21 bytes, frame 48
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x28
;;= 0x37 local.get 1
;;= 0x39 local.get 0
;;= 0x3b i32.load
;;= 0x3e i32.add
;;=       d  add edx, [r15+rax*1]  ; 0x3b out of bounds memory access
;;= 0x3f end
;;=      11  mov eax, edx
;;=      13  leave
;;=      14  ret
(module (memory 1)
  (func (export "store of a constant") (param i32)
    (i32.store8 offset=3 (local.get 0) (i32.const 300))))
;;= function 0: 21 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x36 local.get 0
;;= 0x38 i32.const 300
;;= 0x3b i32.store8 offset=3
;;=       d  mov byte ptr [r15+rax*1+0x3], 0x2c  ; 0x3b out of bounds memory access
;;= 0x3e end
;;=      13  leave
;;=      14  ret
(module (memory 1)
  (func (export "wrapped index") (param i64) (result i32)
    (i32.load8_u (i32.wrap_i64 (local.get 0)))))
;;= function 0: 22 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x31 local.get 0
;;= 0x33 i32.wrap_i64
;;=       d  mov eax, eax
;;= 0x34 i32.load8_u
;;=       f  movzx eax, byte ptr [r15+rax*1]  ; 0x34 out of bounds memory access
;;= 0x37 end
;;=      14  leave
;;=      15  ret
;;! --no-guards
(module (memory 1)
  (func (export "compared") (param i32) (result i32)
    (i32.load offset=16 (local.get 0))))
;;= function 0: 45 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x2c local.get 0
;;= 0x2e i32.load offset=16
;;=       d  mov r11, [r14+0x80]
;;=      14  lea r10, [rax+0x14]
;;=      18  cmp r10, [r11+0x8]
;;=      1c  jnbe 0x2b
;;=      22  mov ecx, [r15+r10*1-0x4]
;;= 0x31 end
;;=      27  mov eax, ecx
;;=      29  leave
;;=      2a  ret
;;=      2b  ud2  ; 0x2e out of bounds memory access
(module (memory i64 1)
  (func (export "64-bit memory") (param i64) (result f64)
    (f64.load offset=16 (local.get 0))))
;;= function 0: 56 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;= 0x31 local.get 0
;;= 0x33 f64.load offset=16
;;=       d  mov r11, [r14+0x80]
;;=      14  mov r10d, 0x18
;;=      1a  add r10, rax
;;=      1d  jb 0x36
;;=      23  cmp r10, [r11+0x8]
;;=      27  jnbe 0x36
;;=      2d  vmovsd xmm0, qword ptr [r15+r10*1-0x8]
;;= 0x36 end
;;=      34  leave
;;=      35  ret
;;=      36  ud2  ; 0x33 out of bounds memory access
(module (memory 1) (memory 1)
  (func (export "second memory") (param i32 v128)
    (v128.store 1 (local.get 0) (local.get 1))))
;;= function 0: 31 bytes, frame 64
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x38
;;= 0x33 local.get 0
;;= 0x35 local.get 1
;;= 0x37 v128.store 1
;;=       d  mov r10, [r14+0x88]
;;=      14  mov r10, [r10]
;;=      17  vmovups [r10+rax*1], xmm0  ; 0x37 out of bounds memory access
;;= 0x3c end
;;=      1d  leave
;;=      1e  ret
