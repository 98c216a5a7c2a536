// SPDX-License-Identifier: Apache-2.0
// The Python script that draws a figure of a run anew: what all kinds share.
#include "engine/figures/script.hpp"

#include <set>

#include "engine/figures/axes.hpp"
#include "engine/figures/words.hpp"
#include "engine/json/schema.hpp"

namespace latent::engine::figures {
namespace {

using nlohmann::json;

constexpr const char* kHead = R"py(
import json
import sys

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib import colors

import latent  # latent.py of the workbench: put its folder on PYTHONPATH

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]  # Okabe and Ito
plt.rcParams.update({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
                     "axes.prop_cycle": plt.cycler(color=COLOURS), "savefig.bbox": "tight"})
)py";

constexpr const char* kHelpers = R"py(

def pick(name, index=None, nearest=None, left=None):
    """An array (or metric) of the run, some of its dimensions fixed by an index, a slice or the nearest coordinate."""
    if name.startswith("metrics/"):
        table = run.metric(name[len("metrics/"):])
        data = xr.DataArray(np.asarray(table["value"]), dims="step", coords={"step": np.asarray(table["step"])}, name=name)
    else:
        data = run[name]
    if not hasattr(data, "isel"):  # a large array, as h5py gives it
        data = xr.DataArray(data, dims=json.loads(data.attrs["latent_dims"]), name=name)
    for dim, value in (nearest or {}).items():
        data = data.isel({dim: int(np.nanargmin(np.abs(data[dim].values - value)))})
    for dim, at in (index or {}).items():
        if dim in data.dims:
            data = data.isel({dim: at if isinstance(at, slice) else min(at, data.sizes[dim] - 1)})
    while left is not None and data.ndim > left:
        data = data[0]  # a leading axis of a sweep
    return data


def words(data):
    """Label and unit of an array, for an axis."""
    unit = data.attrs.get("units", "1")
    name = data.attrs.get("long_name", str(data.name).split("/")[-1].replace("_", " "))
    return name if unit in ("", "1", name) else f"{name} ({unit})"


def texts(data):
    """The categories of an array as words, or its numbers."""
    names = data.attrs.get("categories", [])
    return [names[int(v)] if names and 0 <= v < len(names) else f"{v:.6g}" if isinstance(v, (float, np.floating)) else str(v)
            for v in data.values.ravel()]
)py";

std::string axisCall(const json& axis, const std::string& letter) {
    std::string calls;
    const std::string title = textIn(axis, "title"), unit = textIn(axis, "unit"), set = "ax.set_" + letter;
    if (!title.empty())
        calls +=
            set + "label(" + literal(unit.empty() || unit == "1" ? title : title + " (" + unit + ")") + ")\n";
    const std::string scale = textIn(axis, "scale");
    if (scale == "log") calls += set + "scale(\"log\")\n";
    if (scale == "symlog")
        calls += set + "scale(\"symlog\", linthresh=" + literal(axis.value("linear_below", 1e-3)) + ")\n";
    if (axis.contains("limits"))
        calls += set + "lim(" + literal(axis["limits"][0]) + ", " + literal(axis["limits"][1]) + ")\n";
    if (axis.value("reversed", false)) calls += "ax.invert_" + letter + "axis()\n";
    return calls;
}

void writeAxes(ScriptWriter& script, const json& view) {
    for (const std::string letter : {"x", "y", "z"}) {
        const std::string key = letter + "_axis";
        if (!view.contains(key)) continue;
        const std::string calls = axisCall(view[key], letter);
        for (std::size_t at = 0, end; (end = calls.find('\n', at)) != std::string::npos; at = end + 1)
            script.line(calls.substr(at, end - at));
    }
    if (view.contains("references"))
        for (const json& reference : view["references"]) {
            const std::string axis = textIn(reference, "axis"),
                              style = ", color=\"0.4\", linewidth=0.8, linestyle=\":\"";
            const std::string label = textIn(reference, "label");
            const std::string value = !reference.contains("value") ? ""
                                      : reference["value"].is_number()
                                          ? literal(reference["value"])
                                          : "float(" + pickCall(reference["value"], 0) + ")";
            if (axis == "diagonal")
                script.line("ax.plot(ax.get_xlim(), ax.get_xlim(), scalex=False, scaley=False" + style + ")");
            else
                script.line(std::string("ax.ax") + (axis == "x" ? "v" : "h") + "line(" + value + style + ")");
            if (label.empty() || axis == "diagonal") continue;
            const std::string place =
                axis == "x" ? "(" + value +
                                  ", 1), xycoords=(\"data\", \"axes fraction\"), rotation=90, va=\"top\", "
                                  "ha=\"right\""
                            : "(1, " + value +
                                  "), xycoords=(\"axes fraction\", \"data\"), va=\"bottom\", ha=\"right\"";
            script.line("ax.annotate(" + literal(label) + ", " + place + ", color=\"0.4\", fontsize=7)");
        }
    if (textIn(view, "aspect") == "equal") script.line("ax.set_aspect(\"equal\")");
}

/// Every cursor that the view selects or marks by.
void collectScriptCursors(const json& node, json& cursors, int depth) {
    if (depth > 16) return;
    if (node.is_array())
        for (const json& entry : node) collectScriptCursors(entry, cursors, depth + 1);
    if (!node.is_object()) return;
    if (const std::string name = textIn(node, "cursor"); !name.empty()) cursors[name] = -1;
    for (const auto& [key, value] : node.items()) collectScriptCursors(value, cursors, depth + 1);
}

bool hasDepth(const json& view) {
    const std::string kind = textIn(view, "kind");
    if (kind == "graph") return view.contains("z");
    if (kind != "points" && kind != "trajectory") return false;
    for (const json& series : view["series"])
        if (series.contains("z")) return true;
    return false;
}

}  // namespace

std::string literal(const json& value) {
    if (value.is_null()) return "None";
    if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string pickCall(const json& selection, int left) {
    std::string index, nearest;
    if (selection.contains("select"))
        for (const auto& [dimension, how] : selection["select"].items()) {
            std::string& part = how.is_object() && how.contains("value") ? nearest : index;
            part += (part.empty() ? "" : ", ") + literal(dimension) + ": ";
            if (how.is_number())
                part += literal(how);
            else if (how.contains("cursor"))
                part += "cursors[" + literal(how["cursor"]) + "]";
            else if (how.contains("slice"))
                part += "slice(" + literal(how["slice"][0]) + ", " + literal(how["slice"][1]) + ", " +
                        literal(how["slice"][2]) + ")";
            else
                part += literal(how["value"]);
        }
    std::string call = "pick(" + literal(selection["array"]);
    if (!index.empty()) call += ", {" + index + "}";
    if (!nearest.empty()) call += ", nearest={" + nearest + "}";
    if (left >= 0) call += ", left=" + std::to_string(left);
    return call + ")";
}

namespace {

bool isSeries(const std::string& kind) {
    return kind == "lines" || kind == "points" || kind == "trajectory" || kind == "histogram";
}

/// Everything between the opening of a run and the axes.
void writeBody(ScriptWriter& script, const json& view, const std::string& kind) {
    if (kind == "lines") writeLines(script, view);
    if (kind == "points" || kind == "trajectory") writePositions(script, view, kind == "trajectory");
    if (kind == "heatmap" || kind == "image") writeRaster(script, view);
    if (kind == "image_grid") writeImageGrid(script, view);
    if (kind == "graph") writeGraph(script, view);
    if (kind == "histogram") writeHistogram(script, view);
    if (kind == "table") writeTable(script, view);
    if (kind == "text") writeText(script, view);
    static const std::set<std::string> kKinds = {"lines",      "points", "trajectory", "heatmap", "image",
                                                 "image_grid", "graph",  "histogram",  "table",   "text"};
    if (kKinds.contains(kind)) return;
    for (const std::string& array : arraysOf(view))
        script.line("print(" + pickCall({{"array", array}}, -1) + ")");
}

/// Series of one run have its colour and marker, and dashes of their own: as in the window.
void writeRuns(ScriptWriter& script, const json& view, const std::string& kind,
               const std::vector<std::pair<std::string, std::string>>& runs) {
    json list = json::array();
    for (const auto& [name, path] : runs) list.push_back({name, path});
    script.line("runs = " + literal(list));
    script.line("MARKERS, DASHES = \"s^DX*\", [\"-\", \"--\", \":\", \"-.\"]");
    script.open("for place, (name, folder) in enumerate(runs):");
    script.line("run = latent.open(folder)");
    script.line("before = set(ax.get_children())");
    writeBody(script, view, kind);
    script.line();
    script.line("drawn = [one for one in ax.get_children() if one not in before]");
    script.open(
        "for at, line in enumerate(one for one in drawn if hasattr(one, \"set_linestyle\") and hasattr(one, "
        "\"set_marker\")):");
    script.line("line.set(marker=MARKERS[place % 5], markevery=0.1, linestyle=DASHES[at % 4])");
    script.close();
    script.open("for one in drawn:");
    script.line("if hasattr(one, \"set_color\"): one.set_color(COLOURS[place % 7])");
    script.line(
        "if not str(one.get_label()).startswith(\"_\"): one.set_label(f\"{name} · {one.get_label()}\")");
    script.close();
    script.open("for bars in ax.containers:");
    script.line(
        "if not str(bars.get_label()).startswith((\"_\", *[n for n, _ in runs])): "
        "bars.set_label(f\"{name} · {bars.get_label()}\")");
    script.close();
    script.close();
}

}  // namespace

std::string figureScript(const json& view, const Cursors& cursors, const std::string& run,
                         const ScriptLook& look) {
    return figureScript(view, cursors, std::vector<std::pair<std::string, std::string>>{{"", run}}, look);
}

std::string figureScript(const json& view, const Cursors& cursors,
                         const std::vector<std::pair<std::string, std::string>>& runs,
                         const ScriptLook& look) {
    ScriptWriter script;
    const std::string name = textIn(view, "name"), title = textIn(view, "title"), kind = textIn(view, "kind");
    const bool isOne = runs.size() == 1;
    script.line("#!/usr/bin/env python3");
    script.line(literal("Draws the figure " + name + (isOne ? " of a run" : " of several runs") +
                        (title.empty() ? "" : ": " + title) + "."));
    script.raw(kHead);
    if (isOne)
        script.line("run = latent.open(sys.argv[1] if len(sys.argv) > 1 else " + literal(runs[0].second) +
                    ")");
    json shown = json::object();
    collectScriptCursors(view, shown, 0);
    for (const auto& [cursor, index] : cursors)
        if (shown.contains(cursor)) shown[cursor] = index;
    if (!shown.empty()) script.line("cursors = " + literal(shown) + "  # -1: the end");
    script.hides = !look.hidden.empty() && isSeries(kind);
    if (script.hides) script.line("hidden = " + literal(look.hidden) + "  # series that are not drawn");
    script.raw(kHelpers);
    script.line();
    script.line();
    if (!builtInSchema("view-1").check(view, "The figure")) {
        script.line(isOne ? "print(run)"
                          : "print(latent.open(" + literal(runs.empty() ? "" : runs[0].second) + "))");
        return script.text();
    }
    const bool isGrid = kind == "image_grid";
    if (!isGrid) {
        script.line("fig = plt.figure(figsize=(85 / 25.4, 65 / 25.4))  # a column of a paper");
        script.line(hasDepth(view) ? "ax = fig.add_subplot(projection=\"3d\")" : "ax = fig.add_subplot()");
    }
    isOne ? writeBody(script, view, kind) : writeRuns(script, view, kind, runs);
    if (look.camera && hasDepth(view))
        script.line("ax.view_init(elev=" + literal(look.camera->second) +
                    ", azim=" + literal(look.camera->first) + ")");
    if (isSeries(kind) || kind == "heatmap" || kind == "image") {
        writeAxes(script, view);
        if (isSeries(kind)) {
            script.open("if len(ax.get_legend_handles_labels()[0]) > 1:");
            script.line("ax.legend()");
            script.close();
        }
    }
    if (!title.empty())
        script.line(isGrid ? "fig.suptitle(" + literal(title) + ")"
                           : "ax.set_title(" + literal(title) + ", loc=\"left\")");
    script.line(std::string("fig.savefig(sys.argv[") +
                (isOne ? "2] if len(sys.argv) > 2" : "-1] if len(sys.argv) > 1") + " else " +
                literal((name.empty() ? "figure" : name) + ".pdf") + ")");
    script.line("plt.show()");
    return script.text();
}

}  // namespace latent::engine::figures
