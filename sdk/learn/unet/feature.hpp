// SPDX-License-Identifier: Apache-2.0
#pragma once
// Feature maps of a group of images, and the windows through which convolutions read them. Internal.
#include <cstring>
#include <vector>

#include "kernels.hpp"
#include "latent/learn/aligned.hpp"
#include "latent/learn/unet/shape.hpp"

namespace latent::learn::unet::detail {

/// Borrowed: memory of a Store. `data` is the first channel of pixel (0, 0) of image 0.
struct Feature {
    float* data = nullptr;
    int height = 0, width = 0, channels = 0;
    Strides step;

    Feature slice(int first, int count) const { return {data + first, height, width, count, step}; }
    std::size_t denseFloats() const {
        return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
               static_cast<std::size_t>(channels);
    }

    /// 1×1
    Window pixels() const {
        Window w{data, step, 1, channels, {}};
        return w;
    }
    /// 3×3 around each pixel: needs a border. Where pixels are dense, three taps of a row are one run.
    Window neighbours() const {
        const bool dense = step.pixel == channels;
        Window w{data, step, dense ? 3 : 9, dense ? 3 * channels : channels, {}};
        for (int y = 0; y < 3; ++y)
            for (int x = 0; x < (dense ? 1 : 3); ++x)
                w.tap[dense ? y : 3 * y + x] = (y - 1) * step.row + (x - 1) * step.pixel;
        return w;
    }
    /// 2×2 with stride 2
    Window squares() const {
        const bool dense = step.pixel == channels;
        Window w{data,
                 {2 * step.pixel, 2 * step.row, step.image},
                 dense ? 2 : 4,
                 dense ? 2 * channels : channels,
                 {}};
        for (int y = 0; y < 2; ++y)
            for (int x = 0; x < (dense ? 1 : 2); ++x)
                w.tap[dense ? y : 2 * y + x] = y * step.row + x * step.pixel;
        return w;
    }
    /// Every second pixel from tap (y, x) = (tap / 2, tap % 2) on.
    Feature corner(int tap) const {
        return {data + (tap / 2) * step.row + (tap % 2) * step.pixel,
                height / 2,
                width / 2,
                channels,
                {2 * step.pixel, 2 * step.row, step.image}};
    }

    /// The border as the other side of the map; a border of zeros is made once and never written.
    void wrap(int images) const {
        const auto copy = [&](float* to, const float* from) {
            std::memcpy(to, from, static_cast<std::size_t>(channels) * sizeof(float));
        };
        for (int i = 0; i < images; ++i) {
            float* image = data + i * step.image;
            for (int y = 0; y < height; ++y) {
                float* row = image + y * step.row;
                copy(row - step.pixel, row + (width - 1) * step.pixel);
                copy(row + width * step.pixel, row);
            }
            for (int x = -1; x <= width; ++x) {
                float* column = image + x * step.pixel;
                copy(column - step.row, column + (height - 1) * step.row);
                copy(column + height * step.row, column);
            }
        }
    }
};

/// Owns the memory of feature maps and scratch of a network.
class Store {
  public:
    explicit Store(int images) : m_images(images) {}
    float* floats(std::size_t count) { return m_memory.emplace_back(count).data(); }
    Feature dense(int height, int width, int channels) {
        const Strides s{channels, static_cast<std::ptrdiff_t>(width) * channels,
                        static_cast<std::ptrdiff_t>(height) * width * channels};
        return {floats(static_cast<std::size_t>(s.image) * static_cast<std::size_t>(m_images)), height, width,
                channels, s};
    }
    /// With a border of one pixel, zero.
    Feature bordered(int height, int width, int channels) {
        const Strides s{channels, static_cast<std::ptrdiff_t>(width + 2) * channels,
                        static_cast<std::ptrdiff_t>(height + 2) * (width + 2) * channels};
        return {
            floats(static_cast<std::size_t>(s.image) * static_cast<std::size_t>(m_images)) + s.row + s.pixel,
            height, width, channels, s};
    }

  private:
    int m_images;
    std::vector<AlignedFloats> m_memory;
};

}  // namespace latent::learn::unet::detail
