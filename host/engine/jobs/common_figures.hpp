// SPDX-License-Identifier: Apache-2.0
#pragma once
// The figures that many cells have in common: what a batched run and a sweep store, so that each of their cells can be drawn.
//
// A figure is kept when every cell declares the same one. Reference lines are the exception: a target stands where the
// cell's parameters put it, so lines that differ are left out and the figure stays. Pure value, any thread.
//
//     CommonFigures common;
//     for (const json& figures : figuresOfCells) common.add(figures);
//     outputs["figures"] = common.list();

#include <nlohmann/json.hpp>
#include <vector>

namespace latent::engine {

class CommonFigures {
  public:
    /// A list of figures, as outputs have it.
    void add(const nlohmann::json& figures);
    /// In the order of the first list.
    nlohmann::json list() const;

  private:
    std::vector<nlohmann::json> m_common;
    bool m_isFirst = true;
};

}  // namespace latent::engine
