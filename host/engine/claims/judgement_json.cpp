// SPDX-License-Identifier: Apache-2.0
// The JSON of a judgement; its shape is told in judge.hpp.
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/claims/judge.hpp"

namespace latent::engine::claims {
namespace {

nlohmann::json finiteOrNull(double x) {
    return std::isfinite(x) ? nlohmann::json(x) : nlohmann::json(nullptr);
}
nlohmann::json pair(const Limits& limits) {
    return nlohmann::json::array({finiteOrNull(limits[0]), finiteOrNull(limits[1])});
}

nlohmann::json ofControl(const ControlJudgement& one) {
    nlohmann::json json{{"control", one.control.toJson()},
                        {"verdict", word(one.verdict)},
                        {"n", one.n},
                        {"estimate", nullptr},
                        {"interval", nullptr},
                        {"sentence", one.sentence}};
    if (one.finding) {
        json["estimate"] = finiteOrNull(one.finding->estimate);
        json["interval"] = pair(one.finding->interval);
    }
    return json;
}

}  // namespace

nlohmann::json Judgement::toJson() const {
    nlohmann::json json{{"claim", claim.toJson()},
                        {"verdict", word(verdict)},
                        {"without_controls", word(withoutControls)},
                        {"n", n},
                        {"sentence", sentence},
                        {"controls", nlohmann::json::array()}};
    for (const ControlJudgement& control : controls) json["controls"].push_back(ofControl(control));
    for (const char* key : {"estimate", "interval", "tails", "level", "interval_95", "p"})
        json[key] = nullptr;
    if (finding) {
        json["estimate"] = finiteOrNull(finding->estimate);
        json["interval"] = pair(finding->interval);
        json["tails"] = pair(finding->tails);
        json["level"] = 1 - finding->tails[0] - finding->tails[1];
        json["interval_95"] = pair(finding->interval95);
        json["p"] = {{"holds", finding->pHolds},
                     {"refuted", finding->pRefuted},
                     {"holds_holm", holds.adjusted},
                     {"refuted_holm", refuted.adjusted}};
    }
    return json;
}

}  // namespace latent::engine::claims
