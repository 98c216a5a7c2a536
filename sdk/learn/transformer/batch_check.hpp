// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is asked of tokens before anything is computed with them: sentences for a plugin's author. Internal.
#include <cstdint>
#include <latent/error.hpp>
#include <span>
#include <string>

#include "latent/learn/transformer/shape.hpp"

namespace latent::learn::transformer::detail {

/// Columns of `count` tokens in `batch` rows.
inline int columnsOf(std::size_t count, int batch) {
    if (batch < 1 || count == 0 || count % static_cast<std::size_t>(batch) != 0 ||
        count / static_cast<std::size_t>(batch) > 1U << 30)
        throw UsageError(std::to_string(count) + " tokens do not make a batch of " + std::to_string(batch) +
                         " sequences.");
    return static_cast<int>(count / static_cast<std::size_t>(batch));
}

inline int checkedLength(const Shape& shape, int length) {
    if (length < 1 || length > shape.context)
        throw UsageError("A sequence of " + std::to_string(length) +
                         " inputs does not fit this transformer, whose context is " +
                         std::to_string(shape.context) + ".");
    return length;
}

inline void checkTokens(std::span<const std::int32_t> tokens, int vocabulary, std::int32_t least) {
    for (const std::int32_t token : tokens)
        if (token < least || token >= vocabulary)
            throw UsageError("Token " + std::to_string(token) + " is outside of the vocabulary of " +
                             std::to_string(vocabulary) + ".");
}

}  // namespace latent::learn::transformer::detail
