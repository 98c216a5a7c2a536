// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a curve over the context turns: the broken line of arXiv 2501.00070 against smooth alternatives, half-changes, power laws.
//
// x is the context length in words (above 0); fits run over ln x. Values that are no numbers are left out. Pure; any thread.
//
//     const BrokenLine line = fitBrokenLine(context, accuracy);
//     line.criticalContext();                                      // where its knee is, words
//     compareOnset(context, accuracy).heldOutRatio;                // below 1: the broken line predicts held-out points better
//     compareSlopes(context, accuracy)->ratio;                     // how many times steeper it is after the knee
//     halfChange(context, accuracy);                               // where half of the change has happened, words

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace icl_graphs {

/// y = level + before·(ln x − knee) left of the knee, + after·(ln x − knee) right of it.
struct BrokenLine {
    double knee = 0;  ///< ln words
    double level = 0, before = 0, after = 0;
    double squares = 0;              ///< sum of squared residuals
    double criticalContext() const;  ///< the knee, words
    double at(double x) const;       ///< x in words
    double valueAt(double u) const;  ///< u = ln x
};
/// Least squares, the knee scanned over 200 places inside of the data. At least five points, else nothing.
std::optional<BrokenLine> fitBrokenLine(std::span<const double> x, std::span<const double> y);

/// How much steeper the broken line is after its knee than before. NaN: no number.
struct SlopeRatio {
    BrokenLine line;  ///< fitBrokenLine()
    /// after / before. NaN where the curve does not move before the knee the way it moves on the whole: what comes after
    /// is then larger by no finite factor.
    double ratio = 0;
    double low = 0,
           high = 0;  ///< 95 %; a NaN: no such end, because the slope before cannot be told from none
};
/// The interval holds every ratio with which the best line leaves no more squares than F(1, n − 4) allows, the knee
/// searched again for each: how well this one curve determines the ratio, its errors independent. Nothing where there is
/// no broken line.
std::optional<SlopeRatio> compareSlopes(std::span<const double> x, std::span<const double> y);

/// y = low + (high − low)/(1 + exp(−(ln x − middle)/width))
struct Sigmoid {
    double low = 0, high = 0, middle = 0, width = 1, squares = 0;
    double at(double x) const;
};
std::optional<Sigmoid> fitSigmoid(std::span<const double> x, std::span<const double> y);

/// y = scale · x^exponent, least squares over the logarithms; values must be above 0.
struct PowerLaw {
    double exponent = 0, logScale = 0, exponentError = 0;
    double at(double x) const;
};
std::optional<PowerLaw> fitPowerLaw(std::span<const double> x, std::span<const double> y);

/// Both fits on each of five interleaved folds' complement, judged on the fold. Of at least seven points, so that a fold
/// leaves enough of them for a line; the line itself, its knee and its slopes, is fitBrokenLine()'s of all.
struct OnsetComparison {
    double heldOutBroken = 0, heldOutSmooth = 0;  ///< mean squared error
    double heldOutRatio = 0;                      ///< broken / best smooth
};
std::optional<OnsetComparison> compareOnset(std::span<const double> x, std::span<const double> y);

/// First context where the curve has made half of its way from the mean of its first tenth to that of its last tenth; nothing where it hardly moves
/// (less than `least`).
std::optional<double> halfChange(std::span<const double> x, std::span<const double> y, double least = 0);

/// Accuracy is a mean over so many words before the end of a context, as the re-implementation of the paper has it.
inline constexpr std::int64_t kAccuracyWindow = 30;
/// For each context c the mean of the values at positions c − window … c − 1 that are numbers; NaN where none is. values
/// and positions [token]; positions count words.
std::vector<double> meanBefore(std::span<const double> values, std::span<const std::int64_t> positions,
                               std::span<const std::int64_t> contexts, std::int64_t window);
/// The same of a curve over all positions: values [position].
std::vector<double> meanBefore(std::span<const double> curve, std::span<const std::int64_t> contexts,
                               std::int64_t window);

}  // namespace icl_graphs
