// SPDX-License-Identifier: Apache-2.0
#include "engine/index/run_row.hpp"

#include <sys/stat.h>

#include <cmath>
#include <ctime>

#include "engine/store/events.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_name.hpp"
#include "engine/store/run_state.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxValueText = 1024, kMaxParameters = 2000, kMaxMetricsKept = 200,
                      kMaxNotes = 16 << 10, kMaxTags = 100;
constexpr double kLostAfterSeconds = 300;

struct Stamp {
    std::int64_t size = -1, time = -1;
    static Stamp of(const std::filesystem::path& path) {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0) return {};
        return {info.st_size,
                static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec};
    }
};

double createdOf(const IndexedRun& row) {
    if (const auto name = RunName::parse(row.id)) {
        std::tm parts{};
        if (::strptime(name->time.c_str(), "%Y-%m-%dT%H%M%S", &parts))
            return static_cast<double>(::timegm(&parts));
    }
    return static_cast<double>(Stamp::of(layout::request(row.folder)).time) * 1e-9;
}

std::string textOf(const json& object, const char* key, std::size_t limit = 300) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>().substr(0, limit)
                                                       : std::string();
}

Status readRequestInto(IndexedRun& row) {
    LATENT_TRY(const Request request, readRequest(row.folder));
    const json& document = request.document();
    row.experiment = request.experiment().substr(0, 300);
    row.plugin = textOf(request.plugin(), "id");
    row.kind = textOf(document, "kind");
    if (row.kind.empty()) row.kind = "run";
    if (document.contains("cells")) row.kind = "batch";
    if (const auto sweep = document.find("sweep"); sweep != document.end() && sweep->is_object())
        row.sweep = textOf(*sweep, "name");
    row.preset = textOf(document, "preset");
    row.name = textOf(document, "name");
    row.created = createdOf(row);
    row.parameters = json::object();
    for (const auto& [name, value] : request.parameters().items()) {
        if (row.parameters.size() >= kMaxParameters || name.size() > kMaxNameBytes) continue;
        if (value.is_null() || (value.is_structured() && value.size() > kMaxValueText)) continue;
        if (value.dump(-1, ' ', false, json::error_handler_t::replace).size() <= kMaxValueText)
            row.parameters[name] = value;
    }
    return ok();
}

void applyEvent(IndexedRun& row, const json& event, double now) {
    const std::string type = textOf(event, "type");
    const auto number = [&](const char* key) {
        const auto found = event.find(key);
        return found != event.end() && found->is_number() ? found->get<double>() : 0.0;
    };
    if (type == "state") {
        if (row.said == "done" && textOf(event, "state") != "done") return;  // see RunState::apply
        row.said = textOf(event, "state", 40);
        row.reason = textOf(event, "reason", 2000);
        const bool going = row.said == "running" || row.said == "queued";
        row.ended = going ? 0 : number("t");
        if (row.said == "done") row.fraction = 1;
    } else if (type == "compacted") {
        row.said = textOf(event, "state", 40);
        row.reason = textOf(event, "reason", 2000);
        row.ended = number("t");
        if (row.said == "done") row.fraction = 1;
    } else if (type == "attempt") {
        row.said = "running";
        row.reason.clear();
        row.ended = 0;
    } else if (type == "progress") {
        row.fraction = number("fraction");
    } else if (type == "heartbeat") {
        row.heartbeat = static_cast<std::uint64_t>(std::max(0.0, number("counter")));
        row.heartbeatSeen = now;
    } else if (type == "metric") {
        const std::string name = textOf(event, "name", kMaxNameBytes);
        const auto value = event.find("value");
        if (value != event.end() && value->is_number() &&
            (row.metrics.contains(name) || row.metrics.size() < kMaxMetricsKept))
            row.metrics[name] = *value;
    }
}

/// An attempt that goes on from an earlier place takes back what was told since.
bool isVoiding(const EventLine& line) {
    const auto valid = line.event->find("valid_bytes");
    return textOf(*line.event, "type") == "attempt" && valid != line.event->end() &&
           valid->is_number_unsigned() && valid->get<std::uint64_t>() < line.begin;
}

/// What is left of the progress and the metrics when the void events are left out.
Status readLeftInto(IndexedRun& row) {
    LATENT_TRY(const RunState left, replayEvents(row.folder, row.eventsOffset));
    row.fraction = left.fraction;
    row.metrics = json::object();
    for (const auto& [name, preview] : left.metrics)
        if (std::isfinite(preview.lastValue) && row.metrics.size() < kMaxMetricsKept)
            row.metrics[name] = preview.lastValue;
    return ok();
}

Status readEventsInto(IndexedRun& row, double now) {
    EventTail tail(row.folder, row.eventsOffset);
    bool isVoid = false;
    while (true) {
        LATENT_TRY(const std::vector<EventLine> lines, tail.poll());
        if (tail.restarted()) row.metrics = json::object();
        const bool moved = tail.offset() != row.eventsOffset;
        for (const EventLine& line : lines) {
            applyEvent(row, *line.event, now);
            isVoid = isVoid || isVoiding(line);
        }
        row.eventsOffset = tail.offset();
        if (lines.empty() && !moved) return isVoid ? readLeftInto(row) : ok();
    }
}

void readUserInto(IndexedRun& row) {
    row.tags.clear();
    row.notes.clear();
    row.star = false;
    const auto notes = readUserNotes(row.folder);
    if (!notes) return;  // unreadable notes do not hide the run
    for (const std::string& tag : notes->tags)
        if (row.tags.size() < kMaxTags) row.tags.push_back(tag.substr(0, 200));
    row.notes = notes->notes.substr(0, kMaxNotes);
    row.star = notes->star;
}

/// What the events say, corrected by whether anybody is still there.
std::string inferredState(const IndexedRun& row, double now) {
    if (row.said != "running" && row.said != "queued") return row.said;
    const auto lease = probeLease(row.folder);
    if (!lease) return row.said;
    switch (lease->liveness) {
        case Liveness::Vacant:
            return row.said;
        case Liveness::Alive:
            return "running";
        case Liveness::Dead:
            return "interrupted";
        case Liveness::Elsewhere:
            return now - row.heartbeatSeen > kLostAfterSeconds ? "lost" : "running";
    }
    return row.said;
}

}  // namespace

bool mayHaveChanged(const IndexedRun& row) {
    if (row.experiment.empty() || row.said == "running" || row.said == "queued" || row.state != row.said)
        return true;
    const Stamp events = Stamp::of(layout::events(row.folder));
    if (events.size != row.eventsSize || events.time != row.eventsTime) return true;
    const Stamp user = Stamp::of(layout::user(row.folder));
    return user.size != row.userSize || user.time != row.userTime;
}

Result<bool> refreshRow(IndexedRun& row, double now) {
    const Stamp events = Stamp::of(layout::events(row.folder)), user = Stamp::of(layout::user(row.folder));
    const bool first = row.experiment.empty();
    bool changed = first;
    if (first) {
        LATENT_CHECK(readRequestInto(row));
        row.heartbeatSeen = now;
    }
    if (first || events.size != row.eventsSize || events.time != row.eventsTime) {
        if (events.size < row.eventsSize) row.eventsOffset = 0;
        LATENT_CHECK(readEventsInto(row, now));
        row.eventsSize = events.size;
        row.eventsTime = events.time;
        changed = true;
    }
    if (first || user.size != row.userSize || user.time != row.userTime) {
        readUserInto(row);
        row.userSize = user.size;
        row.userTime = user.time;
        changed = true;
    }
    const std::string state = inferredState(row, now);
    if (state != row.state) {
        row.state = state;
        changed = true;
    }
    return changed;
}

std::string searchText(const IndexedRun& row) {
    std::string text = row.id + "\n" + row.experiment + "\n" + row.plugin + "\n" + row.state + "\n" +
                       row.sweep + "\n" + row.preset;
    for (const std::string& tag : row.tags) text += "\n" + tag;
    return text + "\n" + row.notes;
}

}  // namespace latent::engine
