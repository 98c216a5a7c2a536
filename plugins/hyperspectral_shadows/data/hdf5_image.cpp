// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5_image.hpp"

#include <latent/error.hpp>

#include "data/hdf5_layout.hpp"

namespace hyperspectral_shadows {
namespace {

/// Whether the samples come before the lines, as far as the dataset itself says.
std::optional<bool> turnedByItself(const Hdf5Dataset& set) {
    const std::vector<std::string> names = set.dimensions();
    const char first = roleOf(names[0]), second = roleOf(names[1]);
    if (first == 'x' && second == 'y') return true;
    if (first == 'y' && second == 'x') return false;
    if (!set.text("MATLAB_class").empty()) return true;
    return std::nullopt;
}

}  // namespace

Fill fillOfMask(const Hdf5Dataset& set) {
    const double fill = set.fillValue().value_or(-1);
    return fill == 0 || fill == 1 ? Fill::Number : Fill::Missing;
}

std::optional<std::vector<float>> readImage(const Hdf5Dataset& set, std::int64_t lines, std::int64_t samples,
                                            bool acrossFirst, Fill fill) {
    const std::vector<std::int64_t>& shape = set.shape();
    if (shape.size() != 2) return std::nullopt;
    const bool asIs = shape[0] == lines && shape[1] == samples,
               across = shape[0] == samples && shape[1] == lines;
    if (!asIs && !across) return std::nullopt;
    const bool turned = asIs && across ? turnedByItself(set).value_or(acrossFirst) : across;
    std::vector<float> values(static_cast<std::size_t>(lines * samples));
    set.read({0, 0}, shape, values.data(), fill);
    if (!turned) return values;
    std::vector<float> straight(values.size());
    for (std::int64_t y = 0; y < lines; ++y)
        for (std::int64_t x = 0; x < samples; ++x)
            straight[static_cast<std::size_t>(y * samples + x)] =
                values[static_cast<std::size_t>(x * lines + y)];
    return straight;
}

std::optional<std::vector<float>> readMask(const std::string& path, const std::string& name,
                                           std::int64_t lines, std::int64_t samples) {
    const Hdf5File file(path);
    if (!file.has(name)) return std::nullopt;
    const Hdf5Dataset set = file.open(name);
    const std::vector<std::int64_t>& shape = set.shape();
    constexpr std::int64_t kRows = 300, kFirstColumn = 27, kColumns = 172;
    if (shape.size() == 2 && lines == kRows && samples == kColumns && shape[0] >= kRows &&
        shape[1] >= kFirstColumn + kColumns) {
        std::vector<float> values(static_cast<std::size_t>(lines * samples));
        set.read({0, kFirstColumn}, {lines, samples}, values.data(), fillOfMask(set));
        return values;
    }
    const auto mask = readImage(set, lines, samples, false, fillOfMask(set));
    if (!mask)
        throw latent::RunError("The mask '" + name + "' of " + path +
                               " does not have the size of the image, " + std::to_string(lines) + " × " +
                               std::to_string(samples) + ".");
    return mask;
}

}  // namespace hyperspectral_shadows
