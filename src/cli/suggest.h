// Nearest: which of the known words was probably meant.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gantry::cli {

class Nearest {
 public:
  explicit Nearest(std::string_view written) : written_(written), best_distance_(written.size() / 3 + 2) {}
  void Offer(std::string_view known);
  // The nearest word, empty if none is near enough to be meant.
  const std::string& word() const { return best_; }
  // "; did you mean `word`?", or nothing.
  std::string Hint() const;

 private:
  std::string_view written_;
  std::string best_;
  size_t best_distance_;  // a word must be nearer than this
};

// Number of letters to insert, delete, replace or swap with the neighbour to get from one word to the other.
size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace gantry::cli
