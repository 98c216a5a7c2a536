// SPDX-License-Identifier: Apache-2.0
// What the paper claims of the exact dynamics, and what is measured for it. The unit is the initialisation: one draw of
// W0, whatever else is swept over it.

#include <cmath>
#include <set>

#include "experiments/measurements.hpp"
#include "experiments/theory.hpp"
#include "experiments/theory_model.hpp"
#include "model/theory/symmetric.hpp"

namespace concept_space {
namespace {

constexpr const char* kPaper = "arXiv:2410.08309";
constexpr double kOrderTolerance = 1e-9;  // of node losses: above rounding, far below anything drawn

/// One run or cell, as far as the claims need it.
struct Solved {
    const latent::Run* run;
    theory::Cell cell;
    std::string unit;
    bool symmetric;
    int exponent;
    Eigen::VectorXd moment;  // diagonal of A^exponent, [d]

    std::size_t concepts() const { return cell.data.mu.size(); }
    std::vector<double> strength() const { return {moment.data(), moment.data() + concepts()}; }
    std::vector<double> read(const char* array) const { return run->read(array).toDoubles(); }
};

Solved solvedOf(const latent::Run& run) {
    const latent::Parameters& p = run.parameters();
    const std::string w0 = p.text("w0");
    Solved s{&run,
             theoryCell(p),
             w0.front() == '[' ? "W0 " + w0 : w0 + " seed " + std::to_string(p.seed()),
             p.choice("model") == "symmetric",
             static_cast<int>(p.integer("exponent")),
             {}};
    s.moment = theory::secondMoment(s.cell.data, s.exponent);
    return s;
}

/// Rise of the OOD loss of the same cell with other data or weights, solved here on the run's own time grid.
double riseOf(const Solved& s, bool symmetric, theory::Cell cell) {
    TheoryModel model = TheoryModel::of(s.run->parameters());
    model.symmetric = symmetric;
    model.oneLayerOptions = {false, false, s.exponent};
    model.wanted = {.nodeLoss = false, .minEigenvalue = false, .decomposition = false};
    const theory::Trajectories t = model.solve({&cell, 1});
    return theory::swingBy(t.oodLoss).magnitude;
}

/// The same cell solved on the run's own grid, and what is read off its curves.
CurveSummary resolved(const Solved& s, bool symmetric, const theory::Cell& cell) {
    TheoryModel model = TheoryModel::of(s.run->parameters());
    model.symmetric = symmetric;
    if (!symmetric) model.oneLayerOptions = {false, false, s.exponent};
    model.wanted = {.nodeLoss = false, .minEigenvalue = false, .decomposition = false};
    return summarise(model.solve({&cell, 1}), 0, cell.data.mu, s.run->parameters().number("learned"));
}

/// The signals in the opposite order, from the same initial weights.
theory::Cell withSignalsReversed(theory::Cell cell) {
    std::reverse(cell.data.mu.begin(), cell.data.mu.end());
    std::reverse(cell.data.sigma.begin(),
                 cell.data.sigma.begin() + static_cast<std::ptrdiff_t>(cell.data.mu.size()));
    return cell;
}

std::vector<double> strengthOf(const theory::Cell& cell, int exponent) {
    const Eigen::VectorXd moment = theory::secondMoment(cell.data, exponent);
    return {moment.data(), moment.data() + cell.data.mu.size()};
}

/// W0 with the sign of the weights between the two concepts made negative; U keeps W0 = U Uᵀ.
theory::Cell withNegativeMinors(theory::Cell cell) {
    Eigen::MatrixXd u = cell.initial.factor();
    if (cell.initial.weights()(0, 1) > 0) u.row(0) = -u.row(0);
    cell.initial = theory::InitialWeights::fromFactor(u);
    return cell;
}

theory::Cell withEqualSignals(theory::Cell cell) {
    const double mean = (cell.data.mu[0] + cell.data.mu[1]) / 2;
    cell.data.mu = {mean, mean};
    cell.data.sigma.assign(cell.data.sigma.size(), cell.data.sigma.front());
    return cell;
}

void measureSwingBy(const std::vector<Solved>& all, int exponent, const char* claim, latent::Evidence& out) {
    Units two, one, negative, equal, happened, negativeHappened;
    for (const Solved& s : all) {
        if (!s.symmetric || s.exponent != exponent || s.concepts() != 2) continue;
        const double rise = s.run->read("swing_by").toDoubles().at(0);
        two.add(s.unit, rise);
        happened.add(s.unit, rise > kRise);
        one.add(s.unit, riseOf(s, false, s.cell));
        const double without = riseOf(s, true, withNegativeMinors(s.cell));
        negative.add(s.unit, without);
        negativeHappened.add(s.unit, without > kRise);
        equal.add(s.unit, riseOf(s, true, withEqualSignals(s.cell)));
    }
    const std::string fraction = std::string(claim) + "_fraction";
    if (two.empty()) {
        const std::string why = "There is no run of the symmetric model with two concepts and exponent " +
                                std::to_string(exponent) + ".";
        out.notMeasured(claim, why);
        out.notMeasured(fraction, why);
        return;
    }
    latent::ClaimEvidence& evidence = out.claim(claim).paired(two.means(), one.means()).units(two.names());
    evidence.control("negative_minors").values(negative.means()).units(negative.names());
    evidence.control("equal_signals").values(equal.means()).units(equal.names());
    out.claim(fraction)
        .outcomes(happened.allTrue())
        .units(happened.names())
        .control("negative_minors")
        .outcomes(negativeHappened.allTrue())
        .units(negativeHappened.names());
}

void measureOrder(const std::vector<Solved>& all, latent::Evidence& out) {
    Units follows, reversed, exchanged, unmoved;
    std::map<std::pair<std::string, std::vector<double>>, std::vector<const Solved*>> bySignals;
    std::set<double> diversities;
    for (const Solved& s : all) {
        if (s.concepts() < 2) continue;
        const std::vector<double> times = s.read("learning_time");
        if (!orderIsKnown(times)) continue;
        follows.add(s.unit, orderByTime(times) == orderByStrength(s.strength()));
        const theory::Cell other = withSignalsReversed(s.cell);
        exchanged.add(s.unit, orderByTime(resolved(s, s.symmetric, other).learning_time) ==
                                  orderByStrength(strengthOf(other, s.exponent)));
        if (s.concepts() == 2) bySignals[{s.unit, s.cell.data.mu}].push_back(&s);
    }
    for (auto& [key, cells] : bySignals) {
        const std::vector<double>& mu = key.second;
        const std::size_t weak = mu[0] < mu[1] ? 0 : 1;
        std::sort(cells.begin(), cells.end(), [&](const Solved* a, const Solved* b) {
            return a->cell.data.sigma[weak] < b->cell.data.sigma[weak];
        });
        const Solved &low = *cells.front(), &high = *cells.back();
        // Only where the theory's strengths do change places; the measurement is whether the learning does too.
        if (orderByStrength(low.strength()) == orderByStrength(high.strength())) continue;
        for (const Solved* s : cells) diversities.insert(s->cell.data.sigma[weak]);
        reversed.add(key.first,
                     orderByTime(low.read("learning_time")) != orderByTime(high.read("learning_time")) &&
                         orderByTime(low.read("learning_time")).front() == static_cast<int>(1 - weak));
        theory::Cell stronger =
            high.cell;  // the same diversity given to the stronger concept: no reason to reverse
        std::swap(stronger.data.sigma[0], stronger.data.sigma[1]);
        unmoved.add(key.first, orderByTime(resolved(high, high.symmetric, stronger).learning_time).front() ==
                                   static_cast<int>(1 - weak));
    }
    if (follows.empty())
        out.notMeasured("order_by_signal",
                        "No run has two concepts or more of which all but one were learned; lengthen t_end.");
    else
        out.claim("order_by_signal")
            .outcomes(follows.allTrue())
            .units(follows.names())
            .control("exchanged_signals")
            .outcomes(exchanged.allTrue())
            .units(exchanged.names());
    if (reversed.empty())
        out.notMeasured(
            "order_reverses_with_diversity",
            "The runs do not sweep sigma so far that the strengths of two concepts change places.");
    else
        out.claim("order_reverses_with_diversity")
            .outcomes(reversed.allTrue())
            .units(reversed.names())
            .swept("sigma", {diversities.begin(), diversities.end()})
            .control("stronger_concept")
            .outcomes(unmoved.allTrue())
            .units(unmoved.names());
}

/// Late decay rate of the speed over its prediction, from curves on the run's grid; NaN where the end is not reached.
double slowdownRatio(const std::vector<double>& time, const std::vector<double>& speed,
                     const std::vector<double>& loss, double predicted) {
    std::vector<double>
        remaining;  // the end: the distance has shrunk a hundredfold, and is still far above rounding
    for (double l : loss) remaining.push_back(std::sqrt(l / loss.front()));
    return -logSlope(time, speed, remaining, 1e-6, 1e-2) / predicted;
}

void measureSlowdown(const std::vector<Solved>& all, latent::Evidence& out) {
    Units ratio, known;
    for (const Solved& s : all) {
        if (s.run->parameters().choice("method") == "recursion" || s.run->parameters().flag("bias")) continue;
        const std::vector<double> strength = s.strength(), time = s.read("time");
        const double slowest = *std::min_element(strength.begin(), strength.end());
        const double measured =
            slowdownRatio(time, s.read("speed"), s.read("ood_loss"), (s.symmetric ? 2 : 1) * slowest);
        if (std::isnan(measured)) continue;
        // The same instrument on one layer, where theorem 4.1 gives the answer.
        TheoryModel model = TheoryModel::of(s.run->parameters());
        model.symmetric = false;
        model.oneLayerOptions = {false, false, s.exponent};
        model.wanted = {.nodeLoss = false, .minEigenvalue = false, .decomposition = false};
        const theory::Trajectories t = model.solve({&s.cell, 1});
        const double exact =
            slowdownRatio(t.time, theory::speed(t.time, t.output, t.dim), t.oodLoss, slowest);
        ratio.add(s.unit, measured);
        if (!std::isnan(exact)) known.add(s.unit, exact);
    }
    if (ratio.empty())
        out.notMeasured("terminal_slowdown", "No run comes close enough to its target; lengthen t_end.");
    else
        out.claim("terminal_slowdown")
            .values(ratio.means())
            .units(ratio.names())
            .control("one_layer")
            .values(known.means())
            .units(known.names());
}

void measureDescents(const std::vector<Solved>& all, latent::Evidence& out) {
    struct Curves {
        std::vector<double> concepts, descents, oneLayer;
    };
    std::map<std::string, Curves> byUnit;
    std::set<double> counts;
    for (const Solved& s : all) {
        if (!s.symmetric) continue;
        auto& [concepts, descents, oneLayer] =
            byUnit[s.run->parameters().text("w0") + " seed " + std::to_string(s.run->parameters().seed()) +
                   " exponent " + std::to_string(s.exponent)];
        concepts.push_back(static_cast<double>(s.concepts()));
        descents.push_back(s.run->read("descents").toDoubles().at(0));
        oneLayer.push_back(resolved(s, false, s.cell).descents);
    }
    Units slopes, flat;
    for (const auto& [unit, curves] : byUnit) {
        const std::set<double> distinct(curves.concepts.begin(), curves.concepts.end());
        if (distinct.size() < 3) continue;
        counts.insert(distinct.begin(), distinct.end());
        slopes.add(unit, slope(curves.concepts, curves.descents));
        flat.add(unit, slope(curves.concepts, curves.oneLayer));
    }
    if (slopes.empty())
        out.notMeasured(
            "descents_follow_concepts",
            "The runs do not sweep the number of concepts (entries of mu) over three values or more.");
    else
        out.claim("descents_follow_concepts")
            .values(slopes.means())
            .units(slopes.names())
            .swept("mu", {counts.begin(), counts.end()})
            .control("one_layer")
            .values(flat.means())
            .units(flat.names());
}

void measureComposition(const std::vector<Solved>& all, latent::Evidence& out) {
    Units share, complements;
    for (const Solved& s : all) {
        if (s.concepts() < 2 || !s.run->has("node_loss")) continue;
        const std::vector<double> losses = s.read("node_loss");
        share.add(s.unit, violationShare(losses, static_cast<int>(s.concepts()), kOrderTolerance));
        complements.add(s.unit, violationShare(withComplements(losses, static_cast<int>(s.concepts())),
                                               static_cast<int>(s.concepts()), kOrderTolerance));
    }
    if (share.empty())
        out.notMeasured("compositional_order", "No run has node losses of two concepts or more.");
    else
        out.claim("compositional_order")
            .values(share.means())
            .units(share.names())
            .control("complements")
            .values(complements.means())
            .units(complements.names());
}

}  // namespace

std::vector<latent::Claim> Theory::claims() {
    using namespace latent;
    const auto swing = [](std::string id, ClaimKind kind, const std::string& with) {
        return Claim(std::move(id),
                     "The symmetric two-layer model swings by on its way to the unseen combination (" + with +
                         "); the one-layer model does not, from the same initial weights.")
            .kind(kind)
            .source(kPaper, "section 4.3, figure 5")
            .unit("loss")
            .each(Replication::Initialisation)
            .estimand("largest rise of the OOD loss after an earlier minimum, two-layer minus one-layer")
            .by(Interval::PairedMedian)
            .greaterThan(0, kRise)
            .atLeast(20)
            .control(
                Control("negative_minors", "With negative weights between the concepts there is no rise.")
                    .by(Interval::Median)
                    .equals(0, kRise))
            .control(Control("equal_signals", "With equally strong concepts there is no rise.")
                         .by(Interval::Median)
                         .equals(0, kRise));
    };
    const auto fraction = [](std::string id, ClaimKind kind, const std::string& with) {
        return Claim(std::move(id), "Most initialisations show the swing-by (" + with + ").")
            .kind(kind)
            .source(kPaper, "section 4.3")
            .unit("fraction")
            .each(Replication::Initialisation)
            .estimand("fraction of initialisations whose OOD loss rises by more than 1e-4 in every cell")
            .by(Interval::Proportion)
            .greaterThan(0.5)
            .atLeast(20)
            .control(Control("negative_minors", "With negative weights between the concepts most do not.")
                         .by(Interval::Proportion)
                         .lessThan(0.5));
    };
    return {
        Claim("order_by_signal", "Concepts are learned in the order of the strength of their signals.")
            .source(kPaper, "section 3, theorem 4.1")
            .unit("fraction")
            .each(Replication::Initialisation)
            .estimand(
                "fraction of initialisations in which every cell learns its concepts in the order of a_p")
            .by(Interval::Proportion)
            .greaterThan(0.5, 0.25)
            .atLeast(20)
            .control(Control("exchanged_signals",
                             "With the signals exchanged, from the same weights, the order is exchanged.")
                         .by(Interval::Proportion)
                         .greaterThan(0.5)),
        Claim("order_reverses_with_diversity",
              "More diversity of the weaker concept reverses the order of learning.")
            .source(kPaper, "figure 2(b)")
            .unit("fraction")
            .each(Replication::Initialisation)
            .sweeps("sigma", 2)
            .estimand("fraction of initialisations in which the stronger signal is first at low and second "
                      "at high diversity")
            .by(Interval::Proportion)
            .greaterThan(0.5, 0.25)
            .atLeast(20)
            .control(Control("stronger_concept",
                             "The same diversity given to the stronger concept leaves the order as it was.")
                         .by(Interval::Proportion)
                         .greaterThan(0.5)),
        Claim("terminal_slowdown",
              "Near the target the output slows down exponentially, at the rate of the weakest signal.")
            .source(kPaper, "section 4.2")
            .unit("1")
            .each(Replication::Initialisation)
            .estimand(
                "late decay rate of the speed over its prediction (2 a_min, or a_min in the one-layer model)")
            .by(Interval::Mean)
            .equals(1, 0.1)
            .atLeast(20)
            .control(
                Control("one_layer", "In the one-layer model, where the answer is known, the ratio is 1.")
                    .by(Interval::Mean)
                    .equals(1, 0.1)),
        swing("swing_by", ClaimKind::PaperClaim, "theory, exponent 1"),
        fraction("swing_by_fraction", ClaimKind::PaperClaim, "theory, exponent 1"),
        swing("swing_by_figure", ClaimKind::FigureReplication, "A² in place of A, as the figures were made"),
        fraction("swing_by_figure_fraction", ClaimKind::FigureReplication,
                 "A² in place of A, as the figures were made"),
        Claim("descents_follow_concepts", "The more concepts, the more descents of the OOD loss.")
            .source(kPaper, "figures 8 and 9")
            .unit("descents per concept")
            .each(Replication::Initialisation)
            .sweeps("mu", 3)
            .estimand("slope of the number of descents on the number of concepts (entries of mu)")
            .by(Interval::Mean)
            .greaterThan(0, 0.25)
            .atLeast(20)
            .control(Control("one_layer",
                             "In the one-layer model, from the same weights, the number does not grow.")
                         .by(Interval::Mean)
                         .lessThan(0.25)),
        Claim("compositional_order", "Losses of combinations respect the order of subsets while learning.")
            .source(kPaper, "figure 7")
            .unit("fraction")
            .each(Replication::Initialisation)
            .estimand("share of ordered pairs and frames in which a part has a larger loss than the whole")
            .by(Interval::Mean)
            .lessThan(0.05)
            .atLeast(20)
            .control(Control("complements",
                             "With each combination exchanged for its complement the order is broken.")
                         .by(Interval::Mean)
                         .greaterThan(0.05))};
}

void Theory::measure(const latent::RunSet& runs, latent::Evidence& out) {
    std::vector<Solved> all;
    for (const latent::Run& run : runs)
        if (run.has("ood_loss") && run.has("learning_time")) all.push_back(solvedOf(run));
    measureOrder(all, out);
    measureSlowdown(all, out);
    measureSwingBy(all, 1, "swing_by", out);
    measureSwingBy(all, 2, "swing_by_figure", out);
    measureDescents(all, out);
    measureComposition(all, out);
}

}  // namespace concept_space
