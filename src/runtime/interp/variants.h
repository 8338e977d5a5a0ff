// Which instructions have which variants in register code (see rcode.def). X(Name) is applied to names of wasm::Op.
#pragma once

#define GANTRY_RC_DIVISION(X) \
  X(I32DivS) X(I32DivU) X(I32RemS) X(I32RemU) X(I64DivS) X(I64DivU) X(I64RemS) X(I64RemU)
#define GANTRY_RC_INT_BINARY(X) GANTRY_RC_ACC_INT(X) GANTRY_RC_DIVISION(X)

#define GANTRY_RC_FLOAT_BINARY(X)                                                                                        \
  X(F32Add) X(F32Sub) X(F32Mul) X(F32Div) X(F32Min) X(F32Max) X(F32Copysign)                                             \
  X(F64Add) X(F64Sub) X(F64Mul) X(F64Div) X(F64Min) X(F64Max) X(F64Copysign)

// A constant on the left.
#define GANTRY_RC_LEFT(X) \
  X(I32Sub) X(I32Shl) X(I64Sub) X(I64Shl) X(F32Sub) X(F32Div) X(F64Sub) X(F64Div)

// Commutative ones: a constant on the left goes to the right.
#define GANTRY_RC_COMMUTATIVE(X)                                                                                         \
  X(I32Add) X(I32Mul) X(I32And) X(I32Or) X(I32Xor) X(I64Add) X(I64Mul) X(I64And) X(I64Or) X(I64Xor) X(F32Add) X(F32Mul)  \
  X(F64Add) X(F64Mul) X(I32Eq) X(I32Ne) X(I64Eq) X(I64Ne) X(F32Eq) X(F32Ne) X(F64Eq) X(F64Ne)

#define GANTRY_RC_INT_COMPARE(X)                                                                                         \
  X(I32Eq) X(I32Ne) X(I32LtS) X(I32LtU) X(I32GtS) X(I32GtU) X(I32LeS) X(I32LeU) X(I32GeS) X(I32GeU)                      \
  X(I64Eq) X(I64Ne) X(I64LtS) X(I64LtU) X(I64GtS) X(I64GtU) X(I64LeS) X(I64LeU) X(I64GeS) X(I64GeU)

#define GANTRY_RC_FLOAT_COMPARE(X)                                                                                       \
  X(F32Eq) X(F32Ne) X(F32Lt) X(F32Gt) X(F32Le) X(F32Ge) X(F64Eq) X(F64Ne) X(F64Lt) X(F64Gt) X(F64Le) X(F64Ge)

// X(compare, its negation), each pair once.
#define GANTRY_RC_NEGATIONS(X)                                                                                           \
  X(I32Eq, I32Ne) X(I32LtS, I32GeS) X(I32LtU, I32GeU) X(I32GtS, I32LeS) X(I32GtU, I32LeU)                                \
  X(I64Eq, I64Ne) X(I64LtS, I64GeS) X(I64LtU, I64GeU) X(I64GtS, I64LeS) X(I64GtU, I64LeU)

// X(compare, the same with operands exchanged), each pair once.
#define GANTRY_RC_EXCHANGES(X)                                                                                           \
  X(I32LtS, I32GtS) X(I32LtU, I32GtU) X(I32LeS, I32GeS) X(I32LeU, I32GeU)                                                \
  X(I64LtS, I64GtS) X(I64LtU, I64GtU) X(I64LeS, I64GeS) X(I64LeU, I64GeU)                                                \
  X(F32Lt, F32Gt) X(F32Le, F32Ge) X(F64Lt, F64Gt) X(F64Le, F64Ge)

#define GANTRY_RC_SCALAR_LOAD(X)                                                                                         \
  X(I32Load) X(I64Load) X(F32Load) X(F64Load) X(I32Load8S) X(I32Load8U) X(I32Load16S) X(I32Load16U) X(I64Load8S)         \
  X(I64Load8U) X(I64Load16S) X(I64Load16U) X(I64Load32S) X(I64Load32U)

#define GANTRY_RC_INT_STORE(X) \
  X(I32Store) X(I64Store) X(I32Store8) X(I32Store16) X(I64Store8) X(I64Store16) X(I64Store32)

#define GANTRY_RC_SCALAR_STORE(X) GANTRY_RC_INT_STORE(X) X(F32Store) X(F64Store)

// Instructions that can take an operand from the accumulator or leave their result there (see rcode.def).
#define GANTRY_RC_ACC_INT(X)                                                                                             \
  X(I32Add) X(I32Sub) X(I32Mul) X(I32And) X(I32Or) X(I32Xor) X(I32Shl) X(I32ShrS) X(I32ShrU) X(I32Rotl) X(I32Rotr)       \
  X(I64Add) X(I64Sub) X(I64Mul) X(I64And) X(I64Or) X(I64Xor) X(I64Shl) X(I64ShrS) X(I64ShrU) X(I64Rotl) X(I64Rotr)
#define GANTRY_RC_ACC_FLOAT(X) X(F64Add) X(F64Sub) X(F64Mul) X(F64Div)
#define GANTRY_RC_ACC_BINARY(X) GANTRY_RC_ACC_INT(X) GANTRY_RC_ACC_FLOAT(X)
// The right operand; of commutative instructions the operands are exchanged instead.
#define GANTRY_RC_ACC_RIGHT(X)                                                                                           \
  X(I32Sub) X(I32Shl) X(I32ShrS) X(I32ShrU) X(I32Rotl) X(I32Rotr) X(I64Sub) X(I64Shl) X(I64ShrS) X(I64ShrU) X(I64Rotl)   \
  X(I64Rotr) X(F64Sub) X(F64Div)
#define GANTRY_RC_ACC_LEFT(X) X(I32Sub) X(I32Shl) X(I64Sub) X(I64Shl) X(F64Sub) X(F64Div)
#define GANTRY_RC_ACC_UNARY(X)                                                                                           \
  X(I32Extend8S) X(I32Extend16S) X(I64Extend8S) X(I64Extend16S) X(I64Extend32S) X(I32WrapI64) X(I64ExtendI32S)           \
  X(I64ExtendI32U) X(I32Clz) X(I32Ctz) X(I32Popcnt) X(I64Clz) X(I64Ctz) X(F64ConvertI32S) X(F64ConvertI32U) X(F64Neg)    \
  X(F64Abs) X(F64Sqrt)
#define GANTRY_RC_ACC_LOAD(X)                                                                                            \
  X(I32Load) X(I64Load) X(F64Load) X(I32Load8S) X(I32Load8U) X(I32Load16S) X(I32Load16U) X(I64Load8S) X(I64Load8U)       \
  X(I64Load16S) X(I64Load16U) X(I64Load32S) X(I64Load32U)
#define GANTRY_RC_ACC_STORE(X) GANTRY_RC_INT_STORE(X) X(F64Store)
#define GANTRY_RC_ACC_FLOAT_COMPARE(X) X(F64Eq) X(F64Ne) X(F64Lt) X(F64Gt) X(F64Le) X(F64Ge)
