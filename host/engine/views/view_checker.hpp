// SPDX-License-Identifier: Apache-2.0
#pragma once
// The sense of one figure: the state and the questions that the checks of all kinds share. Used by
// validate.cpp only; the kinds are in view_kinds.cpp, gestures in view_gestures.cpp. Made for one check on
// one thread; borrows its inputs. Only for JSON that fits view-1, so that every access has its type.
//
//     ViewChecker checker(view, outputs, probes);
//     checker.checkKind();
//     checker.checkGestures();
//     use(checker.problems(), checker.cursors());

#include <set>

#include "engine/views/validate.hpp"

namespace latent::engine {

/// The dimensions that a selection leaves, in the order of the array. None when the selection itself is
/// wrong.
using Remaining = std::optional<std::vector<DimensionModel>>;

class ViewChecker {
  public:
    ViewChecker(const nlohmann::json& view, const OutputsModel& outputs, const ProbeSchemas* probes)
        : m_view(view), m_outputs(outputs), m_probes(probes) {}

    void checkKind();
    void checkCursors();
    void checkGestures();

    const std::vector<Problem>& problems() const { return m_problems; }
    /// Which dimension each cursor of this figure moves along.
    const std::map<std::string, std::string>& cursors() const { return m_cursors; }

  private:
    using json = nlohmann::json;

    // view_checker.cpp
    void say(const std::string& path, std::string sentence) {
        m_problems.push_back({path, std::move(sentence)});
    }
    Remaining select(const json& selection, const std::string& path);
    Remaining selectIn(const json& object, const char* key, const std::string& path);
    void selector(const json& how, const DimensionModel& dimension, const std::string& path);
    void useCursor(const std::string& name, const std::string& dimension, const std::string& path);
    bool oneOf(const std::vector<DimensionModel>& dims, const json& object, const char* key,
               const std::string& path);
    void sameDimensions(const Remaining& left, const Remaining& right, const std::string& path,
                        const char* other);
    void within(const Remaining& part, const Remaining& whole, const std::string& path, const char* other);
    void single(const Remaining& value, const std::string& path);

    // view_kinds.cpp
    void references();
    void colour(const json& series, const Remaining& drawn, const std::string& path);
    std::vector<DimensionModel> withoutFamily(const json& series, const Remaining& drawn,
                                              const std::string& path);
    void lines();
    void clouds(bool path);
    void marks(const json& series, const DimensionModel& along, const std::string& path);
    void picture(const std::set<std::string>& tileKeys);
    void graph();
    void histogram();
    void table();
    void text();

    // view_gestures.cpp
    void gesture(const json& gesture, const std::string& path);
    void binding(const json& gesture, const std::string& result, const std::string& parameter,
                 const SchemaModel& schema, const std::string& path);
    bool picksWhole(const std::string& result) const;
    bool holdsWhole(const json& selection) const;

    const json& m_view;
    const OutputsModel& m_outputs;
    const ProbeSchemas* m_probes;
    std::vector<Problem> m_problems;
    std::map<std::string, std::string> m_cursors;
    std::set<std::string> m_drawn;     // dimensions left by some selection
    std::set<std::string> m_involved;  // dimensions of any array in the figure
};

/// "time, row" for a message, or "none".
std::string dimensionWords(const std::vector<DimensionModel>& dims);

}  // namespace latent::engine
