// SPDX-License-Identifier: Apache-2.0
#include "experiments/onset_record.hpp"

#include "graphs/no_number.hpp"

namespace icl_graphs {

using namespace latent;

Onset onsetOf(std::span<const std::int64_t> contexts, std::span<const double> accuracy) {
    const std::vector<double> at(contexts.begin(), contexts.end());
    return compareSlopes(at, accuracy);
}

void declareOnset(Outputs& o, const std::vector<Dimension>& lead) {
    o.array("critical_context", F64, lead)
        .units("words")
        .label("critical context (knee of a broken line)")
        .description(
            "Of a line with two segments in ln(context), fitted to the probability of valid neighbours.");
    o.array("slope_before", F64, lead).units("1").label("slope over ln(context) before the knee");
    o.array("slope_after", F64, lead).units("1").label("slope over ln(context) after the knee");
    o.array("slope_ratio", F64, lead)
        .units("1")
        .label("slope after over slope before")
        .description(
            "Above 1: steeper after the knee; below 0: it turns back. No number where the curve does not "
            "move before the knee the way it moves on the whole: what comes after is then larger by no "
            "finite factor.");
    std::vector<Dimension> sides = lead;
    sides.push_back(fixed("side", 2));
    o.array("slope_ratio_interval", F64, sides)
        .units("1")
        .label("slope after over slope before, 95 %")
        .description(
            "Every ratio with which the broken line, its knee searched again, is hardly worse (F test): how "
            "well "
            "this one curve determines the ratio, not how another would differ. No number at an end that is "
            "not "
            "finite, because the slope before the knee cannot be told from none.");
}

void sendOnset(const Onset& onset, const std::vector<std::int64_t>& lead, const Send& send) {
    const SlopeRatio s = onset.value_or(SlopeRatio{{kNan, kNan, kNan, kNan, kNan}, kNan, kNan, kNan});
    for (const auto& [name, value] : {std::pair{"critical_context", s.line.criticalContext()},
                                      {"slope_before", s.line.before},
                                      {"slope_after", s.line.after},
                                      {"slope_ratio", s.ratio}})
        send(name, {&value, lead});
    const double interval[2] = {s.low, s.high};
    std::vector<std::int64_t> shape = lead;
    shape.push_back(2);
    send("slope_ratio_interval", {interval, shape});
}

void addOnsetFigure(Outputs& o) {
    o.figure(
        view::table("turn")
            .title("Where it turns, and how sharply")
            .caption(
                "Of the broken line through the probability of valid neighbours: its knee (the critical "
                "context), the slopes over ln(context) before and after it, and after over before with a "
                "95 % interval, which is of this one curve. Where there is no number it is not finite: "
                "before the knee nothing may have moved.")
            .group("Prediction")
            .column({"critical_context"}, "knee", view::Format::Fixed, 0)
            .column({"slope_before"}, "before", view::Format::Fixed, 3)
            .column({"slope_after"}, "after", view::Format::Fixed, 3)
            .column({"slope_ratio"}, "ratio", view::Format::Fixed, 2)
            .column({"slope_ratio_interval", {{"side", 0}}}, "from", view::Format::Fixed, 2)
            .column({"slope_ratio_interval", {{"side", 1}}}, "to", view::Format::Fixed, 2));
}

}  // namespace icl_graphs
