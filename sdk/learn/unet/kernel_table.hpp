// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bodies as one table for a Lanes policy; included by one translation unit per instruction set.
#include "norm_body.hpp"

namespace latent::learn::unet::detail {
namespace {

template <class L>
constexpr Kernels makeKernels(const char* name) {
    return {name,    convolve<L>, weightGradient<L>, pixelSums<L>,   normForward<L>,     normBackward<L>,
            gelu<L>, multiply<L>, blend<L>,          softmaxRows<L>, softmaxBackward<L>, transposeBlocks<L>};
}

}  // namespace
}  // namespace latent::learn::unet::detail
