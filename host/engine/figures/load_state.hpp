// SPDX-License-Identifier: Apache-2.0
#pragma once
// What RunArrays keeps between two looks. Only for load.cpp (views, metrics, the public calls) and load_arrays.cpp.
//
//     LATENT_CHECK(m_state->update());

#include "engine/figures/load.hpp"

namespace latent::engine::figures {

struct RunArrays::State {
    /// What is known of one array or metric, to tell what is new.
    struct Known {
        std::string version;   ///< of arrays that are replaced as a whole
        IntervalSet written;   ///< of large ones
    };

    State(RunReader run, std::uint64_t mostBytes) : reader(std::move(run)), most(mostBytes) {}

    RunReader reader;
    std::uint64_t most;
    std::set<std::string> wanted;
    bool isStale = true;  ///< something is to be read even without a new event
    int attempt = -1;
    ArraySet arrays;
    std::map<std::string, Known> known;
    std::vector<nlohmann::json> views;
    std::map<std::string, std::shared_ptr<const nlohmann::json>> figures;
    std::vector<PublishedArray> leftOut;
    std::string account;  ///< of what is committed: says without opening a file whether arrays may have changed

    Status update();
    std::string accountNow() const;
    Status updateViews();
    Status updateArray(const PublishedArray& published);
    Status grow(const PublishedArray& published);
    Status replace(const PublishedArray& published);
    Status fillLarge(const PublishedArray& published);
    Status updateMetrics();
    bool isWanted(const std::string& name, const std::vector<PublishedArray>& all) const;
    std::string versionOf(const std::string& name) const;
    void put(LoadedArray array) { arrays.put(std::make_shared<const LoadedArray>(std::move(array))); }
};

/// An array of that declaration, without numbers.
LoadedArray described(const ArraySpec& spec);

}  // namespace latent::engine::figures
