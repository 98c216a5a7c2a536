// SPDX-License-Identifier: Apache-2.0
#include "theory/initial_weights.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <charconv>
#include <cmath>
#include <latent/learn/random.hpp>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace concept_space::theory {
namespace {

[[noreturn]] void refuse(std::string_view spec, const std::string& reason) {
    throw std::invalid_argument("w0 is '" + std::string(spec) + "': " + reason);
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto colon = text.find(':');
        parts.push_back(text.substr(0, colon));
        if (colon == std::string_view::npos) return parts;
        text.remove_prefix(colon + 1);
    }
}

template <class Number>
Number numberIn(std::string_view spec, std::string_view text, const char* what) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        refuse(spec, std::string(what) + " '" + std::string(text) + "' is not a number in range.");
    }
    return value;
}

double positiveIn(std::string_view spec, std::string_view text, const char* what) {
    const double value = numberIn<double>(spec, text, what);
    if (!(value > 0 && value <= 1e6)) refuse(spec, std::string(what) + " must lie between 0 and 1e6.");
    return value;
}

// torch.manual_seed takes 64 bits; its CPU generator is seeded with the lower 32.
std::uint32_t torchSeedIn(std::string_view spec, std::string_view text) {
    return static_cast<std::uint32_t>(numberIn<std::uint64_t>(spec, text, "the seed"));
}

// Fills row by row, the order in which torch fills a matrix.
template <class Draw>
Eigen::MatrixXd filled(Eigen::Index rows, Eigen::Index columns, Draw&& draw) {
    Eigen::MatrixXd result(rows, columns);
    for (Eigen::Index i = 0; i < rows; ++i) {
        for (Eigen::Index j = 0; j < columns; ++j) result(i, j) = draw();
    }
    return result;
}

}  // namespace

InitialWeights InitialWeights::matrix(const Eigen::MatrixXd& w0) {
    if (w0.rows() != w0.cols() || w0.rows() == 0) {
        throw std::invalid_argument("w0 is " + std::to_string(w0.rows()) + " by " +
                                    std::to_string(w0.cols()) + "; it must be square, dim by dim.");
    }
    if (!(w0.cwiseAbs().maxCoeff() <= 1e6)) {  // the comparison is false for NaN too
        throw std::invalid_argument("w0 holds a value that is not a number or exceeds 1e6 in size.");
    }
    InitialWeights result;
    result.m_weights = w0;
    return result;
}

InitialWeights InitialWeights::fromFactor(const Eigen::MatrixXd& u) {
    InitialWeights result = matrix(u * u.transpose());
    result.m_factor = u;
    return result;
}

InitialWeights InitialWeights::draw(std::string_view spec, int dim, std::uint64_t seed,
                                    std::uint64_t substream) {
    if (dim < 1 || dim > 1024) throw std::invalid_argument("dim must lie between 1 and 1024.");
    const auto parts = split(spec);
    const auto kind = parts[0];
    const auto expect = [&](std::size_t least, std::size_t most, const char* shape) {
        if (parts.size() < least || parts.size() > most)
            refuse(spec, std::string("write it as ") + shape + ".");
    };
    latent::learn::RandomStream stream(seed, "theory/w0", substream);
    if (kind == "zero") {
        expect(1, 1, "zero");
        return fromFactor(Eigen::MatrixXd::Zero(dim, dim));
    }
    if (kind == "linear") {
        expect(1, 1, "linear");
        const double bound = 1 / std::sqrt(static_cast<double>(dim));
        return matrix(filled(dim, dim, [&] { return bound * (2 * stream.uniform() - 1); }));
    }
    if (kind == "uniform") {
        expect(2, 2, "uniform:scale");
        const double scale = positiveIn(spec, parts[1], "the scale");
        return fromFactor(filled(dim, dim, [&] { return scale * stream.uniform(); }));
    }
    if (kind == "normal") {
        expect(2, 3, "normal:std or normal:std:width");
        const double deviation = positiveIn(spec, parts[1], "the standard deviation");
        const int width = parts.size() == 3 ? numberIn<int>(spec, parts[2], "the width") : dim;
        if (width < 1 || width > 65536) refuse(spec, "the width must lie between 1 and 65536.");
        return fromFactor(filled(dim, width, [&] { return deviation * stream.normal(); }));
    }
    if (kind == "torch_uniform") {
        expect(3, 3, "torch_uniform:scale:seed");
        const double scale = positiveIn(spec, parts[1], "the scale");
        std::mt19937 generator(torchSeedIn(spec, parts[2]));
        return fromFactor(filled(
            dim, dim, [&] { return scale * (static_cast<double>(generator() & 0xFFFFFFU) * 0x1p-24); }));
    }
    refuse(spec,
           "it must be a matrix, or one of zero, uniform:scale, normal:std:width, torch_uniform:scale:seed, "
           "linear.");
}

std::string InitialWeights::sourceOf(std::string_view spec, std::uint64_t seed) {
    draw(spec, 1, seed);  // refuses what is no draw
    const auto parts = split(spec);
    if (parts[0] == "zero") return "zero";
    if (parts[0] == "torch_uniform") return "torch seed " + std::to_string(torchSeedIn(spec, parts[2]));
    return "seed " + std::to_string(seed);
}

Eigen::MatrixXd InitialWeights::factor() const {
    const Eigen::Index d = m_weights.rows();
    if (m_factor.size() > 0 && m_factor.cols() <= d) {
        Eigen::MatrixXd padded = Eigen::MatrixXd::Zero(d, d);
        padded.leftCols(m_factor.cols()) = m_factor;
        return padded;
    }
    if (m_factor.size() > 0) {  // U^T = QR, so U U^T = R^T R: narrower, and as exact as U
        const Eigen::HouseholderQR<Eigen::MatrixXd> qr(m_factor.transpose());
        const Eigen::MatrixXd r = qr.matrixQR().topRows(d).triangularView<Eigen::Upper>();
        return r.transpose();
    }
    const double size = m_weights.cwiseAbs().maxCoeff();
    if ((m_weights - m_weights.transpose()).cwiseAbs().maxCoeff() > 1e-12 * size) {
        throw std::invalid_argument("w0 is not symmetric; the symmetric model needs W0 = U U^T.");
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(m_weights);
    const double tolerance = 16 * std::numeric_limits<double>::epsilon() * static_cast<double>(d) * size;
    if (solver.eigenvalues()[0] < -1e-9 * size) {
        throw std::invalid_argument("w0 has the negative eigenvalue " +
                                    std::to_string(solver.eigenvalues()[0]) +
                                    "; the symmetric model needs W0 = U U^T, which has none.");
    }
    // Eigenvalues at rounding level are zeros: grown by exp(2at) they would be learned out of nothing.
    const Eigen::VectorXd roots = solver.eigenvalues().unaryExpr(
        [&](double value) { return value > tolerance ? std::sqrt(value) : 0.0; });
    return solver.eigenvectors() * roots.asDiagonal() * solver.eigenvectors().transpose();
}

}  // namespace concept_space::theory
