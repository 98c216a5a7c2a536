// SPDX-License-Identifier: Apache-2.0
// Speed of the sampler of markov_mixtures: tokens a second on one core, as one JSON line.
//
//     bench_markov_sampler                            64 chains of 10 states, batches of 128 × 512 tokens
//     bench_markov_sampler --chains 2048 --portable   tables beyond the first cache levels; without AVX2
//     bench_markov_sampler --states 64 --length 96    another shape; --permute relabels each sequence
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

#include "model/chains/sampler.hpp"

using namespace markov_mixtures;

namespace {

double cpuSeconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) {
    int states = 10, chains = 64, repeats = 9;
    Draw draw{.seed = 1, .step = 0, .first = 0, .count = 128, .length = 512};
    bool portable = false, permute = false;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        const char* value = i + 1 < argc ? argv[i + 1] : "";
        if (name == "--states") states = std::atoi(value);
        if (name == "--chains") chains = std::atoi(value);
        if (name == "--length") draw.length = std::atol(value);
        if (name == "--batch") draw.count = std::atol(value);
        if (name == "--portable") portable = true;
        if (name == "--permute") permute = true;
    }
    MixtureSpec spec;
    spec.generator.states = states;
    spec.chains = chains;
    const Mixture mixture = makeMixture(spec);
    const SequenceSampler sampler(mixture, {.curriculum = {}, .permuteOnline = permute});
    const WalkKernel kernel = walkFor(portable ? WalkSet::Portable : WalkSet::Avx2);
    if (!kernel) {
        std::fprintf(stderr, "This processor does not have AVX2; use --portable.\n");
        return 2;
    }
    std::vector<Token> tokens(static_cast<std::size_t>(draw.count * draw.length));
    const auto batches = std::max<std::int64_t>(1, 20'000'000 / static_cast<std::int64_t>(tokens.size()));
    std::vector<double> rate;
    std::uint64_t checksum = 0;
    for (int r = 0; r < repeats; ++r) {
        const double before = cpuSeconds();
        for (std::int64_t b = 0; b < batches; ++b) {
            ++draw.step;
            sampler.fill(draw, tokens, {}, kernel);
            checksum = checksum * 31 + tokens.back();
        }
        rate.push_back(static_cast<double>(batches) * static_cast<double>(tokens.size()) /
                       (cpuSeconds() - before) / 1e6);
    }
    std::sort(rate.begin(), rate.end());
    std::printf(
        "{\"bench\":\"markov_sampler\",\"kernel\":\"%s\",\"states\":%d,\"chains\":%d,\"length\":%lld,"
        "\"mtokens_per_cpu_s\":%.1f,\"checksum\":%llu}\n",
        portable ? "portable" : "avx2", states, chains, static_cast<long long>(draw.length),
        rate[rate.size() / 2], static_cast<unsigned long long>(checksum));
    return 0;
}
