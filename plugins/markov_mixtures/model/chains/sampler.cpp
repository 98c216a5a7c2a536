// SPDX-License-Identifier: Apache-2.0
#include "model/chains/sampler.hpp"

#include <latent/learn/random.hpp>
#include <numeric>
#include <stdexcept>

namespace markov_mixtures {
namespace {

std::uint64_t substream(std::int64_t step, std::int64_t index) {
    return (static_cast<std::uint64_t>(step) << 32) + static_cast<std::uint64_t>(index);
}

}  // namespace

int Curriculum::groupAt(std::int64_t step) const {
    if (step <= 0 || groups <= 1) return 0;
    if (step >= steps) return groups - 1;
    // By division first: step · groups may leave the range.
    const std::int64_t each = steps / groups;
    return each == 0 ? static_cast<int>(step * groups / steps)
                     : static_cast<int>(std::min<std::int64_t>(groups - 1, step / each));
}

SequenceSampler::SequenceSampler(const Mixture& mixture, const SamplerOptions& options)
    : m_states(mixture.states), m_chains(mixture.chains()), m_options(options) {
    const auto k = static_cast<std::size_t>(m_states);
    if (options.curriculum.groups < 1 || static_cast<std::size_t>(options.curriculum.groups) > m_chains)
        throw std::invalid_argument("A curriculum needs between 1 group and one for each chain; there are " +
                                    std::to_string(m_chains) + " chains and " +
                                    std::to_string(options.curriculum.groups) + " groups.");
    m_transition.resize(m_chains * k * k);
    m_first.resize(m_chains * k);
    for (std::size_t n = 0; n < m_chains; ++n) {
        const auto transition = mixture.transitionOf(n);
        for (std::size_t i = 0; i < k; ++i)
            fillAlias(transition.subspan(i * k, k), std::span(m_transition).subspan((n * k + i) * k, k));
        fillAlias(mixture.stationaryOf(n), std::span(m_first).subspan(n * k, k));
    }
    const auto groups = static_cast<std::size_t>(options.curriculum.groups);
    for (std::size_t g = 0; g < groups; ++g) {
        const std::size_t first = m_chains * g / groups, end = m_chains * (g + 1) / groups;
        std::vector<double> prior(mixture.prior.begin() + static_cast<std::ptrdiff_t>(first),
                                  mixture.prior.begin() + static_cast<std::ptrdiff_t>(end));
        const double sum = std::accumulate(prior.begin(), prior.end(), 0.0);
        for (double& p : prior) p /= sum;
        Group group{first, std::vector<AliasEntry>(prior.size())};
        fillAlias(prior, group.prior);
        m_groups.push_back(std::move(group));
    }
}

void SequenceSampler::fill(const Draw& draw, std::span<Token> tokens, std::span<std::int32_t> chainOf,
                           WalkKernel kernel) const {
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(draw.count, 0)),
               length = static_cast<std::size_t>(std::max<std::int64_t>(draw.length, 0));
    if (length < 1) throw std::invalid_argument("A sequence needs at least 1 token.");
    if (tokens.size() != count * length)
        throw std::invalid_argument("The buffer for sequences does not have count × length tokens.");
    if (!chainOf.empty() && chainOf.size() != count)
        throw std::invalid_argument("The buffer for chain numbers does not have one entry a sequence.");
    const auto k = static_cast<std::uint32_t>(m_states);
    const Group& group = m_groups[static_cast<std::size_t>(m_options.curriculum.groupAt(draw.step))];
    WalkJob job{};
    job.key[0] = static_cast<std::uint32_t>(draw.seed);
    job.key[1] = static_cast<std::uint32_t>(draw.seed >> 32);
    job.firstBlock = 1;
    job.states = k;
    job.length = draw.length;
    std::vector<Token> spare(count % kLanes ? length : 0);  // what the unused lanes of the last group write
    for (std::size_t begin = 0; begin < count; begin += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const bool wanted = begin + lane < count;
            const std::size_t sequence = wanted ? begin + lane : count - 1;
            const std::uint64_t stream = latent::learn::streamNumber(
                kStream, substream(draw.step, draw.first + static_cast<std::int64_t>(sequence)));
            job.streamLow[lane] = static_cast<std::uint32_t>(stream);
            job.streamHigh[lane] = static_cast<std::uint32_t>(stream >> 32);
            const auto words = latent::learn::philox4x32({0, 0, job.streamLow[lane], job.streamHigh[lane]},
                                                         {job.key[0], job.key[1]});
            // One word for the index, one for the fraction: with thousands of chains one word would be coarse.
            const auto members = static_cast<std::uint32_t>(group.prior.size());
            const auto index = static_cast<std::uint32_t>((std::uint64_t{words[0]} * members) >> 32);
            const AliasEntry& entry = group.prior[index];
            const std::size_t chain = group.first + (words[1] < entry.threshold ? index : entry.alias);
            job.table[lane] = m_transition.data() + chain * k * k;
            job.state[lane] = pickAlias(m_first.data() + chain * k, k, words[2]);
            job.out[lane] = wanted ? tokens.data() + sequence * length : spare.data();
            if (wanted && !chainOf.empty()) chainOf[sequence] = static_cast<std::int32_t>(chain);
        }
        kernel(job);
    }
    if (!m_options.permuteOnline) return;
    for (std::size_t sequence = 0; sequence < count; ++sequence) {
        const std::vector<std::uint32_t> name =
            relabelling(draw.seed, draw.step, draw.first + static_cast<std::int64_t>(sequence));
        for (Token& token : tokens.subspan(sequence * length, length))
            token = static_cast<Token>(name[token]);
    }
}

std::vector<std::uint32_t> SequenceSampler::relabelling(std::uint64_t seed, std::int64_t step,
                                                        std::int64_t index) const {
    return latent::learn::RandomStream(seed, "markov/permutation", substream(step, index))
        .permutation(static_cast<std::uint32_t>(m_states));
}

std::vector<std::int32_t> twoTokenInput(std::span<const Token> tokens, std::int64_t length, int states) {
    if (length < 1 || tokens.size() % static_cast<std::size_t>(length) != 0)
        throw std::invalid_argument("The tokens are no whole number of sequences.");
    std::vector<std::int32_t> ids(tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i)
        ids[i] =
            i % static_cast<std::size_t>(length) == 0 ? tokens[i] : (tokens[i] + 1) * states + tokens[i - 1];
    return ids;
}

}  // namespace markov_mixtures
