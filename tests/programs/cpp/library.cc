// The standard library at work: streams, strings, containers, algorithms, smart pointers, virtual calls, files.
// run: --dir .::. PROGRAM
// output:
//   apple 3, fig 1, pear 2
//   sum of squares 385, pi about 3.14159
//   circle 12.57 square 9.00
//   read back: 3 lines, the last is "line 3"
#include <algorithm>
#include <cstdio>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

struct Shape {
  virtual ~Shape() = default;
  virtual const char* name() const = 0;
  virtual double area() const = 0;
};
struct Circle : Shape {
  explicit Circle(double radius) : radius(radius) {}
  const char* name() const override { return "circle"; }
  double area() const override { return 3.14159265 * radius * radius; }
  double radius;
};
struct Square : Shape {
  explicit Square(double side) : side(side) {}
  const char* name() const override { return "square"; }
  double area() const override { return side * side; }
  double side;
};

int main() {
  std::map<std::string, int> counts;
  std::istringstream words("apple pear apple fig pear apple");
  for (std::string word; words >> word;) ++counts[word];
  const char* comma = "";
  for (const auto& [word, count] : counts) {
    std::cout << comma << word << ' ' << count;
    comma = ", ";
  }
  std::vector<int> numbers(10);
  std::iota(numbers.begin(), numbers.end(), 1);
  const int sum = std::transform_reduce(numbers.begin(), numbers.end(), 0, std::plus<>(), [](int n) { return n * n; });
  std::cout << "\nsum of squares " << sum << ", pi about " << std::setprecision(6) << 3.14159265358979 << '\n';

  std::vector<std::unique_ptr<Shape>> shapes;
  shapes.push_back(std::make_unique<Circle>(2));
  shapes.push_back(std::make_unique<Square>(3));
  std::cout << std::fixed << std::setprecision(2);
  for (size_t i = 0; i < shapes.size(); ++i)
    std::cout << (i ? " " : "") << shapes[i]->name() << ' ' << shapes[i]->area();

  // Debian's libc++ for WASI comes without <fstream>.
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;
  if (File out{std::fopen("lines.txt", "w")}) {
    for (int i = 1; i <= 3; ++i) std::fprintf(out.get(), "line %d\n", i);
  }
  std::vector<std::string> lines;
  if (File in{std::fopen("lines.txt", "r")}) {
    char text[80];
    while (std::fgets(text, sizeof(text), in.get())) lines.emplace_back(text, std::string_view(text).size() - 1);
  }
  std::remove("lines.txt");
  std::cout << "\nread back: " << lines.size() << " lines, the last is "
            << std::quoted(lines.empty() ? "" : lines.back()) << std::endl;
}
