// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/node_losses.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "panel/lattice.hpp"

namespace concept_space {
namespace {

using latent::panel::ArrayInfo;
using latent::panel::Data;

NodeLosses nothing(std::string problem) {
    NodeLosses none;
    none.problem = std::move(problem);
    return none;
}

std::string titleOf(const Data& data, const std::string& dimension) {
    const ArrayInfo* coordinate = data.find(dimension);
    return coordinate && !coordinate->label.empty() ? coordinate->label : dimension;
}

/// "000", "100", …: one digit a concept, the first concept first, as the plugin names its nodes.
std::string digits(std::size_t node, int concepts) {
    std::string name;
    for (int p = 0; p < concepts; ++p) name += node >> p & 1 ? '1' : '0';
    return name;
}

std::vector<std::string> namesOf(const Data& data, std::size_t nodes, int concepts) {
    const ArrayInfo* node = data.find("node");
    if (node && node->categories.size() == nodes) return node->categories;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < nodes; ++i) names.push_back(digits(i, concepts));
    return names;
}

void findRange(NodeLosses& losses) {
    for (const double value : losses.values) {
        if (!std::isfinite(value)) continue;
        losses.largest = std::max(losses.largest, value);
        if (value > 0 && (losses.smallestPositive == 0 || value < losses.smallestPositive))
            losses.smallestPositive = value;
    }
}

}  // namespace

NodeLosses NodeLosses::read(const Data& data) {
    const ArrayInfo* info = data.find("node_loss");
    if (!info) return nothing("This run has published no losses of combinations (node_loss) yet.");
    const std::size_t rank = info->dims.size();
    if (rank < 2 || info->dims[rank - 1] != "node" || info->dims[rank - 2] != "time")
        return nothing("The array node_loss does not end in the dimensions time and node.");
    const int64_t nodes = info->shape[rank - 1], frames = info->shape[rank - 2];
    if (nodes < 1 || !std::has_single_bit(static_cast<std::uint64_t>(nodes)) ||
        nodes > (int64_t{1} << Lattice::kMostConcepts))
        return nothing("The array node_loss has " + std::to_string(nodes) +
                       " combinations; this panel draws 2 to the power of 0 to " +
                       std::to_string(Lattice::kMostConcepts) + ".");

    NodeLosses losses;
    losses.concepts = std::countr_zero(static_cast<std::uint64_t>(nodes));
    losses.names = namesOf(data, losses.nodes(), losses.concepts);
    losses.time = data.coordinate("time", frames);
    losses.timeTitle = titleOf(data, "time");
    if (const ArrayInfo* time = data.find("time"); time && time->units != "1") losses.timeUnit = time->units;
    for (std::size_t i = 0; i + 2 < rank; ++i)
        losses.leading.push_back(
            {info->dims[i], titleOf(data, info->dims[i]), data.coordinate(info->dims[i], info->shape[i])});
    losses.values = data.read("node_loss").toDoubles();
    if (losses.values.empty())
        return nothing("This run has published no losses of combinations (node_loss) yet.");
    findRange(losses);
    return losses;
}

std::span<const double> NodeLosses::frame(const std::vector<std::size_t>& chosen, std::size_t at) const {
    std::size_t index = 0;
    for (std::size_t i = 0; i < leading.size(); ++i)
        index = index * leading[i].coordinate.size() +
                (i < chosen.size() ? std::min(chosen[i], leading[i].coordinate.size() - 1) : 0);
    index = (index * frames() + std::min(at, frames() - 1)) * nodes();
    return std::span(values).subspan(index, nodes());
}

}  // namespace concept_space
