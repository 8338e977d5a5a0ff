#include "runtime/interp/acc_forms.h"

namespace gantry::interp {

namespace {

struct Table {
  AccForm forms[kROpCount];

  constexpr AccForm& operator[](ROp op) { return forms[static_cast<int>(op)]; }
  constexpr void To(ROp plain, ROp to) {
    (*this)[plain].to = to;
    (*this)[to].from = plain;
  }
  constexpr void In(ROp plain, int field, ROp with) {
    (*this)[plain].input[field] = with;
    (*this)[with].base = plain;
    (*this)[with].field = static_cast<uint8_t>(field);
  }
};

constexpr Table MakeTable() {
  Table t{};
#define ROW(Name)                    \
  t.To(ROp::Name, ROp::Name##T);     \
  t.To(ROp::Name##B, ROp::Name##BT); \
  t.In(ROp::Name, 1, ROp::Name##B);
  GANTRY_RC_ACC_BINARY(ROW)
#undef ROW
#define ROW(Name)                    \
  t.To(ROp::Name##C, ROp::Name##CT); \
  t.In(ROp::Name, 2, ROp::Name##C);
  GANTRY_RC_ACC_RIGHT(ROW)
#undef ROW
#define ROW(Name) t[ROp::Name].commutative = true;
  GANTRY_RC_COMMUTATIVE(ROW)
#undef ROW
#define ROW(Name)                      \
  t.To(ROp::Name##I, ROp::Name##IT);   \
  t.To(ROp::Name##IB, ROp::Name##IBT); \
  t.In(ROp::Name##I, 1, ROp::Name##IB);
  GANTRY_RC_ACC_INT(ROW)
#undef ROW
#define ROW(Name)                      \
  t.To(ROp::Name##K, ROp::Name##KT);   \
  t.To(ROp::Name##KB, ROp::Name##KBT); \
  t.In(ROp::Name##K, 1, ROp::Name##KB);
  GANTRY_RC_ACC_BINARY(ROW)
#undef ROW
#define ROW(Name)                      \
  t.To(ROp::Name##L, ROp::Name##LT);   \
  t.To(ROp::Name##LB, ROp::Name##LBT); \
  t.In(ROp::Name##L, 1, ROp::Name##LB);
  GANTRY_RC_ACC_LEFT(ROW)
#undef ROW
#define ROW(Name)                    \
  t.To(ROp::Name, ROp::Name##T);     \
  t.To(ROp::Name##B, ROp::Name##BT); \
  t.In(ROp::Name, 1, ROp::Name##B);
  GANTRY_RC_ACC_UNARY(ROW)
  GANTRY_RC_ACC_LOAD(ROW)
#undef ROW
#define ROW(Name)                    \
  t.To(ROp::Name##X, ROp::Name##XT); \
  t.To(ROp::Name##Y, ROp::Name##YT); \
  t.To(ROp::Name##A, ROp::Name##AT);
  GANTRY_RC_ACC_LOAD(ROW)
#undef ROW
#define ROW(Name)                   \
  t.In(ROp::Name, 0, ROp::Name##Q); \
  t.In(ROp::Name, 1, ROp::Name##B);
  GANTRY_RC_ACC_STORE(ROW)
#undef ROW
#define ROW(Name)                           \
  t.In(ROp::Br##Name, 0, ROp::Br##Name##Q); \
  t.In(ROp::Br##Name, 1, ROp::Br##Name##B); \
  t.In(ROp::Br##Name##I, 0, ROp::Br##Name##IQ);
  GANTRY_RC_INT_COMPARE(ROW)
#undef ROW
#define ROW(Name)                                 \
  t.In(ROp::Br##Name, 0, ROp::Br##Name##Q);       \
  t.In(ROp::Br##Name, 1, ROp::Br##Name##B);       \
  t.In(ROp::BrNot##Name, 0, ROp::BrNot##Name##Q); \
  t.In(ROp::BrNot##Name, 1, ROp::BrNot##Name##B);
  GANTRY_RC_ACC_FLOAT_COMPARE(ROW)
#undef ROW
  t.To(ROp::GlobalGet, ROp::GlobalGetT);
  t.In(ROp::BrNz, 0, ROp::BrNzQ);
  t.In(ROp::BrZ, 0, ROp::BrZQ);
  t.In(ROp::BrAndI, 0, ROp::BrAndIQ);
  t.In(ROp::BrNotAndI, 0, ROp::BrNotAndIQ);
  t.In(ROp::BrTable, 0, ROp::BrTableQ);
  t.In(ROp::Return1, 0, ROp::Return1Q);
  return t;
}
constexpr Table kTable = MakeTable();

}  // namespace

const AccForm& AccFormOf(ROp op) { return kTable.forms[static_cast<int>(op)]; }

}  // namespace gantry::interp
