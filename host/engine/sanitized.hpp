// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether AddressSanitizer is in this build: its shadow memory is larger than any limit on a process's memory, so
// that limits are left out there.
//
//     if constexpr (!kSanitized) limit(RLIMIT_DATA, 8ull << 30);

namespace latent::engine {

#if defined(__SANITIZE_ADDRESS__)  // GCC
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)  // clang
inline constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace latent::engine
