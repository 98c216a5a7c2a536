// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a network answers at a few fixed points: the out-of-distribution point and the other nodes of the
// concept graph.
//
// The points are packed once; each evaluation is one small forward pass in the trainer's kernels, without
// allocation. Owned by one thread. Losses are the paper's displayed ones, ½‖f(x) − x‖² of a single point (not
// the mean over dimensions that training minimises), in double.
//
//     Evaluator nodes(spec, points, kernels);        // points [n, dim] row-major
//     nodes.evaluate(trainer.network());
//     double ood = nodes.loss(n - 1);                // ½‖f(x̂) − x̂‖²
//     nodes.output(n - 1, y);                        // y [dim]

#include <span>
#include <vector>

#include "network.hpp"

namespace concept_space::mlp {

class Evaluator {
  public:
    /// Throws std::invalid_argument when `points` is empty or not a multiple of the network's dimension.
    Evaluator(const NetworkSpec& spec, std::span<const float> points, const Kernels& kernels = bestKernels());

    int count() const { return m_count; }

    /// Runs the network on all points; `network` must have the spec given at construction.
    void evaluate(const Network& network);

    /// ½‖f(x_i) − x_i‖² at the last evaluation.
    double loss(int point) const;
    /// f(x_i) at the last evaluation; `out` [dim].
    void output(int point, std::span<float> out) const;

  private:
    NetworkSpec m_spec;
    const Kernels* m_kernels;
    int m_count;
    AlignedFloats m_points;      // [count, dim] in panels
    AlignedFloats m_buffers[2];  // [count, widest]
    const float* m_result = nullptr;
};

}  // namespace concept_space::mlp
