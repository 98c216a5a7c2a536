// SPDX-License-Identifier: Apache-2.0
// The example of resources/manual/transformers.md as a program: a sweep of seeds, one analysed, its weights written and read.
#include <cmath>
#include <cstdio>
#include <latent/learn/parallel.hpp>
#include <latent/learn/random.hpp>
#include <latent/learn/transformer/forward.hpp>
#include <latent/learn/transformer/trainer.hpp>
#include <latent/learn/transformer/weights_file.hpp>

namespace tf = latent::learn::transformer;

namespace {

/// Sequences that go round three states: [16, 25].
std::vector<std::int32_t> batch(std::uint64_t step) {
    std::vector<std::int32_t> tokens;
    for (std::uint64_t b = 0; b < 16; ++b) {
        latent::learn::RandomStream stream(1, "example/round", step * 16 + b);
        for (auto state = static_cast<std::int32_t>(stream.below(3)); tokens.size() < (b + 1) * 25;
             state = (state + 1) % 3)
            tokens.push_back(state);
    }
    return tokens;
}

}  // namespace

int main() {
    const tf::Shape shape{.vocabulary = 3, .context = 24, .width = 32, .heads = 1, .layers = 2};
    for (const std::string& sentence : shape.validate()) std::puts(sentence.c_str());

    std::vector<tf::Trainer> trainers;
    for (std::uint64_t seed = 0; seed < 4; ++seed)
        trainers.emplace_back(tf::initialise(shape, seed), tf::AdamW{.learningRate = 4e-3, .clip = 1});
    std::vector<double> loss(trainers.size());
    latent::learn::forEachIndex(trainers.size(), 2, [&](std::size_t i) {
        for (std::uint64_t step = 0; step < 40; ++step) loss[i] = trainers[i].step(batch(step), 16);
    });

    const tf::Model model(trainers[0].weights());
    const tf::Result result = model.forward({std::vector<std::int32_t>{0, 1, 2, 0}}, 1, {.attention = true});
    tf::writeWeights("model.safetensors", trainers[0].weights());
    const tf::Weights back = tf::readWeights("model.safetensors");
    const float* next = result.logits.data() + 3 * 3;  // after 0 1 2 0 comes 1
    std::printf("loss %.4f, logits %.2f %.2f %.2f, %zu attention weights\n", loss[0], next[0], next[1],
                next[2], result.attention.size());
    return loss[0] < 0.2 && next[1] > next[0] && next[1] > next[2] && back.shape() == shape ? 0 : 1;
}
