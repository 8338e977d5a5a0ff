// Input: bytes of a module. What validates can be printed, and is still valid in canonical encoding.
#include "target.h"
#include "wasm/binary/reader.h"
#include "wasm/binary/writer.h"
#include "wasm/text/printer.h"
#include "wasm/valid/validator.h"

using namespace gantry;

namespace {

Result<wasm::Module> ReadValid(std::shared_ptr<const wasm::ModuleBytes> bytes, wasm::TypeHold* hold) {
  GANTRY_ASSIGN_OR_RETURN(wasm::Module module,
                          wasm::binary::ReadModule(std::move(bytes), wasm::Features::AllProposals()));
  GANTRY_RETURN_IF_ERROR(wasm::valid::ValidateModule(&module, hold));
  return module;
}

}  // namespace

int FuzzOne(const uint8_t* data, size_t size) {
  wasm::TypeHold hold, canonical_hold;
  Result<wasm::Module> module = ReadValid(wasm::ModuleBytes::Copy({data, size}), &hold);
  if (!module) {
    (void)module.error().Summary();
    return 0;
  }
  const std::vector<uint8_t> canonical = wasm::binary::WriteModule(*module, wasm::binary::Encoding::Canonical);
  Result<wasm::Module> again = ReadValid(wasm::ModuleBytes::Copy(canonical), &canonical_hold);
  fuzz::Require(again.has_value(), "canonical bytes are valid", again ? "" : again.error().Summary());
  Result<std::string> text = wasm::text::PrintModule(*module);
  fuzz::Require(text.has_value(), "a valid module has a text form", text ? "" : text.error().Summary());
  return 0;
}
