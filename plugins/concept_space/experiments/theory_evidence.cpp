// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims of theory_claims.cpp. The unit is the initialisation: one draw of W0, whatever
// it is scaled by and whatever else is swept over it. Claims of the paper are judged on exponent 1, the theory;
// exponent 2 replicates its figures and has claims of its own.

#include <cmath>
#include <map>
#include <set>

#include "experiments/left_out.hpp"
#include "experiments/measurements.hpp"
#include "experiments/run_groups.hpp"
#include "experiments/theory.hpp"
#include "experiments/theory_model.hpp"
#include "experiments/unmeasurable.hpp"

namespace concept_space {
namespace {

constexpr double kOrderTolerance = 1e-9;  // of node losses: above rounding, far below anything drawn

/// Steps of the adaptive method that a control may take: as many as the other methods can be asked for.
constexpr long kMostControlSteps = 10'000'000;

/// One run or cell, as far as the claims need it.
struct Solved {
    const latent::Run* run;
    theory::Cell cell;
    std::string unit;
    bool symmetric;
    int exponent;
    TheoryModel model;       // as the run had it; controls are solved again by it
    double learned;          // accuracy from which a concept counts as learned
    bool finite;             // false: the state left the range of numbers
    Eigen::VectorXd moment;  // diagonal of A^exponent, [d]

    std::size_t concepts() const { return cell.data.mu.size(); }
    std::vector<double> strength() const { return {moment.data(), moment.data() + concepts()}; }
    std::string method() const { return run->parameters().choice("method"); }
    bool showsRises() const { return static_cast<std::size_t>(model.schedule.frames()) >= kLeastRecords; }
    std::vector<double> read(const char* array) const { return run->read(array).toDoubles(); }
};

void addDiverged(Unmeasurable& lost, const Solved& s) {
    lost.add(*s.run, s.unit, "left the range of numbers", "more steps may keep it there");
}

Solved solvedOf(const latent::Run& run) {
    const latent::Parameters& p = run.parameters();
    theory::Cell cell = theoryCell(p);
    const int dim = cell.data.dim;
    Solved s{&run,
             std::move(cell),
             initialisationName(p.text("w0"), dim, p.seed()),
             p.choice("model") == "symmetric",
             static_cast<int>(p.integer("exponent")),
             TheoryModel::of(p),
             p.number("learned"),
             allFinite(run.read("ood_loss").toDoubles()),
             {}};
    s.moment = theory::secondMoment(s.cell.data, s.exponent);
    s.model.symmetricOptions.mostSteps = kMostControlSteps;
    s.model.wanted = {.nodeLoss = false, .minEigenvalue = false, .decomposition = false};
    return s;
}

/// The same cell solved on the run's own grid, and what is read off its curves; NaN where the solution breaks down.
/// One layer in place of a symmetric model has no biases either.
CurveSummary resolved(const Solved& s, bool symmetric, const theory::Cell& cell) {
    TheoryModel model = s.model;
    model.symmetric = symmetric;
    const theory::Trajectories t = model.solve({&cell, 1});
    CurveSummary summary = summarise(t, 0, cell.data.mu, s.learned);
    if (t.outcomes[0].breakdownTime) summary.learning_time.assign(summary.learning_time.size(), std::nan(""));
    return summary;
}

/// The signals in the opposite order, from the same initial weights.
theory::Cell withSignalsReversed(theory::Cell cell) {
    std::reverse(cell.data.mu.begin(), cell.data.mu.end());
    std::reverse(cell.data.sigma.begin(),
                 cell.data.sigma.begin() + static_cast<std::ptrdiff_t>(cell.data.mu.size()));
    return cell;
}

void addUnlearned(Unmeasurable& lost, const Solved& s) {
    lost.add(*s.run, s.unit, "did not learn all but one of its concepts, so that their order is not known",
             "lengthen t_end");
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
    Unmeasurable lost;
    for (const Solved& s : all) {
        if (!s.symmetric || s.exponent != exponent || s.concepts() != 2 || !s.showsRises()) continue;
        if (!s.finite) {
            addDiverged(lost, s);
            continue;
        }
        const double rise = s.run->read("swing_by").toDoubles().at(0);
        two.add(s.unit, rise);
        happened.add(s.unit, rise > kLeastRise);
        one.add(s.unit, resolved(s, false, s.cell).swing_by);
        const double without = resolved(s, true, withNegativeMinors(s.cell)).swing_by;
        negative.add(s.unit, without);
        negativeHappened.add(s.unit, without > kLeastRise);
        equal.add(s.unit, resolved(s, true, withEqualSignals(s.cell)).swing_by);
    }
    const std::string fraction = std::string(claim) + "_fraction";
    if (lost.tell(claim, out) && lost.tell(fraction, out)) return;
    if (two.empty()) {
        const std::string why = "There is no run of the symmetric model with two concepts, exponent " +
                                std::to_string(exponent) + " and " + std::to_string(kLeastRecords) +
                                " frames or more.";
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
    Units follows, exchanged;
    Unmeasurable lost;
    for (const Solved& s : all) {
        if (s.exponent != 1 || s.concepts() < 2 || !orderIsGiven(s.strength())) continue;
        const std::vector<double> times = s.read("learning_time");
        if (!s.finite) addDiverged(lost, s);
        if (s.finite && endedTooEarly(times)) addUnlearned(lost, s);
        if (!s.finite || !orderIsKnown(times)) continue;
        follows.add(s.unit, orderByTime(times) == orderByStrength(s.strength()));
        const theory::Cell other = withSignalsReversed(s.cell);
        const std::vector<double> exchangedTimes = resolved(s, s.symmetric, other).learning_time;
        if (orderIsKnown(exchangedTimes))
            exchanged.add(s.unit,
                          orderByTime(exchangedTimes) == orderByStrength(strengthOf(other, s.exponent)));
    }
    if (lost.tell("order_by_signal", out)) return;
    if (follows.empty())
        out.notMeasured("order_by_signal",
                        "No run with exponent 1 has two concepts or more of different strength that are not "
                        "learned at the same time.");
    else
        out.claim("order_by_signal")
            .outcomes(follows.allTrue())
            .units(follows.names())
            .control("exchanged_signals")
            .outcomes(exchanged.allTrue())
            .units(exchanged.names());
}

/// Low against high diversity of the weaker of two concepts, all other parameters the same.
void measureReversal(const std::vector<Solved>& all, latent::Evidence& out) {
    Units reversed, unmoved;
    Unmeasurable lost;
    std::set<double> diversities;
    std::map<std::pair<std::string, double>, std::vector<const Solved*>> byDesign;
    for (const Solved& s : all) {
        const std::vector<double>& mu = s.cell.data.mu;
        if (s.exponent != 1 || s.concepts() != 2 || mu[0] == mu[1]) continue;
        byDesign[{parametersWithout(*s.run, {"sigma", "variance"}), s.cell.data.sigma[mu[0] < mu[1] ? 1 : 0]}]
            .push_back(&s);
    }
    for (auto& [key, cells] : byDesign) {
        const std::size_t weak = cells.front()->cell.data.mu[0] < cells.front()->cell.data.mu[1] ? 0 : 1;
        std::sort(cells.begin(), cells.end(), [&](const Solved* a, const Solved* b) {
            return a->cell.data.sigma[weak] < b->cell.data.sigma[weak];
        });
        const Solved &low = *cells.front(), &high = *cells.back();
        // Only where the theory's strengths do change places; the measurement is whether the learning does
        // too.
        if (orderByStrength(low.strength()) == orderByStrength(high.strength())) continue;
        const std::vector<double> before = low.read("learning_time"), after = high.read("learning_time");
        for (const auto& [s, times] : {std::pair{&low, &before}, {&high, &after}}) {
            if (!s->finite) addDiverged(lost, *s);
            if (s->finite && endedTooEarly(*times)) addUnlearned(lost, *s);
        }
        if (!low.finite || !high.finite || !orderIsKnown(before) || !orderIsKnown(after)) continue;
        for (const Solved* s : cells) diversities.insert(s->cell.data.sigma[weak]);
        const int strong = static_cast<int>(1 - weak);
        reversed.add(low.unit, orderByTime(before).front() == strong && orderByTime(after).front() != strong);
        // The same diversity given to the stronger concept: no reason to reverse.
        theory::Cell stronger = high.cell;
        std::swap(stronger.data.sigma[0], stronger.data.sigma[1]);
        const std::vector<double> times = resolved(high, high.symmetric, stronger).learning_time;
        if (orderIsKnown(times)) unmoved.add(low.unit, orderByTime(times).front() == strong);
    }
    if (lost.tell("order_reverses_with_diversity", out)) return;
    if (reversed.empty())
        out.notMeasured("order_reverses_with_diversity",
                        "The runs do not sweep sigma of the weaker concept so far, all else being equal, "
                        "that the strengths of two concepts change places.");
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

/// The rate at which the distance that decays as exp(−rate t) in the flow shrinks by this run's method; NaN where it
/// does not shrink without changing its sign.
double rateBy(const Solved& s, double rate) {
    if (s.method() != "gradient_descent") return rate;
    const double step = s.model.schedule.stepSize();  // of which each shrinks it by 1 − step·rate
    return step * rate < 1 ? -std::log1p(-step * rate) / step : std::nan("");
}

void measureSlowdown(const std::vector<Solved>& all, latent::Evidence& out) {
    Units ratio, known;
    Unmeasurable lost;
    for (const Solved& s : all) {
        if (s.exponent != 1 || (s.symmetric && s.method() == "recursion") ||
            (!s.symmetric && s.run->parameters().flag("bias")))
            continue;
        const std::vector<double> strength = s.strength(), time = s.read("time");
        const double slowest = *std::min_element(strength.begin(), strength.end());
        const double predicted = rateBy(s, (s.symmetric ? 2 : 1) * slowest);
        if (std::isnan(predicted)) continue;
        if (!s.finite) {
            addDiverged(lost, s);
            continue;
        }
        const double measured = slowdownRatio(time, s.read("speed"), s.read("ood_loss"), predicted);
        if (std::isnan(measured)) {
            lost.add(
                *s.run, s.unit,
                "does not come within a hundredth of its first distance from the target, or has fewer than "
                "eight frames there",
                "lengthen t_end, or publish more frames");
            continue;
        }
        // The same instrument on one layer, where theorem 4.1 gives the answer.
        TheoryModel model = s.model;
        model.symmetric = false;
        const theory::Trajectories t = model.solve({&s.cell, 1});
        const double exact =
            slowdownRatio(t.time, theory::speed(t.time, t.output, t.dim), t.oodLoss, rateBy(s, slowest));
        ratio.add(s.unit, measured);
        if (!std::isnan(exact)) known.add(s.unit, exact);
    }
    if (lost.tell("terminal_slowdown", out)) return;
    if (ratio.empty())
        out.notMeasured(
            "terminal_slowdown",
            "There is no run with exponent 1 whose rate is known. Left out are the symmetric model "
            "with method=recursion, one layer with bias=true, and method=gradient_descent at steps so "
            "long that the weakest concept is passed in one.");
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
        std::string unit;
        std::vector<double> concepts, descents, oneLayer;
        const Solved* diverged = nullptr;
    };
    std::map<std::string, Curves> byDesign;
    Unmeasurable lost;
    for (const Solved& s : all) {
        if (!s.symmetric || s.exponent != 1 || !s.showsRises()) continue;
        Curves& curves = byDesign[parametersWithout(*s.run, {"mu"})];
        curves.unit = s.unit;
        curves.concepts.push_back(static_cast<double>(s.concepts()));
        if (!s.finite) curves.diverged = &s;
        curves.descents.push_back(s.run->read("descents").toDoubles().at(0));
        curves.oneLayer.push_back(resolved(s, false, s.cell).descents);
    }
    Units slopes, flat;
    std::set<double> counts;
    for (const auto& [design, curves] : byDesign) {
        const std::set<double> distinct(curves.concepts.begin(), curves.concepts.end());
        if (distinct.size() < 3) continue;
        counts.insert(distinct.begin(), distinct.end());
        if (curves.diverged) addDiverged(lost, *curves.diverged);
        slopes.add(curves.unit, slope(curves.concepts, curves.descents));
        flat.add(curves.unit, slope(curves.concepts, curves.oneLayer));
    }
    if (lost.tell("descents_follow_concepts", out)) return;
    if (slopes.empty())
        out.notMeasured("descents_follow_concepts",
                        "The runs of the symmetric model with exponent 1 and " +
                            std::to_string(kLeastRecords) +
                            " frames or more do not sweep the number of concepts (entries of mu) over three "
                            "values or more, all else being equal.");
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
    Unmeasurable lost;
    for (const Solved& s : all) {
        if (s.exponent != 1 || s.concepts() < 2 || !s.run->has("node_loss")) continue;
        const std::vector<double> losses = s.read("node_loss"), time = s.read("time");
        if (!allFinite(losses)) {
            addDiverged(lost, s);
            continue;
        }
        share.add(s.unit, violationShare(time, losses, static_cast<int>(s.concepts()), kOrderTolerance));
        complements.add(s.unit, violationShare(time, withComplements(losses, static_cast<int>(s.concepts())),
                                               static_cast<int>(s.concepts()), kOrderTolerance));
    }
    if (lost.tell("compositional_order", out)) return;
    if (share.empty())
        out.notMeasured("compositional_order",
                        "No run with exponent 1 has node losses of two concepts or more.");
    else
        out.claim("compositional_order")
            .values(share.means())
            .units(share.names())
            .control("complements")
            .values(complements.means())
            .units(complements.names());
}

}  // namespace

void Theory::measure(const latent::RunSet& runs, latent::Evidence& out) {
    std::vector<Solved> all;
    LeftOut leftOut;
    for (const latent::Run& run : runs)
        leftOut.orElse(run, [&] {
            if (!run.has("ood_loss") || !run.has("learning_time")) return;
            all.push_back(solvedOf(run));
        });
    measureOrder(all, out);
    measureReversal(all, out);
    measureSlowdown(all, out);
    measureSwingBy(all, 1, "swing_by", out);
    measureSwingBy(all, 2, "swing_by_figure", out);
    measureDescents(all, out);
    measureComposition(all, out);
    leftOut.tell(out);
}

}  // namespace concept_space
