// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a run is called for people: its experiment and what sets it apart from the preset that it is nearest to.
//
// "sim/theory · mu 1, 2": the preset with the fewest differences is found by itself, because a run keeps its values and not
// how they were typed. Experiments are made known once the plugins have been scanned; of others the title is the id alone.
// All functions are safe from any thread.
//
//     RunTitles::setExperiment("sim/theory", schema);
//     QString title = RunTitles::title("sim/theory", parameters);

#include <QString>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/index/run_row.hpp"
#include "engine/parameters/schema_model.hpp"

namespace latent::desktop {

namespace RunTitles {

void setExperiment(const std::string& id, const engine::SchemaModel& schema);
/// `name` is that of a sweep, which its parameters do not tell apart from others.
QString title(const std::string& experiment, const nlohmann::json& parameters,
              const std::string& kind = "run", const std::string& name = {});
QString title(const engine::IndexedRun& run);
/// The whole request of a run; nothing but what is in it (null: nothing).
QString title(const nlohmann::json& request);
/// "mu 1, 2 · seed 3": the differences alone; empty when there are none.
QString differences(const std::string& experiment, const nlohmann::json& parameters);

}  // namespace RunTitles

/// A value in a line of text: "1, 2", "two-layer", "2 × 2 matrix"; of a file its name; long ones are cut.
QString valueWords(const nlohmann::json& value);

/// Names for runs that are compared: the values of the parameters that differ between them ("mu 1, 2"), made different by
/// a number where they are not.
std::vector<QString> distinctLabels(const std::vector<nlohmann::json>& parameters);
/// The same from requests (null: not read yet): what the runs are called in lists, without the experiment where all have
/// the same one; by distinctLabels() where that would not tell them apart.
std::vector<QString> labelsOf(const std::vector<nlohmann::json>& requests);

}  // namespace latent::desktop
