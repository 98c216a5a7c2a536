// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one rule for names of parameters, arrays, dimensions and figures, used by the builders of the authoring
// layer. Not for authors: call the builders. Any thread; no state.
//
//     latent::detail::requireName("parameter", "t_end");    // fine
//     latent::detail::requireName("parameter", "t end");    // throws UsageError
//     latent::detail::isName("2d");                         // false: a letter comes first

#include <cmath>
#include <latent/error.hpp>
#include <string>
#include <string_view>

namespace latent::detail {

inline constexpr std::size_t kMaxNameLength = 64;

/// A lower-case letter, then lower-case letters, digits and underscores; 64 characters at most.
inline bool isName(std::string_view name) {
    if (name.empty() || name.size() > kMaxNameLength || name[0] < 'a' || name[0] > 'z') return false;
    for (char c : name) {
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return true;
}

inline void requireName(std::string_view what, std::string_view name) {
    if (isName(name)) return;
    throw UsageError(
        "The " + std::string(what) + " name \"" + std::string(name) +
        "\" is not usable: take a lower-case letter, then lower-case letters, digits and underscores, "
        "64 at most.");
}

/// Pieces of letters, digits, '_', '-' and '.', no '.' first, with '/' between them; 200 characters at most. "step" and
/// "value" are the columns under a metric's name, so only the first piece may be called that.
inline bool isMetricName(std::string_view name) {
    if (name.empty() || name.size() > 200) return false;
    for (std::size_t begin = 0;;) {
        const std::size_t end = name.find('/', begin);
        const std::string_view piece = name.substr(begin, end == name.npos ? end : end - begin);
        if (piece.empty() || piece[0] == '.' || (begin > 0 && (piece == "step" || piece == "value")))
            return false;
        for (char c : piece) {
            const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!(letter || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.')) return false;
        }
        if (end == name.npos) return true;
        begin = end + 1;
    }
}

inline double requireFinite(std::string_view where, double value) {
    if (std::isfinite(value)) return value;
    throw UsageError("The " + std::string(where) + " must be a finite number.");
}

}  // namespace latent::detail
