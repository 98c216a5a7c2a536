// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/unet/model.hpp"

#include <algorithm>
#include <latent/error.hpp>
#include <latent/learn/parallel.hpp>
#include <mutex>

#include "conditioner.hpp"
#include "network.hpp"

namespace latent::learn::unet {
namespace {

using detail::sized;
constexpr int kPiece = 8;  // images of one piece of work

void require(std::size_t size, std::size_t wanted, const char* what) {
    if (size != wanted)
        throw UsageError("A U-Net was given " + std::to_string(size) + " numbers as " + what + " where " +
                         std::to_string(wanted) + " are needed.");
}

}  // namespace

struct Model::Members {
    struct Worker {
        Worker(const detail::Packed& packed, int rows) : network(packed, false), conditioner(packed, rows) {}
        detail::Network network;
        detail::Conditioner conditioner;
    };
    Members(const Weights& weights, Instructions instructions)
        : layout(weights.shape()),
          latentWidth(weights.shape().latentWidth()),
          packed(layout, detail::kernelsFor(instructions), false) {
        layout.pack(weights.flat().data(), packed.data());
    }
    std::unique_ptr<Worker> borrow() {
        const std::scoped_lock lock(guard);
        if (idle.empty()) return std::make_unique<Worker>(packed, kPiece);
        auto worker = std::move(idle.back());
        idle.pop_back();
        return worker;
    }
    void give(std::unique_ptr<Worker> worker) {
        const std::scoped_lock lock(guard);
        idle.push_back(std::move(worker));
    }

    detail::Layout layout;
    int latentWidth;
    detail::Packed packed;
    std::mutex guard;
    std::vector<std::unique_ptr<Worker>> idle;
};

Model::Model(const Weights& weights, Instructions instructions)
    : m(std::make_unique<Members>(weights, instructions)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const Shape& Model::shape() const { return m->layout.shape; }

std::vector<float> Model::embed(std::span<const float> conditions, int n) const {
    const std::size_t each = sized(shape().conditions);
    require(conditions.size(), sized(std::max(n, 0)) * each, "conditions");
    std::vector<float> latent(sized(std::max(n, 0)) * sized(m->latentWidth));
    auto worker = m->borrow();
    for (int i = 0; i < n; i += kPiece)
        worker->conditioner.embed(conditions.data() + sized(i) * each, std::min(kPiece, n - i),
                                  latent.data() + sized(i) * sized(m->latentWidth));
    m->give(std::move(worker));
    return latent;
}

void Model::predict(std::span<const float> z, std::span<const float> times, std::span<const float> latent,
                    int n, std::span<float> out, int threads) const {
    const std::size_t pixels = shape().pixels(), wide = sized(m->latentWidth);
    require(z.size(), sized(std::max(n, 0)) * pixels, "images");
    require(out.size(), z.size(), "room for predictions");
    require(times.size(), sized(std::max(n, 0)), "times");
    require(latent.size(), sized(std::max(n, 0)) * wide, "embedded conditions");
    // Pieces no larger than the share of a thread: sixteen images of a probe keep two threads busy.
    const int piece = std::clamp((n + std::max(threads, 1) - 1) / std::max(threads, 1), 1, kPiece);
    forEachIndex(sized((n + piece - 1) / piece), threads, [&](std::size_t index) {
        auto worker = m->borrow();
        const int begin = static_cast<int>(index) * piece, count = std::min(piece, n - begin),
                  group = worker->network.group();
        worker->conditioner.forward(times.data() + begin,
                                    wide > 0 ? latent.data() + sized(begin) * wide : nullptr, count);
        for (int i = 0; i < count; i += group) {
            const std::size_t at = sized(begin + i) * pixels;
            worker->network.forward(
                std::min(group, count - i), z.data() + at,
                worker->conditioner.vectors() + sized(i) * sized(worker->conditioner.vectorStride()),
                out.data() + at);
        }
        m->give(std::move(worker));
    });
}

}  // namespace latent::learn::unet
