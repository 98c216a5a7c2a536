// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a diffusion model learns from and is asked for: samples with exact conditions, the held-out class, and how concepts are read off.
//
// Three kinds share this: drawn images (data/images.hpp), a user's own (data/own_images.hpp), and `vector`, Gaussians in the plane whose
// coordinates are the concepts, for which a U-Net of one pixel is a residual MLP. Nothing of a held-out class is in the training or validation
// samples. Immutable once made; any thread.
//
//     const ConceptSet set = ConceptSet::images(spec);
//     set.x(i); set.condition(i);                             // training sample i, d and conditions() numbers
//     set.meanCondition(3);                                   // what the held-out class is asked for by
//     set.read(generated.data());                             // analytic concept coordinates, 0 … 1

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/images.hpp"
#include "data/own_images.hpp"

namespace concept_space {

/// Gaussians at (sep_1·v_1, sep_2·v_2); the condition is the mean that a sample was drawn around.
struct VectorSpec {
    double first = .4, second = .4;  ///< separations
    double jitter = .125;            ///< half width of the means of a class, of the separation
    double deviation = .05;          ///< of a sample around its mean
    int perClass = 2048;
    double mask = 0;  ///< fraction of class (0, 1) whose condition lacks the first concept: −1 in its place
    std::uint64_t seed = 0;
};

/// Numbers of samples: a training set uses the first ones, a learned probe those from kProbeNumbers on, and
/// those from kFreshNumbers on test it. Of own images, which are few, training and validation may hold the last
/// ones too: only the probe has not seen them.
inline constexpr std::uint64_t kProbeNumbers = std::uint64_t{1} << 40, kFreshNumbers = std::uint64_t{1} << 41;

class ConceptSet {
  public:
    /// Throws UsageError.
    static ConceptSet images(const ImageSpec& spec);
    static ConceptSet vectors(const VectorSpec& spec);
    /// A user's images with two attributes; conditions are (no, yes) of each, one of them 1. The
    /// learned probe is not trained on the last 15 % of each class.
    static ConceptSet own(OwnImages images, double mask, std::uint64_t seed);

    int height() const { return m_height; }
    int width() const { return m_width; }
    int channels() const { return m_channels; }
    std::size_t each() const {
        return static_cast<std::size_t>(m_height) * static_cast<std::size_t>(m_width) *
               static_cast<std::size_t>(m_channels);
    }
    int conditions() const { return m_conditions; }
    int concepts() const { return static_cast<int>(m_conceptNames.size()); }
    int classes() const { return 1 << concepts(); }
    int heldOut() const { return classes() - 1; }  ///< the class of all concepts: what trajectories are of
    bool isImages() const { return m_height > 1; }
    const std::vector<std::string>& conceptNames() const { return m_conceptNames; }
    const std::vector<std::string>& classNames() const { return m_classNames; }
    int conceptOf(int itsClass, int concept_) const { return itsClass >> (concepts() - 1 - concept_) & 1; }

    std::size_t trainSize() const { return m_trainSize; }
    std::size_t size() const { return m_label.size(); }  ///< training samples, then validation samples
    std::span<const float> x(std::size_t i) const { return std::span(m_x).subspan(i * each(), each()); }
    std::span<const float> condition(std::size_t i) const {
        return std::span(m_condition)
            .subspan(i * static_cast<std::size_t>(m_conditions), static_cast<std::size_t>(m_conditions));
    }
    int label(std::size_t i) const { return m_label[i]; }

    std::vector<float> meanCondition(int itsClass) const {
        return m_meanCondition[static_cast<std::size_t>(itsClass)];
    }
    /// True samples of any class, held-out ones too, with their conditions: for probes and test losses. `index` draws.
    std::vector<float> sample(int itsClass, std::uint64_t index) const {
        return m_sample(itsClass, index).first;
    }
    std::pair<std::vector<float>, std::vector<float>> sampleWithCondition(int itsClass,
                                                                          std::uint64_t index) const {
        return m_sample(itsClass, index);
    }
    /// Over-prompts of the held-out class, from its own condition to the strongest.
    const std::vector<std::vector<float>>& prompts() const { return m_prompts; }
    /// Concept coordinates of one sample without a network.
    std::vector<double> read(const float* x) const { return m_read(x); }
    /// [n, concepts] of n samples.
    std::vector<double> readAll(std::span<const float> x, int n) const;
    /// Of own images: their pixels, by class.
    std::uint64_t hash() const { return m_hash; }
    /// Of each concept: mean squared difference of elements.
    const std::vector<double>& signal() const { return m_signal; }

  private:
    /// `samples` of each class.
    void fill(const std::vector<int>& samples, double mask, std::uint64_t seed,
              const std::function<void(std::vector<float>&)>& hide);

    int m_height = 1, m_width = 1, m_channels = 1, m_conditions = 0;
    std::vector<std::string> m_conceptNames, m_classNames;
    std::size_t m_trainSize = 0;
    std::uint64_t m_hash = 0;
    std::vector<float> m_x, m_condition;
    std::vector<int> m_label;
    std::vector<std::vector<float>> m_meanCondition, m_prompts;
    std::function<std::pair<std::vector<float>, std::vector<float>>(int, std::uint64_t)> m_sample;
    std::function<std::vector<double>(const float*)> m_read;
    std::vector<double> m_signal;
};

}  // namespace concept_space
