// The out-of-line half of {fmt}, compiled here once. Debian's package has it only as a shared library, which a library
// that needs nothing but libc cannot use; and compiling it in every file that formats text (FMT_HEADER_ONLY) doubles
// what those files cost.
#include <fmt/format-inl.h>

namespace fmt::inline v9::detail {

template dragonbox::decimal_fp<float> dragonbox::to_decimal(float value) noexcept;
template dragonbox::decimal_fp<double> dragonbox::to_decimal(double value) noexcept;
template locale_ref::locale_ref(const std::locale& locale);
template std::locale locale_ref::get<std::locale>() const;
template thousands_sep_result<char> thousands_sep_impl(locale_ref locale);
template char decimal_point_impl(locale_ref locale);
template void buffer<char>::append(const char* begin, const char* end);
template void vformat_to(buffer<char>& to, string_view format, basic_format_args<buffer_context<char>> args,
                         locale_ref locale);

}  // namespace fmt::inline v9::detail
