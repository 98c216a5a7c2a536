// SPDX-License-Identifier: Apache-2.0
#pragma once
// Numbers by independent unit on their way to an Evidence: what one unit gives several times is averaged, and
// what is no number is left out.
//
//     Units units;
//     units.add("seed 3, odd chains", .12);
//     out.claim("transience").values(units.means()).units(units.names());     // both in the order of the names

#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace markov_mixtures {

class Units {
  public:
    void add(const std::string& unit, double value) {
        if (std::isfinite(value)) m_values[unit].push_back(value);
    }
    bool empty() const { return m_values.empty(); }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& [name, values] : m_values) all.push_back(name);
        return all;
    }
    std::vector<double> means() const {
        std::vector<double> all;
        for (const auto& [name, values] : m_values)
            all.push_back(std::accumulate(values.begin(), values.end(), 0.0) /
                          static_cast<double>(values.size()));
        return all;
    }

  private:
    std::map<std::string, std::vector<double>> m_values;
};

}  // namespace markov_mixtures
