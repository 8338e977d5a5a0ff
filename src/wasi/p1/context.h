// WasiContext: what one WASI 0.1 program has been granted, and its open descriptors. One store uses it, on one thread
// at a time.
//
// [I1] Descriptor numbers, guest pointers, lengths and flags come from the guest: checked before use, in every
// function. [I2] Nothing here grows with a guest's arguments beyond the limits of WasiConfig and of wasi/host/path.h.
// Tested by fd_test.cc, hostile_test.cc and the other tests of this folder.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abi/context.h"
#include "base/error.h"
#include "platform/files.h"
#include "wasi/host/config.h"
#include "wasi/host/dir.h"
#include "wasi/p1/errno.h"
#include "wasi/p1/types.h"

namespace gantry::wasi {

// One open descriptor of the guest.
struct Descriptor {
  enum class Kind : uint8_t { Closed, Host, Null, Sink };

  Kind kind = Kind::Closed;
  p1::FileType type = p1::FileType::Unknown;
  bool read_only = false;  // opened through a read-only preopen
  bool preopen = false;    // a directory or socket that the embedder handed in
  bool borrowed = false;   // the process's own stream: its flags are shared with others and stay as they are
  uint16_t fdflags = 0;    // append is done per write, so a positioned write can still go anywhere
  int fd = -1;             // Host: `owned` or borrowed
  p1::Rights base = 0;
  p1::Rights inheriting = 0;
  p1::Rights granted = 0;  // base as it was at first: tells a dropped right from one that never made sense
  platform::OwnedFd owned;
  std::string name;  // preopen: the directory's name for the guest
  OutputSink sink;

  bool is_directory() const { return type == p1::FileType::Directory; }
  Dir dir() const { return {fd, read_only}; }
};

// The guest's descriptors by number.
class DescriptorTable {
 public:
  explicit DescriptorTable(uint32_t limit) : limit_(limit) {}

  // Null when there is no such descriptor.
  Descriptor* Get(uint32_t fd) {
    return fd < entries_.size() && entries_[fd].kind != Descriptor::Kind::Closed ? &entries_[fd] : nullptr;
  }
  // Gets a descriptor that has all of `rights`; else why not.
  p1::Errno Find(uint32_t fd, p1::Rights rights, Descriptor** out) {
    Descriptor* descriptor = Get(fd);
    if (!descriptor) return p1::Errno::BadFd;
    if ((descriptor->base & rights) != rights) return Refusal(*descriptor, rights);
    *out = descriptor;
    return p1::Errno::Success;
  }
  bool full() const { return open_ >= limit_; }
  // Takes the lowest free number; the caller has checked full().
  uint32_t Insert(Descriptor descriptor);
  void Close(uint32_t fd);
  // `to` becomes what `from` was, `from` is closed. Both must be open.
  p1::Errno Renumber(uint32_t from, uint32_t to);

 private:
  static p1::Errno Refusal(const Descriptor& descriptor, p1::Rights rights);

  std::vector<Descriptor> entries_;
  uint32_t limit_;
  uint32_t open_ = 0;
  uint32_t lowest_free_ = 0;  // no number below it is free
};

// Strings laid out as args_get and environ_get hand them over.
class StringList {
 public:
  // Error (Usage) when a string holds a NUL or all of them are too long.
  static Result<StringList> Create(const std::vector<std::string>& strings, std::string_view what);
  uint32_t count() const { return static_cast<uint32_t>(offsets_.size()); }
  std::string_view bytes() const { return bytes_; }  // each NUL-terminated
  const std::vector<uint32_t>& offsets() const { return offsets_; }

 private:
  std::string bytes_;
  std::vector<uint32_t> offsets_;
};

class WasiContext {
 public:
  // The instance that called last, and the memory it exports: kept by the entries (link.cc).
  struct LastCaller {
    uint64_t store_id = 0;
    const runtime::Instance* instance = nullptr;
    abi::MemoryDef* memory = nullptr;
  };
  LastCaller last_caller;

  // Opens the preopened directories. Error (Host) that names the one that cannot be opened.
  static Result<std::shared_ptr<WasiContext>> Create(WasiConfig config);

  const StringList& args() const { return args_; }
  const StringList& env() const { return env_; }
  DescriptorTable& descriptors() { return descriptors_; }

  // Set by proc_exit, as the guest passed it.
  std::optional<uint32_t> exit_code;

  // May one call name so much? Bytes of lists, buffers and paths, together.
  p1::Errno Afford(uint64_t bytes) const { return bytes <= max_call_bytes_ ? p1::Errno::Success : p1::Errno::NoMemory; }
  uint64_t max_random_bytes() const { return max_random_bytes_; }

  // Gets a line per call, without a new line (trace.h). Empty: no tracing.
  std::function<void(std::string_view line)> trace;

  // Interruption of waits: while *interrupt_flag is not 0, a function that would wait gives up with Errno::Interrupted
  // and sets needs_attention. Null: nobody interrupts, waits are as long as the host's.
  const std::atomic<uint32_t>* interrupt_flag = nullptr;

  // Asked after every call: a wait was given up, or the call failed in a way that the program must not survive
  // (`failure`; its answer means nothing then).
  bool needs_attention = false;
  std::optional<Error> failure;
  void Fail(Error error) {
    failure = std::move(error);
    needs_attention = true;
  }

 private:
  explicit WasiContext(uint32_t max_descriptors) : descriptors_(max_descriptors) {}

  StringList args_;
  StringList env_;
  DescriptorTable descriptors_;
  uint64_t max_call_bytes_ = UINT64_MAX;
  uint64_t max_random_bytes_ = UINT64_MAX;
};

// What kind of file the host's mode bits mean.
p1::FileType FileTypeOf(uint32_t mode);

// The rights that make sense for an open host descriptor of this type; a terminal's lack seeking, which is how guests
// recognise one.
p1::Rights RightsOf(p1::FileType type, int fd);

}  // namespace gantry::wasi
