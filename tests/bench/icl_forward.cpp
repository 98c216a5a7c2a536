// SPDX-License-Identifier: Apache-2.0
// One pass of a language model over a text, all hidden states kept and the softmax's sums formed, as a study of representations needs it. Its peer,
// peers/icl_forward_transformers.py, does the same with the same file. Prints one line of JSON: the median of the passes after a first one that is not
// counted, processor seconds, and the largest memory.
//
//     bench_icl_forward --model SmolLM2-135M-Instruct.Q4_1.gguf --tokens 1400 --threads 2
//     … --tiles 0        without the processor's matrix unit
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <latent/error.hpp>
#include <map>
#include <memory>
#include <string>

#include "decoder/load.hpp"

using namespace icl_graphs;

namespace {

struct Pass {
    double wall = 0, cpu = 0, sum = 0;
};

Pass pass(const Decoder& model, const std::vector<int>& tokens, int threads) {
    const auto begin = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    const DecoderConfig& c = model.config();
    const std::size_t width = static_cast<std::size_t>(c.width);
    const std::size_t size = (static_cast<std::size_t>(c.layers) + 1) * tokens.size() * width;
    const auto hidden = std::make_unique_for_overwrite<float[]>(size);  // as PyTorch's empty()
    Pass p;
    DecoderRun run{.threads = threads, .chunk = 1024};
    run.residual = run.final = [&](const Block& b) {
        for (int r = 0; r < b.rows; ++r)
            std::copy_n(b.row(r).data(), width,
                        hidden.get() +
                            static_cast<std::ptrdiff_t>((static_cast<std::size_t>(b.layer) * tokens.size() +
                                                         static_cast<std::size_t>(b.first + r)) *
                                                        width));
    };
    run.predictions = [&](const Predictions& of) {
        for (int r = 0; r < of.rows; ++r) p.sum += of.logSumExp[r];
    };
    model.forward(tokens, run);
    p.sum += hidden[size - 1];
    p.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    p.cpu = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    return p;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> options{
        {"--model", ""}, {"--tokens", "1400"}, {"--threads", "2"}, {"--passes", "3"}, {"--tiles", "1"}};
    for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
    if (options["--model"].empty())
        return std::fprintf(stderr,
                            "usage: bench_icl_forward --model FILE [--tokens N] [--threads N] [--passes N] "
                            "[--tiles 0]\n"),
               2;
    try {
        const Decoder model(loadDecoder(options["--model"]).weights, latent::learn::bestInstructions(),
                            options["--tiles"] != "0");
        const long long count = std::atoll(options["--tokens"].c_str()),
                        vocabulary = model.config().vocabulary;
        std::vector<int> tokens;
        for (long long i = 0; i < count; ++i)
            tokens.push_back(static_cast<int>((i * 7919 + i * i * 31) % vocabulary));
        const int threads = std::atoi(options["--threads"].c_str());
        std::vector<double> walls, cpus;
        double sum = 0;
        for (int i = 0; i <= std::atoi(options["--passes"].c_str()); ++i) {
            const Pass p = pass(model, tokens, threads);
            sum = p.sum;
            if (i == 0) continue;
            walls.push_back(p.wall);
            cpus.push_back(p.cpu);
        }
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        std::printf(
            "{\"bench\": \"icl_forward\", \"tokens\": %lld, \"seconds\": %.4f, \"cpu_seconds\": %.4f, "
            "\"memory_mb\": %.1f, \"check\": %.4f}\n",
            count, median(walls), median(cpus), static_cast<double>(usage.ru_maxrss) / 1024,
            sum / static_cast<double>(count));
    } catch (const std::exception& e) {
        return std::fprintf(stderr, "%s\n", e.what()), 3;
    }
    return 0;
}
