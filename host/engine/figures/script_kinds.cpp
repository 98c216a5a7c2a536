// SPDX-License-Identifier: Apache-2.0
// The Python of each kind of figure.
#include <map>

#include "engine/figures/axes.hpp"
#include "engine/figures/script.hpp"

namespace latent::engine::figures {
namespace {

using nlohmann::json;

/// ", color=…, linestyle=…, marker=…" as the series asks; `always` is the marker where it asks for none.
std::string looks(const json& series, const std::string& always = {}) {
    static const std::map<std::string, std::string> kRoles = {
        {"primary", "COLOURS[0]"}, {"secondary", "COLOURS[1]"}, {"accent", "COLOURS[3]"},  {"muted", "\"0.65\""},
        {"reference", "\"0.3\""},  {"positive", "COLOURS[2]"},  {"negative", "COLOURS[1]"}};
    static const std::map<std::string, std::string> kMarkers = {{"circle", "o"}, {"square", "s"}, {"triangle", "^"},
                                                                {"diamond", "D"}, {"cross", "x"}, {"star", "*"}};
    std::string text;
    if (const auto role = kRoles.find(textIn(series, "role")); role != kRoles.end())
        text += ", color=" + role->second;
    else if (series.contains("category"))
        text += ", color=COLOURS[" + std::to_string(series["category"].get<int>() % 7) + "]";
    const std::string style = textIn(series, "style");
    if (style == "dashed") text += ", linestyle=\"--\"";
    if (style == "dotted") text += ", linestyle=\":\"";
    if (style == "none") text += ", linestyle=\"none\"";
    const auto marker = kMarkers.find(textIn(series, "marker"));
    if (marker != kMarkers.end())
        text += ", marker=\"" + marker->second + "\"";
    else
        text += always;
    return text;
}

std::string mapOf(const json& view) {
    const std::string map = view.contains("colours") ? textIn(view["colours"], "map") : "";
    return map == "diverging" ? "\"RdBu_r\"" : map == "cyclic" ? "\"twilight\"" : map == "categorical" ? "\"tab10\"" : "\"viridis\"";
}

/// A norm for `values`, with the limits, centre and scale that the view asks for.
std::string normOf(const json& view, const std::string& values) {
    const json colours = view.value("colours", json::object());
    std::string low = "np.nanmin(" + values + ")", high = "np.nanmax(" + values + ")";
    if (colours.contains("limits") && colours["limits"][0].is_number()) low = literal(colours["limits"][0]);
    if (colours.contains("limits") && colours["limits"][1].is_number()) high = literal(colours["limits"][1]);
    if (colours.contains("centre")) return "colors.CenteredNorm(vcenter=" + literal(colours["centre"]) + ")";
    if (textIn(colours, "scale") == "log") return "colors.LogNorm(" + low + ", " + high + ")";
    if (textIn(colours, "scale") == "symlog") return "colors.SymLogNorm(1e-3, vmin=" + low + ", vmax=" + high + ")";
    return "colors.Normalize(" + low + ", " + high + ")";
}

/// `label` and, in a family, the member's own name after it.
std::string labelOf(const json& series, const char* array) {
    const std::string label = textIn(series, "label");
    if (!series.contains("family")) return label.empty() ? "words(" + std::string(array) + ")" : literal(label);
    return (label.empty() ? "" : literal(label + ", ") + " + ") + std::string("member");
}

/// Opens the loop over a family: `i` counts, `member` is its name.
void openFamily(ScriptWriter& script, const json& series, const char* array) {
    if (!series.contains("family")) return;
    const std::string family = literal(series["family"]);
    script.open("for i, value in enumerate(" + std::string(array) + "[" + family + "].values):");
    script.line("member = value if isinstance(value, str) else " + literal(wordsOfName(series["family"].get<std::string>()) + " ") + " + f\"{value:g}\"");
    script.line("one = lambda data: data.isel({" + family + ": i}) if " + family + " in data.dims else data");
}

void writeSmoothing(ScriptWriter& script, const json& how) {
    const std::string kind = textIn(how, "kind"), strength = literal(how["strength"]);
    if (kind == "exponential") {
        script.line("past, smooth, weight = 0.0, [], 0.0");
        script.open("for v in own.values:");
        script.line("if np.isfinite(v): past, weight = " + strength + " * past + (1 - " + strength + ") * v, " + strength + " * weight + 1 - " + strength);
        script.line("smooth.append(past / weight if np.isfinite(v) and weight else np.nan)");
        script.close();
        return;
    }
    script.line(kind == "gaussian" ? "half = int(np.ceil(3 * " + strength + "))" : "half = int(" + strength + " / 2)");
    script.line("windows = [own.values[max(0, k - half):k + half + 1] for k in range(own.size)]");
    if (kind == "gaussian") {
        script.line("kernels = [np.exp(-0.5 * ((np.arange(max(0, k - half), min(own.size, k + half + 1)) - k) / " + strength + ") ** 2) for k in range(own.size)]");
        script.line("smooth = [np.nansum(w * k) / np.sum(k[np.isfinite(w)]) if np.isfinite(w).any() else np.nan for w, k in zip(windows, kernels)]");
    } else {
        script.line("smooth = [np.nanmedian(w) if np.isfinite(w).any() else np.nan for w in windows]");
    }
}

/// The x of a line, cut as its y is.
json cutAs(json x, const json& y) {
    if (y.contains("select"))
        for (const auto& [dimension, how] : y["select"].items())
            if (how.is_object() && how.contains("slice") && !(x.contains("select") && x["select"].contains(dimension))) x["select"][dimension] = how;
    return x;
}

}  // namespace

void writeLines(ScriptWriter& script, const json& view) {
    for (const json& series : view["series"]) {
        const bool isFamily = series.contains("family");
        const int left = isFamily ? 2 : 1;
        const json* xOf = series.contains("x") ? &series["x"] : view.contains("x") ? &view["x"] : nullptr;
        const std::string family = isFamily ? literal(series["family"]) : "";
        const auto one = [&](const std::string& data) { return isFamily ? "one(" + data + ")" : data; };
        script.line();
        script.line("y = " + pickCall(series["y"], left));
        script.line("x = " + (xOf ? pickCall(cutAs(*xOf, series["y"]), -1) : isFamily ? "y[next(d for d in y.dims if d != " + family + ")]" : "y[y.dims[0]]"));
        openFamily(script, series, "y");
        const bool isColoured = isFamily && series.contains("colour") && textIn(series["colour"], "dimension") == series["family"].get<std::string>();
        std::string look = looks(series);
        if (isColoured) {
            script.line("along = y[" + family + "].values if y[" + family + "].dtype.kind in \"iuf\" else np.arange(y.sizes[" + family + "])");
            script.line("norm = " + normOf(view, "along"));
            look += ", color=plt.get_cmap(" + mapOf(view) + ")(norm(along[i]))";
        }
        const bool isSteps = series.value("steps", false);
        const std::string draw = std::string(isSteps ? "ax.step(" : "ax.plot(") + one("x") + ", ", where = isSteps ? ", where=\"post\"" : "";
        if (series.contains("smoothing")) {
            script.line("own = " + one("y"));
            writeSmoothing(script, series["smoothing"]);
            script.line("line, = " + draw + "smooth" + where + look + ", label=" + labelOf(series, "y") + ")");
            script.line(draw + "own" + where + ", color=line.get_color(), alpha=0.3, linewidth=0.8)  # as measured");
        } else {
            script.line("line, = " + draw + one("y") + where + look + ", label=" + labelOf(series, "y") + ")");
        }
        if (series.contains("low") && series.contains("high"))
            script.line("ax.fill_between(" + one("x") + ", " + one(pickCall(series["low"], left)) + ", " + one(pickCall(series["high"], left)) +
                        ", color=line.get_color(), alpha=0.2, linewidth=0)");
        if (isFamily) script.close();
    }
    script.line("ax.set_xlabel(words(x))");
    script.line(view["series"].size() == 1 ? "ax.set_ylabel(words(y))" : "ax.set_ylabel(\"value\")");
}

void writePositions(ScriptWriter& script, const json& view, bool isPath) {
    bool hasDepth = false;
    for (const json& series : view["series"]) hasDepth = hasDepth || series.contains("z");
    for (const json& series : view["series"]) {
        const bool isFamily = isPath && series.contains("family");
        const int left = isPath ? (isFamily ? 2 : 1) : -1;
        script.line();
        script.line("x, y = " + pickCall(series["x"], left) + ", " + pickCall(series["y"], left));
        if (hasDepth) script.line(series.contains("z") ? "z = " + pickCall(series["z"], left) : "z = xr.zeros_like(x)");
        if (isFamily) openFamily(script, series, "x");
        const auto one = [&](const std::string& data) { return isFamily ? "one(" + data + ")" : data; };
        const std::string place = "*(" + one("d") + ".values.ravel() for d in xr.broadcast(x, y" + (hasDepth ? ", z))" : "))");
        const json* colour = series.contains("colour") ? &series["colour"] : nullptr;
        const std::string colourOf = !colour ? "" : colour->contains("array") ? pickCall(*colour, -1) : "x[" + literal((*colour)["dimension"]) + "]";
        const std::string label = labelOf(isPath ? series : json{{"label", textIn(series, "label")}}, "y");
        if (isPath) script.line("line, = ax.plot(" + place + looks(series) + (colour ? ", alpha=0.4" : "") + ", label=" + label + ")");
        if (colour) {
            script.line("c = xr.broadcast(" + one(colourOf) + ", " + one("x") + ")[0].transpose(*" + one("x") + ".dims).values.ravel()");
            script.line("c = c if c.dtype.kind in \"iufb\" else np.unique(c, return_inverse=True)[1]");
            script.line("points = ax.scatter(" + place + ", c=c, cmap=" + mapOf(view) + ", norm=" + normOf(view, "c") + ", s=12" +
                        (isPath ? ")" : ", label=" + label + ")"));
        } else if (!isPath) {
            const std::string size = series.contains("size") ? "20 * np.ravel(" + pickCall(series["size"], -1) + " / " + pickCall(series["size"], -1) + ".max())" : "12";
            script.line("points = ax.scatter(" + place + looks(series) + ", s=" + size + ", label=" + label + ")");
        }
        if (!isPath && series.contains("text")) {
            script.open("for at, text in zip(zip(*(d.values.ravel() for d in (x, y))), texts(" + pickCall(series["text"], -1) + ")):");
            script.line("ax.annotate(text, at, xytext=(3, 3), textcoords=\"offset points\")");
            script.close();
        }
        if (isPath && series.contains("marks"))
            for (const json& mark : series["marks"]) {
                const json& at = mark["at"];
                const std::string index = at.is_number()          ? literal(at)
                                          : at.contains("cursor") ? "min(cursors[" + literal(at["cursor"]) + "], " + one("x") + ".size - 1)"
                                                                  : "int(np.nanargmin(np.abs(" + one("x") + "[" + one("x") + ".dims[0]].values - " + literal(at["value"]) + ")))";
                script.line("ax.plot(*([" + one("d") + ".values[" + index + "]] for d in " + (hasDepth ? "(x, y, z)" : "(x, y)") + "), " +
                            (looks(mark).empty() ? "marker=\"o\"" : looks(mark).substr(2)) + ", color=line.get_color())" +
                            (textIn(mark, "label").empty() ? "" : "  # " + literal(mark["label"])));
            }
        if (isFamily) script.close();
        if (colour) script.line("fig.colorbar(points, ax=ax, label=words(" + colourOf + "))");
    }
    script.line("ax.set_xlabel(words(x))");
    script.line("ax.set_ylabel(words(y))");
    if (hasDepth) script.line("ax.set_zlabel(words(z))");
}

void writeRaster(ScriptWriter& script, const json& view) {
    const bool isImage = textIn(view, "kind") == "image", hasChannel = view.contains("channel"), upwards = view.value("upwards", false);
    script.line("z = " + pickCall(view["z"], hasChannel ? 3 : 2));
    script.line("rest = [d for d in z.dims" + (hasChannel ? " if d != " + literal(view["channel"]) : std::string()) + "]");
    script.line("down = " + (view.contains("down") ? literal(view["down"]) : view.contains("across") ? "next(d for d in rest if d != " + literal(view["across"]) + ")" : "rest[0]"));
    script.line("across = next(d for d in rest if d != down)");
    if (hasChannel) {
        script.line("z = z.transpose(down, across, " + literal(view["channel"]) + ")");
        script.line("ax.imshow(z, origin=" + std::string(upwards ? "\"lower\")" : "\"upper\")"));
    } else {
        script.line("z = z.transpose(down, across)");
        if (!isImage) {
            script.line("at = {d: z[d].values if z[d].dtype.kind in \"iuf\" else np.arange(z.sizes[d]) for d in (down, across)}");
            script.open("for axis, d in ((ax.yaxis, down), (ax.xaxis, across)):");
            script.open("if z.sizes[d] <= 12:");
            script.line("axis.set_ticks(at[d], texts(z[d]))");
            script.close();
            script.close();
        }
        script.line("cmap = plt.get_cmap(" + mapOf(view) + ").with_extremes(bad=\"0.85\")  # grey: no number");
        const std::string norm = normOf(view, "z");
        if (isImage)
            script.line("image = ax.imshow(z, cmap=cmap, norm=" + norm + ", origin=" + (upwards ? "\"lower\")" : "\"upper\")"));
        else
            script.line("image = ax.pcolormesh(at[across], at[down], np.ma.masked_invalid(z), cmap=cmap, norm=" + norm + ", shading=\"nearest\")");
        if (!isImage && !upwards) script.line("ax.invert_yaxis()");
        script.line("fig.colorbar(image, ax=ax, label=words(z))");
    }
    if (view.contains("overlay")) {
        script.line("over = " + pickCall(view["overlay"], 2) + ".transpose(down, across)");
        script.line("ax.imshow(np.ma.masked_where((over == 0) | ~np.isfinite(over), over), cmap=\"autumn\", alpha=0.6, origin=" + std::string(upwards ? "\"lower\")" : "\"upper\")"));
    }
    if (view.value("numbers", false)) {
        script.open("for (i, j), value in np.ndenumerate(z.values):");
        script.line("dark = np.isfinite(value) and np.dot(image.cmap(image.norm(value))[:3], (0.3, 0.6, 0.1)) < 0.5");
        script.line("ax.text(" + std::string(isImage ? "j, i" : "at[across][j], at[down][i]") +
                    ", f\"{value:.3g}\", ha=\"center\", va=\"center\", color=\"white\" if dark else \"black\")");
        script.close();
    }
    script.line("ax.set_xlabel(words(z[across]))");
    script.line("ax.set_ylabel(words(z[down]))");
}

void writeImageGrid(ScriptWriter& script, const json& view) {
    const bool hasChannel = view.contains("channel"), isTable = view.contains("tile_rows") && view.contains("tile_columns");
    const auto named = [&](const char* key) { return view.contains(key) ? literal(view[key]) : std::string("None"); };
    script.line("z = " + pickCall(view["z"], (isTable ? 4 : 3) + (hasChannel ? 1 : 0)));
    script.line("named = {" + named("down") + ", " + named("across") + ", " + named("channel") + ", " + named("tiles") + ", " + named("tile_rows") + ", " + named("tile_columns") + "}");
    script.line("rest = [d for d in z.dims if d not in named]");
    script.line("tiles = " + (isTable ? "[" + named("tile_rows") + ", " + named("tile_columns") + "]" : view.contains("tiles") ? "[" + named("tiles") + "]" : "[rest.pop(0)]"));
    script.line("down = " + (view.contains("down") ? named("down") : "rest.pop(0)"));
    script.line("across = " + (view.contains("across") ? named("across") : "rest.pop(0)"));
    script.line("z = z.transpose(*tiles, down, across" + (hasChannel ? ", " + named("channel") + ")" : std::string(")")));
    const std::string columns = isTable ? "z.sizes[tiles[1]]" : "min(" + std::to_string(view.value("columns", 8)) + ", z.sizes[tiles[0]])";
    script.line("columns = " + columns);
    script.line("pictures = z.values.reshape(-1, *z.shape[len(tiles):])");
    script.line("rows = -(-len(pictures) // columns)");
    script.line("fig, axes = plt.subplots(rows, columns, squeeze=False, figsize=(180 / 25.4, 180 / 25.4 * rows / columns))");
    if (!hasChannel) script.line("norm = " + normOf(view, "z"));
    if (view.contains("labels")) script.line("labels = texts(" + pickCall(view["labels"], isTable ? 2 : 1) + ")");
    script.open("for i, ax in enumerate(axes.flat):");
    script.line("ax.axis(\"off\")");
    script.open("if i < len(pictures):");
    script.line(hasChannel ? "ax.imshow(pictures[i])" : "ax.imshow(pictures[i], cmap=" + mapOf(view) + ", norm=norm)");
    if (view.contains("labels")) script.line("ax.set_title(labels[i])");
    script.close();
    script.close();
}

void writeGraph(ScriptWriter& script, const json& view) {
    const std::string nodes = literal(view["nodes"]);
    if (view.contains("matrix")) {
        script.line("matrix = " + pickCall(view["matrix"], 2) + ".values");
        script.line("n = len(matrix)");
        script.line("edges = np.argwhere(" + std::string(view.value("directed", false) ? "matrix != 0)" : "np.triu((matrix != 0) | (matrix.T != 0)))"));
    } else {
        script.line("edges = " + pickCall(view["edges"], 2) + ".values");
        script.line("n = int(edges.max()) + 1 if edges.size else 0");
    }
    if (view.contains("x") && view.contains("y")) {
        for (const char* axis : {"x", "y", "z"})
            if (view.contains(axis)) script.line(std::string(axis) + " = " + pickCall(view[axis], 1) + ".values");
        script.line("n = len(x)");
    } else {
        if (textIn(view, "layout") == "grid")
            script.line("x, y = np.arange(n) % int(np.ceil(np.sqrt(n))), -(np.arange(n) // int(np.ceil(np.sqrt(n))))");
        else
            script.line("x, y = np.cos(2 * np.pi * np.arange(n) / n), np.sin(2 * np.pi * np.arange(n) / n)");
    }
    const bool hasDepth = view.contains("z") && view.contains("x");
    script.open("for a, b in edges:");
    script.line(std::string("ax.plot([x[a], x[b]], [y[a], y[b]]") + (hasDepth ? ", [z[a], z[b]]" : "") + ", color=\"0.7\", linewidth=0.8, zorder=1)");
    script.close();
    const std::string colour = view.contains("colour") ? ", c=" + pickCall(view["colour"], 1) + ", cmap=" + mapOf(view) : "";
    script.line(std::string("points = ax.scatter(x, y") + (hasDepth ? ", z" : "") + ", s=60" + colour + (hasDepth ? ")" : ", zorder=2)"));
    if (view.contains("colour")) script.line("fig.colorbar(points, ax=ax, label=words(" + pickCall(view["colour"], 1) + "))");
    script.line("names = " + (view.contains("text") ? "texts(" + pickCall(view["text"], 1) + ")" : std::string("[str(i) for i in range(n)]")));
    script.open("for i in range(n):");
    script.line(std::string("ax.text(x[i], y[i]") + (hasDepth ? ", z[i]" : "") + ", names[i], ha=\"center\", va=\"center\", zorder=3)");
    script.close();
    script.line("ax.axis(\"off\")");
}

void writeHistogram(ScriptWriter& script, const json& view) {
    script.line("series = []");
    for (const json& series : view["series"]) {
        script.line("values = " + pickCall(series["values"], -1));
        if (series.contains("family")) {
            openFamily(script, series, "values");
            script.line("series.append((" + labelOf(series, "values") + ", one(values).values.ravel()))");
            script.close();
        } else {
            script.line("series.append((" + labelOf(series, "values") + ", values.values.ravel()))");
        }
    }
    script.line("series = [(label, own[np.isfinite(own)]) for label, own in series]");
    script.line("edges = np.histogram_bin_edges(np.concatenate([own for _, own in series]), " + (view.contains("bins") ? literal(view["bins"]) : "\"auto\"") + ")");
    script.open("for label, own in series:");
    script.line("ax.hist(own, edges, alpha=0.6, label=label, density=" + literal(view.value("density", false)) + ")");
    script.close();
    script.line("ax.set_xlabel(words(values))");
    script.line(view.value("density", false) ? "ax.set_ylabel(\"density\")" : "ax.set_ylabel(\"count\")");
}

void writeTable(ScriptWriter& script, const json& view) {
    script.line("columns = {}");
    for (const json& column : view["columns"]) {
        script.line("data = " + pickCall(column["values"], 1));
        const std::string title = textIn(column, "title");
        script.line("columns[" + (title.empty() ? "words(data)" : literal(title)) + "] = texts(data)");
    }
    script.line("rows = [row for row in zip(*columns.values())]");
    script.open("for row in [tuple(columns), *rows]:");
    script.line("print(*row, sep=\"\\t\")");
    script.close();
    script.line("ax.axis(\"off\")");
    script.line("ax.table(rows[:40] or [[\"\"] * len(columns)], colLabels=list(columns), loc=\"center\")");
}

void writeText(ScriptWriter& script, const json& view) {
    script.line("paragraph = " + literal(view["words"]));
    if (view.contains("values"))
        for (const auto& [name, selection] : view["values"].items())
            script.line("paragraph = paragraph.replace(" + literal("{" + name + "}") + ", texts(" + pickCall(selection, 0) + ")[0])");
    script.line("print(paragraph)");
    script.line("ax.axis(\"off\")");
    script.line("ax.text(0, 1, paragraph, va=\"top\", wrap=True)");
}

}  // namespace latent::engine::figures
