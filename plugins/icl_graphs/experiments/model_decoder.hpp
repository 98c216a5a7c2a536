// SPDX-License-Identifier: Apache-2.0
#pragma once
// The model that a run reads with: kernels on the CPU, or on a GPU the LibTorch part of this plugin. Those who read do not know which.
//
//     const OpenModel model = openModel(plan, job);
//     runReplicate(plan, *model.decoder, model.vocabulary, 0, …);

#include <latent/latent.hpp>
#include <memory>

#include "experiments/model_plan.hpp"

namespace icl_graphs {

struct OpenModel {
    std::unique_ptr<LanguageModel> decoder;
    Vocabulary vocabulary;
};

/// Asks for memory, here and on the device, before anything is read. Throws latent::RunError with a sentence where there is too little, where
/// device or LibTorch part are not there.
OpenModel openModel(const ModelPlan& plan, const latent::Job& job);

}  // namespace icl_graphs
