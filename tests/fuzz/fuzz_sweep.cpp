// SPDX-License-Identifier: Apache-2.0
// Sweep files: TOML to a specification, and its design expanded. Every cell names the same parameters.
#include <cstdint>

#include "engine/sweep/design.hpp"
#include "engine/sweep/toml_json.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto spec = SweepSpec::parse({reinterpret_cast<const char*>(data), size}, "The sweep input.toml");
    if (!spec) {
        require(spec.error().message.starts_with("The sweep input.toml"), "the file is named");
        return 0;
    }
    static_cast<void>(spec->toJson().dump());
    const auto design = expandDesign(
        *spec, {.seedParameter = "seed", .isWhole = [](const std::string& name) { return name == "dim"; }});
    if (!design) return 0;
    require(!design->cells.empty() && design->cells.size() <= kMaxSweepCells, "the number of cells");
    std::size_t product = 1;
    for (const DesignAxis& axis : design->axes) product *= axis.values.size();
    require(product == design->cells.size(), "the axes span the cells");
    for (const SweepValues& cell : design->cells)
        require(cell.size() == design->cells[0].size(), "one shape of cells");
    static_cast<void>(design->axesJson().dump());
    return 0;
}
