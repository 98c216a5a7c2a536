// SPDX-License-Identifier: Apache-2.0
// Speed of coverage by maximum likelihood: million pixels a second on one core at q features.
//
//     bench_shadows_coverage --features 5 --pixels 2000000
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <latent/learn/random.hpp>
#include <string>

#include "model/plcg/plcg.hpp"

using namespace hyperspectral_shadows;

int main(int argc, char** argv) {
    int features = 5, repeats = 5;
    std::size_t pixels = 1'000'000;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--features") features = std::atoi(argv[i + 1]);
        if (name == "--pixels") pixels = std::strtoull(argv[i + 1], nullptr, 10);
        if (name == "--repeats") repeats = std::atoi(argv[i + 1]);
    }
    latent::learn::RandomStream random(1, "bench/coverage");
    Gaussians pure{Eigen::VectorXd::Zero(features), Eigen::VectorXd::Constant(features, 4),
                   Eigen::MatrixXd::Identity(features, features),
                   .4 * Eigen::MatrixXd::Identity(features, features)};
    for (Eigen::Index k = 0; k + 1 < features; ++k)
        pure.covarianceLit(k, k + 1) = pure.covarianceLit(k + 1, k) = .3;
    const Plcg model(pure, MixedCovariance::Independent);
    Eigen::MatrixXd q(static_cast<Eigen::Index>(pixels), features);
    for (Eigen::Index i = 0; i < q.rows(); ++i) {
        const double a = random.uniform();
        for (Eigen::Index k = 0; k < features; ++k) q(i, k) = 4 * a + random.normal();
    }
    double best = 1e9, sum = 0;
    for (int r = 0; r < repeats; ++r) {
        const std::clock_t start = std::clock();
        const Coverage c = model.coverage(q, 1);
        best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
        sum += c.a[0];
    }
    std::printf(
        "{\"workload\":\"shadows_coverage\",\"features\":%d,\"pixels\":%zu,\"cpu_seconds\":%.4f,\"million_"
        "pixels_per_second\":%.2f,\"check\":%.3f}\n",
        features, pixels, best, static_cast<double>(pixels) / best / 1e6, sum);
}
