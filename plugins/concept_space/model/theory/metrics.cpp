// SPDX-License-Identifier: Apache-2.0
#include "theory/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace concept_space::theory {
namespace {

std::size_t widthOf(std::span<const double> time, std::span<const double> output) {
    if (time.empty() || output.size() % time.size() != 0 || output.empty()) {
        throw std::invalid_argument("The output needs one row for each time.");
    }
    return output.size() / time.size();
}

}  // namespace

std::vector<std::optional<double>> learningTimes(std::span<const double> time, std::span<const double> output,
                                                 std::span<const double> mu, double q, Crossing crossing) {
    const std::size_t width = widthOf(time, output);
    if (mu.size() > width) throw std::invalid_argument("mu has more entries than the output has columns.");
    std::vector<std::optional<double>> result(mu.size());
    for (std::size_t p = 0; p < mu.size(); ++p) {
        const auto progress = [&](std::size_t n) { return output[n * width + p] / mu[p]; };
        for (std::size_t n = 0; n < time.size(); ++n) {
            if (!(progress(n) > q)) continue;
            result[p] = time[n];
            if (n > 0 && crossing == Crossing::Interpolated) {
                const double before = progress(n - 1);
                result[p] = time[n - 1] + (q - before) / (progress(n) - before) * (time[n] - time[n - 1]);
            }
            break;
        }
    }
    return result;
}

std::vector<int> learningOrder(const std::vector<std::optional<double>>& times) {
    std::vector<int> order(times.size());
    std::iota(order.begin(), order.end(), 0);
    const auto key = [&](int p) {
        return times[static_cast<std::size_t>(p)].value_or(std::numeric_limits<double>::infinity());
    };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return key(a) < key(b); });
    return order;
}

std::vector<double> speed(std::span<const double> time, std::span<const double> output, int dim) {
    const std::size_t width = widthOf(time, output);
    if (static_cast<std::size_t>(dim) != width)
        throw std::invalid_argument("The output does not have dim columns.");
    const std::size_t n = time.size();
    std::vector<double> result(n, 0.0);
    if (n < 2) return result;
    for (std::size_t i = 0; i < n; ++i) {
        double sum = 0;
        for (std::size_t p = 0; p < width; ++p) {
            const auto slope = [&](std::size_t from) {
                return (output[(from + 1) * width + p] - output[from * width + p]) /
                       (time[from + 1] - time[from]);
            };
            double derivative = 0;
            if (i == 0 || i == n - 1) {
                derivative = slope(i == 0 ? 0 : n - 2);
            } else {
                const double before = time[i] - time[i - 1];
                const double after = time[i + 1] - time[i];
                derivative = (slope(i - 1) * after + slope(i) * before) / (before + after);
            }
            sum += derivative * derivative;
        }
        result[i] = std::sqrt(sum);
    }
    return result;
}

SwingBy swingBy(std::span<const double> loss) {
    SwingBy result;
    std::size_t lowest = 0;
    for (std::size_t n = 0; n < loss.size(); ++n) {
        if (loss[n] < loss[lowest]) lowest = n;
        if (loss[n] - loss[lowest] > result.magnitude) {
            result = {loss[n] - loss[lowest], static_cast<int>(lowest), static_cast<int>(n)};
        }
    }
    return result;
}

int countDescents(std::span<const double> loss, double prominence) {
    if (loss.empty()) return 0;
    int descents = 0;
    bool falling = false;
    double high = loss[0];  // highest since the last descent's end, while not falling
    double low = loss[0];   // lowest of the current descent
    for (const double value : loss) {
        if (!falling) {
            high = std::max(high, value);
            if (high - value > prominence) {
                falling = true;
                low = value;
                ++descents;
            }
        } else {
            low = std::min(low, value);
            if (value - low > prominence) {
                falling = false;
                high = value;
            }
        }
    }
    return descents;
}

long topologicalViolations(std::span<const double> nodeLoss, double tolerance) {
    const std::size_t nodes = nodeLoss.size();
    if (nodes == 0 || (nodes & (nodes - 1)) != 0) {
        throw std::invalid_argument("Node losses come in powers of two, one for each composition.");
    }
    long violations = 0;
    for (std::size_t v = 1; v < nodes; ++v) {
        for (std::size_t u = (v - 1) & v;; u = (u - 1) & v) {  // every proper subset of v, the empty one last
            if (nodeLoss[u] > nodeLoss[v] + tolerance) ++violations;
            if (u == 0) break;
        }
    }
    return violations;
}

}  // namespace concept_space::theory
