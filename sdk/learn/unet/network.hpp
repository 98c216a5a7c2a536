// SPDX-License-Identifier: Apache-2.0
#pragma once
// The convolutional part for a group of images: buffers, forward and backward. One thread at a time. Internal.
//
// A level's kept map and what comes up from below are two slices of one wide map, so that their concatenation is never copied.
#include <map>
#include <memory>
#include <tuple>

#include "feature.hpp"
#include "packed.hpp"

namespace latent::learn::unet::detail {

class Attention;
inline constexpr float kNormEpsilon = 1e-6F;

class Network {
  public:
    /// `training` keeps what backward() needs; else maps of the same size share their memory.
    Network(const Packed& packed, bool training);
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    /// Images that go through at once: more than one where the weights of a convolution are larger than the cache.
    int group() const { return m_group; }

    /// z: `images` images; vectors: as Conditioner::vectors(), of the same images. out = prediction, may be z.
    void forward(int images, const float* z, const float* vectors, float* out);
    /// error: d loss / d prediction. Adds to the packed gradient, sets dvectors, and dz where it is not null.
    void backward(int images, const float* error, float* gradient, float* dvectors, float* dz);

  private:
    struct Normed {
        float* statistics = nullptr;
        float* slope = nullptr;
    };
    struct Block {
        const BlockSlots* slots;
        Feature x, dx, y, dy;
        Feature a1, a2, h;
        Normed n1, n2;
        bool keepsGradient = false;  ///< dx holds a part of the gradient already: x is a kept map
    };
    void build();
    Block block(const BlockSlots& slots, Feature x, Feature dx, Feature y, Feature dy);
    Feature scratch(int kind, int height, int width, int channels);
    Normed normed(const Feature& x);
    Norm norm(const NormSlots& slots, const Feature& x, const Normed& n, int images) const;
    void pad(const Feature& f, int images) const;

    void forward(const Block& b, int images, const float* vectors) const;
    void backward(const Block& b, int images, float* gradient, float* dvectors);
    void down(const Map& map, const Feature& from, const Feature& to, int images) const;
    void downBack(const Map& map, const Feature& from, const Feature& dfrom, const Feature& dto, int images,
                  float* gradient) const;
    void grow(const Map& map, const Feature& from, const Feature& to, int images) const;
    void growBack(const Map& map, const Feature& from, const Feature& dfrom, const Feature& dto, int images,
                  float* gradient) const;
    void mapGradient(const Map& map, const Window& in, const Feature& dout, int images,
                     float* gradient) const;

    const Packed* m_packed;
    const Layout* m_layout;
    const Kernels* m_kernels;
    bool m_training, m_circular;
    int m_group;
    Store m_store;
    std::map<std::tuple<int, int, int, int>, Feature> m_scratch;

    Feature m_input, m_first, m_dfirst;            // image with a border; output of the first convolution
    std::vector<std::vector<Block>> m_down, m_up;  // [level][block]
    std::vector<Block> m_middle;
    std::vector<Feature> m_wide, m_dwide;      // [level] what comes up, and the kept map after it
    std::vector<Feature> m_pooled, m_dpooled;  // [level] output of pool, input of the next level
    std::unique_ptr<Attention> m_attention;
    Feature m_last, m_dlast, m_activated, m_result, m_error, m_errorPanel;
    Normed m_outputNorm;
};

}  // namespace latent::learn::unet::detail
