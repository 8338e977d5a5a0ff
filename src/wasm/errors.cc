#include "wasm/errors.h"

namespace gantry::wasm {

namespace {

struct ErrorRow {
  ErrorClass error_class;
  std::string_view text;
};

constexpr ErrorRow kErrors[] = {
    {ErrorClass::Host, "no error"},
#define WASM_ERROR(Id, error_class, text) {ErrorClass::error_class, text},
#include "wasm/errors.def"
};

std::string Message(ErrorId id, std::string_view detail) {
  std::string message(ErrorText(id));
  if (!detail.empty()) message.append(": ").append(detail);
  return message;
}

}  // namespace

std::string_view ErrorText(ErrorId id) { return kErrors[static_cast<size_t>(id)].text; }

Error MakeError(ErrorId id, uint64_t offset, std::string_view detail) {
  return Error(kErrors[static_cast<size_t>(id)].error_class, Message(id, detail), offset)
      .WithCode(static_cast<uint16_t>(id));
}

Error MakeErrorAbout(ErrorId id, uint64_t offset, std::string_view subject) {
  std::string message(ErrorText(id));
  message.append(" ").append(subject);
  return Error(kErrors[static_cast<size_t>(id)].error_class, std::move(message), offset)
      .WithCode(static_cast<uint16_t>(id));
}

Error MakeErrorAtLine(ErrorId id, uint32_t line, uint32_t column, std::string_view detail) {
  return Error::AtLine(kErrors[static_cast<size_t>(id)].error_class, Message(id, detail), line, column)
      .WithCode(static_cast<uint16_t>(id));
}

ErrorId ErrorIdOf(ByteFault fault) {
  switch (fault) {
    case ByteFault::None:
      return ErrorId::None;
    case ByteFault::UnexpectedEnd:
      return ErrorId::UnexpectedEnd;
    case ByteFault::LebTooLong:
      return ErrorId::LebTooLong;
    case ByteFault::LebTooLarge:
      return ErrorId::LebTooLarge;
  }
  return ErrorId::None;
}

}  // namespace gantry::wasm
