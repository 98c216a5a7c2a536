// SPDX-License-Identifier: Apache-2.0
#include "decoder/language_model.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace icl_graphs {

bool DecoderRun::wants(const std::vector<int>& chosen, int one) {
    return chosen.empty() || std::find(chosen.begin(), chosen.end(), one) != chosen.end();
}

void checkTokens(const DecoderConfig& config, std::span<const int> tokens, const DecoderRun& run) {
    if (tokens.empty()) throw std::invalid_argument("There is no token to read.");
    for (const std::span<const int> some : {tokens, std::span<const int>(run.selected)})
        for (const int token : some)
            if (token < 0 || token >= config.vocabulary)
                throw std::invalid_argument("Token " + std::to_string(token) +
                                            " is not in the vocabulary of " +
                                            std::to_string(config.vocabulary) + " tokens.");
    if (config.rotaryWidth == 0 && static_cast<int>(tokens.size()) > config.context)
        throw std::invalid_argument("The text has " + std::to_string(tokens.size()) +
                                    " tokens; this model has learned positions for " +
                                    std::to_string(config.context) + ". Shorten the walk.");
}

}  // namespace icl_graphs
