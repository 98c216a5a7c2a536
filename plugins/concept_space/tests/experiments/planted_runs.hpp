// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finished runs whose arrays are planted, and what an experiment's claims come to on them, judged as the
// program judges.
//
//     PlantedRun run(Theory::parameters(), {{"seed", 3}});
//     run.arrays["swing_by"] = {0.2};
//     Judged judged = judgedOf<Theory>({&run});
//     QCOMPARE(judged.verdict("swing_by"), Verdict::Holds);

#include <latent/latent.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/claims/judge.hpp"

namespace sim_test {

using latent::engine::claims::Verdict;

struct PlantedRun final : latent::abi::IRun1 {
    std::map<std::string, std::vector<double>> arrays;
    latent::Parameters parameters;

    PlantedRun(const latent::Schema& schema, const nlohmann::json& set) {
        nlohmann::json all = latent::Parameters::defaultsOf(schema).json();
        all.update(set);
        parameters = latent::Parameters::fromJson(all);
    }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        nlohmann::json it{
            {"id", "planted"}, {"parameters", parameters.json()}, {"arrays", nlohmann::json::object()}};
        for (const auto& [name, values] : arrays) it["arrays"][name] = {{"shape", {values.size()}}};
        latent::boundary::send(json, it.dump());
        return latent::abi::kOk;
    }
    int32_t read(const latent::abi::Text* name, const int64_t*, const int64_t*, latent::abi::Array* out,
                 latent::abi::ISink*) noexcept override {
        const auto found = arrays.find(std::string(latent::abi::view(*name)));
        if (found == arrays.end()) return latent::abi::kNothing;
        m_length = static_cast<int64_t>(found->second.size());
        *out = {found->second.data(), &m_length, nullptr, nullptr, nullptr, latent::abi::kF64, 1};
        return latent::abi::kOk;
    }

  private:
    int64_t m_length = 0;
};

struct PlantedSet final : latent::abi::IRunSet1 {
    std::vector<PlantedRun*> runs;
    uint64_t size() noexcept override { return runs.size(); }
    latent::abi::IRun1* at(uint64_t i) noexcept override { return runs[i]; }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::boundary::send(json, R"({"kind":"sweep"})");
        return latent::abi::kOk;
    }
};

/// What was measured, and what it came to.
struct Judged {
    nlohmann::json measured;
    std::vector<latent::engine::claims::Judgement> judgements;

    const latent::engine::claims::Judgement& of(const std::string& claim) const {
        for (const auto& each : judgements)
            if (each.claim.id() == claim) return each;
        throw latent::UsageError("There is no claim '" + claim + "'.");
    }
    Verdict verdict(const std::string& claim) const { return of(claim).verdict; }
};

template <class Experiment>
Judged judgedOf(std::vector<PlantedRun*> runs) {
    PlantedSet set;
    set.runs = std::move(runs);
    latent::Evidence evidence;
    Experiment().measure(latent::RunSet(&set), evidence);
    return {evidence.toJson().at("claims"), latent::engine::claims::judge(Experiment::claims(), evidence)};
}

/// Owns runs and lends them.
class Study {
  public:
    PlantedRun& add(const latent::Schema& schema, const nlohmann::json& set) {
        m_runs.push_back(std::make_unique<PlantedRun>(schema, set));
        return *m_runs.back();
    }
    std::vector<PlantedRun*> runs() const {
        std::vector<PlantedRun*> all;
        for (const auto& run : m_runs) all.push_back(run.get());
        return all;
    }

  private:
    std::vector<std::unique_ptr<PlantedRun>> m_runs;
};

}  // namespace sim_test
