// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs/array_csv.hpp"

#include <cstdio>

namespace latent::cli {

std::string numberText(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
}

std::string arrayCsv(const std::string& name, const std::string& units, const std::vector<std::string>& dims,
                     const engine::ArrayView& data) {
    std::string csv;
    for (const std::string& dim : dims) csv += dim + ",";
    csv += name + (units.empty() ? "" : " (" + units + ")") + "\n";
    const std::uint64_t count = data.elements();
    engine::Shape index(data.shape.size(), 0);
    for (std::uint64_t i = 0; i < count; ++i) {
        for (std::uint64_t position : index) csv += std::to_string(position) + ",";
        csv += numberText(engine::elementAsDouble(data, i)) + "\n";
        for (std::size_t axis = index.size(); axis-- > 0 && ++index[axis] == data.shape[axis];) index[axis] = 0;
    }
    return csv;
}

std::string csvName(std::string name) {
    for (char& c : name)
        if (c == '/') c = '_';
    return name + ".csv";
}

}  // namespace latent::cli
