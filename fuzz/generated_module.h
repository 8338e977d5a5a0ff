// GeneratedModule: the parts of a module under construction by module_generator.cc, and what function bodies may ask of
// it.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "base/byte_writer.h"
#include "byte_choices.h"
#include "module_generator.h"
#include "wasm/types.h"

namespace gantry::fuzz {

using wasm::GlobalType;
using wasm::SubType;
using wasm::ValType;

struct GeneratedModule {
  const GeneratorOptions& options;
  ByteChoices& choices;

  // Structs and arrays first, in one recursion group; then function types, which TypeFor may add to.
  std::vector<SubType> types{};
  uint32_t aggregate_count = 0;
  std::vector<uint32_t> funcs{};  // type of each; imports first, here and below
  std::vector<wasm::MemoryType> memories{};
  std::vector<wasm::TableType> tables{};
  std::vector<GlobalType> globals{};  // [0]: fuel
  std::vector<uint32_t> tags{};       // type of each
  std::vector<ValType> elem_types{};  // of each element segment; the last one is declarative and not for use
  uint32_t data_count = 0;
  std::set<uint32_t> declared{};  // functions that ref.func names

  bool has(wasm::Feature feature) const { return options.features.has(feature); }

  // A type that values, locals and fields may have; references are nullable unless that needs no care.
  ValType PickType();
  ValType PickNumber();
  // A function type with this signature, made if there is none.
  uint32_t TypeFor(const std::vector<ValType>& params, const std::vector<ValType>& results);
};

// The body of one function: local declarations and instructions.
std::vector<uint8_t> GenerateBody(GeneratedModule* module, uint32_t func);

}  // namespace gantry::fuzz
