// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one place where LibTorch's headers come in; precompiled (CMake: latent_learn_torch_pch, reuse it with
// target_precompile_headers(<target> REUSE_FROM latent_learn_torch)). Each file that includes it costs 30–90 s without
// that, so keep such files few. LibTorch has threads of its own: prepare()
// (torch/state.hpp) gives it those of the job.
//
//     #include <latent/learn/torch/torch.hpp>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#endif
#include <torch/torch.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
