// SPDX-License-Identifier: Apache-2.0
#pragma once
// Parameters of the smoke preset of anything that has one, and runs of concept/diffusion on them without a host.
//
//     FakeJob host;
//     trainOn(host, smokeOf<Diffusion>({{"average", .9}}));

#include <initializer_list>
#include <latent/latent.hpp>
#include <string>
#include <utility>

#include "experiments/diffusion.hpp"
#include "learn/fake_job.hpp"

namespace concept_test {

using Values = std::initializer_list<std::pair<std::string, nlohmann::json>>;

template <class Kind>
latent::Parameters smokeOf(const Values& values) {
    nlohmann::json json = latent::Parameters::defaultsOf(Kind::parameters()).json();
    const nlohmann::json schema = Kind::parameters().toJson();
    for (const auto& p : schema.at("presets"))
        if (p.at("name") == "smoke") json.update(p.at("values"));
    for (const auto& [name, value] : values) json[name] = value;
    return latent::Parameters::fromJson(json);
}

inline void trainOn(FakeJob& host, const latent::Parameters& p) {
    latent::Job job(&host);
    concept_space::Diffusion().run(p, job);
}

/// The entry of this name in a list of outputs ("arrays", "figures") or of a schema ("parameters"); null: there is none.
inline nlohmann::json named(const nlohmann::json& all, const char* list, const std::string& name) {
    for (const auto& one : all.at(list))
        if (one.at("name") == name) return one;
    return nullptr;
}

}  // namespace concept_test
