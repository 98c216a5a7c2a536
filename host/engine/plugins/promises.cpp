// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/promises.hpp"

#include <list>
#include <nlohmann/json.hpp>

#include "engine/claims/declarations.hpp"
#include "engine/claims/measured.hpp"
#include "engine/json/bounded.hpp"
#include "engine/parameters/resolve.hpp"
#include "engine/views/validate.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

bool isKnown(const Contribution& c) { return c.refusal.empty() && c.kind != "panel"; }

Result<SchemaModel> schemaOf(const Contribution& c) {
    return SchemaModel::fromJson(c.description->at("schema"), "its parameter schema");
}

/// Of everything that gestures may name: the plugin's probes and data sources.
class OwnProbes {
  public:
    Status add(const Contribution& c) {
        if (c.kind == "experiment") return ok();
        const SchemaModel* schema = nullptr;
        if (isKnown(c)) {
            LATENT_TRY(SchemaModel model, schemaOf(c));
            schema = &m_models.emplace_back(std::move(model));
        }
        m_schemas[c.id] = schema;
        return ok();
    }
    /// With those of other plugins that these figures name, of which nothing is known here.
    ProbeSchemas with(const json& outputs, const std::string& experiment) const {
        ProbeSchemas all = m_schemas;
        const std::string own = experiment.substr(0, experiment.find('/') + 1);
        for (const json& figure : outputs.value("figures", json::array())) {
            if (!figure.is_object() || !figure.contains("gestures")) continue;
            for (const json& gesture : figure.at("gestures")) {
                const json probe = gesture.is_object() ? gesture.value("probe", json()) : json();
                if (probe.is_string() && !probe.get<std::string>().starts_with(own))
                    all.emplace(probe.get<std::string>(), nullptr);
            }
        }
        return all;
    }

  private:
    std::list<SchemaModel> m_models;
    ProbeSchemas m_schemas;
};

}  // namespace

Status checkDescribed(const std::vector<Contribution>& contributions, const std::string& what) {
    for (const Contribution& c : contributions) {
        if (!isKnown(c)) continue;
        const std::string one = what + ": \"" + c.id + "\": ";
        if (const auto schema = schemaOf(c); !schema) return refused(one + schema.error().message);
        const auto claims = claims::readClaims(c.description->value("claims", json::array()));
        if (!claims) return refused(one + claims.error().message);
        for (const std::string& problem : claims::problems(*claims)) return refused(one + problem);
    }
    return ok();
}

Status checkOutputs(LoadedPlugin& plugin, const std::vector<Contribution>& contributions,
                    const std::string& what) {
    OwnProbes probes;
    for (const Contribution& c : contributions) LATENT_CHECK(probes.add(c));
    for (const Contribution& c : contributions) {
        if (!isKnown(c) || c.kind == "probe") continue;
        LATENT_TRY(const SchemaModel schema, schemaOf(c));
        const Resolution defaults = resolve(schema, "", {});
        if (!defaults.valid()) continue;
        const auto text = outputsOf(plugin, c, defaults.values.dump());
        if (!text) continue;  // in its own words
        const std::string one = what + ": \"" + c.id + "\": ";
        const auto outputs = parseJson(*text, "what outputs() gives", {.bytes = kMaxDescriptionBytes});
        if (!outputs) return refused(one + outputs.error().message);
        const ProbeSchemas known = probes.with(*outputs, c.id);
        if (const Status valid = validateOutputs(*outputs, "with the defaults, what outputs() gives", &known);
            !valid)
            return refused(one + valid.error().message);
    }
    return ok();
}

}  // namespace latent::engine
