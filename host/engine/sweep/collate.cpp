// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/collate.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/jobs/common_figures.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_reader.hpp"
#include "engine/store/run_writer.hpp"
#include "engine/sweep/collate_layout.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
using Path = std::filesystem::path;

/// One run and which of its cells stand where in the design.
struct Source {
    std::string run;
    std::map<std::uint64_t, std::vector<std::uint64_t>> cells;  ///< along its axis `cell` → in the design
    bool batch = false;
    CellArrays arrays;
    json figures;
};

class Collation {
  public:
    Collation(const Path& sweep, RunFiles& files, const CollationLimits& limits,
              const std::vector<PlannedCell>& cells)
        : m_runs(sweep.parent_path()), m_files(files), m_limits(limits), m_cells(cells) {}

    /// Which arrays there are; cells whose run cannot be read count as missing.
    void survey(const std::vector<std::optional<CellLink>>& links) {
        std::map<std::string, std::size_t> known;
        m_status.assign(m_cells.size(), CellStatus::Missing);
        for (std::uint64_t cell = 0; cell < links.size(); ++cell) {
            if (!links[cell]) continue;
            m_status[cell] = links[cell]->state == "done" ? CellStatus::Done : CellStatus::Failed;
            if (m_status[cell] != CellStatus::Done) continue;
            const auto [found, fresh] = known.try_emplace(links[cell]->run, m_sources.size());
            if (fresh) m_sources.push_back({links[cell]->run, {}, false, {}, {}});
            m_sources[found->second].cells[links[cell]->cellIndex].push_back(cell);
        }
        for (Source& source : m_sources) {
            const Status looked = look(source);
            if (looked) continue;
            remark("The run " + source.run +
                   " could not be read, its cells count as missing: " + looked.error().message);
            for (const auto& [at, places] : source.cells)
                for (const std::uint64_t cell : places) m_status[cell] = CellStatus::Missing;
            source.cells.clear();
        }
    }

    Status write(const json& design, RunWriter& writer) {
        std::vector<const CellArrays*> arrays(m_cells.size(), nullptr);
        for (const Source& source : m_sources)
            for (const auto& [at, places] : source.cells)
                for (const std::uint64_t cell : places) arrays[cell] = &source.arrays;
        m_plan = planCollation(design, m_cells, arrays);
        for (const std::string& sentence : m_plan.remarks) remark(sentence);
        place();
        LATENT_CHECK(makeLarge(writer));
        for (const Source& source : m_sources) LATENT_CHECK(read(source, writer));
        LATENT_CHECK(fillMissing(writer));
        return publish(writer);
    }

    const std::vector<std::string>& remarks() const { return m_remarks; }

  private:
    void remark(std::string sentence) { m_remarks.push_back(std::move(sentence)); }

    Status look(Source& source) {
        LATENT_TRY(RunReader reader, RunReader::open(m_runs / source.run, m_files));
        LATENT_TRY(const Request request, reader.request());
        source.batch = request.document().contains("cells");
        LATENT_TRY(source.figures, reader.figures());
        LATENT_TRY(const std::vector<PublishedArray> arrays, reader.arrays());
        for (const PublishedArray& array : arrays) {
            if (!array.present) continue;
            CellArray cell{array.spec, array.shape};
            if (source.batch) {
                const std::uint64_t last = source.cells.empty() ? 0 : source.cells.rbegin()->first;
                if (cell.shape.empty() || cell.shape.front() <= last)
                    return refused("its array " + array.spec.name + " has not as many rows as cells.");
                cell.shape.erase(cell.shape.begin());
                cell.spec.dims.erase(cell.spec.dims.begin());
            }
            source.arrays.emplace(array.spec.name, std::move(cell));
        }
        return ok();
    }

    /// Which arrays are put together in memory: the smaller ones, as many as fit.
    void place() {
        std::vector<std::size_t> order(m_plan.stacked.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return m_plan.stacked[a].cellBytes < m_plan.stacked[b].cellBytes;
        });
        m_memory.resize(order.size());
        std::uint64_t used = 0;
        for (const std::size_t i : order) {
            StackedArray& array = m_plan.stacked[i];
            const std::uint64_t bytes = array.cellBytes * m_cells.size();
            array.spec.large = used + bytes > m_limits.inMemoryBytes;
            if (array.spec.large) continue;
            used += bytes;
        }
    }

    Status makeLarge(RunWriter& writer) const {
        for (const StackedArray& array : m_plan.stacked)
            if (array.spec.large) LATENT_CHECK(writer.declareLarge(array.spec.toJson()));
        return ok();
    }

    Status put(std::size_t i, std::uint64_t cell, const char* bytes, RunWriter& writer) {
        const StackedArray& array = m_plan.stacked[i];
        if (!array.spec.large) {
            m_memory[i].resize(static_cast<std::size_t>(array.cellBytes * m_cells.size()));
            std::memcpy(m_memory[i].data() + cell * array.cellBytes, bytes,
                        static_cast<std::size_t>(array.cellBytes));
            return ok();
        }
        Shape start(array.spec.dims.size(), 0), count(array.spec.dims.size(), 1);
        for (std::size_t axis = m_plan.shape.size(); axis-- > 0; cell /= m_plan.shape[axis])
            start[axis] = cell % m_plan.shape[axis];
        std::copy(array.cellShape.begin(), array.cellShape.end(),
                  count.begin() + static_cast<std::ptrdiff_t>(m_plan.shape.size()));
        return writer.writeSlab(array.spec.name, start, {array.spec.dtype, count, bytes});
    }

    Status read(const Source& source, RunWriter& writer) {
        if (source.cells.empty()) return ok();
        LATENT_TRY(RunReader reader, RunReader::open(m_runs / source.run, m_files));
        for (std::size_t i = 0; i < m_plan.stacked.size(); ++i) {
            const StackedArray& array = m_plan.stacked[i];
            if (source.arrays.count(array.source) == 0 || array.cellBytes == 0) continue;
            if (!source.batch) {
                LATENT_TRY(const Array whole, reader.readAll(array.source));
                LATENT_CHECK(spread(i, source, 0, 1, whole, writer));
                continue;
            }
            const std::uint64_t rows = source.cells.rbegin()->first + 1;
            const std::uint64_t block = std::max<std::uint64_t>(1, m_limits.blockBytes / array.cellBytes);
            for (std::uint64_t row = 0; row < rows; row += block) {
                const std::uint64_t count = std::min(block, rows - row);
                Shape start(array.cellShape.size() + 1, 0), extent{count};
                start[0] = row;
                extent.insert(extent.end(), array.cellShape.begin(), array.cellShape.end());
                LATENT_TRY(Array part, reader.read(array.source, start, extent));
                if (isWhole(source, count) && !array.spec.large &&
                    part.bytes.size() == array.cellBytes * count) {
                    m_memory[i] = std::move(part.bytes);
                    continue;
                }
                LATENT_CHECK(spread(i, source, row, count, part, writer));
            }
        }
        return ok();
    }

    /// True when the first `count` rows of this batch are all cells of the design, in its order.
    bool isWhole(const Source& source, std::uint64_t count) const {
        if (count != m_cells.size() || source.cells.size() != count) return false;
        return std::all_of(source.cells.begin(), source.cells.end(), [](const auto& cell) {
            return cell.second.size() == 1 && cell.second.front() == cell.first;
        });
    }

    /// Rows of a batch to their cells.
    Status spread(std::size_t i, const Source& source, std::uint64_t row, std::uint64_t count,
                  const Array& part, RunWriter& writer) {
        const std::uint64_t bytes = m_plan.stacked[i].cellBytes;
        if (part.bytes.size() != bytes * count)
            return refused("The array " + m_plan.stacked[i].source + " of the run " + source.run +
                           " changed while it was read.");
        for (auto cell = source.cells.lower_bound(row);
             cell != source.cells.end() && cell->first < row + count; ++cell)
            for (const std::uint64_t place : cell->second)
                LATENT_CHECK(put(i, place, part.bytes.data() + (cell->first - row) * bytes, writer));
        return ok();
    }

    Status fillMissing(RunWriter& writer) {
        std::vector<std::vector<bool>> has(m_plan.stacked.size(), std::vector<bool>(m_cells.size(), false));
        for (const Source& source : m_sources)
            for (std::size_t i = 0; i < has.size(); ++i)
                if (source.arrays.count(m_plan.stacked[i].source) != 0)
                    for (const auto& [at, places] : source.cells)
                        for (const std::uint64_t cell : places) has[i][cell] = true;
        for (std::size_t i = 0; i < has.size(); ++i) {
            const StackedArray& array = m_plan.stacked[i];
            std::string fill;
            for (std::uint64_t cell = 0; cell < m_cells.size(); ++cell) {
                if (has[i][cell]) continue;
                if (fill.empty())
                    fill = missingElements(array.spec.dtype, elementCount(array.cellShape).value_or(0));
                LATENT_CHECK(put(i, cell, fill.data(), writer));
            }
        }
        return ok();
    }

    /// True when the cells that have this coordinate hold the same numbers; `first` becomes one of them.
    bool agree(std::size_t i, const char** first) const {
        const std::size_t bytes = static_cast<std::size_t>(m_plan.stacked[i].cellBytes);
        *first = nullptr;
        for (std::uint64_t cell = 0; cell < m_cells.size(); ++cell) {
            if (m_status[cell] != CellStatus::Done) continue;
            const char* own = m_memory[i].data() + cell * bytes;
            if (!*first) *first = own;
            if (std::memcmp(*first, own, bytes) != 0) return false;
        }
        return *first != nullptr;
    }

    Status publish(RunWriter& writer) {
        std::vector<std::pair<std::string, Array>> ready;
        json specs = json::array();
        const auto add = [&](const ArraySpec& spec, Array array) {
            specs.push_back(spec.toJson());
            ready.emplace_back(spec.name, std::move(array));
        };
        for (DesignArray& coordinate : m_plan.coordinates) add(coordinate.spec, std::move(coordinate.values));
        ArraySpec status;
        status.name = "cell_status";
        status.dtype = DType::I8;
        status.description =
            "0: done, 1: failed, 2: missing. Cells that are not done hold NaN, in integer arrays the "
            "smallest "
            "(signed) or largest (unsigned) number.";
        status.categories = {"done", "failed", "missing"};
        for (std::size_t axis = 0; axis < m_plan.axes.size(); ++axis)
            status.dims.push_back({m_plan.axes[axis], m_plan.shape[axis]});
        add(status, {DType::I8, m_plan.shape,
                     std::string(reinterpret_cast<const char*>(m_status.data()), m_status.size())});
        for (std::size_t i = 0; i < m_plan.stacked.size(); ++i) {
            const StackedArray& array = m_plan.stacked[i];
            if (array.spec.large) continue;
            const char* first = nullptr;
            if (array.coordinate && agree(i, &first)) {
                add(agreedCoordinate(array), {array.spec.dtype, array.cellShape,
                                              std::string(first, static_cast<std::size_t>(array.cellBytes))});
                continue;
            }
            if (array.coordinate)
                remark("The coordinate " + array.source + " differs between cells and is published as " +
                       array.spec.name + ".");
            add(array.spec, {array.spec.dtype, array.spec.shape(), std::move(m_memory[i])});
        }
        CommonFigures figures;  // each draws one cell; maps over the axes are for whoever shows them
        for (const Source& source : m_sources)
            if (!source.cells.empty()) figures.add(source.figures);
        LATENT_CHECK(writer.declare({{"arrays", specs}, {"figures", figures.list()}}));
        for (auto& [name, array] : ready) LATENT_CHECK(writer.publish(name, std::move(array)));
        return ok();
    }

    Path m_runs;
    RunFiles& m_files;
    CollationLimits m_limits;
    const std::vector<PlannedCell>& m_cells;
    std::vector<Source> m_sources;
    std::vector<CellStatus> m_status;
    CollationPlan m_plan;
    std::vector<std::string> m_memory;  ///< of each stacked array that is put together in memory
    std::vector<std::string> m_remarks;
};

Status recordLinks(const Path& sweep, const std::vector<std::optional<CellLink>>& links) {
    LATENT_TRY(json provenance, readProvenance(sweep));
    provenance["cells"] = json::array();
    for (const auto& link : links)
        if (link) provenance["cells"].push_back(link->toJson());
    return writeProvenance(sweep, provenance);
}

}  // namespace

Status collateSweep(const Path& sweep, const json& request, const std::vector<std::optional<CellLink>>& links,
                    Attempt attempt, RunFiles& files, const Outcome& ending, const CollationLimits& limits) {
    LATENT_TRY(const std::vector<PlannedCell> cells, cellsOf(request));
    if (links.size() != cells.size())
        return refused("The sweep " + sweep.string() + " has other cells than its request.");
    Collation collation(sweep, files, limits, cells);
    collation.survey(links);

    RunWriterOptions options;
    options.commitSeconds = 3600;  // everything is published at once: one commit
    options.commitBytes = 2 * limits.inMemoryBytes;
    LATENT_TRY(const std::unique_ptr<RunWriter> writer,
               RunWriter::open(sweep, std::move(attempt), files.key(), options));
    LATENT_CHECK(collation.write(request.at("design"), *writer));
    for (const std::string& sentence : collation.remarks()) LATENT_CHECK(writer->log("warning", sentence));
    LATENT_CHECK(recordLinks(sweep, links));
    LATENT_TRY([[maybe_unused]] const std::string digest,
               writer->finish({ending.state, ending.reason,
                               std::make_shared<json>(request.value("claims", json::array()))}));
    return ok();
}

}  // namespace latent::engine
