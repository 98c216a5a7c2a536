// SPDX-License-Identifier: Apache-2.0
#include "engine/store/events.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/json/bounded.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/run_files.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

double unixSeconds() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// At most `limit` bytes, cut between characters.
std::string_view cutText(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text;
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0u) == 0x80u) --limit;
    return text.substr(0, limit);
}

}  // namespace

Result<EventLog> EventLog::open(const std::filesystem::path& run) {
    const auto path = layout::events(run);
    const bool isNew = !fileExists(path);
    LATENT_TRY(File file, File::open(path, File::Mode::Append));
    if (isNew) LATENT_CHECK(syncFolder(run));
    return EventLog(std::move(file));
}

EventLog::EventLog(File file) : m_mutex(std::make_unique<std::mutex>()), m_file(std::move(file)) {}

Result<std::uint64_t> EventLog::append(json event) {
    if (!event.contains("t")) event["t"] = unixSeconds();
    // Text that is not UTF-8 (a library's message, say) is shown with marks rather than lost.
    std::string line = event.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    if (line.size() > kMaxEventLineBytes) {
        return badRequest("An event of type " + event.value("type", std::string("?")) +
                          " is longer than 1 MB.");
    }
    const std::lock_guard guard(*m_mutex);
    LATENT_TRY(const std::uint64_t size, m_file.size());
    if (size > 0) {
        LATENT_TRY(const std::string last, m_file.readAt(size - 1, 1));
        if (last != "\n") line.insert(line.begin(), '\n');  // end the line that somebody could not finish
    }
    LATENT_CHECK(m_file.write(line));
    return m_file.position();
}

Status EventLog::sync() {
    const std::lock_guard guard(*m_mutex);
    return m_file.sync();
}

Result<std::uint64_t> EventLog::attempt(int number, std::string_view resumes, std::uint64_t validBytes) {
    return append({{"type", "attempt"},
                   {"number", number},
                   {"resumes", resumes.empty() ? json() : json(resumes)},
                   {"valid_bytes", validBytes}});
}

Result<std::uint64_t> EventLog::state(std::string_view state, std::string_view reason, int exit) {
    return append(
        {{"type", "state"}, {"state", state}, {"reason", cutText(reason, 64u << 10)}, {"exit", exit}});
}

Result<std::uint64_t> EventLog::progress(double fraction, std::string_view text) {
    return append(
        {{"type", "progress"}, {"fraction", std::clamp(fraction, 0.0, 1.0)}, {"text", cutText(text, 4096)}});
}

Result<std::uint64_t> EventLog::log(std::string_view level, std::string_view text) {
    return append({{"type", "log"}, {"level", level}, {"text", cutText(text, 64u << 10)}});
}

Result<std::uint64_t> EventLog::heartbeat(std::uint64_t counter) {
    return append({{"type", "heartbeat"}, {"counter", counter}});
}

Result<std::uint64_t> EventLog::control(std::uint64_t number, std::string_view action,
                                        std::string_view outcome, std::string_view text) {
    return append({{"type", "control"},
                   {"number", number},
                   {"action", action},
                   {"outcome", outcome},
                   {"text", cutText(text, 4096)}});
}

EventTail::EventTail(std::filesystem::path run, std::uint64_t from, std::uint64_t until)
    : m_run(std::move(run)), m_offset(from), m_until(until) {}

Result<std::vector<EventLine>> EventTail::poll(std::uint64_t chunkBytes) {
    m_restarted = false;
    std::vector<EventLine> lines;
    while (lines.empty()) {  // a chunk may hold nothing but lines to skip
        LATENT_TRY(const bool more, readChunk(chunkBytes, lines));
        if (!more) break;
    }
    return lines;
}

Result<bool> EventTail::readChunk(std::uint64_t chunkBytes, std::vector<EventLine>& lines) {
    const auto path = layout::events(m_run);
    // Only a file that is proven missing is an empty one: on a disk that fails, the run has its events still.
    auto opened = File::open(path, File::Mode::Read);
    if (!opened && isGone(opened.error())) return false;
    LATENT_TRY(const File file, std::move(opened));
    LATENT_TRY(const std::uint64_t size, file.size());
    if (size > kMaxEventsBytes) return refused(path.string() + " is longer than 4 GB; it is not read.");
    if (size < m_offset) {
        m_offset = m_skipped = 0;
        m_inLongLine = false;
        m_restarted = true;
    }
    if (m_offset >= m_until) return false;
    // A chunk holds at least one line of the greatest length, or there would be no way on.
    const std::uint64_t want = std::clamp(chunkBytes, kMaxEventLineBytes + 1, kMaxEventChunkBytes);
    LATENT_TRY(const std::string chunk, file.readAt(m_offset, std::min(want, m_until - m_offset)));
    std::size_t begin = 0;
    for (std::size_t newline = chunk.find('\n'); newline != std::string::npos;
         newline = chunk.find('\n', begin)) {
        const std::string_view text(chunk.data() + begin, newline - begin);
        const bool isTail = std::exchange(m_inLongLine, false);
        if (isTail) {
            ++m_skipped;
        } else if (!text.empty()) {
            auto value = parseJson(text, "An event", {.bytes = kMaxEventLineBytes});
            if (value && value->is_object() && value->contains("type") && (*value)["type"].is_string()) {
                lines.push_back({m_offset + begin, m_offset + newline + 1,
                                 std::make_shared<const json>(*std::move(value))});
            } else {
                ++m_skipped;
            }
        }
        begin = newline + 1;
    }
    m_offset += begin;
    if (begin == 0 && chunk.size() > kMaxEventLineBytes) {
        // A line without an end in sight: leave it, and whatever of it is still to come.
        m_offset += chunk.size();
        m_inLongLine = true;
        return true;
    }
    return begin > 0;
}

}  // namespace latent::engine
