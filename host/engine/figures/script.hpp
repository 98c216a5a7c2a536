// SPDX-License-Identifier: Apache-2.0
#pragma once
// Python text, line by line. What views hold (titles, names) goes in only as literals, so that nothing of it is executed.
//
//     ScriptWriter script;
//     script.line("ax.set_title(" + literal(title) + ")");
//     script.open("for i in range(3):");  …  script.close();

#include <nlohmann/json.hpp>
#include <string>

namespace latent::engine::figures {

class ScriptWriter {
  public:
    void line(const std::string& code = {}) {
        m_text += (code.empty() ? "" : std::string(m_depth * 4, ' ') + code) + "\n";
    }
    void open(const std::string& code) {
        line(code);
        ++m_depth;
    }
    void close() { --m_depth; }
    void raw(const std::string& text) { m_text += text; }
    const std::string& text() const { return m_text; }
    /// Whether the script has a set `hidden` of labels that are not drawn.
    bool hides = false;

  private:
    std::string m_text;
    std::size_t m_depth = 0;
};

/// A text or number as a Python literal; True, False and None for JSON's words.
std::string literal(const nlohmann::json& value);
/// `pick("weights", {"time": cursors["frame"]}, …)` for a selection. `left` dimensions are to be left; -1: any number.
std::string pickCall(const nlohmann::json& selection, int left);

// script_looks.cpp
/// ", color=…, linestyle=…, marker=…" as the series asks.
std::string looks(const nlohmann::json& series);
/// The colour map that the view asks for, as a literal.
std::string mapOf(const nlohmann::json& view);
/// A norm for `values`, with the limits, centre and scale that the view asks for.
std::string normOf(const nlohmann::json& view, const std::string& values);
/// Before a series is drawn, and after: nothing of it where its label is hidden. Nothing when nothing is hidden.
void openShown(ScriptWriter& script, const std::string& label);
void closeShown(ScriptWriter& script);
/// The series' label and, in a family, the member's own name after it.
std::string labelOf(const nlohmann::json& series, const char* array);
/// Opens the loop over a family: `i` counts, `member` is its name, `one` takes the member out of an array.
void openFamily(ScriptWriter& script, const nlohmann::json& series, const char* array);

// script_series.cpp
void writeLines(ScriptWriter& script, const nlohmann::json& view);
void writePositions(ScriptWriter& script, const nlohmann::json& view, bool isPath);
void writeHistogram(ScriptWriter& script, const nlohmann::json& view);

// script_fields.cpp
void writeRaster(ScriptWriter& script, const nlohmann::json& view);
void writeImageGrid(ScriptWriter& script, const nlohmann::json& view);
void writeGraph(ScriptWriter& script, const nlohmann::json& view);
void writeTable(ScriptWriter& script, const nlohmann::json& view);
void writeText(ScriptWriter& script, const nlohmann::json& view);

}  // namespace latent::engine::figures
