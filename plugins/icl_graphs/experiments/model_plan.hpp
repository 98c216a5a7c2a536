// SPDX-License-Identifier: Apache-2.0
#pragma once
// What icl/model will do: which model, words, contexts, layers. Reads the model's headers and vocabulary
// only.

#include "decoder/device_decoder.hpp"
#include "decoder/load.hpp"
#include "experiments/geometry_record.hpp"
#include "experiments/graph_parameters.hpp"

namespace icl_graphs {

/// Which heads are taken away, in the order of the arrays: their output is zero, or their mean over another
/// prompt. "Like": as many others in the same layers, the heads of neither kind among them where there are enough.
enum class Arm {
    None,
    Induction,
    LikeInduction,
    Previous,
    LikePrevious,
    InductionMean,
    LikeInductionMean,
    PreviousMean,
    LikePreviousMean
};
inline constexpr std::size_t kArms = 9;
/// How states are moved, in the order of the arrays: not, along the components that carry the graph, in a
/// random subspace by as much.
inline constexpr std::size_t kMoves = 3;

struct ModelPlan {
    GraphStudy study;
    std::vector<std::int64_t> contexts;
    LayerOptions options;
    DecoderConfig config;
    std::uint64_t weightBytes = 0;
    std::string path;
    std::int64_t window = 50, replicates = 3, prompts = 4;
    int layer = 0;  ///< the judged one: residual stream after so many blocks
    int ablatedHeads = 0;
    bool shuffledControl = true, moves = true;
    int threads = 1;
    std::string device = "cpu";  ///< or cuda, cuda:N
    bool asksForFloat32 = false;

    static ModelPlan of(const latent::Parameters& p);
    GeometryAxes axes() const;
    bool hasCycle() const { return !study.cyclePlaces(0).empty(); }
    bool startsWithBos = false;
    /// What GPUs are made for there, unless float32 was asked for; what the kernels compute in here.
    Precision precision() const {
        return asksForFloat32 || device == "cpu" ? Precision::Float32 : Precision::BFloat16;
    }
};

/// The layer that claims are judged on: as asked, or (0) judgedOf() the layers.
int judgedLayer(std::int64_t asked, int blocks);
/// Memory that a run takes at its most, in bytes; and how much of it on the device, where that is not the CPU.
std::uint64_t memoryFor(const ModelPlan& plan);
std::uint64_t deviceMemoryFor(const ModelPlan& plan);

/// A sentence that names the model, its size, quantisation and tuning, for reports.
std::string describedModel(const DecoderConfig& config);
latent::Schema modelParameters();
latent::Outputs modelOutputs(const latent::Parameters& p);

}  // namespace icl_graphs
