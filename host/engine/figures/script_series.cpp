// SPDX-License-Identifier: Apache-2.0
// The Python of figures made of series: lines, points, trajectories, histograms.
#include "engine/figures/axes.hpp"
#include "engine/figures/script.hpp"

namespace latent::engine::figures {
namespace {

using nlohmann::json;

void writeSmoothing(ScriptWriter& script, const json& how) {
    const std::string kind = textIn(how, "kind"), strength = literal(how["strength"]);
    if (kind == "exponential") {
        script.line("past, smooth, weight = 0.0, [], 0.0");
        script.open("for v in own.values:");
        script.line("if np.isfinite(v): past, weight = " + strength + " * past + (1 - " + strength +
                    ") * v, " + strength + " * weight + 1 - " + strength);
        script.line("smooth.append(past / weight if np.isfinite(v) and weight else np.nan)");
        script.close();
        return;
    }
    script.line(kind == "gaussian" ? "half = int(np.ceil(3 * " + strength + "))"
                                   : "half = int(" + strength + " / 2)");
    script.line("windows = [own.values[max(0, k - half):k + half + 1] for k in range(own.size)]");
    if (kind == "gaussian") {
        script.line(
            "kernels = [np.exp(-0.5 * ((np.arange(max(0, k - half), min(own.size, k + half + 1)) - k) / " +
            strength + ") ** 2) for k in range(own.size)]");
        script.line(
            "smooth = [np.nansum(w * k) / np.sum(k[np.isfinite(w)]) if np.isfinite(w).any() else np.nan for "
            "w, k in zip(windows, kernels)]");
    } else {
        script.line("smooth = [np.nanmedian(w) if np.isfinite(w).any() else np.nan for w in windows]");
    }
}

/// The x of a line, cut as its y is.
json cutAs(json x, const json& y) {
    if (y.contains("select"))
        for (const auto& [dimension, how] : y["select"].items())
            if (how.is_object() && how.contains("slice") &&
                !(x.contains("select") && x["select"].contains(dimension)))
                x["select"][dimension] = how;
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
        script.line("x = " + (xOf        ? pickCall(cutAs(*xOf, series["y"]), -1)
                              : isFamily ? "y[next(d for d in y.dims if d != " + family + ")]"
                                         : "y[y.dims[0]]"));
        openFamily(script, series, "y");
        const bool isColoured = isFamily && series.contains("colour") &&
                                textIn(series["colour"], "dimension") == series["family"].get<std::string>();
        openShown(script, labelOf(series, "y"));
        std::string look = looks(series);
        if (isColoured) {
            script.line("along = y[" + family + "].values if y[" + family +
                        "].dtype.kind in \"iuf\" else np.arange(y.sizes[" + family + "])");
            script.line("norm = " + normOf(view, "along"));
            look += ", color=plt.get_cmap(" + mapOf(view) + ")(norm(along[i]))";
        }
        const bool isSteps = series.value("steps", false);
        const std::string draw = std::string(isSteps ? "ax.step(" : "ax.plot(") + one("x") + ", ",
                          where = isSteps ? ", where=\"post\"" : "";
        if (series.contains("smoothing")) {
            script.line("own = " + one("y"));
            writeSmoothing(script, series["smoothing"]);
            script.line("line, = " + draw + "smooth" + where + look + ", label=" + labelOf(series, "y") +
                        ")");
            script.line(draw + "own" + where +
                        ", color=line.get_color(), alpha=0.3, linewidth=0.8)  # as measured");
        } else {
            script.line("line, = " + draw + one("y") + where + look + ", label=" + labelOf(series, "y") +
                        ")");
        }
        if (series.contains("low") && series.contains("high"))
            script.line("ax.fill_between(" + one("x") + ", " + one(pickCall(series["low"], left)) + ", " +
                        one(pickCall(series["high"], left)) +
                        ", color=line.get_color(), alpha=0.2, linewidth=0)");
        closeShown(script);
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
        if (hasDepth)
            script.line(series.contains("z") ? "z = " + pickCall(series["z"], left) : "z = xr.zeros_like(x)");
        if (isFamily) openFamily(script, series, "x");
        const auto one = [&](const std::string& data) { return isFamily ? "one(" + data + ")" : data; };
        const std::string place =
            "*(" + one("d") + ".values.ravel() for d in xr.broadcast(x, y" + (hasDepth ? ", z))" : "))");
        const json* colour = series.contains("colour") ? &series["colour"] : nullptr;
        const std::string colourOf = !colour ? ""
                                     : colour->contains("array")
                                         ? pickCall(*colour, -1)
                                         : "x[" + literal((*colour)["dimension"]) + "]";
        const std::string label = labelOf(isPath ? series : json{{"label", textIn(series, "label")}}, "y");
        openShown(script, label);
        if (isPath)
            script.line("line, = ax.plot(" + place + looks(series) + (colour ? ", alpha=0.4" : "") +
                        ", label=" + label + ")");
        if (colour) {
            script.line("c = xr.broadcast(" + one(colourOf) + ", " + one("x") + ")[0].transpose(*" +
                        one("x") + ".dims).values.ravel()");
            script.line("c = c if c.dtype.kind in \"iufb\" else np.unique(c, return_inverse=True)[1]");
            script.line("points = ax.scatter(" + place + ", c=c, cmap=" + mapOf(view) +
                        ", norm=" + normOf(view, "c") + ", s=12" + (isPath ? ")" : ", label=" + label + ")"));
        } else if (!isPath) {
            const std::string size = series.contains("size")
                                         ? "20 * np.ravel(" + pickCall(series["size"], -1) + " / " +
                                               pickCall(series["size"], -1) + ".max())"
                                         : "12";
            script.line("points = ax.scatter(" + place + looks(series) + ", s=" + size + ", label=" + label +
                        ")");
        }
        if (!isPath && series.contains("text")) {
            script.open("for at, text in zip(zip(*(d.values.ravel() for d in (x, y))), texts(" +
                        pickCall(series["text"], -1) + ")):");
            script.line("ax.annotate(text, at, xytext=(3, 3), textcoords=\"offset points\")");
            script.close();
        }
        if (isPath && series.contains("marks"))
            for (const json& mark : series["marks"]) {
                const json& at = mark["at"];
                const std::string index =
                    at.is_number() ? literal(at)
                    : at.contains("cursor")
                        ? "min(cursors[" + literal(at["cursor"]) + "], " + one("x") + ".size - 1)"
                        : "int(np.nanargmin(np.abs(" + one("x") + "[" + one("x") + ".dims[0]].values - " +
                              literal(at["value"]) + ")))";
                script.line("ax.plot(*([" + one("d") + ".values[" + index + "]] for d in " +
                            (hasDepth ? "(x, y, z)" : "(x, y)") + "), " +
                            (looks(mark).empty() ? "marker=\"o\"" : looks(mark).substr(2)) +
                            ", color=line.get_color())" +
                            (textIn(mark, "label").empty() ? "" : "  # " + literal(mark["label"])));
            }
        closeShown(script);
        if (isFamily) script.close();
        if (colour)
            script.line(std::string(script.hides ? "if \"points\" in globals(): " : "") +
                        "fig.colorbar(points, ax=ax, label=words(" + colourOf + "))");
    }
    script.line("ax.set_xlabel(words(x))");
    script.line("ax.set_ylabel(words(y))");
    if (hasDepth) script.line("ax.set_zlabel(words(z))");
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
    script.line(std::string("series = [(label, own[np.isfinite(own)]) for label, own in series") +
                (script.hides ? " if label not in hidden]" : "]"));
    script.line("edges = np.histogram_bin_edges(np.concatenate([own for _, own in series]), " +
                (view.contains("bins") ? literal(view["bins"]) : "\"auto\"") + ")");
    script.open("for label, own in series:");
    script.line(
        "ax.hist(own, edges, alpha=0.6, label=label, density=" + literal(view.value("density", false)) + ")");
    script.close();
    script.line("ax.set_xlabel(words(values))");
    script.line(view.value("density", false) ? "ax.set_ylabel(\"density\")" : "ax.set_ylabel(\"count\")");
}

}  // namespace latent::engine::figures
