// SPDX-License-Identifier: Apache-2.0
// Speed of iterative logistic regression: seconds for some rounds on a synthetic matrix, and the objective of each round.
//
//     bench_shadows_ilr --pixels 20000 --channels 256 --rounds 4 --threads 1
//     bench_shadows_ilr --matrix FOLDER          x.npy [1, pixels, channels] and y.npy [1, pixels, 1] of the peer
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <latent/learn/random.hpp>
#include <numbers>
#include <string>

#include "data/cube.hpp"
#include "model/ilr/ilr.hpp"

using namespace hyperspectral_shadows;

namespace {

std::vector<float> array(const std::string& path) {
    const auto cube = openCube(path);
    std::vector<float> all(cube->header().pixels() * static_cast<std::size_t>(cube->header().bands));
    cube->read(0, cube->header().lines, all.data());
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t pixels = 20'000, channels = 256;
    int rounds = 4, threads = 1;
    std::string matrix;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--pixels") pixels = std::strtoull(argv[i + 1], nullptr, 10);
        if (name == "--channels") channels = std::strtoull(argv[i + 1], nullptr, 10);
        if (name == "--rounds") rounds = std::atoi(argv[i + 1]);
        if (name == "--threads") threads = std::atoi(argv[i + 1]);
        if (name == "--matrix") matrix = argv[i + 1];
    }
    std::vector<float> z;
    std::vector<std::uint8_t> y;
    if (matrix.empty()) {
        // The peer's recipe: twelve smooth shapes, shadow shifts the first ones, a little noise.
        latent::learn::RandomStream random(0, "bench/ilr");
        std::vector<float> shapes(12 * channels);
        for (std::size_t k = 0; k < 12; ++k)
            for (std::size_t c = 0; c < channels; ++c)
                shapes[k * channels + c] =
                    static_cast<float>(std::cos(std::numbers::pi * static_cast<double>(k * c) /
                                                static_cast<double>(channels - 1)) /
                                       (1.0 + static_cast<double>(k)));
        z.resize(pixels * channels);
        for (std::size_t i = 0; i < pixels; ++i) {
            y.push_back(random.uniform() < .3);
            float* row = z.data() + i * channels;
            for (std::size_t c = 0; c < channels; ++c) row[c] = .05F * static_cast<float>(random.normal());
            for (std::size_t k = 0; k < 12; ++k) {
                const auto weight = static_cast<float>(random.normal() +
                                                       (y[i] ? 1.5 - 1.5 * static_cast<double>(k) / 11 : 0));
                for (std::size_t c = 0; c < channels; ++c) row[c] += weight * shapes[k * channels + c];
            }
        }
    } else {
        z = array(matrix + "/x.npy");
        for (const float v : array(matrix + "/y.npy")) y.push_back(static_cast<std::uint8_t>(v));
        pixels = y.size(), channels = z.size() / pixels;
    }
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    // Centring is part of the work, as it is for the peer.
    std::vector<double> mean(channels, 0.0);
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t c = 0; c < channels; ++c) mean[c] += z[i * channels + c];
    for (std::size_t c = 0; c < channels; ++c) mean[c] /= static_cast<double>(pixels);
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t c = 0; c < channels; ++c) z[i * channels + c] -= static_cast<float>(mean[c]);
    const Labelled data{z.data(), pixels, channels, y.data(), nullptr};
    const IlrResult result = iterate(
        data, data,
        {.rounds = rounds, .logistic = {.tolerance = 1e-6, .threads = threads}, .chance = 0, .patience = 0});
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf(
        "{\"workload\":\"shadows_ilr\",\"pixels\":%zu,\"channels\":%zu,\"rounds\":%d,\"threads\":%d,"
        "\"seconds\":%.4f,\"cpu_seconds\":%.4f,\"objective\":[",
        pixels, channels, rounds, threads, seconds, static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC);
    for (std::size_t d = 0; d < result.rounds.size(); ++d)
        std::printf("%s%.12g", d ? "," : "", result.rounds[d].objective);
    std::printf("],\"iterations\":[");
    for (std::size_t d = 0; d < result.rounds.size(); ++d)
        std::printf("%s%d", d ? "," : "", result.rounds[d].iterations);
    std::printf("]}\n");
}
