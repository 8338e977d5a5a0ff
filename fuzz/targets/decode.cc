// Input: bytes of a module. Decoding is safe on anything, and what decodes can be written back byte for byte.
#include <algorithm>

#include "target.h"
#include "wasm/binary/reader.h"
#include "wasm/binary/writer.h"

using namespace gantry;

int FuzzOne(const uint8_t* data, size_t size) {
  const auto bytes = wasm::ModuleBytes::Copy({data, size});
  for (const wasm::Features features : {wasm::Features::AllProposals(), wasm::Features()}) {
    Result<wasm::Module> module = wasm::binary::ReadModule(bytes, features);
    if (!module) continue;
    fuzz::Require(std::ranges::equal(wasm::binary::WriteModule(*module), bytes->view()),
                  "written bytes are the bytes read");
  }
  return 0;
}
