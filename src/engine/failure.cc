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
      failure.exit_frames = store.TakeExitFrames();
      break;
    case Status::Error:
      failure.kind = Failure::Kind::Error;
      failure.error = store.TakeError();
      break;
    case Status::Ok:
      GANTRY_UNREACHABLE("no failure to take");
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

Status PassOn(runtime::Store& store, Failure failure) {
  switch (failure.kind) {
    case Failure::Kind::Error:
      return store.Fail(*std::move(failure.error));
    case Failure::Kind::Trap:
      return store.Retrap(*std::move(failure.trap));
    case Failure::Kind::Exception:
      return store.Throw(failure.exception);
    case Failure::Kind::Exit:
      return store.Exit(failure.exit_code);
  }
  return Status::Ok;
}

namespace {

Failure ErrorFailure(Error error) {
  Failure failure{};
  failure.kind = Failure::Kind::Error;
  failure.error = std::move(error);
  return failure;
}

}  // namespace

std::string FormatFrame(size_t number, uint32_t module_offset, const runtime::CompiledModule& compiled,
                        uint32_t func_index) {
  const wasm::binary::ModuleNames& names = *compiled.names;
  std::string_view module = names.ModuleName();
  const std::string_view function = names.FunctionName(func_index);
  if (module.empty()) module = "<unknown>";
  std::string text = fmt::format("\n{:>5}: {:#8x} - {}!", number, module_offset, module);
  if (function.empty()) return text + fmt::format("<wasm function {}>", func_index);
  return text + std::string(function);
}

std::string FormatBacktrace(const std::vector<runtime::Frame>& frames) {
  std::string text = kBacktraceTitle;
  for (size_t i = 0; i < frames.size(); ++i) {
    text += FormatFrame(i, frames[i].offset, *frames[i].instance->compiled(), frames[i].func_index);
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
    case Kind::Exit:
      break;
  }
  causes.push_back(Message());
  return causes;
}

std::string Failure::Message() const {
  switch (kind) {
    case Kind::Error:
      return error->Summary();
    case Kind::Trap:
      return std::string(abi::ReferenceText(trap->code));
    case Kind::Exception:
      return "thrown Wasm exception";
    case Kind::Exit:
      return fmt::format("Exited with i32 exit status {}", exit_code);
  }
  return {};
}

std::expected<std::vector<Value>, Failure> Call(runtime::Store& store, abi::FuncRef* func,
                                                std::span<const Value> args) {
  const wasm::CanonType& type = TypeRegistry::Get()[func->type()];
  if (args.size() != type.params.size()) {
    return std::unexpected(ErrorFailure(
        Error(ErrorClass::Usage, fmt::format("expected {} arguments, got {}", type.params.size(), args.size()))));
  }
  std::vector<abi::Slot> slots;
  slots.reserve(std::max(type.param_slots, type.result_slots));
  for (size_t i = 0; i < args.size(); ++i) {
    if (!TypeRegistry::Get().Matches(args[i].type, type.params[i])) {
      return std::unexpected(ErrorFailure(
          Error(ErrorClass::Usage, fmt::format("argument type mismatch: argument {} should be {}, is {}", i,
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
