// SPDX-License-Identifier: Apache-2.0
#pragma once
// The synthetic images of "Emergence of Hidden Capabilities" (arXiv 2406.19370, appendix B): one blurred disc or triangle on a plain ground.
//
// Concepts are colour (red, blue), size (big, small) and, with a background separation, ground (light, dark); class = their bits, colour first.
// Classes with two concepts changed or more are held out: no training image comes from them. The strength of a concept's signal is how far its
// two values are apart. Lengths are in half images: the image spans −1 … 1. Each image draws from a stream of its own, so that it does not depend
// on the others. Values; any thread; deterministic given the seed.
//
//     const ImageSpec spec{.side = 16, .colour = .2};
//     const Scene scene = meanScene(spec, 0b11);                                // blue, small: held out
//     std::vector<float> image = render(scene, spec, 7);                        // [16, 16, 3]
//     conditionOf(spec, scene);                                                // what a network is told, kConditions numbers

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace concept_space {

inline constexpr int kConditions =
    11;  ///< shape 2 | x | y | RGB 3 | radius | ground RGB 3; 0 where a concept is not varied

/// Numbers of all images that are kept in memory: 8 GiB.
inline constexpr double kMostFloats = 1LL << 31;

enum class Figure { Disc, Triangle };

struct ImageSpec {
    int side = 32;          ///< pixels
    double colour = .4;     ///< separation of the colours, 0 … .8
    double size = .4;       ///< separation of the radii, 0 … .4
    double background = 0;  ///< separation of the grounds, 0 … .8; 0: two concepts
    Figure figure = Figure::Disc;
    int perClass = 2048;  ///< images of each class
    double noise = .001;  ///< standard deviation of the noise of pixels
    double mask = 0;      ///< fraction of the images of red, small whose condition lacks the colour
    std::uint64_t seed = 0;

    int concepts() const { return background > 0 ? 3 : 2; }
    int classes() const { return 1 << concepts(); }
    /// Throws UsageError with a sentence that names the parameter, also where the images of all trained classes
    /// would not fit in memory.
    void validate() const;
    /// The same of each value alone: for what makes no images.
    void validateValues() const;
};

struct Scene {
    std::array<float, 3> colour;
    float radius;  ///< of the disc; a triangle has the same area
    float x, y;    ///< centre
    std::array<float, 3> ground;
};

/// How far the two values of each concept are apart, and the standard deviation of what is drawn around one,
/// in the units of conditions.
std::vector<double> separationsOf(const ImageSpec& spec);
std::vector<double> spreadsOf(const ImageSpec& spec);

/// The value 0 or 1 of a concept in a class.
int conceptOf(const ImageSpec& spec, int itsClass, int concept_);
bool isHeldOut(int itsClass);
std::vector<std::string> conceptNames(const ImageSpec& spec);  ///< of the value 1: "blue", "small", "dark"
std::vector<std::string> classNames(const ImageSpec& spec);    ///< "red, big", …

/// A scene of a class, drawn by image number `index`.
Scene drawScene(const ImageSpec& spec, int itsClass, std::uint64_t index);
/// The class's means, in the middle: what tests and generations are asked for.
Scene meanScene(const ImageSpec& spec, int itsClass);
/// [side, side, 3] in 0 … 1; `index` draws the noise.
std::vector<float> render(const Scene& scene, const ImageSpec& spec, std::uint64_t index);
std::array<float, kConditions> conditionOf(const ImageSpec& spec, const Scene& scene);

/// The condition of the held-out class of all concepts with the colour pushed further: step 0 is the class's own, `steps` − 1 the strongest.
std::array<float, kConditions> strongPrompt(const ImageSpec& spec, int step, int steps);

/// Mean squared difference of pixels when only this concept changes (the paper's concept signal), over the other concepts' values.
double conceptSignal(const ImageSpec& spec, int concept_);

/// Reads the concepts off an image without a network, each as 0 (value 0) … 1 (value 1), clipped.
std::vector<double> readConcepts(const ImageSpec& spec, const float* image);

}  // namespace concept_space
