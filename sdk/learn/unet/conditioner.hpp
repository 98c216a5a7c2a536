// SPDX-License-Identifier: Apache-2.0
#pragma once
// From times and conditions to the condition vectors of all blocks, once a step for all images of a shard, and back. Internal.
#include <span>
#include <vector>

#include "packed.hpp"

namespace latent::learn::unet::detail {

class Conditioner {
  public:
    Conditioner(const Packed& packed, int rows);

    int rows() const { return m_rows; }
    /// conditions [n, conditions] → latent [n, latentWidth], n ≤ rows.
    void embed(const float* conditions, int n, float* latent);
    /// times [n] and latent [n, latentWidth] (null without conditions) → vectors(): [n, vectorWidth], conv1's bias of each block included.
    void forward(const float* times, const float* latent, int n);
    /// The same from conditions, keeping what backward() needs.
    void forwardFrom(const float* times, const float* conditions, int n);
    const float* vectors() const { return m_vectors.data(); }
    int vectorStride() const { return m_layout->vectorWidth; }

    /// d loss / d vectors, to be set by the network between forward and backward.
    float* vectorGradients() { return m_dvectors.data(); }
    /// Adds to the packed gradient; dtimes [n] (null: not wanted).
    void backward(int n, float* gradient, float* dtimes);

  private:
    /// An activation [rows, width rounded up] with the slope of the GELU that made it.
    struct Rows {
        int stride = 0;
        AlignedFloats value, slope, gradient;
    };
    struct BlockRows {
        const BlockSlots* slots;
        Rows time0, time2, condition0, condition2;
    };
    Rows make(int width) const;
    void product(const Rows& in, const Map& map, int n, Rows& out, bool gelu) const;
    void productBack(const Rows& in, const Map& map, int n, Rows& out, bool gelu, float* gradient,
                     Rows* dinTo, bool add) const;
    void embedTimes(const float* times, int n);
    void embedConditions(const float* conditions, int n);
    void addUp(const float* latent, int n);

    const Packed* m_packed;
    const Layout* m_layout;
    const Kernels* m_kernels;
    int m_rows;
    Rows m_sinusoids, m_time0, m_time2, m_conditions, m_embed0, m_embed2;
    std::vector<BlockRows> m_blocks;
    std::vector<double> m_frequency;
    AlignedFloats m_vectors, m_dvectors;
};

}  // namespace latent::learn::unet::detail
