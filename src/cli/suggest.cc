#include "cli/suggest.h"

#include <algorithm>
#include <vector>

namespace gantry::cli {

namespace {

constexpr size_t kLongestWord = 64;  // longer ones are no typing mistakes, and the time grows with the square

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) {
  if (a.size() > kLongestWord || b.size() > kLongestWord) return kLongestWord;
  // Rows of the usual table: before_last and last are those for a[..i-2] and a[..i-1].
  std::vector<size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

void Nearest::Offer(std::string_view known) {
  const size_t distance = EditDistance(written_, known);
  if (distance >= best_distance_) return;
  best_distance_ = distance;
  best_ = known;
}

std::string Nearest::Hint() const { return best_.empty() ? "" : "; did you mean `" + best_ + "`?"; }

}  // namespace gantry::cli
