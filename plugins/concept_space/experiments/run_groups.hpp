// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which runs differ in nothing but what is compared: the key by which claims group the cells of a sweep.
//
// Pure; any thread. Every parameter counts that is not named, so that two models, methods or widths are never
// taken for two values of the parameter that a claim is about.
//
//     byDesign[parametersWithout(run, {"sigma", "variance"})].push_back(&run);

#include <initializer_list>
#include <latent/latent.hpp>
#include <string>

namespace concept_space {

inline std::string parametersWithout(nlohmann::json parameters, std::initializer_list<const char*> names) {
    for (const char* name : names) parameters.erase(name);
    return parameters.dump();
}
inline std::string parametersWithout(const latent::Run& run, std::initializer_list<const char*> names) {
    return parametersWithout(run.parameters().json(), names);
}

}  // namespace concept_space
