// SPDX-License-Identifier: Apache-2.0
#include "data/attribute_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace concept_space {
namespace {

constexpr std::size_t kMostListed = 40;

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

std::string lettersOf(const std::string& name) {
    std::string letters = lower(name);
    std::erase_if(letters, [](char c) { return c == ' ' || c == '_' || c == '-'; });
    return letters;
}

}  // namespace

std::optional<std::size_t> findAttribute(const std::vector<std::string>& names, const std::string& wanted) {
    const auto exact = std::find(names.begin(), names.end(), wanted);
    if (exact != names.end()) return static_cast<std::size_t>(exact - names.begin());
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (lettersOf(names[i]) == lettersOf(wanted)) {
            if (found) return std::nullopt;
            found = i;
        }
    return found;
}

std::string listOfAttributes(const std::vector<std::string>& names) {
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < kMostListed; ++i) list += (i ? ", " : "") + names[i];
    return list + (names.size() > kMostListed ? " and more" : "");
}

std::optional<bool> yesOrNo(const std::string& cell) {
    constexpr std::array<std::string_view, 6> kYes{"1", "1.0", "true", "yes", "y", "t"};
    constexpr std::array<std::string_view, 8> kNo{"0", "0.0", "-1", "-1.0", "false", "no", "n", "f"};
    const std::string word = lower(cell);
    if (std::find(kYes.begin(), kYes.end(), word) != kYes.end()) return true;
    if (std::find(kNo.begin(), kNo.end(), word) != kNo.end()) return false;
    return std::nullopt;
}

std::optional<bool> yesOrNo(double value) {
    if (value == 1) return true;
    return value == 0 || value == -1 ? std::optional(false) : std::nullopt;
}

}  // namespace concept_space
