#include "wasi/p1/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "wasi/p1/types.h"

namespace gantry::wasi::p1 {

namespace {

constexpr size_t kMaxParameters = 9;  // path_open
constexpr size_t kMaxText = 80;       // bytes of a string that are shown
constexpr uint32_t kMaxList = 1024;   // buffers of a list that are added up

// A guest's string, quoted and cut; what a terminal would act on is escaped.
std::string Quote(GuestMemory memory, uint32_t address, uint32_t length) {
  const uint8_t* at = memory.At(address, length);
  if (!at) return fmt::format("{:#x}[{}]", address, length);
  std::string text = "\"";
  for (uint32_t i = 0; i < std::min<uint32_t>(length, kMaxText); ++i) {
    const uint8_t byte = at[i];
    if (byte == '"' || byte == '\\') {
      text += '\\';
      text += static_cast<char>(byte);
    } else if (byte < 0x20 || byte == 0x7f) {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text += static_cast<char>(byte);
    }
  }
  return text + (length > kMaxText ? "\"…" : "\"");
}

// "0x400[2] 37 bytes"
std::string ListText(GuestMemory memory, uint32_t address, uint32_t count) {
  std::string text = fmt::format("{:#x}[{}]", address, count);
  const uint8_t* at = memory.At(address, uint64_t{count} * sizeof(Iovec));
  if (!at || count > kMaxList) return text;
  uint64_t total = 0;
  for (uint32_t i = 0; i < count; ++i) {
    Iovec iov;
    std::memcpy(&iov, at + size_t{i} * sizeof(iov), sizeof(iov));
    total += iov.buf_len;
  }
  return text + fmt::format(" {} bytes", total);
}

template <class T>
std::string OutputText(GuestMemory memory, uint32_t address) {
  T value;
  return memory.Load(address, &value) ? fmt::format("{}", value) : fmt::format("{:#x}", address);
}

}  // namespace

struct TraceScope::State {
  const FunctionInfo& function;
  GuestMemory memory;
  const uint64_t* slots;
  std::array<uint64_t, kMaxParameters> args{};
  std::array<std::string, kMaxParameters> inputs{};  // texts and lists, which the call may overwrite
};

void TraceScope::Begin(const FunctionInfo& function, GuestMemory memory, const uint64_t* slots) {
  state_ = new State{function, memory, slots};
  const std::string_view letters = function.parameter_letters();
  for (size_t i = 0; i < letters.size(); ++i) {
    state_->args[i] = slots[i];
    if (letters[i] != 'x' && letters[i] != 'v') continue;
    const uint32_t address = static_cast<uint32_t>(slots[i]);
    const uint32_t length = static_cast<uint32_t>(slots[i + 1]);
    state_->inputs[i] = letters[i] == 'x' ? Quote(memory, address, length) : ListText(memory, address, length);
  }
}

void TraceScope::End() {
  const std::unique_ptr<State> state(state_);
  const std::string_view letters = state->function.parameter_letters();
  const Errno result = static_cast<Errno>(state->slots[0]);
  std::string_view names = state->function.parameters;
  std::string line(state->function.name);
  const char* separator = "(";
  for (size_t i = 0; i < letters.size(); ++i) {
    const std::string_view name = names.substr(0, names.find(' '));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    if (i > 0 && !state->inputs[i - 1].empty()) continue;  // the length of what was just shown
    const uint32_t low = static_cast<uint32_t>(state->args[i]);
    line += fmt::format("{}{}=", separator, name);
    separator = ", ";
    const bool has_output = state->function.returns() && result == Errno::Success;
    switch (letters[i]) {
      case 'x':
      case 'v':
        line += state->inputs[i];
        break;
      case 'w':
        line += has_output ? OutputText<uint32_t>(state->memory, low) : fmt::format("{:#x}", low);
        break;
      case 'q':
        line += has_output ? OutputText<uint64_t>(state->memory, low) : fmt::format("{:#x}", low);
        break;
      case 'p':
      case 'o':
        line += fmt::format("{:#x}", low);
        break;
      case 'r':
        line += fmt::format("{:#x}", state->args[i]);
        break;
      case 's':
        line += fmt::format("{}", static_cast<int64_t>(state->args[i]));
        break;
      case 't':
      case 'l':
        line += fmt::format("{}", state->args[i]);
        break;
      default:
        line += fmt::format("{}", low);
        break;
    }
  }
  line += letters.empty() ? "()" : ")";
  if (state->function.returns()) line += fmt::format(" = {}", ErrnoName(result));
  context_.trace(line);
}

}  // namespace gantry::wasi::p1
