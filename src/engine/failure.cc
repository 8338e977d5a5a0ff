#include "engine/failure.h"

#include <fmt/core.h>

#include "base/check.h"

namespace gantry::engine {

using abi::Status;
using wasm::TypeRegistry;

Failure TakeFailure(runtime::Store& store, Status status) {
  Failure failure{};
  switch (status) {
    case Status::Trap:
    case Status::Interrupt:
      failure.kind = Failure::Kind::Trap;
      failure.trap = store.TakeTrap();
      break;
    case Status::Exception:
      failure.kind = Failure::Kind::Exception;
      failure.exception = store.TakeException();
      break;
    case Status::Exit:
      failure.kind = Failure::Kind::Exit;
      failure.exit_code = store.exit_code();
      break;
    case Status::Error:
      failure.kind = Failure::Kind::Error;
      failure.error = store.TakeError();
      break;
    case Status::Ok: GANTRY_UNREACHABLE("no failure to take");
  }
  return failure;
}

Failure TakeFailure(runtime::Store& store, runtime::Failure failure) {
  if (!failure.error) return TakeFailure(store, failure.status);
  Failure out{};
  out.kind = Failure::Kind::Error;
  out.error = std::move(failure.error);
  return out;
}

namespace {

Failure ErrorFailure(Error error) {
  Failure failure{};
  failure.kind = Failure::Kind::Error;
  failure.error = std::move(error);
  return failure;
}

}  // namespace

std::string FormatBacktrace(const std::vector<runtime::Frame>& frames) {
  std::string text = "error while executing at wasm backtrace:";
  for (size_t i = 0; i < frames.size(); ++i) {
    const runtime::Frame& frame = frames[i];
    const wasm::binary::ModuleNames& names = *frame.instance->compiled()->names;
    std::string_view module = names.ModuleName();
    std::string_view function = names.FunctionName(frame.func_index);
    if (module.empty()) module = "<unknown>";
    text += fmt::format("\n{:>5}: {:#8x} - {}!", i, frame.offset, module);
    if (function.empty()) {
      text += fmt::format("<wasm function {}>", frame.func_index);
    } else {
      text += function;
    }
  }
  return text;
}

std::vector<std::string> Failure::Causes() const {
  std::vector<std::string> causes;
  switch (kind) {
    case Kind::Error:
      for (auto frame = error->context().rbegin(); frame != error->context().rend(); ++frame) causes.push_back(*frame);
      break;
    case Kind::Trap:
      if (!trap->backtrace.empty()) causes.push_back(FormatBacktrace(trap->backtrace));
      causes.push_back(fmt::format("wasm trap: {}", Message()));
      return causes;
    case Kind::Exception:
    case Kind::Exit: break;
  }
  causes.push_back(Message());
  return causes;
}

std::string Failure::Message() const {
  switch (kind) {
    case Kind::Error: return error->Summary();
    case Kind::Trap: return std::string(abi::ReferenceText(trap->code));
    case Kind::Exception: return "thrown Wasm exception";
    case Kind::Exit: return fmt::format("Exited with i32 exit status {}", exit_code);
  }
  return {};
}

std::expected<std::vector<Value>, Failure> Call(runtime::Store& store, abi::FuncRef* func, std::span<const Value> args) {
  const wasm::CanonType& type = TypeRegistry::Get()[func->type()];
  if (args.size() != type.params.size()) {
    return std::unexpected(ErrorFailure(
        Error(ErrorClass::Usage, fmt::format("expected {} arguments, got {}", type.params.size(), args.size()))));
  }
  std::vector<abi::Slot> slots;
  slots.reserve(std::max(type.param_slots, type.result_slots));
  for (size_t i = 0; i < args.size(); ++i) {
    if (!TypeRegistry::Get().Matches(args[i].type, type.params[i])) {
      return std::unexpected(ErrorFailure(Error(
          ErrorClass::Usage, fmt::format("argument type mismatch: argument {} should be {}, is {}", i,
                                         wasm::TypeName(type.params[i]), wasm::TypeName(args[i].type)))));
    }
    slots.push_back(args[i].low);
    if (args[i].type.slots() == 2) slots.push_back(args[i].high);
  }
  slots.resize(std::max<size_t>({type.param_slots, type.result_slots, 1}));
  const Status status = store.Call(func, slots.data());
  if (status != Status::Ok) return std::unexpected(TakeFailure(store, status));
  std::vector<Value> results;
  size_t slot = 0;
  for (wasm::ValType result : type.results) {
    Value value{result, slots[slot++], 0};
    if (result.slots() == 2) value.high = slots[slot++];
    results.push_back(value);
  }
  return results;
}

}  // namespace gantry::engine
