#include "wasi/p1/errno.h"

#include <errno.h>

#include <iterator>

namespace gantry::wasi::p1 {

namespace {

struct Row {
  Errno id;
  int host;
  std::string_view name;
  std::string_view text;
};

constexpr Row kRows[] = {
#define WASI_ERRNO(Id, value, name, host, text) {Errno::Id, host, name, text},
#include "wasi/p1/errno.def"
};

consteval bool InOrder() {
  for (size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<size_t>(kRows[i].id) != i) return false;
  }
  return true;
}
static_assert(InOrder());

}  // namespace

Errno FromHost(int host_errno) {
  for (const Row& row : kRows) {  // error path: 77 compares are nothing beside the failed call
    if (row.host == host_errno) return row.id;
  }
  return Errno::Io;
}

std::string_view ErrnoName(Errno code) {
  const size_t i = static_cast<size_t>(code);
  return i < std::size(kRows) ? kRows[i].name : "unknown";
}

std::string_view ErrnoText(Errno code) {
  const size_t i = static_cast<size_t>(code);
  return i < std::size(kRows) ? kRows[i].text : "Unknown error";
}

}  // namespace gantry::wasi::p1
