// SPDX-License-Identifier: Apache-2.0
#include <latent/latent.hpp>

#include "experiments/analysis.hpp"
#include "experiments/attend.hpp"
#include "experiments/edit.hpp"
#include "experiments/graphs_source.hpp"
#include "experiments/look.hpp"
#include "experiments/model.hpp"
#include "experiments/oracle.hpp"
#include "experiments/steer.hpp"
#include "experiments/train.hpp"

LATENT_PLUGIN(icl_graphs::Analysis, icl_graphs::Model, icl_graphs::Oracle, icl_graphs::Train,
              icl_graphs::Look, icl_graphs::Attend, icl_graphs::Steer, icl_graphs::Edit,
              icl_graphs::GraphsSource);
