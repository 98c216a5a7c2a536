// SPDX-License-Identifier: Apache-2.0
#pragma once
// Binary attributes of images: found by name, and their values read, however they are spelt.
//
// "Wearing_Hat", "wearing hat" and "Wearing-Hat" are the same name where no other attribute is spelt exactly
// as asked. Pure functions; any thread.
//
//     findAttribute({"Male", "Wearing_Hat"}, "wearing hat");          // 1
//     yesOrNo("-1");                                                  // false

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace concept_space {

/// Which one it is: spelt so, or else the only one that differs in capitals, blanks, `_` and `-` alone.
std::optional<std::size_t> findAttribute(const std::vector<std::string>& names, const std::string& wanted);
/// The first forty of them for a sentence: "Male, Smiling".
std::string listOfAttributes(const std::vector<std::string>& names);

/// 1, 1.0, true, yes, y and t; 0, 0.0, −1, −1.0, false, no, n and f; capitals do not matter.
std::optional<bool> yesOrNo(const std::string& cell);
/// 1; 0 and −1.
std::optional<bool> yesOrNo(double value);

}  // namespace concept_space
