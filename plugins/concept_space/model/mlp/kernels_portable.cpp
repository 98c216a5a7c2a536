// SPDX-License-Identifier: Apache-2.0
// The portable variant: Eigen's fixed-size arrays with whatever the build's base instruction set gives.
#include <Eigen/Core>

#include "kernel_body.hpp"

namespace concept_space::mlp::detail {
namespace {

struct PortableLanes {
    using Row = Eigen::Array<float, kPanel, 1>;
    static constexpr int kMaxRows = 2;  // 2×16 floats fill half of sixteen 128-bit registers

    static Row zero() { return Row::Zero(); }
    static Row load(const float* p) { return Eigen::Map<const Row, Eigen::Aligned64>(p); }
    static void store(float* p, const Row& x) {
        Eigen::Map<Row, Eigen::Aligned64> at(p);
        at = x;
    }
    static void multiplyAdd(Row& acc, const float* scalar, const Row& b) { acc += *scalar * b; }
    static Row add(const Row& a, const Row& b) { return a + b; }
    static Row subtract(const Row& a, const Row& b) { return a - b; }
    static Row scale(const Row& a, float s) { return a * s; }
    static Row addScaled(const Row& a, const Row& b, float s) { return a + s * b; }
    static Row rectify(const Row& a) { return (a < 0.0F).select(0.0F, a); }  // keeps NaN
    static Row gate(const Row& a, const Row& by) { return (by > 0.0F).select(a, 0.0F); }
    static Row squareAdd(const Row& acc, const Row& r) { return acc + r * r; }
    static float sum(const Row& a) { return a.sum(); }
    static void transpose(const float* src, float* dst) {
        using Block = Eigen::Matrix<float, kPanel, kPanel, Eigen::RowMajor>;
        Eigen::Map<Block, Eigen::Aligned64> to(dst);
        to = Eigen::Map<const Block, Eigen::Aligned64>(src).transpose();
    }
};

constexpr Kernels kKernels = makeKernels<PortableLanes>("portable");

}  // namespace

const Kernels& portableKernels() { return kKernels; }

}  // namespace concept_space::mlp::detail
