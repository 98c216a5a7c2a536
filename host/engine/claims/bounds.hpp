// SPDX-License-Identifier: Apache-2.0
#pragma once
// What independent units say about one number: an estimate, one-sided limits at any level, and the p-values
// behind them.
//
// Called by the judge, on any thread; plain functions of their input (the bootstrap's random numbers come
// from the id of the claim). Everything is in the unit of the claim; `tail` is the one-sided error, 0.025 for
// a 95 % interval. pAbove(x) is the p-value against "the truth is at most x", and pAbove(x) <= tail exactly
// when lower(tail) > x.
//
//     auto bounds = makeBounds(Interval::Median, sample, "swing_by");
//     double lo = bounds->lower(0.025), hi = bounds->upper(0.025);      // the 95 % interval, -inf or inf
//     when n is too small bool above = bounds->pAbove(0.1) <= 0.025;                        // the same as lo
//     > 0.1
//
// What each method promises when the units are independent:
// * Proportion: Clopper–Pearson, from the exact binomial tail. Valid for every n and every truth.
// * Median, PairedMedian: order statistics, from the exact sign test. Valid for every n and every
// distribution, ties
//   included. Five units cannot decide at 95 % (2^-5 > 0.025); six can.
// * Mean, PairedMean, PairedRatio (geometric mean of a/b, by the mean of log a/b): Student's t, and where
// Hall's (1992)
//   correction for skewness lies further out, that. Exact for normal units and conservative for heavy
//   symmetric tails, which differences of pairs that differ only by chance have. No interval for a mean is
//   valid for every distribution (Bahadur and Savage 1956): with five to ten strongly skewed units, the limit
//   on the side of the long tail misses up to 6 % instead of 2.5 % (exponential; plain t misses 11 %). Ask
//   for the median of such numbers.
// * MeanBootstrap: bias-corrected accelerated (Efron 1987, 5,000 resamples), widened to the Mean interval
// where it is
//   narrower, because a bootstrap of few units is too narrow.
// Units that are all the same number carry no spread to judge a mean by; the exact sign test judges them
// instead (n identical units lie above x by chance with 2^-n), so that five identical units decide nothing,
// and six do.

#include <latent/claim.hpp>
#include <memory>
#include <string>
#include <vector>

namespace latent::engine::claims {

class Bounds {
  public:
    virtual ~Bounds() = default;
    virtual double estimate() const = 0;
    virtual double lower(double tail) const = 0;
    virtual double upper(double tail) const = 0;
    virtual double pAbove(double x) const = 0;
    virtual double pBelow(double x) const = 0;
};

/// One number per unit, finite, at least two of them and not all the same.
std::unique_ptr<Bounds> meanBounds(const std::vector<double>& units);
std::unique_ptr<Bounds> medianBounds(std::vector<double> units);
std::unique_ptr<Bounds> proportionBounds(std::size_t successes, std::size_t trials);
/// `seedText` decides the random numbers: the same text and units give the same limits everywhere.
std::unique_ptr<Bounds> bootstrapBounds(const std::vector<double>& units, const std::string& seedText);
/// The same limits on another scale: exp of a mean of logarithms.
std::unique_ptr<Bounds> exponentialOf(std::unique_ptr<Bounds> ofLogarithms);

/// The bounds that the declared interval asks for. `sample` has been checked (measured.hpp).
std::unique_ptr<Bounds> makeBounds(Interval interval, const Sample& sample, const std::string& seedText);

/// Whether all units are one number, up to rounding.
bool allTheSame(const std::vector<double>& units);

}  // namespace latent::engine::claims
