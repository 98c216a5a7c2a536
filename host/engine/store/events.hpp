// SPDX-License-Identifier: Apache-2.0
#pragma once
// events.ndjson: the running account of a run, one JSON object a line, only ever appended.
//
// Supervisor and computing child each hold an EventLog on the same file; every line is one write with O_APPEND, so
// lines do not mix. If the last line was torn (a kill or a full disk in the middle of a write), the next append first
// ends it with a newline; readers skip lines that are not JSON. Every line has "type" and "t" (unix seconds). Types and
// fields:
//   attempt     number, resumes ("000200" or null), valid_bytes: all between valid_bytes and this line is void
//   state       state (queued running paused stopped interrupted failed done), reason, exit
//   progress    fraction (0…1), text
//   log         level (debug info warning error), text
//   heartbeat   counter, from 1 in each attempt
//   control     number, action, outcome (done ignored refused), text
//   metric      name, step, value (a throttled copy: all values are in the segments under metrics/<name>/)
//   array       spec (an entry of the outputs JSON)
//   figure      figure (a view), name
//   slab        name, start, count
//   large       name (its file arrays/<name>.h5 is in place)
//   commit      segment, level, sha256, bytes, rows {array: [start, count]}, metrics {name: [start, count]}
//   merge       the same, and from [segment…]
//   checkpoint  name, sha256, keep
//   compacted   sha256, digest, state
// An EventLog is safe from several threads; an EventTail belongs to one.
//
//     LATENT_TRY(EventLog log, EventLog::open(folder));
//     LATENT_CHECK(log.append({{"type", "heartbeat"}, {"counter", 17}}));
//     EventTail tail(folder);
//     LATENT_TRY(auto lines, tail.poll());            // complete new lines since the last call

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/files/operations.hpp"
#include "engine/result.hpp"

namespace latent::engine {

class EventLog {
  public:
    /// Opens or makes the file.
    static Result<EventLog> open(const std::filesystem::path& run);

    /// Adds "t" when missing and writes the line. The byte offset of its end.
    Result<std::uint64_t> append(nlohmann::json event);
    Status sync();

    Result<std::uint64_t> attempt(int number, std::string_view resumes, std::uint64_t validBytes);
    Result<std::uint64_t> state(std::string_view state, std::string_view reason = {}, int exit = 0);
    Result<std::uint64_t> progress(double fraction, std::string_view text);
    /// The text is cut at 64 kB.
    Result<std::uint64_t> log(std::string_view level, std::string_view text);
    Result<std::uint64_t> heartbeat(std::uint64_t counter);
    Result<std::uint64_t> control(std::uint64_t number, std::string_view action, std::string_view outcome,
                                  std::string_view text = {});

  private:
    explicit EventLog(File file);
    std::unique_ptr<std::mutex> m_mutex;
    File m_file;
};

struct EventLine {
    std::uint64_t begin = 0;                      ///< byte offset of the line
    std::uint64_t end = 0;                        ///< of the byte after its newline
    std::shared_ptr<const nlohmann::json> event;  ///< an object with a text "type"
};

class EventTail {
  public:
    /// Reads the bytes [from, until) of the events.
    explicit EventTail(std::filesystem::path run, std::uint64_t from = 0, std::uint64_t until = ~0ull);

    /// Complete lines that were not seen yet, at most `chunkBytes` of them; call again while it gives lines.
    /// A missing file is an empty one. Sets `restarted()` when the file became shorter than what was read (it
    /// is read anew).
    Result<std::vector<EventLine>> poll(std::uint64_t chunkBytes = 1u << 20);
    bool restarted() const { return m_restarted; }
    std::uint64_t offset() const { return m_offset; }
    std::uint64_t skippedLines() const { return m_skipped; }

  private:
    /// Reads one chunk; false when there was nothing complete in it.
    Result<bool> readChunk(std::uint64_t chunkBytes, std::vector<EventLine>& lines);
    std::filesystem::path m_run;
    std::uint64_t m_offset = 0;
    std::uint64_t m_skipped = 0;
    std::uint64_t m_until = ~0ull;
    bool m_restarted = false;
    bool m_inLongLine = false;
};

}  // namespace latent::engine
