// SPDX-License-Identifier: Apache-2.0
#pragma once
// The same network, loss and update in plain loops over any real type: what the kernels are compared with,
// and what is itself compared with finite differences in double. Weights as torch has them, [fan_out,
// fan_in].
#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "model/mlp/network.hpp"

namespace concept_space::mlp::test {

template <class Real>
struct ReferenceMlp {
    NetworkSpec spec;
    std::vector<std::vector<Real>> weights, bias;

    explicit ReferenceMlp(const Network& net) : spec(net.spec()) {
        for (int l = 0; l < spec.layers; ++l) {
            const auto w = net.weights(l);
            const auto b = net.bias(l);
            weights.emplace_back(w.begin(), w.end());
            bias.emplace_back(b.begin(), b.end());
        }
    }

    std::vector<Real> flat() const {
        std::vector<Real> all;
        for (std::size_t l = 0; l < weights.size(); ++l) {
            all.insert(all.end(), weights[l].begin(), weights[l].end());
            all.insert(all.end(), bias[l].begin(), bias[l].end());
        }
        return all;
    }
    void setFlat(std::span<const Real> all) {
        for (std::size_t l = 0; l < weights.size(); ++l)
            for (auto* part : {&weights[l], &bias[l]}) {
                std::copy_n(all.begin(), part->size(), part->begin());
                all = all.subspan(part->size());
            }
    }

    /// Activations after every layer for one input.
    std::vector<std::vector<Real>> forward(std::span<const Real> x) const {
        std::vector<std::vector<Real>> acts{{x.begin(), x.end()}};
        for (std::size_t l = 0; l < weights.size(); ++l) {
            const std::size_t in = acts.back().size(), out = weights[l].size() / in;
            std::vector<Real> y(out);
            for (std::size_t o = 0; o < out; ++o) {
                Real sum = bias[l].empty() ? Real(0) : bias[l][o];
                for (std::size_t i = 0; i < in; ++i) sum += weights[l][o * in + i] * acts.back()[i];
                y[o] = spec.relu && l + 1 < weights.size() ? std::max(sum, Real(0)) : sum;
            }
            acts.push_back(std::move(y));
        }
        return acts;
    }

    /// Mean over batch and dimensions of (f(x) - x)², and its gradient in the order of flat(). x [batch,
    /// dim].
    Real loss(std::span<const Real> x, std::vector<Real>* gradient = nullptr) const {
        const std::size_t dim = static_cast<std::size_t>(spec.dim), batch = x.size() / dim;
        ReferenceMlp grad = *this;
        for (std::size_t l = 0; l < weights.size(); ++l) {
            std::fill(grad.weights[l].begin(), grad.weights[l].end(), Real(0));
            std::fill(grad.bias[l].begin(), grad.bias[l].end(), Real(0));
        }
        Real total = 0;
        for (std::size_t n = 0; n < batch; ++n) {
            const auto acts = forward(x.subspan(n * dim, dim));
            std::vector<Real> delta(dim);
            for (std::size_t k = 0; k < dim; ++k) {
                const Real r = acts.back()[k] - x[n * dim + k];
                total += r * r;
                delta[k] = Real(2) * r / static_cast<Real>(batch * dim);
            }
            for (std::size_t l = weights.size(); l-- > 0;) {
                const auto& input = acts[l];
                std::vector<Real> before(input.size(), Real(0));
                for (std::size_t o = 0; o < delta.size(); ++o) {
                    if (!bias[l].empty()) grad.bias[l][o] += delta[o];
                    for (std::size_t i = 0; i < input.size(); ++i) {
                        grad.weights[l][o * input.size() + i] += delta[o] * input[i];
                        before[i] += delta[o] * weights[l][o * input.size() + i];
                    }
                }
                if (spec.relu && l > 0)
                    for (std::size_t i = 0; i < input.size(); ++i)
                        if (input[i] <= 0) before[i] = 0;
                delta = std::move(before);
            }
        }
        if (gradient) *gradient = grad.flat();
        return total / static_cast<Real>(batch * dim);
    }
};

}  // namespace concept_space::mlp::test
