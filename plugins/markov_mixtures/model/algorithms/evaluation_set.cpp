// SPDX-License-Identifier: Apache-2.0
#include "model/algorithms/evaluation_set.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace markov_mixtures {
namespace {

using latent::learn::RandomStream;

constexpr int kChainTries =
    20;  // chains in a row without a sequence that fits: the lengths are the problem then

Token pick(std::span<const double> probability, RandomStream& random) {
    double u = random.uniform();
    std::size_t last = 0;
    for (std::size_t i = 0; i < probability.size(); ++i) {
        if (!(probability[i] > 0)) continue;
        last = i;
        if (u < probability[i]) return static_cast<Token>(i);
        u -= probability[i];
    }
    return static_cast<Token>(last);  // rounding: u beyond the sum
}

/// What a replicate's contexts are drawn from and judged against.
struct Source {
    Chain truth, drawn;
    std::int32_t number = -1;
};

Source sourceOf(const Mixture& mixture, const EvaluationSpec& spec, SetKind kind, std::int64_t number,
                int attempt) {
    // A replaced chain is one further along the stream, beyond every replicate.
    const auto index = static_cast<std::uint64_t>(number) + (static_cast<std::uint64_t>(attempt) << 32);
    if (kind == SetKind::Id || kind == SetKind::Biased) {
        RandomStream random(spec.seed, kind == SetKind::Id ? "markov/set/id" : "markov/set/biased", index);
        double u = random.uniform();
        std::size_t n = 0;
        while (n + 1 < mixture.chains() && u >= mixture.prior[n]) u -= mixture.prior[n++];
        Chain truth = mixture.chain(n);
        if (spec.permuteOnline)
            truth = relabelled(truth, random.permutation(static_cast<std::uint32_t>(mixture.states)));
        Chain drawn = truth;
        if (kind == SetKind::Biased && spec.bias > 0) {
            const Chain other = drawChain(spec.generator, spec.seed, "biased", index);
            for (std::size_t i = 0; i < drawn.transition.size(); ++i)
                drawn.transition[i] = (1 - spec.bias) * truth.transition[i] + spec.bias * other.transition[i];
            drawn = makeChain(drawn.states, std::move(drawn.transition));
        }
        return {truth, drawn, static_cast<std::int32_t>(n)};
    }
    GeneratorSpec generator = spec.generator;
    if (kind == SetKind::Structured) generator.kind = Generator::BlockDirichlet;
    Chain chain = drawChain(generator, spec.seed, kind == SetKind::Structured ? "structured" : "ood", index);
    return {chain, chain, -1};
}

/// Last occurrence of each state; empty when one lies before `longest` or is missing.
std::vector<std::size_t> lastOccurrences(std::span<const Token> tokens, std::size_t states,
                                         std::size_t longest) {
    std::vector<std::size_t> last(states, 0);
    std::size_t found = 0;
    for (std::size_t t = tokens.size(); t-- > longest && found < states;) {
        if (last[tokens[t]] != 0) continue;
        last[tokens[t]] = t;
        ++found;
    }
    if (found < states) last.clear();
    return last;
}

}  // namespace

std::vector<Token> walkOf(const Chain& chain, std::int64_t length, RandomStream& random) {
    std::vector<Token> tokens(static_cast<std::size_t>(length));
    for (std::size_t t = 0; t < tokens.size(); ++t)
        tokens[t] =
            pick(t == 0 ? std::span<const double>(chain.stationary) : chain.row(tokens[t - 1]), random);
    return tokens;
}

std::vector<int> contextLengths(int longest, std::int64_t sequenceLength, int states, LengthSpacing spacing) {
    if (longest < 1) throw std::invalid_argument("The longest context must hold at least 1 token.");
    const std::int64_t most = sequenceLength - 2 * std::int64_t{states};
    if (longest > most)
        throw std::invalid_argument(
            "A context of " + std::to_string(longest) + " tokens does not fit into sequences of " +
            std::to_string(sequenceLength) + ": 2 × " + std::to_string(states) +
            " tokens must be left for the states to occur. Raise 'sequence_length' or lower 'context'.");
    std::vector<int> lengths;
    const auto next = [&](int n) {
        if (spacing == LengthSpacing::Paper) return n == 1 ? 10 : n + 30;
        return std::max(n + 1, static_cast<int>(std::lround(n * std::numbers::sqrt2)));
    };
    // Two lengths that hardly differ would show noise as a step at the end.
    const double end = spacing == LengthSpacing::Paper ? longest : longest / 1.2;
    for (int n = 1; n < end; n = next(n)) lengths.push_back(n);
    lengths.push_back(longest);
    return lengths;
}

void requireValid(const EvaluationSpec& spec) {
    requireValid(spec.generator);
    if (spec.contextLength.empty() || spec.contextLength.front() < 1 ||
        !std::is_sorted(spec.contextLength.begin(), spec.contextLength.end()))
        throw std::invalid_argument("Context lengths must be ascending, from 1 token on.");
    if (spec.contextLength.back() >= spec.sequenceLength)
        throw std::invalid_argument("A context of " + std::to_string(spec.contextLength.back()) +
                                    " tokens is longer than the sequence of " +
                                    std::to_string(spec.sequenceLength) + ".");
    if (spec.sequences < 1) throw std::invalid_argument("'sequences' must be at least 1.");
    if (!(spec.bias >= 0 && spec.bias <= 1)) throw std::invalid_argument("'bias' must lie between 0 and 1.");
}

Replicate makeReplicate(const Mixture& mixture, const EvaluationSpec& spec, SetKind kind,
                        std::int64_t number) {
    requireValid(spec);
    if (spec.generator.states != mixture.states)
        throw std::invalid_argument("An evaluation set needs chains of as many states as the mixture has.");
    const auto k = static_cast<std::size_t>(mixture.states),
               longest = static_cast<std::size_t>(spec.contextLength.back());
    const std::int64_t length =
        kind == SetKind::Id || kind == SetKind::Biased ? spec.sequenceLength : 2 * spec.contextLength.back();
    // Shuffled contexts are those of Ood: the same streams.
    const std::string stream =
        std::string("markov/walk/") +
        kSetNames[static_cast<std::size_t>(kind == SetKind::Shuffled ? SetKind::Ood : kind)];
    RandomStream random(spec.seed, stream, static_cast<std::uint64_t>(number));
    Replicate r;
    r.contextLength = spec.contextLength;
    std::vector<Token> tokens;
    std::vector<std::size_t> last;
    Source source;
    for (int attempt = 0; last.empty(); ++attempt) {
        if (attempt == kChainTries)
            throw std::invalid_argument("In " + std::to_string(kChainTries) + " chains of the set '" +
                                        kSetNames[static_cast<std::size_t>(kind)] + "', none of " +
                                        std::to_string(kTries) + " sequences of " + std::to_string(length) +
                                        " tokens showed every state after token " + std::to_string(longest) +
                                        ". Raise 'sequence_length', or lower 'context' or 'states'.");
        source = sourceOf(mixture, spec, kind, number, attempt);
        for (int draw = 0; draw < kTries && last.empty(); ++draw) {
            tokens = walkOf(source.drawn, length, random);
            last = lastOccurrences(tokens, k, longest);
            ++r.drawn;
        }
    }
    r.truth = source.truth;
    r.chainNumber = source.number;
    const std::size_t lengths = r.contextLength.size(), sequences = static_cast<std::size_t>(spec.sequences);
    r.windows.resize(lengths * k * longest);
    r.before.assign(lengths * k, -1);
    r.prefixes.resize(lengths * sequences * longest);
    RandomStream order(spec.seed, "markov/shuffle", static_cast<std::uint64_t>(number));
    std::vector<std::vector<Token>> whole;
    for (std::size_t s = 0; s < sequences; ++s)
        whole.push_back(walkOf(source.drawn, static_cast<std::int64_t>(longest), random));
    for (std::size_t m = 0; m < lengths; ++m) {
        const auto n = static_cast<std::size_t>(r.contextLength[m]);
        const auto put = [&](const Token* from, std::vector<Token>& all, std::size_t place) {
            const std::span<Token> to = std::span(all).subspan(place * longest, n);
            std::copy_n(from, n, to.begin());
            if (kind == SetKind::Shuffled) shuffleContext(spec.shuffle, mixture.states, to, order);
        };
        for (std::size_t j = 0; j < k; ++j) {
            const std::size_t begin = last[j] + 1 - n;
            put(tokens.data() + begin, r.windows, m * k + j);
            if (kind != SetKind::Shuffled && begin > 0) r.before[m * k + j] = tokens[begin - 1];
        }
        for (std::size_t s = 0; s < sequences; ++s) put(whole[s].data(), r.prefixes, m * sequences + s);
    }
    return r;
}

}  // namespace markov_mixtures
