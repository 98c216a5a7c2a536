// SPDX-License-Identifier: Apache-2.0
#include "engine/json/nearest_name.hpp"

#include <algorithm>
#include <array>

namespace latent::engine {

namespace {
constexpr std::size_t kLongest = 64;
}

std::size_t editDistance(std::string_view a, std::string_view b) {
    if (a.size() > kLongest || b.size() > kLongest) return std::max(a.size(), b.size());
    // Three rows of the table: two before, before, current.
    std::array<std::array<std::size_t, kLongest + 1>, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& current = rows[i % 3];
        const auto& before = rows[(i - 1) % 3];
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            current[j] = std::min({before[j] + 1, current[j - 1] + 1, replace});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                current[j] = std::min(current[j], rows[(i - 2) % 3][j - 2] + 1);
            }
        }
    }
    return rows[a.size() % 3][b.size()];
}

std::optional<std::string> nearestName(std::string_view name, const std::vector<std::string>& known) {
    if (name.empty() || name.size() > kLongest) return std::nullopt;
    const std::string* best = nullptr;
    std::size_t bestDistance = 0;
    for (const std::string& candidate : known) {
        if (candidate.size() > kLongest) continue;
        const std::size_t distance = editDistance(name, candidate);
        const std::size_t allowed = std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3);
        if (distance > allowed || distance >= std::max(name.size(), candidate.size())) continue;
        if (!best || distance < bestDistance) {
            best = &candidate;
            bestDistance = distance;
        }
    }
    return best ? std::optional<std::string>(*best) : std::nullopt;
}

std::string didYouMean(std::string_view name, const std::vector<std::string>& known) {
    const auto near = nearestName(name, known);
    return near ? "; did you mean \"" + *near + "\"?" : std::string();
}

std::string listed(const std::vector<std::string>& names, std::string_view lastJoin, std::size_t most) {
    std::string text;
    const std::size_t shown = std::min(names.size(), most);
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) text += i + 1 == names.size() ? " " + std::string(lastJoin) + " " : ", ";
        text += names[i];
    }
    if (names.size() > shown) text += " and " + std::to_string(names.size() - shown) + " more";
    return text;
}

}  // namespace latent::engine
