// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names of the 2^s combinations of concepts: "000", "100", … with one digit a concept, the first concept first.
// Pure; any thread.
//
//     nodeNames(2);   // {"00", "10", "01", "11"}

#include <cstdint>
#include <string>
#include <vector>

namespace concept_space {

inline std::vector<std::string> nodeNames(int concepts) {
    std::vector<std::string> names;
    for (int node = 0; node < 1 << concepts; ++node) {
        std::string name;
        for (int p = 0; p < concepts; ++p) name += (node >> p & 1) ? '1' : '0';
        names.push_back(name);
    }
    return names;
}

/// "1", "2", …: concepts and coordinates are counted from one.
inline std::vector<std::string> countedNames(std::int64_t count) {
    std::vector<std::string> names;
    for (std::int64_t i = 1; i <= count; ++i) names.push_back(std::to_string(i));
    return names;
}

}  // namespace concept_space
