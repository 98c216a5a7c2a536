// SPDX-License-Identifier: Apache-2.0
#include "experiments/judged.hpp"

namespace markov_mixtures {

latent::Parameters parametersOf(const latent::Run& run, const latent::Schema& schema) {
    nlohmann::json all = latent::Parameters::defaultsOf(schema).json();
    all.update(run.parameters().json());
    return latent::Parameters::fromJson(all);
}

std::string whyNotJudged(const std::vector<const latent::Run*>& runs, const latent::Schema& schema,
                         const Judged& judged) {
    std::vector<nlohmann::json> all;
    std::set<std::string> names;
    for (const latent::Run* run : runs) {
        all.push_back(parametersOf(*run, schema).json());
        for (const auto& [name, value] : all.back().items()) names.insert(name);
    }
    const auto valueOf = [](const nlohmann::json& run, const std::string& name) {
        return run.value(name, nlohmann::json());
    };
    for (const std::string& name : judged.drawn)
        for (const nlohmann::json& run : all)
            if (!valueOf(run, name).is_null())
                return "Runs with a given '" + name +
                       "' are not judged: their seeds are no independent units.";
    for (const std::string& name : names)
        for (const nlohmann::json& run : all)
            if (const nlohmann::json a = valueOf(all.front(), name), b = valueOf(run, name);
                a != b && !judged.free.contains(name))
                return "The runs differ in '" + name + "' (" + a.dump() + " and " + b.dump() +
                       "); judge those together that are alike but for " + judged.alike + ".";
    for (const auto& [name, least] : judged.least)
        for (const nlohmann::json& run : all)
            if (const auto value = run.value(name, std::int64_t{0}); value < least)
                return "The runs are too small to judge: '" + name + "' is " + std::to_string(value) +
                       " and must be at least " + std::to_string(least) + ", as in the preset desk.";
    return {};
}

}  // namespace markov_mixtures
