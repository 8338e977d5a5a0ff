#include "platform/file_mapping.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "platform/files.h"

namespace gantry::platform {
namespace {

constexpr size_t kSize = 100000;

OwnedFd MakeFile() {
  char name[] = "/tmp/gantry-mapping-XXXXXX";
  OwnedFd file(mkstemp(name));
  unlink(name);
  const std::vector<char> text(kSize, 'x');
  if (write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(kSize)) abort();
  return file;
}

size_t Count(std::span<const uint8_t> bytes, uint8_t wanted) {
  return static_cast<size_t>(std::count(bytes.begin(), bytes.end(), wanted));
}

TEST(FileMapping, HasTheFilesBytes) {
  const OwnedFd file = MakeFile();
  const FileMapping mapping = FileMapping::Map(file.get(), kSize);
  ASSERT_TRUE(mapping.ok());
  EXPECT_EQ(Count(mapping.bytes(), 'x'), kSize);
  EXPECT_FALSE(mapping.was_cut());
}

TEST(FileMapping, RefusesWhatCannotBeMapped) {
  EXPECT_FALSE(FileMapping::Map(-1, 1).ok());
  const OwnedFd file = MakeFile();
  EXPECT_FALSE(FileMapping::Map(file.get(), 0).ok());
}

TEST(FileMapping, AFileCutMeanwhileReadsAsZeros) {
  const OwnedFd file = MakeFile();
  const FileMapping mapping = FileMapping::Map(file.get(), kSize);
  ASSERT_EQ(ftruncate(file.get(), 5000), 0);
  EXPECT_EQ(Count(mapping.bytes(), 'x'), 5000u);
  EXPECT_TRUE(mapping.was_cut());
}

TEST(FileMapping, CutWhileSeveralThreadsRead) {
  const OwnedFd file = MakeFile();
  const FileMapping mapping = FileMapping::Map(file.get(), kSize);
  ASSERT_EQ(ftruncate(file.get(), 0), 0);
  size_t found[4] = {};
  std::vector<std::thread> threads;
  for (size_t& count : found) threads.emplace_back([&count, &mapping] { count = Count(mapping.bytes(), 0); });
  for (std::thread& thread : threads) thread.join();
  for (size_t count : found) EXPECT_EQ(count, kSize);
}

TEST(FileMapping, SlotsAreUsedAgain) {
  const OwnedFd file = MakeFile();
  for (int i = 0; i < 3 * FileMapping::kMost; ++i) ASSERT_TRUE(FileMapping::Map(file.get(), kSize).ok());
  std::vector<FileMapping> all;
  for (int i = 0; i < FileMapping::kMost; ++i) all.push_back(FileMapping::Map(file.get(), kSize));
  EXPECT_TRUE(all.back().ok());
  EXPECT_FALSE(FileMapping::Map(file.get(), kSize).ok());
}

// Faults that are not ours end the process as they would without us.
TEST(FileMappingDeathTest, OtherFaultsPassOn) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(
      {
        signal(SIGBUS, SIG_DFL);  // sanitizers have a handler of their own
        const OwnedFd file = MakeFile();
        const FileMapping ours = FileMapping::Map(file.get(), kSize);
        const OwnedFd other = MakeFile();
        auto* theirs = static_cast<volatile char*>(mmap(nullptr, kSize, PROT_READ, MAP_PRIVATE, other.get(), 0));
        if (ftruncate(other.get(), 0) != 0) abort();
        std::exit(theirs[0]);
      },
      testing::KilledBySignal(SIGBUS), "");
}

}  // namespace
}  // namespace gantry::platform
