// SPDX-License-Identifier: Apache-2.0
#include "cli/flag_values.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace latent::cli {
namespace {

/// Nothing where the text is no number, or none that is finite.
std::optional<double> finiteNumber(const std::string& text) {
    double value = 0;
    if (!CLI::detail::lexical_cast(text, value) || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::string shortest(double value) { return nlohmann::json(value).dump(); }

}  // namespace

CLI::Validator aboveZero() {
    return {[](const std::string& text) {
                const std::optional<double> value = finiteNumber(text);
                return value && *value > 0 ? std::string() : "\"" + text + "\" is not a number above 0";
            },
            "NUMBER > 0"};
}

CLI::Validator within(double least, double most) {
    const std::string range = shortest(least) + " to " + shortest(most);
    return {[=](const std::string& text) {
                const std::optional<double> value = finiteNumber(text);
                return value && *value >= least && *value <= most
                           ? std::string()
                           : "\"" + text + "\" is not a number from " + range;
            },
            "NUMBER from " + range};
}

CLI::Validator notEmpty() {
    return {[](const std::string& text) { return text.empty() ? std::string("it is empty") : std::string(); },
            ""};
}

}  // namespace latent::cli
