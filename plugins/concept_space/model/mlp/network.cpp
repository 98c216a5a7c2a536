// SPDX-License-Identifier: Apache-2.0
#include "network.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <stdexcept>
#include <string>

namespace concept_space::mlp {

namespace {

std::size_t area(int a, int b) { return static_cast<std::size_t>(a) * static_cast<std::size_t>(b); }

}  // namespace

Network::Network(const NetworkSpec& spec) : m_spec(spec) {
    if (spec.dim < 1 || spec.hidden < 1 || spec.layers < 1)
        throw std::invalid_argument("A network needs at least one layer, and dim and hidden of at least 1.");
    for (int l = 0; l < spec.layers; ++l) {
        Layer layer;
        layer.weights = AlignedFloats(panelFloats(roundUpToPanel(spec.fanIn(l)), spec.fanOut(l)));
        if (spec.bias) layer.bias = AlignedFloats(panelFloats(1, spec.fanOut(l)));
        if (l > 0)
            layer.transposed = AlignedFloats(panelFloats(roundUpToPanel(spec.fanOut(l)), spec.fanIn(l)));
        m_layers.push_back(std::move(layer));
    }
}

void Network::initialise(const Initialisation& how, std::uint64_t seed) {
    for (int l = 0; l < m_spec.layers; ++l) {
        latent::learn::RandomStream random(seed, "sim/init", static_cast<std::uint64_t>(l));
        std::vector<float> w(area(m_spec.fanOut(l), m_spec.fanIn(l)));
        std::vector<float> b(m_spec.bias ? static_cast<std::size_t>(m_spec.fanOut(l)) : 0);
        if (how.kind == Initialisation::Kind::Uniform) {
            const double bound = 1.0 / std::sqrt(static_cast<double>(m_spec.fanIn(l)));
            random.fillUniform<float>(w, -bound, bound);
            random.fillUniform<float>(b, -bound, bound);
        } else {
            random.fillNormal<float>(w, how.standardDeviation);
            random.fillNormal<float>(b, how.standardDeviation);
        }
        setLayer(l, w, b);
    }
}

void Network::setLayer(int layer, std::span<const float> weights, std::span<const float> bias) {
    const int in = m_spec.fanIn(layer);
    const int out = m_spec.fanOut(layer);
    if (weights.size() != area(out, in))
        throw std::invalid_argument("Layer " + std::to_string(layer) + " needs " + std::to_string(out) +
                                    " x " + std::to_string(in) + " weights, but " +
                                    std::to_string(weights.size()) + " were given.");
    if (!bias.empty() && (!m_spec.bias || bias.size() != static_cast<std::size_t>(out)))
        throw std::invalid_argument("Layer " + std::to_string(layer) + " takes " +
                                    std::to_string(m_spec.bias ? out : 0) + " biases, but " +
                                    std::to_string(bias.size()) + " were given.");
    Layer& to = m_layers[static_cast<std::size_t>(layer)];
    const float* from = weights.data();
    for (int o = 0; o < out; ++o)
        for (int i = 0; i < in; ++i) to.weights[panelIndex(i, o, roundUpToPanel(in))] = *from++;
    if (m_spec.bias)
        for (std::size_t o = 0; o < static_cast<std::size_t>(out); ++o)
            to.bias[o] = bias.empty() ? 0.0F : bias[o];
    refreshTransposed(layer);
}

void Network::refreshTransposed(int layer) {
    if (layer == 0) return;
    Layer& l = m_layers[static_cast<std::size_t>(layer)];
    const int in = roundUpToPanel(m_spec.fanIn(layer));
    const int out = roundUpToPanel(m_spec.fanOut(layer));
    for (int i = 0; i < in; ++i)
        for (int o = 0; o < out; ++o) l.transposed[panelIndex(o, i, out)] = l.weights[panelIndex(i, o, in)];
}

std::vector<float> Network::weights(int layer) const {
    const int in = m_spec.fanIn(layer);
    const int out = m_spec.fanOut(layer);
    const AlignedFloats& from = m_layers[static_cast<std::size_t>(layer)].weights;
    std::vector<float> w;
    w.reserve(area(out, in));
    for (int o = 0; o < out; ++o)
        for (int i = 0; i < in; ++i) w.push_back(from[panelIndex(i, o, roundUpToPanel(in))]);
    return w;
}

std::vector<float> Network::bias(int layer) const {
    const AlignedFloats& from = m_layers[static_cast<std::size_t>(layer)].bias;
    if (!m_spec.bias) return {};
    return {from.data(), from.data() + m_spec.fanOut(layer)};
}

std::vector<double> Network::jacobian(std::span<const float> point) const {
    const std::size_t dim = static_cast<std::size_t>(m_spec.dim);
    std::vector<double> identity(dim * dim, 0.0);
    for (std::size_t k = 0; k < dim; ++k) identity[k * dim + k] = 1.0;
    return derivatives(point, identity);
}

std::vector<double> Network::derivatives(std::span<const float> point,
                                         std::span<const double> directions) const {
    const std::size_t dim = static_cast<std::size_t>(m_spec.dim);
    if (point.size() != dim || directions.size() % dim != 0)
        throw std::invalid_argument("A derivative needs a point and directions of " + std::to_string(dim) +
                                    " coordinates each.");
    const std::size_t n = directions.size() / dim;
    std::vector<double> activation(point.begin(), point.end());
    std::vector<double> tangents(dim * n);  // [width so far, n]
    for (std::size_t k = 0; k < dim; ++k)
        for (std::size_t v = 0; v < n; ++v) tangents[k * n + v] = directions[v * dim + k];
    for (int l = 0; l < m_spec.layers; ++l) {
        const std::vector<float> w = weights(l);
        const std::vector<float> b = bias(l);
        const std::size_t in = static_cast<std::size_t>(m_spec.fanIn(l));
        const std::size_t out = static_cast<std::size_t>(m_spec.fanOut(l));
        const bool rectify = m_spec.relu && l + 1 < m_spec.layers;
        std::vector<double> next(out, 0.0);
        std::vector<double> nextTangents(out * n, 0.0);
        for (std::size_t o = 0; o < out; ++o) {
            double sum = b.empty() ? 0.0 : static_cast<double>(b[o]);
            for (std::size_t i = 0; i < in; ++i) sum += static_cast<double>(w[o * in + i]) * activation[i];
            if (rectify && sum <= 0) continue;
            next[o] = sum;
            double* row = nextTangents.data() + o * n;
            for (std::size_t i = 0; i < in; ++i) {
                const double weight = static_cast<double>(w[o * in + i]);
                for (std::size_t v = 0; v < n; ++v) row[v] += weight * tangents[i * n + v];
            }
        }
        activation = std::move(next);
        tangents = std::move(nextTangents);
    }
    return tangents;
}

std::size_t Network::flatSize() const {
    std::size_t size = 0;
    for (int l = 0; l < m_spec.layers; ++l)
        size += area(m_spec.fanOut(l), m_spec.fanIn(l) + (m_spec.bias ? 1 : 0));
    return size;
}

std::vector<float> Network::flat() const {
    std::vector<float> values;
    values.reserve(flatSize());
    for (int l = 0; l < m_spec.layers; ++l) {
        for (const std::vector<float>& part : {weights(l), bias(l)})
            values.insert(values.end(), part.begin(), part.end());
    }
    return values;
}

void Network::setFlat(std::span<const float> values) {
    if (values.size() != flatSize())
        throw std::invalid_argument("This network has " + std::to_string(flatSize()) + " parameters, but " +
                                    std::to_string(values.size()) + " were given.");
    for (int l = 0; l < m_spec.layers; ++l) {
        const std::size_t w = area(m_spec.fanOut(l), m_spec.fanIn(l));
        const std::size_t b = m_spec.bias ? static_cast<std::size_t>(m_spec.fanOut(l)) : 0;
        setLayer(l, values.first(w), values.subspan(w, b));
        values = values.subspan(w + b);
    }
}

Product Network::product(int layer, const float* in, int batch) const {
    const Layer& l = m_layers[static_cast<std::size_t>(layer)];
    return {in, l.weights.data(), l.bias.data(), batch, m_spec.fanIn(layer), m_spec.fanOut(layer)};
}

Product Network::inputGradient(int layer, const float* gradient, int batch) const {
    const Layer& l = m_layers[static_cast<std::size_t>(layer)];
    return {gradient, l.transposed.data(), nullptr, batch, m_spec.fanOut(layer), m_spec.fanIn(layer)};
}

LayerWeights Network::layerWeights(int layer) {
    Layer& l = m_layers[static_cast<std::size_t>(layer)];
    return {l.weights.data(), l.bias.data(), l.transposed.data()};
}

}  // namespace concept_space::mlp
