/// \file wasmtime/span.hh
///
/// A run of elements in memory that belongs to somebody else: `std::span` where the standard library has it (C++20),
/// otherwise a class that does what the C++ layer and its callers need.

#ifndef WASMTIME_SPAN_HH
#define WASMTIME_SPAN_HH

#ifdef __has_include
#if __has_include(<span>)
#include <span>
#endif
#endif

#ifndef __cpp_lib_span
#include <cstddef>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>
#endif

namespace wasmtime {

#ifdef __cpp_lib_span

/// The standard library's span.
template <typename T, std::size_t Extent = std::dynamic_extent>
using Span = std::span<T, Extent>;

#else

/// The extent of a span whose length is known only when the program runs: the only one there is here.
inline constexpr std::size_t dynamic_extent = std::numeric_limits<std::size_t>::max();

template <typename T, std::size_t Extent = dynamic_extent>
class Span;

/// Whether a type is a Span.
template <typename T>
struct IsSpan : std::false_type {};

/// Whether a type is a Span: it is.
template <typename T, std::size_t Extent>
struct IsSpan<Span<T, Extent> > : std::true_type {};

/// Elements that lie one behind the other in memory that belongs to somebody else, who must keep it as long as the
/// span is used. The elements can be changed unless `T` is const; copying a span copies no elements.
template <typename T, std::size_t Extent>
class Span {
  static_assert(Extent == dynamic_extent, "spans of a fixed length need C++20");

  // Elements of type From can be seen as elements of type T: the same type, perhaps with a const more.
  template <typename From>
  static constexpr bool kFits = std::is_convertible_v<From (*)[], T (*)[]>;

  template <typename Container>
  using ElementOf = std::remove_pointer_t<decltype(std::declval<Container&>().data())>;

 public:
  /// The elements' type, with its const if it has one.
  using element_type = T;
  /// The elements' type without const.
  using value_type = std::remove_cv_t<T>;
  /// What walks over the elements.
  using iterator = T*;

  /// No elements.
  constexpr Span() noexcept : ptr_(nullptr), size_(0) {}

  /// The `size` elements from `data` on.
  constexpr Span(T* data, std::size_t size) noexcept : ptr_(data), size_(size) {}

  /// The elements of an array.
  template <std::size_t N>
  constexpr Span(T (&array)[N]) noexcept : ptr_(array), size_(N) {}

  /// The elements of a container that keeps them one behind the other, as `std::vector`, `std::array` or
  /// `std::string`.
  template <typename Container,
            std::enable_if_t<!IsSpan<std::remove_cv_t<Container> >::value && kFits<ElementOf<Container> > &&
                                 std::is_convertible_v<decltype(std::declval<Container&>().size()), std::size_t>,
                             int> = 0>
  constexpr Span(Container& container) : ptr_(container.data()), size_(container.size()) {}

  /// The same for one that must not be changed, or that is only there for the call that the span is passed to.
  template <typename Container,
            std::enable_if_t<std::is_const_v<T> && !IsSpan<Container>::value && kFits<ElementOf<const Container> > &&
                                 std::is_convertible_v<decltype(std::declval<const Container&>().size()), std::size_t>,
                             int> = 0>
  constexpr Span(const Container& container) : ptr_(container.data()), size_(container.size()) {}

  /// The elements of another span, from then on not to be changed.
  template <typename U, std::enable_if_t<!std::is_same_v<U, T> && kFits<U>, int> = 0>
  constexpr Span(const Span<U>& other) noexcept : ptr_(other.data()), size_(other.size()) {}

  /// An element; there must be one.
  constexpr T& operator[](std::size_t index) const { return ptr_[index]; }

  /// The first element's address.
  constexpr T* data() const noexcept { return ptr_; }
  /// How many elements there are.
  constexpr std::size_t size() const noexcept { return size_; }
  /// How many bytes they have together.
  constexpr std::size_t size_bytes() const noexcept { return sizeof(T) * size_; }
  /// Whether there are none.
  constexpr bool empty() const noexcept { return size_ == 0; }

  /// Where the elements begin.
  constexpr iterator begin() const noexcept { return ptr_; }
  /// Where the elements end.
  constexpr iterator end() const noexcept { return ptr_ + size_; }

 private:
  T* ptr_;
  std::size_t size_;
};

#endif  // __cpp_lib_span

}  // namespace wasmtime

#endif  // WASMTIME_SPAN_HH
