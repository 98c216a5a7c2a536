// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/cell_links.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/json/text_in.hpp"
#include "engine/store/events.hpp"
#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

std::optional<std::uint64_t> countOf(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
    return found->get<std::uint64_t>();
}

std::optional<CellLink> linkOf(const json& event) {
    if (!event.is_object()) return std::nullopt;
    const auto index = countOf(event, "index");
    CellLink link{index.value_or(0),      textIn(event, "hash"),
                  textIn(event, "run"),   countOf(event, "cell_index").value_or(0),
                  textIn(event, "state"), textIn(event, "reason")};
    if (!index || !layout::isName(link.run, false)) return std::nullopt;
    return link;
}

std::optional<CellJob> jobOf(const json& event) {
    CellJob job{textIn(event, "run"), {}};
    const auto cells = event.find("cells");
    if (!layout::isName(job.run, false) || cells == event.end() || !cells->is_array()) return std::nullopt;
    for (const json& cell : *cells) {
        if (!cell.is_number_unsigned()) return std::nullopt;
        job.cells.push_back(cell.get<std::uint64_t>());
    }
    return job;
}

}  // namespace

json CellLink::toJson() const {
    json value{{"index", index}, {"hash", hash}, {"run", run}, {"cell_index", cellIndex}, {"state", state}};
    if (!reason.empty()) value["reason"] = reason;
    return value;
}

Result<CellLinks> readCellLinks(const std::filesystem::path& sweep) {
    std::map<std::uint64_t, CellLink> newest;
    CellLinks links;
    EventTail tail(sweep);
    while (true) {
        LATENT_TRY(const std::vector<EventLine> lines, tail.poll());
        if (lines.empty()) break;
        for (const EventLine& line : lines) {
            const std::string type = textIn(*line.event, "type");
            if (type == "cell") {
                if (auto link = linkOf(*line.event)) newest[link->index] = *std::move(link);
            } else if (type == "job") {
                if (auto job = jobOf(*line.event)) links.jobs.push_back(*std::move(job));
            }
        }
    }
    for (auto& [index, link] : newest) links.cells.push_back(std::move(link));
    return links;
}

std::vector<CellLink> cellLinksOf(const json& provenance) {
    std::vector<CellLink> links;
    const auto cells = provenance.find("cells");
    if (cells == provenance.end() || !cells->is_array()) return links;
    for (const json& cell : *cells)
        if (auto link = linkOf(cell)) links.push_back(*std::move(link));
    return links;
}

}  // namespace latent::engine
