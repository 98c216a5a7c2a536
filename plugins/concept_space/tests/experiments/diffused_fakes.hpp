// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finished runs of concept/diffusion whose curves are planted, and what is measured on them.
//
//     FakeRun weak(.2), strong(.8);
//     weak.plant(seed, itsClass, concept_, {.5, .5, .9, .9, .9, .9});
//     measured({&weak, &strong}).at("late_speed_falls");

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "experiments/diffusion.hpp"
#include "model/diffusion/assessment.hpp"

namespace concept_test {

inline constexpr std::size_t kN = 6;
/// Four of six checkpoints in the second half of the training, as what is said of the late speed needs.
inline const std::vector<double> kLateSteps{0, 100, 250, 300, 350, 400};
inline const double kNan = std::nan("");

/// A finished run of a few seeds and six checkpoints at 0, 100, … 500 steps.
struct FakeRun final : latent::abi::IRun1 {
    std::map<std::string, std::vector<double>> arrays;
    nlohmann::json values;
    std::size_t seeds, concepts, classes;

    explicit FakeRun(double colour, std::size_t itsSeeds = 2, std::size_t itsConcepts = 2)
        : values{{"sep_colour", colour}, {"seeds", itsSeeds}},
          seeds(itsSeeds),
          concepts(itsConcepts),
          classes(std::size_t{1} << itsConcepts) {
        if (concepts == 3) values["sep_background"] = .4;
        arrays["step"] = {0, 100, 200, 300, 400, 500};
        arrays["coordinates"].assign(seeds * classes * kN * concepts, .5);
        arrays["learning_time"].assign(concept_space::kMethodCount * seeds, kNan);
        arrays["class_time"].assign(classes * seeds, 200);
        arrays["turn_step"].assign(seeds, 300);
        arrays["concept_mse"].assign(seeds * kN, .25);
        for (std::size_t s = 0; s < seeds; ++s)
            arrays["speed"].insert(arrays["speed"].end(), {1, 1, 1, 1e-2, 1e-3, 1e-4});
    }
    void plant(std::size_t seed, std::size_t itsClass, std::size_t concept_,
               const std::vector<double>& curve) {
        for (std::size_t c = 0; c < kN; ++c)
            arrays["coordinates"][((seed * classes + itsClass) * kN + c) * concepts + concept_] = curve[c];
    }
    void plantTime(std::size_t method, double first, double second) {
        arrays["learning_time"][method * seeds] = first;
        arrays["learning_time"][method * seeds + 1] = second;
    }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        nlohmann::json all = latent::Parameters::defaultsOf(concept_space::Diffusion::parameters()).json();
        all.update(values);
        nlohmann::json it{{"id", "planted"}, {"parameters", all}, {"arrays", nlohmann::json::object()}};
        for (const auto& [name, numbers] : arrays) it["arrays"][name] = {{"shape", {numbers.size()}}};
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

struct FakeSet final : latent::abi::IRunSet1 {
    std::vector<FakeRun*> runs;
    uint64_t size() noexcept override { return runs.size(); }
    latent::abi::IRun1* at(uint64_t i) noexcept override { return runs[i]; }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::boundary::send(json, R"({"kind":"sweep","swept":["sep_colour"]})");
        return latent::abi::kOk;
    }
};

inline latent::Evidence evidenceOf(std::vector<FakeRun*> runs) {
    FakeSet set;
    set.runs = std::move(runs);
    latent::Evidence evidence;
    concept_space::Diffusion().measure(latent::RunSet(&set), evidence);
    return evidence;
}

inline nlohmann::json measured(std::vector<FakeRun*> runs) {
    return evidenceOf(std::move(runs)).toJson().at("claims");
}

inline std::string whyNot(const nlohmann::json& claims, const char* id) {
    return claims.at(id).value("not_measured", "");
}

}  // namespace concept_test
