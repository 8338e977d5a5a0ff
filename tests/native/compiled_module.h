// A module from bytes, text or a script, validated, and code made of it: what the programs of this folder start from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "compiler/pipeline/pipeline.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"

namespace gantry::native_tests {

struct ValidModule {
  wasm::Module module;
  wasm::TypeHold hold;
};

// With all proposals. Binary or text.
Result<std::unique_ptr<ValidModule>> ReadValid(std::vector<uint8_t> bytes);

// Options as the engine sets them for a module.
void SetFacts(const wasm::Module& module, pipeline::Options* options);

// Whole file; false if it cannot be read.
bool ReadFile(const std::string& path, std::vector<uint8_t>* bytes);

// The valid modules of a script, or of a file that is one.
std::vector<std::unique_ptr<ValidModule>> ReadModules(const std::string& path);

// The name of a function for people: from the name section or an export, else its number.
std::string NameOf(const wasm::Module& module, uint32_t func);

}  // namespace gantry::native_tests
