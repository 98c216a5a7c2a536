// SPDX-License-Identifier: Apache-2.0
#include "packed.hpp"

#include <algorithm>

namespace latent::learn::unet::detail {

void Packed::refresh(std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
        const Matrix& m = m_layout->matrices[i];
        for (int tap = 0; tap < m.taps; ++tap)
            for (int out = 0; out < m.outs; out += kPanel)
                for (int in = 0; in < m.ins; in += kPanel) {
                    const float* from = m_forward.data() + m.packedAt(tap, in, out);
                    float* to = m_backward.data() + m.backwardAt(tap, in, out);
                    if (m.ins - in >= kPanel && m.outs - out >= kPanel) {
                        m_kernels->transpose(from, kPanel, to, kPanel);
                        continue;
                    }
                    for (int r = 0; r < std::min(kPanel, m.ins - in); ++r)
                        for (int c = 0; c < std::min(kPanel, m.outs - out); ++c)
                            to[c * kPanel + r] = from[r * kPanel + c];
                }
    }
}

}  // namespace latent::learn::unet::detail
