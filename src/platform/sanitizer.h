// kSanitized: built with AddressSanitizer or ThreadSanitizer, which keep freed memory and need address space of their
// own. For tests that measure memory or limit it.
#pragma once

namespace gantry::platform {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace gantry::platform
