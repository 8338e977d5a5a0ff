#include "wasm/module.h"

namespace gantry::wasm {

namespace {

class OwnedBytes final : public ModuleBytes {
 public:
  explicit OwnedBytes(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) { view_ = bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace

std::shared_ptr<const ModuleBytes> ModuleBytes::Own(std::vector<uint8_t> bytes) {
  return std::make_shared<OwnedBytes>(std::move(bytes));
}

std::shared_ptr<const ModuleBytes> ModuleBytes::Copy(std::span<const uint8_t> bytes) {
  return Own(std::vector<uint8_t>(bytes.begin(), bytes.end()));
}

size_t Module::EndOfImportEntry(size_t first) const {
  size_t end = first + 1;
  if (imports[first].form == ImportForm::Single) return end;
  while (end < imports.size() && imports[end].form != ImportForm::Single && !imports[end].first_in_group) ++end;
  return end;
}

}  // namespace gantry::wasm
