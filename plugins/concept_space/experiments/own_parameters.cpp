// SPDX-License-Identifier: Apache-2.0
#include "experiments/own_parameters.hpp"

namespace concept_space {

latent::Parameters asWrittenNow(const latent::Parameters& p) {
    nlohmann::json all = p.json();
    const nlohmann::json defaults = {{"data", "images"},
                                     {"folder", nullptr},
                                     {"images_file", nullptr},
                                     {"first_attribute", ""},
                                     {"second_attribute", ""}};
    for (const auto& [name, value] : defaults.items())
        if (!all.contains(name)) all[name] = value;
    if (all["data"] == "images" && !(all["folder"].is_null() && all["images_file"].is_null()))
        all["data"] = "own";
    return latent::Parameters::fromJson(all);
}

bool hasOwnImages(const latent::Parameters& p) { return asWrittenNow(p).choice("data") == "own"; }

void tellOwnImages(const latent::Parameters& p, latent::Job& job) {
    if (hasOwnImages(p) && p.json().value("data", "images") == "images")
        job.log("A folder or file of images is given: they are learned from, as with data=own.");
}

std::optional<OwnSpec> ownSpecOf(const latent::Parameters& p) {
    const latent::Parameters now = asWrittenNow(p);
    if (now.choice("data") != "own") return std::nullopt;
    if (!now.has("folder") && !now.has("images_file"))
        throw latent::UsageError(
            "'data' is your own images, and nothing says where they are: give 'folder' or 'images_file'.");
    const auto given = [&now](const char* name) {
        return now.has(name) ? std::filesystem::u8path(now.path(name)) : std::filesystem::path();
    };
    const OwnSpec own{.folder = given("folder"),
                      .file = given("images_file"),
                      .first = now.text("first_attribute"),
                      .second = now.text("second_attribute"),
                      .side = static_cast<int>(now.integer("side")),
                      .mostPerClass = static_cast<int>(now.integer("samples_per_class"))};
    own.validate();
    return own;
}

}  // namespace concept_space
