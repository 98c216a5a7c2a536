// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5_layout.hpp"

#include <algorithm>
#include <latent/error.hpp>

namespace hyperspectral_shadows {
namespace {

bool oneOf(const std::string& name, std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* known) { return name == known; });
}

}  // namespace

char roleOf(const std::string& dimension) {
    if (oneOf(dimension, {"y", "jmx", "atrack", "along_track", "downtrack", "nframe", "lines", "line"}))
        return 'y';
    if (oneOf(dimension, {"x", "imx", "xtrack", "across_track", "crosstrack", "nrow", "samples", "sample"}))
        return 'x';
    if (oneOf(dimension, {"w1", "wmx_1", "spectral_channel", "bands", "band", "ncol", "wavelength",
                          "wavelengths", "channel", "channels"}))
        return 'c';
    return '?';
}

std::string radianceOf(const Hdf5File& file, const std::string& wanted) {
    if (!wanted.empty()) return file.open(wanted).path();
    if (const auto known =
            file.firstOf({"Band1/Radiance", "radiance", "Radiance", "Band2/Radiance", "radiance/radiance",
                          "reflectance", "reflectance/reflectance", "data/radiance"}))
        return *known;
    std::vector<std::string> cubes;
    for (const std::string& name : file.datasets())
        if (file.open(name).shape().size() == 3) cubes.push_back(name);
    if (cubes.size() == 1) return cubes.front();
    std::string list;
    for (std::size_t i = 0; i < cubes.size() && i < 12; ++i) list += (i ? ", " : "") + cubes[i];
    throw latent::RunError(
        "The file " + file.path() +
        (cubes.empty() ? " has no dataset with three dimensions, so it holds no cube."
                       : " has several cubes; choose one with the parameter 'dataset': " + list + "."));
}

std::optional<AxisOrder> orderByItself(const Hdf5Dataset& set) {
    const std::vector<std::string> names = set.dimensions();
    // MATLAB stores an array (lines, samples, bands) with its last index first, and names no dimension.
    if (!set.text("MATLAB_class").empty() && names == std::vector<std::string>(3))
        return AxisOrder{.y = 2, .x = 1, .band = 0};
    AxisOrder order{-1, -1, -1};
    for (int i = 0; i < 3; ++i) {
        const char role = roleOf(names[static_cast<std::size_t>(i)]);
        if (role == 'y') order.y = i;
        if (role == 'x') order.x = i;
        if (role == 'c') order.band = i;
    }
    return order.y < 0 || order.x < 0 || order.band < 0 ? std::nullopt : std::optional(order);
}

AxisOrder orderOf(const Hdf5Dataset& set, const std::string& axes, const std::string& path) {
    if (set.shape().size() != 3)
        throw latent::RunError("The dataset '" + set.path() + "' of " + path + " has " +
                               std::to_string(set.shape().size()) + " dimensions; a cube has three.");
    if (!axes.empty()) return axisOrder(axes);
    if (const auto order = orderByItself(set)) return *order;
    std::string list;
    for (const std::string& name : set.dimensions())
        list += (list.empty() ? "" : ", ") + (name.empty() ? "(no name)" : name);
    throw latent::RunError("The dimensions of '" + set.path() + "' in " + path + " are called " + list +
                           ", which does not say which is along the track, across it and spectral. Set "
                           "the parameter 'axes' to their order in the file, as y,x,band.");
}

}  // namespace hyperspectral_shadows
