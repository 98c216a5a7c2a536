// SPDX-License-Identifier: Apache-2.0
#pragma once
// Resolves one figure: what the kinds share, and a function for each kind. Used by resolve.cpp only; the kinds are in
// lines.cpp, paths.cpp, rasters.cpp, graph.cpp, histogram.cpp and tables.cpp.
//
// Made for one figure on one thread; borrows its inputs. Only for JSON that fits view-1. Errors are half sentences about
// the figure ("y of series 2 leaves …"), which resolveFigure() completes with its name.
//
//     Resolver resolver(view, arrays, cursors, options);
//     LATENT_TRY(Figure figure, resolver.resolve());

#include "engine/figures/axes.hpp"
#include "engine/figures/selection.hpp"

namespace latent::engine::figures {

class Resolver {
  public:
    Resolver(const nlohmann::json& view, const ArraySet& arrays, const Cursors& cursors,
             const ResolveOptions& options)
        : m_view(view), m_options(options), m_picker(arrays, cursors, options, namedDimensions(view)) {}

    Result<Figure> resolve();

  private:
    using json = nlohmann::json;

    // resolve.cpp
    void words();
    Status references();
    void gestures();
    Status cursorPlaces();
    Result<Picked> pickIn(const json& object, const char* key);
    /// How many members of a family are drawn; the others are left out with a note.
    std::uint64_t members(std::uint64_t wanted, const std::string& dimension);

    // lines.cpp
    Status lines();
    Status line(std::size_t number, Lines& lines, DataRange& range);

    // paths.cpp
    Status points();
    Status cloud(std::size_t number, Points& points, DataRange& range);
    Status trajectory();
    Status path(std::size_t number, Trajectory& trajectory, DataRange& range);
    Result<std::vector<PathMark>> marks(const json& series, const Picked& x, const KeptDimension& along);
    void spaceAxes();

    // rasters.cpp
    Status raster(bool isImage);
    Status imageGrid();
    Result<std::vector<double>> pixels(const Picked& z, const std::vector<KeptDimension>& over, int channels);

    // graph.cpp, histogram.cpp, tables.cpp
    Status graph();
    Status edges(Graph& graph);
    Status matrix(Graph& graph);
    Status histogram();
    Status table();
    Status text();
    Status anyArrays();

    const json& m_view;
    const ResolveOptions& m_options;
    Picker m_picker;
    Figure m_figure;
    std::uint64_t m_members = 0;
    static constexpr const char* kNoOne = "?";
    std::string m_alongX;                    ///< the dimension that the x axis runs along; kNoOne: none does
    const LoadedArray* m_alongOf = nullptr;  ///< an array along it: a metric has its own steps
    Picked m_xAlong;                         ///< what the view gives as x along it
    std::vector<const LoadedArray*> m_x, m_y, m_z;  ///< arrays along the axes, for their titles
};

/// "series 2", or "the series" where there is but one.
std::string seriesWords(const nlohmann::json& view, std::size_t number);

}  // namespace latent::engine::figures
