// SPDX-License-Identifier: Apache-2.0
// What the paper says of the algorithms themselves, and what is measured for it. The unit is the chain: known chains that
// were drawn twice count once, and so do given ones, which are the same for every seed; sequences of a chain are averaged before.

#include <algorithm>
#include <cmath>

#include "experiments/algorithms.hpp"
#include "experiments/chain_parameters.hpp"
#include "experiments/judged.hpp"
#include "experiments/paper_claims.hpp"
#include "experiments/units.hpp"
#include "model/algorithms/algorithm.hpp"
#include "model/algorithms/evaluation_set.hpp"

namespace markov_mixtures {
namespace {

constexpr std::int64_t kLeastContext = 400;  // tokens, those of the paper: floors are judged at the end

/// One run: its metrics by chain, and the names of its units.
struct Measured {
    std::vector<double> matrix, position;  // [set, algorithm, replicate, m]
    std::vector<double> number, length;
    std::size_t replicates, lengths;
    std::string drawn;  ///< "seed 42 "
    bool isGiven;       ///< known chains do not depend on the seed

    explicit Measured(const latent::Run& run)
        : matrix(run.read("kl_matrix_chain").toDoubles()),
          position(run.read("kl_position_chain").toDoubles()),
          number(run.read("chain_number").toDoubles()),
          length(run.read("context_length").toDoubles()),
          replicates(static_cast<std::size_t>(run.parameters().integer("replicates"))),
          lengths(length.size()),
          drawn("seed " + std::to_string(run.parameters().seed()) + " "),
          isGiven(markov_mixtures::isGiven(parametersOf(run, Algorithms::parameters()))) {}

    double of(const std::vector<double>& metric, SetKind set, Algorithm a, std::size_t r,
              std::size_t m) const {
        return metric[((static_cast<std::size_t>(set) * kAlgorithms + indexOf(a)) * replicates + r) *
                          lengths +
                      m];
    }
    /// Number of a known chain in the mixture; -1 for others.
    std::int64_t chain(SetKind set, std::size_t r) const {
        return static_cast<std::int64_t>(number[static_cast<std::size_t>(set) * replicates + r]);
    }
    /// Whether a replicate belongs to the half on which places are chosen.
    bool chooses(SetKind set, std::size_t r) const {
        return (chain(set, r) >= 0 ? static_cast<std::size_t>(chain(set, r)) : r) % 2 == 0;
    }
    /// "seed 42 chain 7" for known chains, "chain 7" for given ones, "seed 42 new 7" for others.
    std::string unit(SetKind set, std::size_t r) const {
        const std::int64_t n = chain(set, r);
        if (n < 0) return drawn + "new " + std::to_string(r);
        return (isGiven ? "" : drawn) + "chain " + std::to_string(n);
    }
};

void measureFloor(const std::vector<Measured>& all, latent::Evidence& out) {
    Units retrieval, inference, knownRetrieval, knownInference, late, half, lateInference, halfInference;
    for (const Measured& run : all) {
        const std::size_t last = run.lengths - 1;
        std::size_t middle = 0;  // the length nearest to half of the longest
        for (std::size_t m = 0; m < run.lengths; ++m)
            if (std::abs(run.length[m] - run.length[last] / 2) <
                std::abs(run.length[middle] - run.length[last] / 2))
                middle = m;
        for (std::size_t r = 0; r < run.replicates; ++r) {
            const auto at = [&](SetKind set, Algorithm a, std::size_t m) {
                return run.of(run.matrix, set, a, r, m);
            };
            const std::string fresh = run.unit(SetKind::Ood, r), known = run.unit(SetKind::Id, r);
            retrieval.add(fresh, at(SetKind::Ood, Algorithm::BiRet, last));
            inference.add(fresh, at(SetKind::Ood, Algorithm::BiInf, last));
            knownRetrieval.add(known, at(SetKind::Id, Algorithm::BiRet, last));
            knownInference.add(known, at(SetKind::Id, Algorithm::BiInf, last));
            if (middle == last) continue;
            late.add(fresh, at(SetKind::Ood, Algorithm::BiRet, last));
            half.add(fresh, at(SetKind::Ood, Algorithm::BiRet, middle));
            lateInference.add(fresh, at(SetKind::Ood, Algorithm::BiInf, last));
            halfInference.add(fresh, at(SetKind::Ood, Algorithm::BiInf, middle));
        }
    }
    if (retrieval.empty())
        out.notMeasured("retrieval_floor", "There is no finished run to measure.");
    else
        out.claim("retrieval_floor")
            .paired(retrieval.means(), inference.means())
            .units(retrieval.names())
            .control("known_chains")
            .paired(knownRetrieval.means(), knownInference.means())
            .units(knownRetrieval.names());
    if (late.empty())
        out.notMeasured("retrieval_floor_is_flat", "The runs have a single context length; raise 'context'.");
    else
        out.claim("retrieval_floor_is_flat")
            .paired(late.means(), half.means())
            .units(late.names())
            .control("inference")
            .paired(lateInference.means(), halfInference.means())
            .units(lateInference.names());
}

/// The turn of one algorithm's risk on one set: a peak (sign 1) or a trough (sign −1). Its place is chosen on the chains of even number
/// and judged on those of odd number, so that a known chain that was drawn twice is on one side only.
struct TurnByChain {
    Units value;  ///< the smaller of what leads up to the turn and what leads away from it, nats
    std::vector<std::string> chosenOn;
};

TurnByChain turnOf(const std::vector<Measured>& all, SetKind set, Algorithm algorithm, double sign) {
    TurnByChain turn;
    for (const Measured& run : all) {
        if (run.lengths < 3 || run.replicates < 2) continue;
        const auto at = [&](std::size_t r, std::size_t m) {
            return sign * run.of(run.position, set, algorithm, r, m);
        };
        std::vector<double> mean(run.lengths, 0.0);
        for (std::size_t r = 0; r < run.replicates; ++r) {
            if (!run.chooses(set, r)) continue;
            turn.chosenOn.push_back(run.unit(set, r));
            for (std::size_t m = 0; m < run.lengths; ++m) mean[m] += at(r, m);
        }
        const auto place =
            static_cast<std::size_t>(std::max_element(mean.begin(), mean.end()) - mean.begin());
        for (std::size_t r = 0; r < run.replicates; ++r)
            if (!run.chooses(set, r))
                turn.value.add(run.unit(set, r),
                               std::min(at(r, place) - at(r, 0), at(r, place) - at(r, run.lengths - 1)));
    }
    std::sort(turn.chosenOn.begin(), turn.chosenOn.end());
    turn.chosenOn.erase(std::unique(turn.chosenOn.begin(), turn.chosenOn.end()), turn.chosenOn.end());
    return turn;
}

void measureTurn(const TurnByChain& turn, const TurnByChain& known, const char* claim, const char* control,
                 latent::Evidence& out) {
    if (turn.value.empty())
        out.notMeasured(claim,
                        "The runs have too few chains or context lengths to choose the turn on some and "
                        "judge it on others; raise 'replicates' or 'chains'.");
    else
        out.claim(claim)
            .values(turn.value.means())
            .units(turn.value.names())
            .chosenOn(turn.chosenOn)
            .control(control)
            .values(known.value.means())
            .units(known.value.names());
}

/// Numbers of chains may differ: chains of one seed are the same whatever N is, so each is then measured as its mean over N.
Judged judgedAlgorithms() {
    return {.free = {"chains", "seed", "replicates", "proximity_chains", "redraws"},
            .least = {{"context", kLeastContext}},
            .alike = "'chains' and the seed"};
}

}  // namespace

std::vector<latent::Claim> Algorithms::claims() {
    using namespace latent;
    return {
        Claim("retrieval_floor",
              "On new chains retrieval stays far from the truth where inference comes near it.")
            .source(kPaper, "section 4, figure 3")
            .unit("nats")
            .each(Replication::Chain)
            .estimand("kl_matrix on new chains at the longest context, Bi-Ret minus Bi-Inf")
            .by(Interval::PairedMean)
            .greaterThan(0, .05)
            .atLeast(10)
            .control(Control("known_chains", "On known chains it is the other way round.")
                         .by(Interval::PairedMean)
                         .lessThan(0)),
        Claim("retrieval_floor_is_flat", "More context does not bring retrieval nearer to a new chain.")
            .source(kPaper, "section 4")
            .unit("nats")
            .each(Replication::Chain)
            .estimand("kl_matrix of Bi-Ret on new chains, at the longest context minus at half of it")
            .by(Interval::PairedMean)
            .equals(0, .02)
            .atLeast(10)
            .control(Control("inference", "Bi-Inf does come nearer over the same stretch.")
                         .by(Interval::PairedMean)
                         .lessThan(0)),
        Claim("early_ascent",
              "A learner that weighs retrieval against inference gets worse on new chains before it gets "
              "better.")
            .source(kPaper, "appendix C, early ascent")
            .unit("nats")
            .each(Replication::Chain)
            .estimand("kl_position of the hierarchical algorithm on new chains: the smaller of its rise to "
                      "the peak and its fall after it")
            .by(Interval::Mean)
            .greaterThan(0, kTurn)
            .atLeast(10)
            .chosenBy("context length of the peak, by the mean over chains of even number", Guard::HeldOut)
            .control(Control("inference",
                             "The same measurement finds no ascent of Bi-Inf: add-one estimation is optimal "
                             "for Dirichlet(1) rows.")
                         .by(Interval::Mean)
                         .lessThan(kTurn)),
        Claim("bounded_efficacy",
              "Biased context helps a learner that weighs retrieval against inference only up to a length, "
              "then harms it.")
            .source(kPaper, "appendix C, bounded efficacy of biased context")
            .unit("nats")
            .each(Replication::Chain)
            .estimand("kl_position of the hierarchical algorithm in biased contexts against the known chain: "
                      "the smaller of its fall to the trough and its rise after it")
            .by(Interval::Mean)
            .greaterThan(0, kTurn)
            .atLeast(10)
            .chosenBy("context length of the trough, by the mean over chains of even number", Guard::HeldOut)
            .control(Control("unbiased", "The same measurement finds no rise in unbiased contexts.")
                         .by(Interval::Mean)
                         .lessThan(kTurn))};
}

void Algorithms::measure(const latent::RunSet& runs, latent::Evidence& out) {
    std::vector<const latent::Run*> finished;
    for (const latent::Run& run : runs)
        if (run.has("kl_matrix_chain") && run.has("kl_position_chain")) finished.push_back(&run);
    if (const std::string why =
            finished.empty() ? "" : whyNotJudged(finished, parameters(), judgedAlgorithms());
        !why.empty()) {
        for (const latent::Claim& claim : claims()) out.notMeasured(claim.id(), why);
        return;
    }
    std::vector<Measured> all;
    for (const latent::Run* run : finished) all.emplace_back(*run);
    measureFloor(all, out);
    measureTurn(turnOf(all, SetKind::Ood, Algorithm::Hierarchical, 1),
                turnOf(all, SetKind::Ood, Algorithm::BiInf, 1), "early_ascent", "inference", out);
    measureTurn(turnOf(all, SetKind::Biased, Algorithm::Hierarchical, -1),
                turnOf(all, SetKind::Id, Algorithm::Hierarchical, -1), "bounded_efficacy", "unbiased", out);
}

}  // namespace markov_mixtures
