// SPDX-License-Identifier: Apache-2.0
// Claims and evidence as they come from a plugin: {"claims": [...], "evidence": {...}}. Each claim gets one judgement, and
// no verdict comes from values that are not finite or from too few units.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "engine/claims/declarations.hpp"
#include "engine/claims/judge.hpp"
#include "engine/claims/measured.hpp"
#include "engine/json/bounded.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;
using nlohmann::json;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = parseJson({reinterpret_cast<const char*>(data), size}, "The input");
    if (!input || !input->is_object()) return 0;
    const auto declared = claims::readClaims(input->value("claims", json::array()));
    const auto evidence = claims::readEvidence(input->value("evidence", json::object()));
    if (!declared) return 0;
    static_cast<void>(claims::canonicalDeclarations(*declared));
    const auto problems = claims::problems(*declared);
    if (!evidence) return 0;
    static_cast<void>(claims::undeclared(*declared, *evidence));
    if (!problems.empty()) return 0;  // such a plugin is not admitted, so nothing of it is judged
    const auto report = claims::judge(*declared, *evidence);
    require(report.size() == declared->size(), "one judgement for each claim");
    for (const claims::Judgement& judgement : report) {
        static_cast<void>(judgement.toJson().dump());
        require(!judgement.sentence.empty(), "each verdict has its sentence");
        require(judgement.verdict == claims::Verdict::NotMeasured || judgement.n >= claims::kLeastUnits,
                "enough units");
    }
    return 0;
}
