// SPDX-License-Identifier: Apache-2.0
#pragma once
// A multilayer perceptron as the paper's code has it: `layers` affine maps dim → hidden → … → dim (one layer:
// dim → dim), optionally a ReLU between them, optionally biases; float32. Holds the weights in the layout
// that the kernels want. Outside this class, weights are as torch.nn.Linear has them: [fan_out, fan_in],
// row-major. Owned by one trainer; not shared between threads. Constructors and setters throw
// std::invalid_argument with a sentence on impossible shapes.
//
//     Network net({.dim = 64, .hidden = 64, .layers = 2, .relu = true, .bias = true});
//     net.initialise({}, seed);                                 // torch's default: U(±1/√fan_in)
//     net.setLayer(0, weights, bias);                           // or any start
//     std::vector<double> j = net.jacobian(point);              // [dim, dim]; the product of the weights
//     when linear

#include <cstdint>
#include <span>
#include <vector>

#include "kernels.hpp"
#include "panels.hpp"

namespace concept_space::mlp {

struct NetworkSpec {
    int dim = 64;
    int hidden = 64;
    int layers = 2;
    bool relu = true;
    bool bias = true;

    int fanIn(int layer) const { return layer == 0 ? dim : hidden; }
    int fanOut(int layer) const { return layer == layers - 1 ? dim : hidden; }
    bool operator==(const NetworkSpec&) const = default;
};

/// How weights and biases start. `uniform`: U(±1/√fan_in), torch's default. `normal`: N(0,
/// standard_deviation²).
struct Initialisation {
    enum class Kind { Uniform, Normal } kind = Kind::Uniform;
    double standardDeviation = 1e-4;  ///< of `normal` only
};

class Network {
  public:
    explicit Network(const NetworkSpec& spec);

    const NetworkSpec& spec() const { return m_spec; }

    /// Reproducible from the seed alone; layer l draws from its own stream.
    void initialise(const Initialisation& how, std::uint64_t seed);

    /// weights [fan_out, fan_in] row-major, bias [fan_out] (empty: zero; must be empty for a net without
    /// biases).
    void setLayer(int layer, std::span<const float> weights, std::span<const float> bias);
    std::vector<float> weights(int layer) const;  ///< [fan_out, fan_in] row-major
    std::vector<float> bias(int layer) const;     ///< [fan_out], empty without biases

    /// ∂f/∂x at `point` [dim] → [dim, dim] row-major, row = output, in double. Linear nets: W_L … W_1 wherever.
    std::vector<double> jacobian(std::span<const float> point) const;
    /// ∂f/∂x · vᵀ for the rows v of `directions` [n, dim] → [dim, n]; costs n/dim of the whole Jacobian.
    std::vector<double> derivatives(std::span<const float> point, std::span<const double> directions) const;

    /// All weights and biases, layer by layer, exactly: what a checkpoint keeps.
    std::vector<float> flat() const;
    void setFlat(std::span<const float> values);
    std::size_t flatSize() const;

    // For the trainer and the evaluator: the kernels' view of a layer.
    Product product(int layer, const float* in, int batch) const;
    Product inputGradient(int layer, const float* gradient, int batch) const;  ///< layer ≥ 1
    LayerWeights layerWeights(int layer);

  private:
    struct Layer {
        AlignedFloats weights;     // [fan_in, fan_out]
        AlignedFloats bias;        // [fan_out rounded up], or empty
        AlignedFloats transposed;  // [fan_out, fan_in], layers ≥ 1
    };
    void refreshTransposed(int layer);

    NetworkSpec m_spec;
    std::vector<Layer> m_layers;
};

}  // namespace concept_space::mlp
