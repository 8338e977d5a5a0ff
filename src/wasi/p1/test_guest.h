// A guest for unit tests: a memory, a context, and short names for what the functions need in memory.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wasi/host/test_scratch.h"
#include "wasi/p1/functions.h"

namespace gantry::wasi::p1 {

inline void PrintTo(Errno code, std::ostream* out) { *out << ErrnoName(code); }

inline constexpr uint32_t kPreopen = 3;   // the scratch directory
inline constexpr uint32_t kReadOnly = 4;  // the same, read-only
inline constexpr uint32_t kOut = 64;      // where results go
inline constexpr uint32_t kOut2 = 128;
inline constexpr uint32_t kIovs = 256;
inline constexpr uint32_t kData = 4096;
inline constexpr uint32_t kText = 60000;  // strings
inline constexpr uint32_t kMemorySize = 1 << 17;
inline constexpr uint32_t kOutside = kMemorySize - 1;
inline constexpr Rights kReadWrite = kFdRead | kFdWrite;

class Guest {
 public:
  Guest() : Guest(MakeConfig()) {}
  explicit Guest(WasiConfig config) : bytes_(kMemorySize) {
    config.preopens.push_back({scratch.inside(), "/", false});
    config.preopens.push_back({scratch.inside(), "/ro", true});
    auto made = WasiContext::Create(std::move(config));
    if (!made) ADD_FAILURE() << made.error().message();
    context_ = *made;
  }

  static WasiConfig MakeConfig() {
    WasiConfig config;
    config.args = {"program", "one", ""};
    config.env = {"A=1", "HOME=/"};
    return config;
  }

  WasiContext& context() { return *context_; }
  GuestMemory memory() { return {bytes_.data(), bytes_.size()}; }
  uint8_t* at(uint32_t address) { return bytes_.data() + address; }

  uint32_t U32(uint32_t address) { return Value<uint32_t>(address); }
  uint64_t U64(uint32_t address) { return Value<uint64_t>(address); }
  template <class T>
  T Value(uint32_t address) {
    T value;
    std::memcpy(&value, at(address), sizeof(value));
    return value;
  }
  std::string Text(uint32_t address, size_t size) { return std::string(reinterpret_cast<char*>(at(address)), size); }

  // Puts a string into memory; each goes behind the last.
  uint32_t Put(std::string_view text) {
    if (next_text_ + text.size() > kMemorySize) next_text_ = kText;
    const uint32_t address = next_text_;
    std::memcpy(at(address), text.data(), text.size());
    next_text_ += static_cast<uint32_t>(text.size());
    return address;
  }
  static uint32_t Size(std::string_view text) { return static_cast<uint32_t>(text.size()); }

  Errno Open(uint32_t dir, std::string_view path, uint32_t oflags, Rights rights, uint32_t* fd, uint32_t fdflags = 0,
             uint32_t lookup = 0) {
    const Errno error =
        PathOpen(context(), memory(), dir, lookup, Put(path), Size(path), oflags, rights, kAllRights, fdflags, kOut);
    *fd = U32(kOut);
    return error;
  }
  // The descriptor of a file that must open.
  uint32_t MustOpen(std::string_view path, uint32_t oflags = 0, Rights rights = kReadWrite, uint32_t fdflags = 0,
                    uint32_t dir = kPreopen) {
    uint32_t fd = ~0u;
    EXPECT_EQ(Open(dir, path, oflags, rights, &fd, fdflags), Errno::Success) << path;
    return fd;
  }
  void Iovs(std::initializer_list<Iovec> list) {
    uint32_t address = kIovs;
    for (const Iovec& iov : list) {
      std::memcpy(at(address), &iov, sizeof(iov));
      address += sizeof(iov);
    }
  }
  // Writes text, expects all of it to be taken.
  Errno Write(uint32_t fd, std::string_view text) {
    Iovs({{Put(text), Size(text)}});
    const Errno error = FdWrite(context(), memory(), fd, kIovs, 1, kOut);
    if (error == Errno::Success) {
      EXPECT_EQ(U32(kOut), text.size());
    }
    return error;
  }
  // What one read gives, or "!name".
  std::string Read(uint32_t fd, uint32_t size = 100) {
    Iovs({{kData, size}});
    const Errno error = FdRead(context(), memory(), fd, kIovs, 1, kOut);
    return error == Errno::Success ? Text(kData, U32(kOut)) : "!" + std::string(ErrnoName(error));
  }
  Errno Close(uint32_t fd) { return FdClose(context(), memory(), fd); }
  Fdstat Stat(uint32_t fd) {
    EXPECT_EQ(FdFdstatGet(context(), memory(), fd, kOut), Errno::Success);
    return Value<Fdstat>(kOut);
  }

  ScratchDir scratch;

 private:
  std::shared_ptr<WasiContext> context_;
  std::vector<uint8_t> bytes_;
  uint32_t next_text_ = kText;
};

}  // namespace gantry::wasi::p1
