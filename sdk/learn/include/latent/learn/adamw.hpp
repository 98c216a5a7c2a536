// SPDX-License-Identifier: Apache-2.0
#pragma once
// AdamW in numbers (Loshchilov and Hutter, arXiv 1711.05101), as torch.optim.AdamW with
// torch.nn.utils.clip_grad_norm_: what the trainers' kernels multiply by, and the update of single parameters
// that stand beside a network, such as a learned noise schedule.
//
// A Rule has learningRate, beta1, beta2, epsilon, weightDecay and clip (0: none). Steps count from 1. Plain
// functions; any thread.
//
//     checkAdamW(options);                                              // throws UsageError with a sentence
//     const AdamWFactors f = adamwFactors(options, norm, step);
//     weight = adamwUpdate(options, f, gradient, weight, first, second);

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <latent/error.hpp>
#include <string>

namespace latent::learn {

/// The same for all parameters of one step.
struct AdamWFactors {
    double clip;         ///< of the gradient: min(1, clip / norm)
    double keep;         ///< of the weight: 1 − rate·decay
    double rate;         ///< learning rate / (1 − beta1^step)
    double inverseRoot;  ///< 1/√(1 − beta2^step)
};

template <class Rule>
void checkAdamW(const Rule& o) {
    const auto inside = [](double x, double low, double high) { return x >= low && x <= high; };
    if (!inside(o.learningRate, 0, 1e6))
        throw UsageError("The learning rate is " + std::to_string(o.learningRate) +
                         "; it must be finite and not negative.");
    if (!(o.beta1 >= 0 && o.beta1 < 1 && o.beta2 >= 0 && o.beta2 < 1))
        throw UsageError("Both betas of AdamW must be at least 0 and less than 1.");
    if (!inside(o.epsilon, 1e-30, 1)) throw UsageError("The epsilon of AdamW must be between 1e-30 and 1.");
    if (!inside(o.weightDecay, 0, 1e6)) throw UsageError("The weight decay must be finite and not negative.");
    if (!(o.clip >= 0)) throw UsageError("The gradient clip must be 0 (none) or a positive norm.");
}

/// `norm` is the global norm of the gradient.
template <class Rule>
AdamWFactors adamwFactors(const Rule& o, double norm, std::int64_t step) {
    const double t = static_cast<double>(step);
    return {o.clip > 0 ? std::min(1.0, o.clip / (norm + 1e-6)) : 1.0, 1 - o.learningRate * o.weightDecay,
            o.learningRate / (1 - std::pow(o.beta1, t)), 1 / std::sqrt(1 - std::pow(o.beta2, t))};
}

/// The new weight of one parameter; its moments are updated in place.
template <class Rule>
double adamwUpdate(const Rule& o, const AdamWFactors& f, double gradient, double weight, double& first,
                   double& second) {
    const double g = f.clip * gradient;
    first = o.beta1 * first + (1 - o.beta1) * g;
    second = o.beta2 * second + (1 - o.beta2) * g * g;
    return weight * f.keep - f.rate * first / (std::sqrt(second) * f.inverseRoot + o.epsilon);
}

}  // namespace latent::learn
