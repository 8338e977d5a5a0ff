#include "compiled_module.h"

#include <fmt/core.h>

#include <fstream>
#include <iterator>

#include "wasm/binary/name_section.h"
#include "wasm/binary/reader.h"
#include "wasm/text/wast.h"
#include "wasm/text/wat.h"
#include "wasm/valid/func_summary.h"
#include "wasm/valid/validator.h"

namespace gantry::native_tests {

Result<std::unique_ptr<ValidModule>> ReadValid(std::vector<uint8_t> bytes) {
  const bool is_binary = !bytes.empty() && bytes[0] == 0;
  if (!is_binary) {
    GANTRY_ASSIGN_OR_RETURN(bytes, wasm::text::ParseWat({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  }
  auto valid = std::make_unique<ValidModule>();
  GANTRY_ASSIGN_OR_RETURN(valid->module, wasm::binary::ReadModule(wasm::ModuleBytes::Own(std::move(bytes)),
                                                                  wasm::Features::AllProposals()));
  GANTRY_RETURN_IF_ERROR(wasm::valid::ValidateModule(&valid->module, &valid->hold));
  return valid;
}

void SetFacts(const wasm::Module& module, pipeline::Options* options) {
  options->tail_calls_leave = (module.uses & wasm::valid::uses::kTailCallOut) != 0;
  options->table_writes = (module.uses & wasm::valid::uses::kTableWrite) != 0;
}

bool ReadFile(const std::string& path, std::vector<uint8_t>* bytes) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return false;
  bytes->assign(std::istreambuf_iterator<char>(in), {});
  return true;
}

std::vector<std::unique_ptr<ValidModule>> ReadModules(const std::string& path) {
  std::vector<std::unique_ptr<ValidModule>> modules;
  std::vector<uint8_t> bytes;
  if (!ReadFile(path, &bytes)) return modules;
  auto take = [&](std::vector<uint8_t> one) {
    auto valid = ReadValid(std::move(one));
    if (valid) modules.push_back(*std::move(valid));
  };
  if (!path.ends_with(".wast")) {
    take(std::move(bytes));
    return modules;
  }
  auto script = wasm::text::ParseWast({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!script) return modules;
  for (wasm::text::Directive& directive : script->directives) {
    if (directive.module && !directive.module->bytes.empty()) take(std::move(directive.module->bytes));
  }
  return modules;
}

std::string NameOf(const wasm::Module& module, uint32_t func) {
  const wasm::binary::ModuleNames names(module);
  if (const std::string_view name = names.FunctionName(func); !name.empty()) return std::string(name);
  for (const wasm::Export& e : module.exports) {
    if (e.kind == wasm::ExternKind::Func && e.index == func) return std::string(e.name);
  }
  return fmt::format("{}", func);
}

}  // namespace gantry::native_tests
