// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/contribution.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "engine/plugins/manifest.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
constexpr std::size_t kMaxContributions = 1000;
constexpr std::size_t kMaxTitle = 200;
constexpr std::size_t kMaxSummary = 2000;

/// The interface of each kind that this host can call.
const std::pair<std::string_view, std::string_view> kKnown[] = {
    {"experiment", "latent.experiment/1"},
    {"probe", "latent.probe/1"},
    {"data_source", "latent.data_source/1"},
    {"panel", "latent.panel/1"}};

/// "sim/theory": two names with a stroke between them.
bool isContributionId(std::string_view id) {
    const std::size_t stroke = id.find('/');
    return stroke != std::string_view::npos && isPluginId(id.substr(0, stroke)) && isPluginId(id.substr(stroke + 1));
}

Result<std::string> textOf(const json& entry, const char* key, std::size_t limit, const std::string& what) {
    const auto it = entry.find(key);
    if (it == entry.end() || !it->is_string() || it->get_ref<const std::string&>().size() > limit)
        return refused(what + " has no usable \"" + key + "\".");
    return it->get<std::string>();
}

Result<Contribution> readOne(const json& entry, const std::string& what, const ContributionCheck& check) {
    if (!entry.is_object()) return refused(what + " holds something that is not an object.");
    Contribution c;
    LATENT_TRY(c.id, textOf(entry, "id", 129, what));
    if (!isContributionId(c.id))
        return refused(what + " holds the id \"" + c.id + "\"; an id is two names like \"sim/theory\".");
    const std::string one = what + ": \"" + c.id + "\"";
    LATENT_TRY(c.kind, textOf(entry, "kind", 64, one));
    LATENT_TRY(c.interface, textOf(entry, "interface", 80, one));
    LATENT_TRY(c.title, textOf(entry, "title", kMaxTitle, one));
    if (c.title.empty()) return refused(one + " has no title.");
    LATENT_TRY(c.summary, textOf(entry, "summary", kMaxSummary, one));
    c.description = std::make_shared<const json>(entry);

    bool known = false;
    for (const auto& [kind, interface] : kKnown) known = known || (c.kind == kind && c.interface == interface);
    if (!known) {
        c.refusal = "\"" + c.id + "\" needs the interface " + c.interface + ", which this program does not have yet.";
        return c;
    }
    if (c.kind == "panel") return c;  // it has no parameters
    if (!entry.contains("schema") || !entry["schema"].is_object()) return refused(one + " has no parameter schema.");
    if (check)
        if (const Status valid = check(entry); !valid) return refused(one + ": " + valid.error().message);
    return c;
}

}  // namespace

Result<std::vector<Contribution>> readContributions(const json& description, const std::string& what,
                                                    const ContributionCheck& check) {
    if (!description.is_array()) return refused(what + " is not a list of contributions.");
    if (description.size() > kMaxContributions)
        return refused(what + " holds more than " + std::to_string(kMaxContributions) + " contributions.");
    std::vector<Contribution> all;
    std::set<std::pair<std::string, std::string>> seen;
    for (const json& entry : description) {
        LATENT_TRY(Contribution one, readOne(entry, what, check));
        if (!seen.insert({one.kind, one.id}).second)
            return refused(what + " holds the " + one.kind + " \"" + one.id + "\" twice.");
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace latent::engine
