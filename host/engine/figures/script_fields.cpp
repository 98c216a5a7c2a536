// SPDX-License-Identifier: Apache-2.0
// The Python of heat maps, images, graphs, tables and texts.
#include <tuple>

#include "engine/figures/axes.hpp"
#include "engine/figures/script.hpp"

namespace latent::engine::figures {

using nlohmann::json;

namespace {

/// The left half of `z` becomes the other picture's; a line and two words say so.
void writeSwipe(ScriptWriter& script, const json& view, bool hasChannel) {
    if (!view.contains("swipe")) return;
    script.line("half = z.sizes[across] // 2");
    script.line("left = " + pickCall(view["swipe"]["z"], hasChannel ? 3 : 2) + ".transpose(*z.dims)");
    script.line("z = z.copy()");
    script.line("z[{across: slice(half)}] = left[{across: slice(half)}].values");
    script.line("ax.axvline(half - 0.5, color=\"white\")");
    for (const auto& [word, x, side] : {std::tuple(view["swipe"]["left"], "0.02", "left"),
                                        std::tuple(view["swipe"]["right"], "0.98", "right")})
        script.line("ax.text(" + std::string(x) + ", 0.98, " + literal(word) +
                    ", transform=ax.transAxes, ha=\"" + side +
                    "\", va=\"top\", bbox=dict(facecolor=\"white\", alpha=0.8, linewidth=0))");
}

}  // namespace

void writeRaster(ScriptWriter& script, const json& view) {
    const bool isImage = textIn(view, "kind") == "image", hasChannel = view.contains("channel"),
               upwards = view.value("upwards", false);
    script.line("z = " + pickCall(view["z"], hasChannel ? 3 : 2));
    script.line("rest = [d for d in z.dims" +
                (hasChannel ? " if d != " + literal(view["channel"]) : std::string()) + "]");
    script.line("down = " + (view.contains("down") ? literal(view["down"])
                             : view.contains("across")
                                 ? "next(d for d in rest if d != " + literal(view["across"]) + ")"
                                 : "rest[0]"));
    script.line("across = next(d for d in rest if d != down)");
    if (hasChannel) {
        script.line("z = z.transpose(down, across, " + literal(view["channel"]) + ")");
        writeSwipe(script, view, true);
        script.line("ax.imshow(z, origin=" + std::string(upwards ? "\"lower\")" : "\"upper\")"));
    } else {
        script.line("z = z.transpose(down, across)");
        writeSwipe(script, view, false);
        if (!isImage) {
            script.line(
                "at = {d: z[d].values if z[d].dtype.kind in \"iuf\" else np.arange(z.sizes[d]) for d in "
                "(down, across)}");
            script.open("for axis, d in ((ax.yaxis, down), (ax.xaxis, across)):");
            script.open("if z.sizes[d] <= 12:");
            script.line("axis.set_ticks(at[d], texts(z[d]))");
            script.close();
            script.close();
        }
        script.line("cmap = plt.get_cmap(" + mapOf(view) +
                    ").with_extremes(bad=\"0.85\")  # grey: no number");
        const std::string norm = normOf(view, "z");
        if (isImage)
            script.line("image = ax.imshow(z, cmap=cmap, norm=" + norm +
                        ", origin=" + (upwards ? "\"lower\")" : "\"upper\")"));
        else
            script.line(
                "image = ax.pcolormesh(at[across], at[down], np.ma.masked_invalid(z), cmap=cmap, norm=" +
                norm + ", shading=\"nearest\")");
        if (!isImage && !upwards) script.line("ax.invert_yaxis()");
        script.line("fig.colorbar(image, ax=ax, label=words(z))");
    }
    if (view.contains("overlay")) {
        script.line("over = " + pickCall(view["overlay"], 2) + ".transpose(down, across)");
        script.line(
            "ax.imshow(np.ma.masked_where((over == 0) | ~np.isfinite(over), over), cmap=\"autumn\", "
            "alpha=0.6, origin=" +
            std::string(upwards ? "\"lower\")" : "\"upper\")"));
    }
    if (view.value("numbers", false)) {
        script.open("for (i, j), value in np.ndenumerate(z.values):");
        script.line(
            "dark = np.isfinite(value) and np.dot(image.cmap(image.norm(value))[:3], (0.3, 0.6, 0.1)) < 0.5");
        script.line(
            "ax.text(" + std::string(isImage ? "j, i" : "at[across][j], at[down][i]") +
            ", f\"{value:.3g}\", ha=\"center\", va=\"center\", color=\"white\" if dark else \"black\")");
        script.close();
    }
    script.line("ax.set_xlabel(words(z[across]))");
    script.line("ax.set_ylabel(words(z[down]))");
}

void writeImageGrid(ScriptWriter& script, const json& view) {
    const bool hasChannel = view.contains("channel"),
               isTable = view.contains("tile_rows") && view.contains("tile_columns");
    const auto named = [&](const char* key) {
        return view.contains(key) ? literal(view[key]) : std::string("None");
    };
    script.line("z = " + pickCall(view["z"], (isTable ? 4 : 3) + (hasChannel ? 1 : 0)));
    script.line("named = {" + named("down") + ", " + named("across") + ", " + named("channel") + ", " +
                named("tiles") + ", " + named("tile_rows") + ", " + named("tile_columns") + "}");
    script.line("rest = [d for d in z.dims if d not in named]");
    script.line("tiles = " + (isTable ? "[" + named("tile_rows") + ", " + named("tile_columns") + "]"
                              : view.contains("tiles") ? "[" + named("tiles") + "]"
                                                       : "[rest.pop(0)]"));
    script.line("down = " + (view.contains("down") ? named("down") : "rest.pop(0)"));
    script.line("across = " + (view.contains("across") ? named("across") : "rest.pop(0)"));
    script.line("z = z.transpose(*tiles, down, across" +
                (hasChannel ? ", " + named("channel") + ")" : std::string(")")));
    const std::string columns =
        isTable ? "z.sizes[tiles[1]]"
                : "min(" + std::to_string(view.value("columns", 8)) + ", z.sizes[tiles[0]])";
    script.line("columns = " + columns);
    script.line("pictures = z.values.reshape(-1, *z.shape[len(tiles):])");
    script.line("rows = -(-len(pictures) // columns)");
    script.line(
        "fig, axes = plt.subplots(rows, columns, squeeze=False, figsize=(180 / 25.4, 180 / 25.4 * rows / "
        "columns))");
    if (!hasChannel) script.line("norm = " + normOf(view, "z"));
    if (view.contains("labels"))
        script.line("labels = texts(" + pickCall(view["labels"], isTable ? 2 : 1) + ")");
    script.open("for i, ax in enumerate(axes.flat):");
    script.line("ax.axis(\"off\")");
    script.open("if i < len(pictures):");
    script.line(hasChannel ? "ax.imshow(pictures[i])"
                           : "ax.imshow(pictures[i], cmap=" + mapOf(view) + ", norm=norm)");
    if (view.contains("labels")) script.line("ax.set_title(labels[i])");
    script.close();
    script.close();
}

void writeGraph(ScriptWriter& script, const json& view) {
    const std::string nodes = literal(view["nodes"]);
    if (view.contains("matrix")) {
        script.line("matrix = " + pickCall(view["matrix"], 2) + ".values");
        script.line("n = len(matrix)");
        script.line("edges = np.argwhere(" + std::string(view.value("directed", false)
                                                             ? "matrix != 0)"
                                                             : "np.triu((matrix != 0) | (matrix.T != 0)))"));
    } else {
        script.line("edges = " + pickCall(view["edges"], 2) + ".values");
        script.line("n = int(edges.max()) + 1 if edges.size else 0");
    }
    if (view.contains("x") && view.contains("y")) {
        for (const char* axis : {"x", "y", "z"})
            if (view.contains(axis))
                script.line(std::string(axis) + " = " + pickCall(view[axis], 1) + ".values");
        script.line("n = len(x)");
    } else {
        if (textIn(view, "layout") == "grid")
            script.line(
                "x, y = np.arange(n) % int(np.ceil(np.sqrt(n))), -(np.arange(n) // "
                "int(np.ceil(np.sqrt(n))))");
        else
            script.line("x, y = np.cos(2 * np.pi * np.arange(n) / n), np.sin(2 * np.pi * np.arange(n) / n)");
    }
    const bool hasDepth = view.contains("z") && view.contains("x");
    script.open("for a, b in edges:");
    script.line(std::string("ax.plot([x[a], x[b]], [y[a], y[b]]") + (hasDepth ? ", [z[a], z[b]]" : "") +
                ", color=\"0.7\", linewidth=0.8, zorder=1)");
    script.close();
    const std::string colour =
        view.contains("colour") ? ", c=" + pickCall(view["colour"], 1) + ", cmap=" + mapOf(view) : "";
    script.line(std::string("points = ax.scatter(x, y") + (hasDepth ? ", z" : "") + ", s=60" + colour +
                (hasDepth ? ")" : ", zorder=2)"));
    if (view.contains("colour"))
        script.line("fig.colorbar(points, ax=ax, label=words(" + pickCall(view["colour"], 1) + "))");
    script.line("names = " + (view.contains("text") ? "texts(" + pickCall(view["text"], 1) + ")"
                                                    : std::string("[str(i) for i in range(n)]")));
    script.open("for i in range(n):");
    script.line(std::string("ax.text(x[i], y[i]") + (hasDepth ? ", z[i]" : "") +
                ", names[i], ha=\"center\", va=\"center\", zorder=3)");
    script.close();
    script.line("ax.axis(\"off\")");
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
            script.line("paragraph = paragraph.replace(" + literal("{" + name + "}") + ", texts(" +
                        pickCall(selection, 0) + ")[0])");
    script.line("print(paragraph)");
    script.line("ax.axis(\"off\")");
    script.line("ax.text(0, 1, paragraph, va=\"top\", wrap=True)");
}

}  // namespace latent::engine::figures
