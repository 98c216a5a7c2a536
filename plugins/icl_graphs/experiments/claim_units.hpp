// SPDX-License-Identifier: Apache-2.0
#pragma once
// Numbers of the independent units of a claim. One that has none is counted, because a claim may leave no unit out.
//
//     Units sudden;
//     sudden.add(unit.name, value);                    // or add(name, a, b) for a pair
//     if (!sudden.complete()) out.notMeasured(claim, sudden.missing());

#include <cmath>
#include <string>
#include <vector>

namespace icl_graphs {

struct Units {
    std::vector<double> first, second;  ///< second: of pairs only
    std::vector<std::string> names;
    std::size_t without = 0;

    void add(const std::string& name, double value) {
        if (!std::isfinite(value)) {
            ++without;
            return;
        }
        first.push_back(value);
        names.push_back(name);
    }
    void add(const std::string& name, double a, double b) {
        if (!std::isfinite(a) || !std::isfinite(b)) {
            ++without;
            return;
        }
        first.push_back(a);
        second.push_back(b);
        names.push_back(name);
    }
    bool empty() const { return names.empty(); }
    bool complete() const { return without == 0; }
    std::string missing() const {
        return "It could be measured in " + std::to_string(names.size()) + " of " +
               std::to_string(names.size() + without) + " units only, and none may be left out.";
    }
};

}  // namespace icl_graphs
