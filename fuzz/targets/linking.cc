// Input: a module, with module linking on: bytes, or text if it does not start with zero. Decoding is safe and can be
// undone, canonical bytes and the printed text mean the same, what validates runs within its limits, and what can be
// flattened is a valid core module.
#include <algorithm>

#include "engine/linker.h"
#include "link/flatten.h"
#include "target.h"
#include "wasm/binary/reader.h"
#include "wasm/binary/writer.h"
#include "wasm/text/printer.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

using namespace gantry;

namespace {

const wasm::Features kFeatures = wasm::Features::AllProposals().set(wasm::Feature::ModuleLinking);
constexpr uint64_t kFuel = 20'000;

Result<wasm::Module> ReadValid(std::span<const uint8_t> bytes, wasm::Features features, wasm::TypeHold* hold) {
  GANTRY_ASSIGN_OR_RETURN(wasm::Module module, wasm::binary::ReadModule(wasm::ModuleBytes::Copy(bytes), features));
  GANTRY_RETURN_IF_ERROR(wasm::valid::ValidateModule(&module, hold));
  return module;
}

void CheckForms(const wasm::Module& module) {
  const std::vector<uint8_t> canonical = wasm::binary::WriteModule(module, wasm::binary::Encoding::Canonical);
  wasm::TypeHold hold;
  const Result<wasm::Module> again = ReadValid(canonical, kFeatures, &hold);
  fuzz::Require(again.has_value(), "canonical bytes are valid", again ? "" : again.error().Summary());
  const Result<std::string> text = wasm::text::PrintModule(module);
  if (!text) return;
  wasm::text::WatOptions options;
  options.features = kFeatures;
  const Result<std::vector<uint8_t>> parsed = wasm::text::ParseWat(*text, options);
  fuzz::Require(parsed.has_value(), "the printed module parses", parsed ? "" : parsed.error().Summary() + "\n" + *text);
  wasm::TypeHold parsed_hold;
  const Result<wasm::Module> same = ReadValid(*parsed, kFeatures, &parsed_hold);
  fuzz::Require(same.has_value(), "the printed module is valid", same ? "" : same.error().Summary() + "\n" + *text);
}

void RunIt(std::span<const uint8_t> bytes) {
  engine::Config config;
  config.features = kFeatures;
  config.consume_fuel = true;
  runtime::StoreLimits limits;
  limits.max_instances = 50;
  limits.max_memory_bytes = 1 << 22;
  limits.max_table_elements = 1 << 12;
  const auto engine = engine::Engine::New(config);
  const auto module = engine::Module::Compile(engine, wasm::ModuleBytes::Copy(bytes));
  if (!module) return;
  engine::Store store(engine, limits);
  store.runtime().SetFuel(kFuel);
  engine::Linker linker(engine);
  linker.OnUnknownImport(engine::Linker::Unknown::Trap);
  if (auto instance = linker.Instantiate(store, **module); !instance) (void)instance.error().Message();
}

}  // namespace

int FuzzOne(const uint8_t* data, size_t size) {
  auto bytes = wasm::ModuleBytes::Copy({data, size});
  if (size != 0 && data[0] != 0) {
    wasm::text::WatOptions options;
    options.features = kFeatures;
    Result<std::vector<uint8_t>> parsed = wasm::text::ParseWat({reinterpret_cast<const char*>(data), size}, options);
    if (!parsed) return 0;
    bytes = wasm::ModuleBytes::Own(std::move(*parsed));
  }
  Result<wasm::Module> module = wasm::binary::ReadModule(bytes, kFeatures);
  if (!module) return 0;
  fuzz::Require(std::ranges::equal(wasm::binary::WriteModule(*module), bytes->view()),
                "written bytes are the bytes read");
  wasm::TypeHold hold;
  if (const auto valid = wasm::valid::ValidateModule(&*module, &hold); !valid) return 0;
  CheckForms(*module);
  if (const auto flat = link::Flatten(link::MakePlan(&*module))) {
    wasm::TypeHold flat_hold;
    const auto core = ReadValid(*flat, wasm::Features::AllProposals(), &flat_hold);
    fuzz::Require(core.has_value(), "a flat module is valid", core ? "" : core.error().Summary());
  }
  RunIt(bytes->view());
  return 0;
}
