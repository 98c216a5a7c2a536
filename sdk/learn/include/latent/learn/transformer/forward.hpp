// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a transformer computes, for analyses: logits, losses, attention maps, hidden states, and the same with heads ablated.
//
// A Model is a read-only copy of weights in the layout of the kernels: make one, ask it often, from any number of threads. A large
// batch costs memory for what is asked of it only. Arrays are row-major.
//
//     const Model model(trainer.weights());
//     Result r = model.forward(tokens, batch, {.attention = true});            // tokens [batch, length]
//     r.logits;                                                                // [batch, length, vocabulary]
//     r.attention;                                                             // [batch, layers, heads, length, length]
//     Result without = model.forward(tokens, batch, {.ablate = {{.layer = 0, .head = 2, .by = Ablation::By::Mean}}});
//     std::vector<float> nats = model.losses(inputs, targets, batch);          // [batch, length]

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "latent/learn/instructions.hpp"
#include "latent/learn/transformer/weights.hpp"

namespace latent::learn::transformer {

/// Replaces what a head adds to the attention output (before c_proj) at every position: by 0, or by its mean over the sequences and
/// positions of the same batch, with no head ablated.
struct Ablation {
    enum class By { Zero, Mean };
    int layer = 0;
    int head = 0;
    By by = By::Zero;
};

struct ForwardOptions {
    bool logits = true;
    bool attention = false;
    bool hidden = false;  ///< the residual stream: after the embedding and after each layer, before ln_f
    std::vector<Ablation> ablate = {};
    int threads = 1;
};

struct Result {
    std::vector<float> logits;  ///< [batch, length, vocabulary]
    std::vector<float>
        attention;  ///< [batch, layers, heads, length, length]: row = query, rows sum to 1, 0 after the diagonal
    std::vector<float> hidden;  ///< [batch, layers + 1, length, width]
};

class Model {
  public:
    /// Throws UsageError on instructions that this processor lacks.
    explicit Model(const Weights& weights, Instructions instructions = bestInstructions());
    ~Model();
    Model(Model&&) noexcept;
    Model& operator=(Model&&) noexcept;

    const Shape& shape() const;

    /// tokens [batch, length]. Throws UsageError when they do not fill a batch, are longer than the context or outside of the
    /// vocabulary, or when an ablation names a head that there is not.
    Result forward(std::span<const std::int32_t> tokens, int batch, const ForwardOptions& options = {}) const;
    /// Cross-entropy (nats) at each position [batch, length]; 0 where the target is below 0.
    std::vector<float> losses(std::span<const std::int32_t> inputs, std::span<const std::int32_t> targets,
                              int batch, const ForwardOptions& options = {}) const;

  private:
    struct Members;
    std::unique_ptr<Members> m;
};

}  // namespace latent::learn::transformer
