// Suite: the manifest of a test suite, and the switches that scripts carry themselves.
//
//   [[rule]]                        [[skip]]
//   path = "proposals/threads"      path = "legacy"
//   features = { gc = false }       reason = "the old exception proposal"
//
// A path names a folder or a file by the last components of its own path: it matches a script when its components
// follow one another somewhere in the script's path. Rules apply in their order. Keys are those of the command's -W
// group.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "wasm/features.h"

namespace gantry::wast {

struct Suite {
  struct Rule {
    std::string path;
    std::vector<std::pair<wasm::Feature, bool>> features;
  };
  struct Skip {
    std::string path;
    std::string reason;
  };
  std::vector<Rule> rules;
  std::vector<Skip> skips;

  // Why a script is left out, if it is.
  std::optional<std::string_view> SkipReason(std::string_view script_path) const;
  void Apply(std::string_view script_path, wasm::Features* features) const;
};

// `source` is the manifest's text, `name` its file name for messages.
Result<Suite> ParseSuite(std::string_view source, std::string_view name);

// Do the components of `pattern` follow one another in `path`?
bool PathMatches(std::string_view path, std::string_view pattern);

// Applies the `;;!` lines at the top of a script. Returns the name of a feature that the script switches on and Gantry
// lacks.
Result<std::optional<std::string>> ApplyScriptSwitches(std::string_view source, wasm::Features* features);

}  // namespace gantry::wast
