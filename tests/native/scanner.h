// Scanner: reads compiled code anew, with a decoder of others, and proves of every function that
//
//   - it is made of whole instructions, of kinds that a compiler uses; jumps and jump tables stay inside it;
//   - every access to memory has an allowed form: the frame between rsp and the caller's, the tables of the instance,
//   or a
//     memory at its base + a 32-bit index whose upper half is zero + an offset below the guard, or at an address that
//     was compared with the memory's length; likewise tables, and the collected heap with 32-bit references;
//   - it calls and jumps away only to functions of its module, to references of functions, and to builtins;
//   - where it calls or leaves, stack, context, return address and saved registers are as abi/native.h says;
//   - what may fault is listed as a trap site, trap sites can fault, and calls have call sites.
//
// How: an abstract interpretation of the machine code. The types of the module say what arguments and results are, the
// treaty what lies at which offset. Nothing is taken from the compiler but the tables that the runtime gets.
//
// The heap of objects is only checked as far as an access stays in its 4 GiB: what type a reference has is the
// validator's business.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "abi/native.h"
#include "compiler/pipeline/pipeline.h"
#include "wasm/module.h"

namespace gantry::native_tests {

class Scanner {
 public:
  Scanner(const wasm::Module& module, const pipeline::Options& options);
  ~Scanner();

  // Appends what is wrong with a function, a line each.
  void Scan(const abi::CodeBatch& batch, const abi::FunctionRecord& record, std::vector<std::string>* findings);

  uint64_t instructions() const;
  uint64_t accesses() const;  // to guest memories

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gantry::native_tests
