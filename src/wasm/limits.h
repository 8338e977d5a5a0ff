// Implementation limits of modules (spec appendix "Implementation Limitations"). The numbers are those that the engines
// agreed on for the web, so that a module either loads everywhere or nowhere.
#pragma once

#include <cstdint>

namespace gantry::wasm::limits {

inline constexpr uint64_t kModuleSize = uint64_t{1} << 30;
inline constexpr uint32_t kTypes = 1'000'000;
inline constexpr uint32_t kSubtypingDepth = 63;
inline constexpr uint32_t kFuncs = 1'000'000;
inline constexpr uint32_t kImports = 1'000'000;
inline constexpr uint32_t kExports = 1'000'000;
inline constexpr uint32_t kGlobals = 1'000'000;
inline constexpr uint32_t kTags = 1'000'000;
inline constexpr uint32_t kTables = 100'000;
inline constexpr uint32_t kMemories = 100'000;
inline constexpr uint32_t kElemSegments = 1'000'000;
inline constexpr uint32_t kElemItems = 10'000'000;
inline constexpr uint32_t kDataSegments = 1'000'000;
inline constexpr uint32_t kModules = 1'000;  // in a module's index space; likewise instances
inline constexpr uint32_t kInstances = 1'000;
inline constexpr uint32_t kModulesInBlob = 100'000;
inline constexpr uint32_t kModuleNesting = 100;
inline constexpr uint32_t kTypeNesting = 100;
inline constexpr uint32_t kTypeSize = 100'000;  // of module and instance types, written out
inline constexpr uint32_t kParams = 1'000;
inline constexpr uint32_t kResults = 1'000;
inline constexpr uint32_t kFields = 10'000;
inline constexpr uint32_t kLocals = 50'000;
inline constexpr uint32_t kFuncSize = 7'654'321;
inline constexpr uint32_t kBrTable = 65'520;
inline constexpr uint32_t kCatches = 10'000;
inline constexpr uint32_t kOperandStack = 1'000'000;

}  // namespace gantry::wasm::limits
