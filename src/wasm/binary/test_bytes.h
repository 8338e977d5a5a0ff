// Helpers for tests that write modules as bytes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "wasm/module.h"

namespace gantry::wasm::binary::test {

using Bytes = std::vector<uint8_t>;

inline Bytes Join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// Contents shorter than 128 bytes.
inline Bytes Section(uint8_t id, const Bytes& payload) {
  return Join({{id, static_cast<uint8_t>(payload.size())}, payload});
}

inline Bytes Header() { return {0, 'a', 's', 'm', 1, 0, 0, 0}; }

inline Bytes ModuleOf(std::initializer_list<Bytes> sections) { return Join({Header(), Join(sections)}); }

// A module with one function of type 0: `type` is that type's bytes, `code` the body behind the local declarations.
inline Bytes FuncModule(const Bytes& type, const Bytes& code, const Bytes& locals = {0},
                        std::initializer_list<Bytes> between = {}) {
  const Bytes body = Join({locals, code});
  return ModuleOf({Section(1, Join({{1}, type})), Section(3, {1, 0}), Join(between),
                   Section(10, Join({{1, static_cast<uint8_t>(body.size())}, body}))});
}

inline std::shared_ptr<const ModuleBytes> Share(Bytes bytes) { return ModuleBytes::Own(std::move(bytes)); }

}  // namespace gantry::wasm::binary::test
