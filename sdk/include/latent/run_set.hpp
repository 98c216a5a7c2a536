// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs to read: what measure() judges, what a probe opens, what a `run` parameter names.
//
// The host owns the runs; these wrappers borrow and are valid inside the call that received them. A cell of a batched
// run or of a sweep looks like a run of its own: no leading `cell` axis. Any thread. Arrays come with the units that
// their outputs declare.
//
//     void measure(const latent::RunSet& runs, latent::Evidence& out) {
//         for (const latent::Run& run : runs)
//             if (run.has("ood_loss")) values.push_back(swingBy(run.read("ood_loss").toDoubles()));
//         out.claim("swing_by").values(values);

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "latent/abi/host.hpp"
#include "latent/array.hpp"
#include "latent/boundary.hpp"
#include "latent/parameters.hpp"

namespace latent {

/// One run in any state: finished, or as far as it has come.
class Run {
  public:
    explicit Run(abi::IRun1* raw) : m_raw(raw) {
        boundary::StringSink json, error;
        boundary::require(m_raw->describe(&json, &error), error);
        m_description = nlohmann::json::parse(json.text);
        m_parameters = Parameters::fromJson(m_description.at("parameters"));
    }

    std::string id() const { return m_description.value("id", ""); }
    std::string experiment() const { return m_description.value("experiment", ""); }
    std::string state() const { return m_description.value("state", ""); }
    const Parameters& parameters() const { return m_parameters; }
    /// Whether read() finds it: an array, or the curve of a metric as "metrics/NAME/step" and "metrics/NAME/value".
    bool has(const std::string& array) const {
        return m_description.at("arrays").contains(array) || isCurve(array);
    }
    /// Everything known of the run, as JSON (see abi::IRun1::describe).
    const nlohmann::json& description() const { return m_description; }

    /// The whole array. Throws RunError when the run has none of that name or it cannot be read.
    Array read(const std::string& array) const { return read(array, {}, {}); }
    /// A part of it: `offset` and `count` have one entry per dimension; an empty one begins at 0, or goes to the end.
    /// Throws UsageError for another number of entries.
    Array read(const std::string& array, const std::vector<int64_t>& offset,
               const std::vector<int64_t>& count) const {
        if (!offset.empty() || !count.empty()) requireRank(array, offset.size(), count.size());
        const abi::Text name = abi::text(array);
        abi::Array raw{};
        boundary::StringSink error;
        const int32_t status = m_raw->read(&name, offset.empty() ? nullptr : offset.data(),
                                           count.empty() ? nullptr : count.data(), &raw, &error);
        if (status == abi::kNothing) throw RunError("The run " + id() + " has no array '" + array + "'.");
        boundary::require(status, error);
        return Array(raw);
    }

  private:
    bool isCurve(const std::string& array) const {
        for (const nlohmann::json& metric : m_description.value("metrics", nlohmann::json::array())) {
            const std::string curve = "metrics/" + metric.get<std::string>();
            if (array == curve + "/step" || array == curve + "/value") return true;
        }
        return false;
    }
    /// The host reads one entry per dimension, so that many must be there.
    void requireRank(const std::string& array, std::size_t offsets, std::size_t counts) const {
        if (!has(array)) throw RunError("The run " + id() + " has no array '" + array + "'.");
        const std::size_t rank = isCurve(array) ? 1 : m_description.at("arrays").at(array).at("shape").size();
        for (const std::size_t given : {offsets, counts})
            if (given != 0 && given != rank)
                throw UsageError("Run::read: '" + array + "' has " + std::to_string(rank) +
                                 " dimensions; the offset or count that was given is for " +
                                 std::to_string(given) + ".");
    }

    abi::IRun1* m_raw;
    nlohmann::json m_description;
    Parameters m_parameters;
};

/// One run, several seeds, or the cells of a sweep.
class RunSet {
  public:
    explicit RunSet(abi::IRunSet1* raw) {
        boundary::StringSink json, error;
        boundary::require(raw->describe(&json, &error), error);
        m_description = nlohmann::json::parse(json.text);
        m_runs.reserve(static_cast<std::size_t>(raw->size()));
        for (uint64_t i = 0; i < raw->size(); ++i) m_runs.emplace_back(raw->at(i));
    }

    std::size_t size() const { return m_runs.size(); }
    const Run& operator[](std::size_t i) const { return m_runs.at(i); }
    auto begin() const { return m_runs.begin(); }
    auto end() const { return m_runs.end(); }
    bool isSweep() const { return m_description.value("kind", "") == "sweep"; }
    /// Names of the parameters that differ by design; empty for single runs.
    std::vector<std::string> swept() const {
        return m_description.value("swept", std::vector<std::string>{});
    }

  private:
    nlohmann::json m_description;
    std::vector<Run> m_runs;
};

}  // namespace latent
