// SPDX-License-Identifier: Apache-2.0
#include "model/device/device_sampler.hpp"

#include <array>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>

namespace markov_mixtures {
namespace {

using torch::Tensor;

constexpr std::int64_t kMask = 0xFFFFFFFF;

/// Upper and lower 32 bits of a product of two 32-bit numbers. The product wraps as an unsigned one does.
std::pair<Tensor, Tensor> product(const Tensor& a, std::int64_t b) {
    const Tensor whole = a * b;
    return {torch::bitwise_right_shift(whole, 32) & kMask, whole & kMask};
}

/// x >> n of the unsigned number with the same bits.
Tensor shifted(const Tensor& x, int n) {
    return torch::bitwise_right_shift(x, n) & ((std::int64_t{1} << (64 - n)) - 1);
}

/// learn::streamNumber("markov/sequence", substream) of each substream, step · 2^32 + index.
Tensor streamOf(const Tensor& substream) {
    std::uint64_t h = 0xCBF29CE484222325U;
    for (const char c : std::string_view(SequenceSampler::kStream))
        h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    const auto signedBits = [](std::uint64_t x) { return static_cast<std::int64_t>(x); };
    Tensor x = (substream + 1) * signedBits(0x9E3779B97F4A7C15U) + signedBits(h);
    x = (x ^ shifted(x, 30)) * signedBits(0xBF58476D1CE4E5B9U);
    x = (x ^ shifted(x, 27)) * signedBits(0x94D049BB133111EBU);
    return x ^ shifted(x, 31);
}

/// learn::philox4x32 of counters {block, 0, low, high}; block [blocks, 1], stream halves [1, count].
std::array<Tensor, 4> philox(const Tensor& block, const Tensor& low, const Tensor& high, std::uint64_t seed) {
    std::uint32_t key0 = static_cast<std::uint32_t>(seed), key1 = static_cast<std::uint32_t>(seed >> 32);
    const Tensor ones = torch::ones_like(block + low);
    std::array<Tensor, 4> c{block * ones, torch::zeros_like(ones), low * ones, high * ones};
    for (int round = 0; round < 10; ++round) {
        const auto [aHigh, aLow] = product(c[0], 0xD2511F53);
        const auto [bHigh, bLow] = product(c[2], 0xCD9E8D57);
        c = {bHigh ^ c[1] ^ std::int64_t{key0}, bLow, aHigh ^ c[3] ^ std::int64_t{key1}, aLow};
        key0 += 0x9E3779B9U;
        key1 += 0xBB67AE85U;
    }
    return c;
}

}  // namespace

DeviceSampler::DeviceSampler(const SequenceSampler& sampler, torch::Device device)
    : m_device(device), m_states(sampler.states()), m_curriculum(sampler.options().curriculum) {
    if (sampler.options().permuteOnline)
        throw latent::UsageError("Relabelled states are drawn on the CPU only.");
    m_transition = tableOf(sampler.transitionTable());
    m_firstState = tableOf(sampler.firstTable());
    for (int g = 0; g < m_curriculum.groups; ++g) {
        const auto [first, prior] = sampler.priorTable(g);
        m_groups.push_back(
            {static_cast<std::int64_t>(first), static_cast<std::int64_t>(prior.size()), tableOf(prior)});
    }
}

DeviceSampler::Table DeviceSampler::tableOf(std::span<const AliasEntry> entries) const {
    Tensor threshold = torch::empty({static_cast<std::int64_t>(entries.size())}, torch::kInt64),
           alias = torch::empty_like(threshold);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        threshold.data_ptr<std::int64_t>()[i] = entries[i].threshold;
        alias.data_ptr<std::int64_t>()[i] = entries[i].alias;
    }
    return {threshold.to(m_device), alias.to(m_device)};
}

Tensor DeviceSampler::draw(const Draw& draw, std::int64_t steps) const {
    torch::NoGradGuard guard;
    std::vector<Tensor> parts;  // a group of the curriculum each
    for (std::int64_t begin = 0; begin < steps;) {
        std::int64_t end = begin + 1;
        const int group = m_curriculum.groupAt(draw.step + begin);
        while (end < steps && m_curriculum.groupAt(draw.step + end) == group) ++end;
        parts.push_back(drawOf(m_groups[static_cast<std::size_t>(group)], draw, begin, end));
        begin = end;
    }
    return parts.size() == 1 ? parts.front() : torch::cat(parts);
}

/// Steps draw.step + begin … draw.step + end − 1.
Tensor DeviceSampler::drawOf(const Group& group, const Draw& draw, std::int64_t begin,
                             std::int64_t end) const {
    const torch::TensorOptions where = torch::dtype(torch::kInt64).device(m_device);
    const Tensor step = torch::arange(draw.step + begin, draw.step + end, where) * (std::int64_t{1} << 32),
                 number = torch::arange(draw.first, draw.first + draw.count, where);
    const Tensor stream = streamOf((step.unsqueeze(1) + number.unsqueeze(0)).flatten()),
                 low = (stream & kMask).unsqueeze(0), high = shifted(stream, 32).unsqueeze(0);
    const std::int64_t blocks = (draw.length + 2) / 4;  // of four words, for all tokens but the first
    const std::array<Tensor, 4> words =
        philox(torch::arange(blocks + 1, where).unsqueeze(1), low, high, draw.seed);

    const Tensor member = product(words[0][0], group.members).first;
    const Tensor chain = group.first + torch::where(words[1][0] < group.prior.threshold.take(member), member,
                                                    group.prior.alias.take(member));
    // The successor by one word: from the row of a table that begins at `row`.
    const auto pick = [&](const Table& table, const Tensor& row, const Tensor& word) {
        const auto [index, fraction] = product(word, m_states);
        const Tensor at = row + index;
        return torch::where(fraction < table.threshold.take(at), index, table.alias.take(at));
    };
    std::vector<Tensor> tokens{pick(m_firstState, chain * m_states, words[2][0])};
    for (std::int64_t t = 1; t < draw.length; ++t)
        tokens.push_back(pick(m_transition, (chain * m_states + tokens.back()) * m_states,
                              words[static_cast<std::size_t>((t - 1) % 4)][1 + (t - 1) / 4]));
    return torch::stack(tokens, 1);
}

}  // namespace markov_mixtures
