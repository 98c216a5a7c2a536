// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a Trainer owns. Internal.
#include <memory>

#include "latent/learn/transformer/trainer.hpp"
#include "sequence.hpp"

namespace latent::learn::transformer {

struct Trainer::Members {
    struct Worker {
        std::unique_ptr<detail::Sequence> sequence;
        AlignedFloats gradient;  // padded
        double loss = 0;
    };

    Members(Weights given, const AdamW& options, int threads, Instructions instructions)
        : weights(std::move(given)),
          rule(options),
          layout(weights.shape()),
          kernels(&detail::kernelsFor(instructions)),
          packed(layout, *kernels),
          gradient(paddedSize()),
          first(paddedSize()),
          second(paddedSize()),
          workers(static_cast<std::size_t>(threads)) {
        for (Worker& worker : workers) worker.gradient = AlignedFloats(layout.paddedFloats);
    }

    std::size_t paddedSize() const { return (layout.flatFloats + kPanel - 1) / kPanel * kPanel; }
    double computeGradient(const std::int32_t* inputs, int inputStride, const std::int32_t* targets,
                           int targetStride, int batch, int length);
    void addUp();
    void update();

    Weights weights;
    AdamW rule;
    detail::Layout layout;
    const detail::Kernels* kernels;
    detail::Packed packed;
    AlignedFloats gradient, first, second;  // flat
    std::vector<Worker> workers;
    double norm = 0;
    std::int64_t steps = 0;
};

}  // namespace latent::learn::transformer
