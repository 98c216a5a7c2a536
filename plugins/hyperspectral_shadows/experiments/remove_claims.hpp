// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names that the claims of shadows/remove and what is measured for them share.
//
// There is a claim of each kind for each tier of scenes, with true and with automatic labels.

#include <string>
#include <utility>
#include <vector>

namespace hyperspectral_shadows {

inline const std::vector<std::string> kTierNames = {"easy", "medium", "hard", "dark"};
inline const std::vector<std::pair<std::string, std::string>> kLabelRules = {
    {"truth", "true labels"}, {"brightness", "automatic labels"}};

/// "borders", "easy", "truth": "borders_easy_truth".
inline std::string idOf(const std::string& claim, const std::string& tier, const std::string& labels) {
    return claim + "_" + tier + (labels == "truth" ? "_truth" : "_auto");
}

}  // namespace hyperspectral_shadows
