// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the optimiser's kernel is told of one step. Apart from kernels.hpp, which is compiled with special
// instructions. Internal.
#include <latent/learn/adamw.hpp>

#include "kernels.hpp"

namespace latent::learn::transformer::detail {

template <class Rule>
AdamWStep adamwStep(const Rule& rule, const AdamWFactors& f) {
    return {static_cast<float>(f.clip),      static_cast<float>(f.keep), static_cast<float>(rule.beta1),
            static_cast<float>(rule.beta2),  static_cast<float>(f.rate), static_cast<float>(f.inverseRoot),
            static_cast<float>(rule.epsilon)};
}

}  // namespace latent::learn::transformer::detail
