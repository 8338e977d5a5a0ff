;; Calls, references, objects, exceptions.
(module
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2))))))))
;;= function 0: 89 bytes, frame 48
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x28
;;=       d  mov r11, [r14]
;;=      10  cmp rsp, [r11+0x38]
;;=      14  jb 0x50
;;= 0x22 local.get 0
;;= 0x24 i32.const 2
;;= 0x26 i32.lt_u
;;= 0x27 if
;;=      1a  cmp eax, 0x2
;;=      1d  jnb 0x2a
;;= 0x29 local.get 0
;;= 0x2b else
;;=      23  mov ecx, eax
;;=      25  jmp 0x4c
;;= 0x2c local.get 0
;;= 0x2e i32.const 1
;;= 0x30 i32.sub
;;=      2a  lea ecx, [rax-0x1]
;;= 0x31 call 0
;;=      2d  mov [rbp-0x10], eax
;;=      30  mov eax, ecx
;;=      32  call 0x37  ; function 0  ; 0x31
;;= 0x33 local.get 0
;;= 0x35 i32.const 2
;;= 0x37 i32.sub
;;=      37  mov ecx, [rbp-0x10]
;;=      3a  sub ecx, 0x2
;;= 0x38 call 0
;;=      3d  mov [rbp-0x18], eax
;;=      40  mov eax, ecx
;;=      42  call 0x47  ; function 0  ; 0x38
;;= 0x3a i32.add
;;=      47  add eax, [rbp-0x18]
;;= 0x3b end
;;=      4a  mov ecx, eax
;;= 0x3c end
;;=      4c  mov eax, ecx
;;=      4e  leave
;;=      4f  ret
;;=      50  mov r11, [r14+0x18]
;;=      54  call [r11]  ; 0x22
;;=      57  jmp 0xd
(module (import "a" "f" (func $f (param i32) (result i32))) (memory 1)
  (func (export "import") (param i32) (result i32)
    (i32.load (call $f (local.get 0)))))
;;= function 1: 73 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;=       d  mov r11, [r14]
;;=      10  cmp rsp, [r11+0x38]
;;=      14  jb 0x40
;;= 0x33 local.get 0
;;= 0x35 call 0
;;=      1a  mov r10, [r14+0x88]
;;=      21  mov [rbp-0x10], eax
;;=      24  mov r11, r14
;;=      27  mov r14, [r10+0x18]
;;=      2b  mov r15, [r14+0x10]
;;=      2f  call [r10]  ; 0x35
;;=      32  mov r14, [rbp-0x8]
;;=      36  mov r15, [r14+0x10]
;;= 0x37 i32.load
;;=      3a  mov eax, [r15+rax*1]  ; 0x37 out of bounds memory access
;;= 0x3a end
;;=      3e  leave
;;=      3f  ret
;;=      40  mov r11, [r14+0x18]
;;=      44  call [r11]  ; 0x33
;;=      47  jmp 0xd
(module (type $t (func (param i32) (result i32))) (table (export "t") 4 funcref)
  (func (export "call_indirect") (param i32 i32) (result i32)
    (call_indirect (type $t) (local.get 0) (local.get 1))))
(module (type $t (func (param i32) (result i32))) (memory 1) (table 4 4 funcref)
  (func (export "call_indirect of an own function") (param i32 i32) (result i32)
    (call_indirect (type $t) (local.get 0) (local.get 1))))
;;= 4:1: unexpected token: found `(module`, expected the end of the text
;;=  4 | (module (type $t (func (param i32) (result i32))) (memory 1) (table 4 4 funcref)
;;=    | ^
(module
  (func $f (export "tail call with more arguments") (param i32 i32 i32 i32 i32 i32 i32 i32)
    (return_call $g (i32.const 1) (local.get 7) (local.get 0) (local.get 1) (local.get 2) (local.get 3)
                    (local.get 4) (local.get 5) (local.get 6) (i64.const 5)))
  (func $g (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i64)))
;;= function 0: 125 bytes, frame 144
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x88
;;=       d  mov r11, [r14]
;;=      10  cmp rsp, [r11+0x38]
;;=      14  jb 0x74
;;= 0x50 i32.const 1
;;= 0x52 local.get 7
;;= 0x54 local.get 0
;;= 0x56 local.get 1
;;= 0x58 local.get 2
;;= 0x5a local.get 3
;;= 0x5c local.get 4
;;= 0x5e local.get 5
;;= 0x60 local.get 6
;;= 0x62 i64.const 5
;;= 0x64 return_call 1
;;= 0x66 end
;;=      1a  sub rsp, 0x20
;;=      21  mov [rsp], r8
;;=      25  mov [rsp+0x8], r9
;;=      2a  mov qword ptr [rsp+0x10], 0x5
;;=      33  mov r8d, esi
;;=      36  mov r9d, edi
;;=      39  mov esi, edx
;;=      3b  mov edi, ecx
;;=      3d  mov ecx, eax
;;=      3f  mov eax, 0x1
;;=      44  mov edx, [rbp+0x10]
;;=      47  mov r11, [rbp+0x8]
;;=      4b  mov r10, [rbp]
;;=      4f  vmovups xmm15, [rsp+0x10]
;;=      55  vmovups [rbp+0x10], xmm15
;;=      5a  vmovups xmm15, [rsp]
;;=      5f  vmovups [rbp], xmm15
;;=      64  lea rsp, [rbp-0x8]
;;=      68  mov [rsp], r11
;;=      6c  mov rbp, r10
;;=      6f  jmp 0x74  ; function 1
;;=      74  mov r11, [r14+0x18]
;;=      78  call [r11]  ; 0x50
;;=      7b  jmp 0xd
;;= function 1: 17 bytes, frame 64
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x38
;;= 0x69 end
;;=       d  leave
;;=       e  ret 0x20
(module (type $s (struct (field (mut i32)) (field (mut f64))))
  (func (export "struct.new") (param i32 f64) (result (ref $s))
    (struct.new $s (local.get 0) (local.get 1)))
  (func (export "struct.get") (param (ref null $s)) (result f64)
    (struct.get $s 1 (local.get 0))))
;;= function 0: 140 bytes, frame 48
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x28
;;=       d  mov r11, [r14]
;;=      10  cmp rsp, [r11+0x38]
;;=      14  jb 0x5b
;;= 0x45 local.get 0
;;= 0x47 local.get 1
;;= 0x49 struct.new 0
;;=      1a  mov r10, [r14+0x30]
;;=      1e  mov ecx, [r10]
;;=      21  mov r11d, [r10+0x4]
;;=      25  sub r11d, ecx
;;=      28  cmp r11d, 0x10
;;=      2f  jb 0x64
;;=      35  lea r11d, [rcx+0x10]
;;=      39  mov [r10], r11d
;;=      3c  mov r10, [r14+0x28]
;;=      40  mov r11d, [r14+0x80]
;;=      47  mov [r10+rcx*1], r11d
;;=      4b  vmovsd [r10+rcx*1+0x8], xmm0
;;=      52  mov [r10+rcx*1+0x4], eax
;;= 0x4c end
;;=      57  mov eax, ecx
;;=      59  leave
;;=      5a  ret
;;=      5b  mov r11, [r14+0x18]
;;=      5f  call [r11]  ; 0x45
;;=      62  jmp 0xd
;;=      64  mov [rbp-0x10], eax
;;=      67  vmovsd [rbp-0x18], xmm0
;;=      6c  mov esi, 0x0
;;=      71  mov r11, [r14+0x18]
;;=      75  call [r11+0x90]  ; 0x49
;;=      7c  mov ecx, eax
;;=      7e  mov eax, [rbp-0x10]
;;=      81  vmovsd xmm0, qword ptr [rbp-0x18]
;;=      86  mov r10, [r14+0x28]
;;=      8a  jmp 0x4b
;;= function 1: 30 bytes, frame 32
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x18
;;=       d  mov [rbp-0x10], rax
;;= 0x4f local.get 0
;;= 0x51 struct.get 0
;;=      11  mov r10, [r14+0x28]
;;=      15  vmovsd xmm0, qword ptr [r10+rax*1+0x8]  ; 0x51 null structure reference
;;= 0x55 end
;;=      1c  leave
;;=      1d  ret
(module (type $a (array (mut i16)))
  (func (export "array.get_u") (param (ref $a) i32) (result i32)
    (array.get_u $a (local.get 0) (local.get 1))))
;;= function 0: 48 bytes, frame 48
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x28
;;=       d  mov [rbp-0x10], rax
;;= 0x2f local.get 0
;;= 0x31 local.get 1
;;= 0x33 array.get_u 0
;;=      11  mov r10, [r14+0x28]
;;=      15  cmp edx, [r10+rax*1+0x4]  ; 0x33 null array reference
;;=      1a  jnb 0x2e
;;=      20  lea r11, [r10+rax*1]
;;=      24  movzx ecx, word ptr [r11+rdx*2+0x8]
;;= 0x36 end
;;=      2a  mov eax, ecx
;;=      2c  leave
;;=      2d  ret
;;=      2e  ud2  ; 0x33 out of bounds array access
(module (tag $e (param i32)) (func $may_throw)
  (func (export "catch") (result i32)
    (block $h (result i32)
      (try_table (catch $e $h) (call $may_throw))
      (i32.const 0))))
;;= function 0: 15 bytes, frame 16
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x8
;;= 0x30 end
;;=       d  leave
;;=       e  ret
;;= function 1: 73 bytes, frame 16
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x8
;;=       d  mov r11, [r14]
;;=      10  cmp rsp, [r11+0x38]
;;=      14  jb 0x40
;;= 0x33 block
;;= 0x35 try_table
;;= 0x3b call 0
;;=      1a  call 0x1f  ; function 0  ; 0x3b
;;= 0x3d end
;;=      1f  jmp 0x3c
;;=      24  mov r10, [r14]
;;=      27  mov r10, [r10+0x20]
;;=      2b  mov r11d, [r10+rax*1+0x10]
;;=      30  mov [rbp-0x10], r11d
;;=      34  mov eax, [rbp-0x10]
;;=      37  jmp 0x3e
;;= 0x3e i32.const 0
;;= 0x40 end
;;=      3c  xor eax, eax
;;= 0x41 end
;;=      3e  leave
;;=      3f  ret
;;=      40  mov r11, [r14+0x18]
;;=      44  call [r11]  ; 0x33
;;=      47  jmp 0xd
(module (memory 1 1 shared)
  (func (export "atomic update") (param i32 i32) (result i32)
    (i32.atomic.rmw16.or_u offset=2 (local.get 0) (local.get 1))))
;;= function 0: 56 bytes, frame 48
;;=       0  push rbp
;;=       1  mov rbp, rsp
;;=       4  push r14
;;=       6  sub rsp, 0x28
;;= 0x33 local.get 0
;;= 0x35 local.get 1
;;= 0x37 i32.atomic.rmw16.or_u offset=2
;;=       d  mov rcx, rax
;;=      10  mov esi, eax
;;=      12  test ecx, 0x1
;;=      18  jnz 0x36
;;=      1e  movzx eax, word ptr [r15+rcx*1+0x2]  ; 0x37 out of bounds memory access
;;=      24  mov r11, rax
;;=      27  or r11, rdx
;;=      2a  lock cmpxchg [r15+rcx*1+0x2], r11w  ; 0x37 out of bounds memory access
;;=      32  jnz 0x24
;;= 0x3b end
;;=      34  leave
;;=      35  ret
;;=      36  ud2  ; 0x37 unaligned atomic
