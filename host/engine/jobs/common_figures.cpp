// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/common_figures.hpp"

#include <algorithm>

namespace latent::engine {
namespace {

using nlohmann::json;

constexpr const char* kReferences = "references";

json withoutReferences(json figure) {
    if (figure.is_object()) figure.erase(kReferences);
    return figure;
}

}  // namespace

void CommonFigures::add(const json& figures) {
    if (!figures.is_array()) return;
    if (m_isFirst) {
        m_isFirst = false;
        m_common.assign(figures.begin(), figures.end());
        return;
    }
    std::erase_if(m_common, [&](json& kept) {
        const auto same = std::find(figures.begin(), figures.end(), kept);
        if (same != figures.end()) return false;
        json bare = withoutReferences(kept);
        const bool isThere = std::any_of(figures.begin(), figures.end(),
                                         [&](const json& one) { return withoutReferences(one) == bare; });
        if (isThere) kept = std::move(bare);
        return !isThere;
    });
}

json CommonFigures::list() const { return json(m_common); }

}  // namespace latent::engine
