// SPDX-License-Identifier: Apache-2.0
#pragma once
// `markov/train`: trains a transformer on a mixture of chains and explains it on the way (arXiv 2412.01003, sections 3 to 5).
//
// At log-spaced checkpoints: its divergence from known, new and shuffled chains and from each algorithm, the weights of the linear
// interpolation of algorithms with its forecast, bigram utilisation, retrieval proximity, and what the attention heads do. A pause
// is answered within a step or a replicate of an evaluation; a resumed run is the same to the bit. Main thread of a worker, helpers
// for the sequences of a batch and the chains of an evaluation. On a GPU only the steps are computed there, by the LibTorch part of
// the plugin; explanations stay on the CPU.
//
//     latent run markov/train --preset laptop --set chains=16

#include <functional>
#include <latent/latent.hpp>
#include <memory>

#include "model/training/training.hpp"

namespace markov_mixtures {

/// Who computes the steps of a training.
using MakeTraining =
    std::function<std::unique_ptr<Training>(const Mixture&, const TrainingSpec&, latent::Job&)>;
/// The kernels on the CPU; the LibTorch part of the plugin on any other device, or RunError with a sentence.
std::unique_ptr<Training> makeTraining(const Mixture& mixture, const TrainingSpec& spec, latent::Job& job);

class Train final : public latent::Experiment {
  public:
    static latent::About about() {
        return {"markov/train", "Markov: training",
                "A transformer learns a mixture of Markov chains: which algorithm does it run, and when?"};
    }
    static latent::Schema parameters();
    static std::vector<latent::Claim> claims();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
    /// The same with steps that somebody else computes, for tests.
    static void runWith(const latent::Parameters& p, latent::Job& job, const MakeTraining& make);
    void measure(const latent::RunSet& runs, latent::Evidence& out) override;
};

}  // namespace markov_mixtures
