// Registers of x86-64 by their hardware numbers.
#pragma once

#include <cstdint>

namespace gantry::x64 {

enum class Gpr : uint8_t { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };
enum class Xmm : uint8_t {
  xmm0,
  xmm1,
  xmm2,
  xmm3,
  xmm4,
  xmm5,
  xmm6,
  xmm7,
  xmm8,
  xmm9,
  xmm10,
  xmm11,
  xmm12,
  xmm13,
  xmm14,
  xmm15
};

inline constexpr uint8_t Number(Gpr reg) { return static_cast<uint8_t>(reg); }
inline constexpr uint8_t Number(Xmm reg) { return static_cast<uint8_t>(reg); }

// Condition codes as jcc, setcc and cmovcc encode them; each odd one negates the one before it.
enum class Cond : uint8_t { o, no, b, ae, e, ne, be, a, s, ns, p, np, l, ge, le, g };

inline constexpr Cond Negated(Cond cond) { return static_cast<Cond>(static_cast<uint8_t>(cond) ^ 1); }

}  // namespace gantry::x64
