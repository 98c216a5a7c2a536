// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bodies as one table for a Lanes policy; included by one translation unit per instruction set.
#include "attention_body.hpp"
#include "norm_body.hpp"
#include "update_body.hpp"

namespace latent::learn::transformer::detail {
namespace {

template <class L>
constexpr Kernels makeKernels(const char* name) {
    return {name,
            product<L>,
            productAdd<L>,
            productGelu<L>,
            productTimes<L>,
            outerAdd<L>,
            normForward<L>,
            normBackward<L>,
            splitHead<L>,
            mergeHead<L>,
            attentionForward<L>,
            attentionBackward<L>,
            crossEntropy<L>,
            addTo<L>,
            sumOfSquares<L>,
            adamw<L>,
            pack<L>,
            packAcross<L>};
}

}  // namespace
}  // namespace latent::learn::transformer::detail
