// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/sweep_spec.hpp"

#include <glob.h>

#include <algorithm>
#include <set>

#include "engine/files/operations.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/json/schema.hpp"
#include "engine/sweep/random_spec.hpp"
#include "engine/sweep/toml_json.hpp"

namespace latent::engine {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string> kKeys{"experiment", "preset", "name",
                                     "seeds",      "cores",  "threads",
                                     "device",     "reuse",  "checkpoint_interval_s",
                                     "limits",     "set",    "deterministic",
                                     "grid",       "list",   "random"};
const std::vector<std::string> kLimits{"memory_mb", "time_s", "log_mb", "stop_grace_s"};

/// Reads one document; every complaint begins with what it is and the key.
class Reading {
  public:
    Reading(SweepSpec& spec, const std::string& what) : m_spec(spec), m_what(what) {}

    Status document(const Json& document) {
        for (const auto& [key, value] : document.items()) LATENT_CHECK(entry(key, value));
        if (m_spec.experiment.empty())
            return complaint("experiment",
                             "is missing; say which experiment to sweep, as in experiment = \"sim/theory\"");
        const int designs =
            (m_spec.grid.empty() ? 0 : 1) + (m_spec.list.empty() ? 0 : 1) + (m_spec.random ? 1 : 0);
        if (designs > 1)
            return badRequest(m_what + ": grid, list and random are different designs; keep one of them.");
        if (designs == 0 && m_spec.seeds.empty())
            return badRequest(m_what + " varies nothing: give a [grid], [[list]] or [random], or seeds.");
        return noTwice();
    }

  private:
    Error complaint(const std::string& key, const std::string& sentence) const {
        const bool ended = sentence.ends_with('?');
        return badRequest(m_what + ": " + key + " " + sentence + (ended ? "" : "."));
    }
    Error got(const std::string& key, const Json& value, const std::string& takes) const {
        return complaint(key, "got " + describeValue(nlohmann::json(value)) + ", but takes " + takes);
    }

    Status text(const std::string& key, const Json& value, std::string& out) const {
        if (!value.is_string() || value.get_ref<const std::string&>().size() > 200)
            return got(key, value, "a text of at most 200 bytes");
        out = value.get<std::string>();
        return ok();
    }
    Status flag(const std::string& key, const Json& value, bool& out) const {
        if (!value.is_boolean()) return got(key, value, "true or false");
        out = value.get<bool>();
        return ok();
    }
    Status count(const std::string& key, const Json& value, int& out) const {
        if (!value.is_number_integer() || value.get<std::int64_t>() < 1 || value.get<std::int64_t>() > 4096)
            return got(key, value, "a whole number from 1 to 4096");
        out = value.get<int>();
        return ok();
    }

    Status entry(const std::string& key, const Json& value) {
        if (key == "experiment") return text(key, value, m_spec.experiment);
        if (key == "preset") return text(key, value, m_spec.preset);
        if (key == "name") return text(key, value, m_spec.name);
        if (key == "device") return text(key, value, m_spec.device);
        if (key == "reuse") return flag(key, value, m_spec.reuse);
        if (key == "deterministic") return flag(key, value, m_spec.deterministic);
        if (key == "cores") return count(key, value, m_spec.cores);
        if (key == "threads") return count(key, value, m_spec.threads);
        if (key == "seeds") return seeds(value);
        if (key == "limits") return limits(value);
        if (key == "set") return values(key, value, m_spec.fixed);
        if (key == "grid") return grid(value);
        if (key == "list") return list(value);
        if (key == "random") {
            LATENT_TRY(m_spec.random, readRandomDesign(value, m_what));
            return ok();
        }
        if (key == "checkpoint_interval_s") {
            if (!value.is_number() || !(value.get<double>() > 0))
                return got(key, value, "a number of seconds above 0");
            m_spec.checkpoint_interval_s = value.get<double>();
            return ok();
        }
        return complaint("\"" + key + "\"", "is no key of a sweep" + didYouMean(key, kKeys));
    }

    Status seeds(const Json& value) {
        if (value.is_number_integer() && value.get<std::int64_t>() >= 1 &&
            value.get<std::uint64_t>() <= kMaxSweepCells) {
            for (std::int64_t seed = 0; seed < value.get<std::int64_t>(); ++seed)
                m_spec.seeds.push_back(seed);
            return ok();
        }
        const std::string takes = "how many (from 1 to 10000), or a list of different whole numbers";
        if (!value.is_array() || value.empty()) return got("seeds", value, takes);
        std::set<std::int64_t> known;
        for (const Json& seed : value) {
            if (!seed.is_number_integer()) return got("seeds", seed, takes);
            if (!known.insert(seed.get<std::int64_t>()).second)
                return complaint("seeds", "holds " + seed.dump() + " twice; a seed is one replicate");
            m_spec.seeds.push_back(seed.get<std::int64_t>());
        }
        return ok();
    }

    Status limits(const Json& value) {
        if (!value.is_object()) return got("limits", value, "a table");
        for (const auto& [name, limit] : value.items()) {
            const std::string key = "limits." + name;
            if (std::find(kLimits.begin(), kLimits.end(), name) == kLimits.end())
                return complaint(key, "is no limit" + didYouMean(name, kLimits));
            if (!limit.is_number() || !(limit.get<double>() > 0)) return got(key, limit, "a number above 0");
            m_spec.limits[name] = limit.get<double>();
        }
        return ok();
    }

    Status values(const std::string& key, const Json& value, SweepValues& out) const {
        if (!value.is_object()) return got(key, value, "a table of parameters");
        for (const auto& [name, entry] : value.items()) {
            if (entry.is_object()) return got(key + "." + name, entry, "a value of the parameter");
            out.emplace_back(name, nlohmann::json(entry));
        }
        return ok();
    }

    Status grid(const Json& value) {
        if (!value.is_object() || value.empty())
            return got("grid", value, "a table of parameters, each with a list of values");
        for (const auto& [name, list] : value.items()) {
            const std::string key = "grid." + name;
            if (list.is_object()) {
                LATENT_TRY(std::vector<nlohmann::json> found, files(key, list));
                m_spec.grid.push_back({name, std::move(found)});
                continue;
            }
            if (!list.is_array() || list.empty()) return got(key, list, "a list of values");
            SweepAxis axis{name, {}};
            for (const Json& entry : list) {
                if (entry.is_object()) return got(key, entry, "values of the parameter");
                axis.values.push_back(nlohmann::json(entry));
            }
            m_spec.grid.push_back(std::move(axis));
        }
        return ok();
    }

    /// { files = "PATTERN" }: the files that there are, in the order of their names.
    Result<std::vector<nlohmann::json>> files(const std::string& key, const Json& value) const {
        const auto pattern = value.find("files");
        if (value.size() != 1 || pattern == value.end() || !pattern->is_string())
            return got(key, value, "a list of values, or { files = \"FOLDER/*.nc\" }");
        glob_t matched{};
        const int status =
            ::glob(pattern->get_ref<const std::string&>().c_str(), GLOB_NOSORT, nullptr, &matched);
        std::vector<std::string> paths(matched.gl_pathv,
                                       matched.gl_pathv + (status == 0 ? matched.gl_pathc : 0));
        ::globfree(&matched);
        std::error_code error;
        std::erase_if(
            paths, [&](const std::string& path) { return !std::filesystem::is_regular_file(path, error); });
        if (paths.empty())
            return complaint(key, "asks for files " + pattern->get<std::string>() +
                                      ", and there is none; is the place right, seen from here?");
        std::sort(paths.begin(), paths.end());
        return std::vector<nlohmann::json>(paths.begin(), paths.end());
    }

    Status list(const Json& value) {
        if (!value.is_array() || value.empty()) return got("list", value, "tables, one a cell: [[list]]");
        for (const Json& cell : value) {
            const std::string key = "list[" + std::to_string(m_spec.list.size()) + "]";
            SweepValues entries;
            LATENT_CHECK(values(key, cell, entries));
            if (entries.empty()) return complaint(key, "sets no parameter");
            if (!m_spec.list.empty() && names(entries) != names(m_spec.list.front()))
                return complaint(
                    key,
                    "sets other parameters than list[0]; put what is common into [set] and name the same "
                    "parameters in every cell");
            m_spec.list.push_back(std::move(entries));
        }
        return ok();
    }

    static std::set<std::string> names(const SweepValues& values) {
        std::set<std::string> all;
        for (const auto& [name, value] : values) all.insert(name);
        return all;
    }

    /// A parameter that is set cannot also be swept.
    Status noTwice() const {
        std::set<std::string> swept;
        for (const SweepAxis& axis : m_spec.grid) swept.insert(axis.parameter);
        if (!m_spec.list.empty()) swept = names(m_spec.list.front());
        if (m_spec.random)
            for (const RandomParameter& parameter : m_spec.random->parameters)
                swept.insert(parameter.parameter);
        for (const auto& [name, value] : m_spec.fixed)
            if (swept.count(name) != 0)
                return complaint("set." + name, "is swept by the design too; keep one of the two");
        return ok();
    }

    SweepSpec& m_spec;
    std::string m_what;
};

nlohmann::json objectOf(const SweepValues& values) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& [name, value] : values) object[name] = value;
    return object;
}

}  // namespace

Result<SweepSpec> SweepSpec::read(const std::filesystem::path& file, const Prepare& prepare) {
    if (!fileExists(file)) return badRequest("There is no sweep file " + file.string() + ".");
    LATENT_TRY(std::string text, readFile(file, kMaxTomlBytes));
    const std::string what = "The sweep " + file.string();
    if (prepare) {
        LATENT_TRY(text, prepare(std::move(text), what));
    }
    return parse(text, what);
}

Result<SweepSpec> SweepSpec::parse(std::string_view text, const std::string& what) {
    LATENT_TRY(const Json document, parseToml(text, what));
    SweepSpec spec;
    LATENT_CHECK(Reading(spec, what).document(document));
    return spec;
}

nlohmann::json SweepSpec::toJson() const {
    nlohmann::json json{{"experiment", experiment},
                        {"preset", preset},
                        {"name", name},
                        {"set", objectOf(fixed)},
                        {"seeds", seeds},
                        {"cores", cores},
                        {"threads", threads},
                        {"device", device},
                        {"reuse", reuse},
                        {"limits", limits},
                        {"deterministic", deterministic}};
    if (!grid.empty()) {
        json["grid"] = nlohmann::json::array();  // a list, because the order of the axes matters
        for (const SweepAxis& axis : grid)
            json["grid"].push_back({{"parameter", axis.parameter}, {"values", axis.values}});
    }
    for (const SweepValues& cell : list) json["list"].push_back(objectOf(cell));
    if (random) json["random"] = randomJson(*random);
    if (checkpoint_interval_s) json["checkpoint_interval_s"] = *checkpoint_interval_s;
    return json;
}

}  // namespace latent::engine
