// SPDX-License-Identifier: Apache-2.0
#pragma once
// The transformer written down once more, in double, by loops and without a thought for speed: the oracle of gradients by finite
// differences, for shapes that the fixture does not have. One thread.
//
//     ReferenceTransformer reference(weights);
//     double nats = reference.loss(inputs, targets, batch);        // mean over targets ≥ 0
//     reference.at("transformer.wte.weight")[3] += 1e-4;           // and again

#include <cmath>
#include <latent/learn/transformer/weights.hpp>
#include <map>
#include <string>
#include <vector>

class ReferenceTransformer {
  public:
    using Matrix = std::vector<std::vector<double>>;

    explicit ReferenceTransformer(const latent::learn::transformer::Weights& weights)
        : m_shape(weights.shape()) {
        for (const auto& tensor : weights.tensors()) {
            const auto values = weights.view(tensor.name);
            m_tensors[tensor.name] = {values.begin(), values.end()};
        }
    }
    std::vector<double>& at(const std::string& name) { return m_tensors.at(name); }

    Matrix logits(const std::int32_t* inputs, int length) const {
        const int d = m_shape.width;
        const auto& tokens = m_tensors.at("transformer.wte.weight");
        Matrix x(sized(length), std::vector<double>(sized(d)));
        for (int t = 0; t < length; ++t)
            for (int c = 0; c < d; ++c) {
                x[sized(t)][sized(c)] = tokens[sized(inputs[t] * d + c)];
                if (m_shape.positions == latent::learn::transformer::Positions::Learned)
                    x[sized(t)][sized(c)] += m_tensors.at("transformer.wpe.weight")[sized(t * d + c)];
            }
        for (int i = 0; i < m_shape.layers; ++i) {
            const std::string layer = "transformer.h." + std::to_string(i) + ".";
            add(x, linear(attention(linear(norm(x, layer + "ln_1"), layer + "attn.c_attn", 3 * d)),
                          layer + "attn.c_proj", d));
            if (m_shape.hidden() == 0) continue;
            Matrix h = linear(norm(x, layer + "ln_2"), layer + "mlp.c_fc", m_shape.hidden());
            for (auto& row : h)
                for (double& z : row) z *= 0.5 * std::erfc(-z / std::sqrt(2.0));
            add(x, linear(h, layer + "mlp.c_proj", d));
        }
        x = norm(x, "transformer.ln_f");
        const auto& head = m_shape.tiedHead ? tokens : m_tensors.at("lm_head.weight");
        Matrix out(sized(length), std::vector<double>(sized(m_shape.vocabulary)));
        for (int t = 0; t < length; ++t)
            for (int v = 0; v < m_shape.vocabulary; ++v)
                for (int c = 0; c < d; ++c)
                    out[sized(t)][sized(v)] += x[sized(t)][sized(c)] * head[sized(v * d + c)];
        return out;
    }

    double loss(std::span<const std::int32_t> inputs, std::span<const std::int32_t> targets,
                int batch) const {
        const int length = static_cast<int>(inputs.size()) / batch;
        double total = 0;
        int counted = 0;
        for (int b = 0; b < batch; ++b) {
            const Matrix rows = logits(inputs.data() + b * length, length);
            for (int t = 0; t < length; ++t) {
                const std::int32_t target = targets[sized(b * length + t)];
                if (target < 0) continue;
                double sum = 0;
                for (const double z : rows[sized(t)]) sum += std::exp(z);
                total += std::log(sum) - rows[sized(t)][sized(target)];
                ++counted;
            }
        }
        return total / counted;
    }

  private:
    static std::size_t sized(int n) { return static_cast<std::size_t>(n); }
    static void add(Matrix& x, const Matrix& y) {
        for (std::size_t t = 0; t < x.size(); ++t)
            for (std::size_t c = 0; c < x[t].size(); ++c) x[t][c] += y[t][c];
    }
    double biasOf(const std::string& name, std::size_t i) const {
        return m_shape.bias ? m_tensors.at(name + ".bias")[i] : 0.0;
    }

    Matrix linear(const Matrix& x, const std::string& name, int out) const {
        const auto& w = m_tensors.at(name + ".weight");
        Matrix y(x.size(), std::vector<double>(sized(out)));
        for (std::size_t t = 0; t < x.size(); ++t)
            for (std::size_t n = 0; n < sized(out); ++n) {
                y[t][n] = biasOf(name, n);
                for (std::size_t k = 0; k < x[t].size(); ++k) y[t][n] += x[t][k] * w[n * x[t].size() + k];
            }
        return y;
    }

    Matrix norm(Matrix x, const std::string& name) const {
        for (auto& row : x) {
            double mean = 0, variance = 0;
            for (const double z : row) mean += z / static_cast<double>(row.size());
            for (const double z : row) variance += (z - mean) * (z - mean) / static_cast<double>(row.size());
            for (std::size_t c = 0; c < row.size(); ++c)
                row[c] = (row[c] - mean) / std::sqrt(variance + 1e-5) * m_tensors.at(name + ".weight")[c] +
                         biasOf(name, c);
        }
        return x;
    }

    /// qkv [length, 3·width] → [length, width]
    Matrix attention(Matrix qkv) const {
        const int d = m_shape.width, wide = m_shape.headWidth();
        if (m_shape.positions == latent::learn::transformer::Positions::Rotary)
            for (std::size_t t = 0; t < qkv.size(); ++t)
                for (int c = 0; c < 2 * d; c += 2) {
                    const double angle = static_cast<double>(t) *
                                         std::pow(m_shape.rotaryBase, -static_cast<double>(c % wide) / wide);
                    const double a = qkv[t][sized(c)], b = qkv[t][sized(c + 1)];
                    qkv[t][sized(c)] = a * std::cos(angle) - b * std::sin(angle);
                    qkv[t][sized(c + 1)] = a * std::sin(angle) + b * std::cos(angle);
                }
        Matrix out(qkv.size(), std::vector<double>(sized(d)));
        for (int h = 0; h < m_shape.heads; ++h)
            for (std::size_t i = 0; i < qkv.size(); ++i) {
                std::vector<double> weight(i + 1);
                double sum = 0;
                for (std::size_t j = 0; j <= i; ++j) {
                    double score = 0;
                    for (int c = h * wide; c < (h + 1) * wide; ++c)
                        score += qkv[i][sized(c)] * qkv[j][sized(d + c)];
                    sum += weight[j] = std::exp(score / std::sqrt(static_cast<double>(wide)));
                }
                for (std::size_t j = 0; j <= i; ++j)
                    for (int c = h * wide; c < (h + 1) * wide; ++c)
                        out[i][sized(c)] += weight[j] / sum * qkv[j][sized(2 * d + c)];
            }
        return out;
    }

    latent::learn::transformer::Shape m_shape;
    std::map<std::string, std::vector<double>> m_tensors;
};
