// SPDX-License-Identifier: Apache-2.0
#include "evaluator.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace concept_space::mlp {

Evaluator::Evaluator(const NetworkSpec& spec, std::span<const float> points, const Kernels& kernels)
    : m_spec(spec), m_kernels(&kernels), m_count(static_cast<int>(points.size()) / spec.dim) {
    if (m_count == 0 ||
        points.size() != static_cast<std::size_t>(m_count) * static_cast<std::size_t>(spec.dim))
        throw std::invalid_argument("The points to evaluate must be rows of " + std::to_string(spec.dim) +
                                    " numbers.");
    m_points = AlignedFloats(panelFloats(m_count, spec.dim));
    packPanels(points.data(), m_count, spec.dim, m_count, m_points.data());
    for (AlignedFloats& buffer : m_buffers)
        buffer = AlignedFloats(panelFloats(m_count, std::max(spec.dim, spec.hidden)));
}

void Evaluator::evaluate(const Network& network) {
    const float* in = m_points.data();
    for (int l = 0; l < m_spec.layers; ++l) {
        float* out = m_buffers[l % 2].data();
        m_kernels->forward(network.product(l, in, m_count), out, m_spec.relu && l + 1 < m_spec.layers);
        in = out;
    }
    m_result = in;
}

double Evaluator::loss(int point) const {
    double sum = 0;
    for (int j = 0; j < m_spec.dim; ++j) {
        const std::size_t at = panelIndex(point, j, m_count);
        const double r = static_cast<double>(m_result[at]) - static_cast<double>(m_points[at]);
        sum += r * r;
    }
    return 0.5 * sum;
}

void Evaluator::output(int point, std::span<float> out) const {
    for (int j = 0; j < m_spec.dim; ++j)
        out[static_cast<std::size_t>(j)] = m_result[panelIndex(point, j, m_count)];
}

}  // namespace concept_space::mlp
