// SPDX-License-Identifier: Apache-2.0
#pragma once
// Numbers of the independent units of a claim. One that has none is counted, because a claim may leave no unit out.
//
//     Units sudden;
//     sudden.add(unit.name, value);                    // or add(name, a, b) for a pair
//     if (const auto refusal = sudden.refusal("Nothing was read.")) out.notMeasured(claim, *refusal);

#include <cmath>
#include <optional>
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
    /// Why the claim is not measured, or nothing. none: there is no unit; elsewhere: those that have no number.
    std::optional<std::string> refusal(const std::string& none, const std::string& elsewhere = {}) const {
        if (without == 0) return names.empty() ? std::optional(none) : std::nullopt;
        if (names.empty() && !elsewhere.empty()) return elsewhere;
        return "It could be measured in " + std::to_string(names.size()) + " of " +
               std::to_string(names.size() + without) + " units only, and none may be left out." +
               (elsewhere.empty() ? "" : " Elsewhere: " + elsewhere);
    }
    /// The same of a control, which may have no unit at all: the claim then goes without it, and is not judged.
    std::optional<std::string> refusalAs(const std::string& control) const {
        return without == 0 ? std::nullopt : std::optional("Its control '" + control + "': " + *refusal({}));
    }
};

}  // namespace icl_graphs
