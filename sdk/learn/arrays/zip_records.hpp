// SPDX-License-Identifier: Apache-2.0
#pragma once
// Signatures and lengths of a zip archive's records, beside names and comments. Internal.
#include <cstdint>

namespace latent::learn::zip {

inline constexpr std::uint32_t kLocal = 0x04034b50, kEntry = 0x02014b50, kEnd = 0x06054b50,
                               kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
inline constexpr std::uint64_t kLocalBytes = 30, kEntryBytes = 46, kEndBytes = 22;

}  // namespace latent::learn::zip
