// Code registry: which module an address of native code belongs to, for the signal handler.
//
// [C1] FindCode takes no lock and allocates nothing: a signal handler may call it at any time, also while another
// thread
//      changes the registry.
// [C2] What FindCode has returned is in the registry as long as the reader runs that code: code that is running is not
// freed. Tested by code_registry_test.cc.
#pragma once

#include <cstdint>

namespace gantry::native {

class NativeModule;

// Addresses [begin, begin + size) belong to `module`. Any thread.
void RegisterCode(const void* begin, uint64_t size, const NativeModule* module);
void UnregisterCode(const void* begin);

// Null if the address is not native code.
const NativeModule* FindCode(uintptr_t pc);

}  // namespace gantry::native
