// SPDX-License-Identifier: Apache-2.0
#pragma once
// What claims about learning curves measure, for exact and for trained networks alike, and how cells that share an
// initialisation become one independent unit.
//
// Pure; any thread. Units of replication are named ("seed 3"); several cells of one unit are averaged or joined before
// anything is judged, so that a sweep of a hundred cells over five seeds has five units.
//
//     Units rise;
//     rise.add("seed 3", swing.magnitude);
//     out.claim("swing_by").values(rise.means()).units(rise.names());

#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace concept_space {

/// Rises of the OOD loss below this are rounding, minibatch noise, or nothing to the eye.
inline constexpr double kLeastRise = 1e-4;

/// Records of an OOD loss from which on rises and descents are read off it, unless every step is recorded. In figure 5
/// the loss rises for a tenth of the iterations: of fifty records five lie on it, of ten perhaps none.
inline constexpr std::size_t kLeastRecords = 50;

/// Whether none is NaN or infinite, as after a training or a solution that diverged.
bool allFinite(std::span<const double> values);

/// Values by unit, in the order of the names.
class Units {
  public:
    void add(const std::string& unit, double value) { m_values[unit].push_back(value); }
    bool empty() const { return m_values.empty(); }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& [name, values] : m_values) all.push_back(name);
        return all;
    }
    /// One value a unit: the mean of its cells.
    std::vector<double> means() const {
        std::vector<double> all;
        for (const auto& [name, values] : m_values)
            all.push_back(std::accumulate(values.begin(), values.end(), 0.0) /
                          static_cast<double>(values.size()));
        return all;
    }
    /// One outcome a unit: true when it is in every cell.
    std::vector<bool> allTrue() const {
        std::vector<bool> all;
        for (const auto& [name, values] : m_values) {
            bool every = true;
            for (double v : values) every = every && v != 0;
            all.push_back(every);
        }
        return all;
    }

  private:
    std::map<std::string, std::vector<double>> m_values;
};

/// Indices sorted by falling strength; the order in which concepts should be learned.
std::vector<int> orderByStrength(std::span<const double> strength);
/// Indices sorted by rising time, NaN (never) last.
std::vector<int> orderByTime(std::span<const double> time);
/// True when at most one concept was never learned and no two at the same time (such as before the start), so
/// that the order is known.
bool orderIsKnown(std::span<const double> time);
/// True when two concepts or more were never learned: more time would tell their order.
bool endedTooEarly(std::span<const double> time);
/// True when no two strengths are equal up to rounding: equal ones have no order that learning could follow.
bool orderIsGiven(std::span<const double> strength);

/// Median time of each concept over seeds, times [seeds, s]: a seed that never learned it counts as later than
/// any; NaN where half of them or more never did.
std::vector<double> medianTimes(std::span<const double> times, std::size_t concepts);
/// The concept, counted from one, that most seeds learned first, the smallest number where seeds are divided;
/// 0 where none learned any. places [seeds, s], 1 for the first, NaN for never.
double learnedFirst(std::span<const double> places, std::size_t concepts);

/// Share of the pairs (u strictly below v) and of the time in which the loss of the smaller combination is the larger
/// one by more than `tolerance`; each frame stands for the time to the middles between it and its neighbours, so that the
/// share does not depend on how the frames are spread. NaN where a loss is not finite, since what diverged respects no
/// order. node_loss is [frames, 2^s].
double violationShare(std::span<const double> time, std::span<const double> nodeLoss, int concepts,
                      double tolerance);

/// The same losses with every combination exchanged for its complement: a control that must break the order.
std::vector<double> withComplements(std::span<const double> nodeLoss, int concepts);

/// Least-squares slope of log(value) against time over the frames in which `remaining` lies in [low, high]; NaN with
/// fewer than eight of them.
double logSlope(std::span<const double> time, std::span<const double> value,
                std::span<const double> remaining, double low, double high);

/// Speeds of a curve over `stretches` equal parts of its time, from lines between its frames: the same wherever the
/// frames lie closer than that. output is [frames, width]; time rises from 0.
std::vector<double> speedsOver(std::span<const double> time, std::span<const double> output,
                               std::size_t width, std::size_t stretches);

/// Least-squares slope of y against x.
double slope(std::span<const double> x, std::span<const double> y);

}  // namespace concept_space
