// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a Trainer owns. Internal.
#include <memory>
#include <mutex>

#include "../transformer/kernels.hpp"
#include "conditioner.hpp"
#include "latent/learn/unet/trainer.hpp"
#include "network.hpp"

namespace latent::learn::unet {

struct Trainer::Members {
    static constexpr int kShards = 8;

    /// Buffers of one thread.
    struct Worker {
        Worker(const detail::Packed& packed, int rows)
            : network(packed, true),
              conditioner(packed, rows),
              prediction(static_cast<std::size_t>(network.group()) * packed.layout().shape.pixels()) {}
        detail::Network network;
        detail::Conditioner conditioner;
        std::vector<float> prediction;  // and then the error, [group, height, width, channels]
    };

    Members(const Weights& weights, const AdamW& options, int threads, Instructions instructions);

    double computeGradient(const Batch& batch);
    void shard(const Batch& batch, int begin, int end, double factor, float* gradient);
    void addUp(std::size_t shards);
    double update(double others);
    void refresh();

    AdamW rule;
    int threads;
    detail::Layout layout;
    const detail::Kernels* kernels;
    const transformer::detail::Kernels* optimiser;
    detail::Packed packed;
    AlignedFloats gradient, first, second, average;  // packed; padding stays zero
    std::vector<AlignedFloats> shards;               // the first is `gradient`
    std::mutex guard;
    std::vector<std::unique_ptr<Worker>> idle;
    std::vector<double> losses;
    bool keeps = false;
    std::vector<float> dz, dtimes;
    double norm = 0;
    std::int64_t steps = 0;
    std::vector<float> saved[4];  // flat copies that save() gives views of
};

}  // namespace latent::learn::unet
