// SPDX-License-Identifier: Apache-2.0
#include "data/images.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>
#include <numbers>

namespace concept_space {
namespace {

using latent::learn::RandomStream;

constexpr double kMiddleRadius = .45, kSmallestRadius = .1, kMiddleGrey = .5;
constexpr double kGroundLow = .8, kGroundHigh = 1;  // of each channel, where the ground is no concept
constexpr double kFarthest = .5;                    // of a centre
// Half widths of what is drawn, of the separation.
constexpr double kColourSpread = 1. / 8, kSizeSpread = 3. / 8;
constexpr double kBlurOfSide = 1. / 32;  // standard deviation of the blur in sides: one pixel of 32
constexpr int kSignalScenes = 64;

/// +1 towards the value 1.
double side(int value) { return value == 1 ? 1. : -1.; }

std::array<double, 3> meanColour(const ImageSpec& s, int blue) {
    return {.5 - side(blue) * s.colour / 2, .5 - s.colour / 2, .5 + side(blue) * s.colour / 2};
}
double meanRadius(const ImageSpec& s, int small) { return kMiddleRadius - side(small) * s.size / 2; }
double meanGrey(const ImageSpec& s, int dark) { return kMiddleGrey - side(dark) * s.background / 2; }

bool inside(const ImageSpec& spec, const Scene& scene, double x, double y) {
    const double dx = x - static_cast<double>(scene.x), dy = y - static_cast<double>(scene.y),
                 r = static_cast<double>(scene.radius);
    if (spec.figure == Figure::Disc) return dx * dx + dy * dy < r * r;
    // Equal area: side √(4π/√3)·r, point up, centred at its centroid.
    const double edge = std::sqrt(4 * std::numbers::pi / std::numbers::sqrt3) * r,
                 height = edge * std::numbers::sqrt3 / 2;
    const double fromTop = dy + 2 * height / 3;
    return fromTop > 0 && fromTop < height && std::abs(dx) < fromTop / std::numbers::sqrt3;
}

/// Gaussian blur with reflected borders, one axis after the other.
void blur(std::vector<double>& mask, int n, double deviation) {
    const int reach = static_cast<int>(std::ceil(4 * deviation));
    std::vector<double> weight(static_cast<std::size_t>(2 * reach + 1)), line(static_cast<std::size_t>(n));
    double total = 0;
    for (int i = -reach; i <= reach; ++i)
        total += weight[static_cast<std::size_t>(i + reach)] =
            std::exp(-.5 * i * i / (deviation * deviation));
    const auto reflected = [n](int i) {
        return i < 0 ? std::min(-i - 1, n - 1) : i >= n ? std::max(2 * n - 1 - i, 0) : i;
    };
    for (const bool rows : {true, false})
        for (int a = 0; a < n; ++a) {
            const auto at = [&](int b) -> double& {
                return mask[static_cast<std::size_t>(rows ? a * n + b : b * n + a)];
            };
            for (int b = 0; b < n; ++b) {
                double sum = 0;
                for (int i = -reach; i <= reach; ++i)
                    sum += weight[static_cast<std::size_t>(i + reach)] * at(reflected(b + i));
                line[static_cast<std::size_t>(b)] = sum / total;
            }
            for (int b = 0; b < n; ++b) at(b) = line[static_cast<std::size_t>(b)];
        }
}

}  // namespace

void ImageSpec::validateValues() const {
    const auto inside = [](const char* name, double value, double low, double high) {
        if (!(value >= low && value <= high))
            throw latent::UsageError("'" + std::string(name) + "' is " + std::to_string(value) +
                                     "; it must be between " + std::to_string(low) + " and " +
                                     std::to_string(high) + ".");
    };
    inside("side", side, 4, 256);
    inside("sep_colour", colour, 0, .8);
    inside("sep_size", size, 0, .4);
    inside("sep_background", background, 0, .8);
    inside("samples_per_class", perClass, 1, 1e6);
    inside("noise", noise, 0, 1);
    inside("mask", mask, 0, 1);
}

void ImageSpec::validate() const {
    validateValues();
    // One class without a change, and one for each concept.
    const double floats = static_cast<double>(1 + concepts()) * perClass * side * side * 3;
    if (floats > kMostFloats)
        throw latent::UsageError(
            "All training images together would take " + std::to_string(std::llround(floats / (1 << 28))) +
            " gigabytes; the most is " + std::to_string(std::llround(kMostFloats / (1 << 28))) +
            ". Lower 'samples_per_class' or 'side'.");
}

std::vector<double> separationsOf(const ImageSpec& spec) {
    std::vector<double> all{spec.colour, spec.size, spec.background};
    all.resize(static_cast<std::size_t>(spec.concepts()));
    return all;
}

std::vector<double> spreadsOf(const ImageSpec& spec) {
    std::vector<double> all = separationsOf(spec);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] *= (i == 1 ? kSizeSpread : kColourSpread) / std::numbers::sqrt3;
    return all;
}

int conceptOf(const ImageSpec& spec, int itsClass, int concept_) {
    return itsClass >> (spec.concepts() - 1 - concept_) & 1;
}
bool isHeldOut(int itsClass) { return std::popcount(static_cast<unsigned>(itsClass)) >= 2; }

std::vector<std::string> conceptNames(const ImageSpec& spec) {
    std::vector<std::string> names{"blue", "small", "dark"};
    names.resize(static_cast<std::size_t>(spec.concepts()));
    return names;
}

std::vector<std::string> classNames(const ImageSpec& spec) {
    static constexpr const char* kNames[3][2] = {{"red", "blue"}, {"big", "small"}, {"light", "dark"}};
    std::vector<std::string> names;
    for (int c = 0; c < spec.classes(); ++c) {
        std::string name;
        for (int i = 0; i < spec.concepts(); ++i)
            name += (i ? ", " : "") + std::string(kNames[i][conceptOf(spec, c, i)]);
        names.push_back(name);
    }
    return names;
}

Scene drawScene(const ImageSpec& spec, int itsClass, std::uint64_t index) {
    RandomStream stream(spec.seed, "concept/scene", static_cast<std::uint64_t>(itsClass) << 48 | index);
    const auto around = [&](double mean, double spread) {
        return static_cast<float>(mean + spread * (2 * stream.uniform() - 1));
    };
    const auto colour = meanColour(spec, conceptOf(spec, itsClass, 0));
    Scene s{};
    for (std::size_t i = 0; i < 3; ++i) s.colour[i] = around(colour[i], kColourSpread * spec.colour);
    s.radius = std::max(static_cast<float>(kSmallestRadius),
                        around(meanRadius(spec, conceptOf(spec, itsClass, 1)), kSizeSpread * spec.size));
    s.x = around(0, kFarthest);
    s.y = around(0, kFarthest);
    if (spec.concepts() == 3)
        s.ground.fill(around(meanGrey(spec, conceptOf(spec, itsClass, 2)), kColourSpread * spec.background));
    else
        for (float& g : s.ground) g = around((kGroundLow + kGroundHigh) / 2, (kGroundHigh - kGroundLow) / 2);
    return s;
}

Scene meanScene(const ImageSpec& spec, int itsClass) {
    const auto colour = meanColour(spec, conceptOf(spec, itsClass, 0));
    Scene s{};
    for (std::size_t i = 0; i < 3; ++i) s.colour[i] = static_cast<float>(colour[i]);
    s.radius = static_cast<float>(std::max(kSmallestRadius, meanRadius(spec, conceptOf(spec, itsClass, 1))));
    s.ground.fill(static_cast<float>(spec.concepts() == 3 ? meanGrey(spec, conceptOf(spec, itsClass, 2))
                                                          : (kGroundLow + kGroundHigh) / 2));
    return s;
}

std::vector<float> render(const Scene& scene, const ImageSpec& spec, std::uint64_t index) {
    const int n = spec.side;
    std::vector<double> mask(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
    const auto place = [n](int i) { return n > 1 ? 2. * i / (n - 1) - 1 : 0; };
    for (int y = 0; y < n; ++y)
        for (int x = 0; x < n; ++x)
            mask[static_cast<std::size_t>(y * n + x)] = inside(spec, scene, place(x), place(y)) ? 1 : 0;
    blur(mask, n, kBlurOfSide * n);
    RandomStream stream(spec.seed, "concept/pixels", index);
    std::vector<float> image(mask.size() * 3);
    for (std::size_t p = 0; p < mask.size(); ++p)
        for (std::size_t c = 0; c < 3; ++c) {
            const double value = mask[p] * static_cast<double>(scene.colour[c]) +
                                 (1 - mask[p]) * static_cast<double>(scene.ground[c]);
            image[p * 3 + c] = static_cast<float>(
                std::clamp(value + (spec.noise > 0 ? spec.noise * stream.normal() : 0), 0., 1.));
        }
    return image;
}

std::array<float, kConditions> conditionOf(const ImageSpec& spec, const Scene& scene) {
    std::array<float, kConditions> c{};
    std::copy(scene.colour.begin(), scene.colour.end(), c.begin() + 4);
    c[7] = scene.radius;
    if (spec.concepts() == 3) std::copy(scene.ground.begin(), scene.ground.end(), c.begin() + 8);
    return c;
}

std::array<float, kConditions> strongPrompt(const ImageSpec& spec, int step, int steps) {
    constexpr double kStrongest = .9;  // (.05, .05, .95), the paper's last
    ImageSpec pushed = spec;
    pushed.colour = spec.colour + (kStrongest - spec.colour) * step / std::max(1, steps - 1);
    Scene scene = meanScene(spec, spec.classes() - 1);
    scene.colour = meanScene(pushed, spec.classes() - 1).colour;
    return conditionOf(spec, scene);
}

double conceptSignal(const ImageSpec& spec, int concept_) {
    const int bit = 1 << (spec.concepts() - 1 - concept_);
    double sum = 0;
    for (int i = 0; i < kSignalScenes; ++i) {
        RandomStream stream(spec.seed, "concept/signal", static_cast<std::uint64_t>(i));
        const int other = static_cast<int>(stream.below(static_cast<std::uint64_t>(spec.classes()))) & ~bit;
        Scene off = meanScene(spec, other), on = meanScene(spec, other | bit);
        off.x = on.x = static_cast<float>(kFarthest * (2 * stream.uniform() - 1));
        off.y = on.y = static_cast<float>(kFarthest * (2 * stream.uniform() - 1));
        const std::vector<float> a = render(off, spec, static_cast<std::uint64_t>(i)),
                                 b = render(on, spec, static_cast<std::uint64_t>(i));
        for (std::size_t p = 0; p < a.size(); ++p)
            sum += std::pow(static_cast<double>(a[p] - b[p]), 2) / static_cast<double>(a.size());
    }
    return sum / kSignalScenes;
}

std::vector<double> readConcepts(const ImageSpec& spec, const float* image) {
    const std::size_t n = static_cast<std::size_t>(spec.side);
    // The ground is the median of the border: a figure never covers half of it.
    std::array<double, 3> ground{};
    for (std::size_t c = 0; c < 3; ++c) {
        std::vector<float> border;
        for (std::size_t i = 0; i < n; ++i)
            for (const std::size_t p : {i, (n - 1) * n + i, i * n, i * n + n - 1})
                border.push_back(image[p * 3 + c]);
        std::nth_element(border.begin(), border.begin() + static_cast<std::ptrdiff_t>(border.size() / 2),
                         border.end());
        ground[c] = static_cast<double>(border[border.size() / 2]);
    }
    // How far a pixel is from the ground, as a fraction of the farthest: the figure's mask.
    std::vector<double> away(n * n);
    double farthest = 1e-9;
    for (std::size_t p = 0; p < away.size(); ++p) {
        for (std::size_t c = 0; c < 3; ++c)
            away[p] = std::max(away[p], std::abs(static_cast<double>(image[p * 3 + c]) - ground[c]));
        farthest = std::max(farthest, away[p]);
    }
    double weight = 0, difference = 0, area = 0;
    for (std::size_t p = 0; p < away.size(); ++p) {
        const double mask = away[p] / farthest;
        const double w = std::max(0., mask - .5);  // the middle, without the blurred edge
        weight += w;
        difference += w * static_cast<double>(image[p * 3 + 2] - image[p * 3]);
        area += mask > .5 ? 1 : 0;
    }
    const double radius = std::sqrt(4 * area / static_cast<double>(away.size()) / std::numbers::pi);
    const auto clipped = [](double v) { return std::clamp(v, 0., 1.); };
    std::vector<double> read{
        spec.colour > 0 ? clipped(.5 + difference / std::max(weight, 1e-9) / (2 * spec.colour)) : .5,
        spec.size > 0 ? clipped(.5 - (radius - kMiddleRadius) / spec.size) : .5};
    if (spec.concepts() == 3)
        read.push_back(
            clipped(.5 - ((ground[0] + ground[1] + ground[2]) / 3 - kMiddleGrey) / spec.background));
    return read;
}

}  // namespace concept_space
