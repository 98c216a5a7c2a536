// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/design.hpp"

#include <algorithm>

#include "engine/sweep/random_spec.hpp"

namespace latent::engine {
namespace {

DesignAxis countedAxis(std::size_t cells) {
    DesignAxis axis{"cell", false, {}};
    for (std::size_t i = 0; i < cells; ++i) axis.values.push_back(i);
    return axis;
}

Status checkSeeds(const SweepSpec& spec, const Design& design, const std::string& seedParameter) {
    if (spec.seeds.empty()) return ok();
    if (seedParameter.empty())
        return badRequest("seeds: the experiment " + spec.experiment +
                          " has no seed parameter, so replicates would all be the same.");
    const auto varies = [&](const std::string& where, const std::string& name) -> Status {
        if (name != seedParameter) return ok();
        return badRequest("seeds: " + where + "." + name + " sets the seed too; keep one of the two.");
    };
    for (const auto& [name, value] : spec.fixed) LATENT_CHECK(varies("set", name));
    for (const SweepAxis& axis : spec.grid) LATENT_CHECK(varies("grid", axis.parameter));
    for (const DesignColumn& column : design.columns) LATENT_CHECK(varies(design.kind, column.parameter));
    return ok();
}

Error tooMany(std::uint64_t cells) {
    return badRequest("The sweep has " + std::to_string(cells) + " cells; at most " +
                      std::to_string(kMaxSweepCells) + " are possible. Split it, or take fewer values.");
}

}  // namespace

nlohmann::json Design::axesJson() const {
    nlohmann::json all = nlohmann::json::array();
    for (const DesignAxis& axis : axes)
        all.push_back({{"name", axis.name}, {"seed", axis.seed}, {"values", axis.values}});
    return all;
}

Result<Design> expandDesign(const SweepSpec& spec, const DesignContext& context) {
    Design design;
    std::vector<SweepValues> points{{}};
    if (!spec.grid.empty()) {
        design.kind = "grid";
        std::uint64_t cells = std::max<std::size_t>(1, spec.seeds.size());
        for (const SweepAxis& axis : spec.grid) {
            cells *= axis.values.size();
            if (cells > kMaxSweepCells) return tooMany(cells);
        }
        for (const SweepAxis& axis : spec.grid) {
            std::vector<SweepValues> next;
            for (const SweepValues& point : points) {
                for (const nlohmann::json& value : axis.values) {
                    next.push_back(point);
                    next.back().emplace_back(axis.parameter, value);
                }
            }
            points = std::move(next);
            design.axes.push_back({axis.parameter, axis.parameter == context.seedParameter, axis.values});
        }
    } else if (!spec.list.empty() || spec.random) {
        design.kind = spec.random ? "random" : "list";
        points = spec.list;
        const auto isWhole = [&](const RandomParameter& parameter) {
            return context.isWhole && context.isWhole(parameter.parameter);
        };
        if (spec.random)
            for (const RandomParameter& parameter : spec.random->parameters)
                if (isWhole(parameter)) LATENT_CHECK(checkWhole(parameter));
        for (std::uint64_t cell = 0; spec.random && cell < spec.random->cells; ++cell) {
            SweepValues point;
            for (const RandomParameter& parameter : spec.random->parameters)
                point.emplace_back(parameter.parameter,
                                   drawValue(*spec.random, parameter, cell, isWhole(parameter)));
            points.push_back(std::move(point));
        }
        design.axes.push_back(countedAxis(points.size()));
        for (const auto& [name, first] : points.front()) {
            DesignColumn column{name, {}};
            for (const SweepValues& point : points) {
                const auto found = std::find_if(point.begin(), point.end(),
                                                [&](const auto& entry) { return entry.first == name; });
                column.values.push_back(found->second);  // the spec has checked that every cell names it
            }
            design.columns.push_back(std::move(column));
        }
    } else {
        design.kind = "seeds";
    }
    LATENT_CHECK(checkSeeds(spec, design, context.seedParameter));
    const std::uint64_t total = points.size() * std::max<std::uint64_t>(1, spec.seeds.size());
    if (total > kMaxSweepCells) return tooMany(total);
    if (spec.seeds.empty()) {
        design.cells = std::move(points);
        return design;
    }
    DesignAxis seeds{context.seedParameter, true, {}};
    for (const std::int64_t seed : spec.seeds) seeds.values.push_back(seed);
    for (const SweepValues& point : points) {
        for (const nlohmann::json& seed : seeds.values) {
            design.cells.push_back(point);
            design.cells.back().emplace_back(context.seedParameter, seed);
        }
    }
    design.axes.push_back(std::move(seeds));
    return design;
}

}  // namespace latent::engine
