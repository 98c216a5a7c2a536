// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names and bounds of everything in a run directory; the one place that spells them.
//
// A bound holds for reading: files of a run may come from anybody, so each is limited before it is read. Any
// thread.
//
//     LATENT_TRY(auto bytes, readFile(layout::request(folder), kMaxRequestBytes));

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace latent::engine {

inline constexpr std::uint64_t kMaxRequestBytes = 4u << 20;
inline constexpr std::uint64_t kMaxProvenanceBytes = 16u << 20;
inline constexpr std::uint64_t kMaxUserBytes = 1u << 20;
inline constexpr std::uint64_t kMaxLeaseBytes = 64u << 10;
inline constexpr std::uint64_t kMaxControlBytes = 64u << 10;
inline constexpr std::uint64_t kMaxEventLineBytes = 1u << 20;    ///< longer lines are skipped and counted
inline constexpr std::uint64_t kMaxEventChunkBytes = 16u << 20;  ///< read at once by one poll
inline constexpr std::uint64_t kMaxEventsBytes = 4ull << 30;     ///< of a whole events.ndjson
inline constexpr std::size_t kMaxLiveSegments = 64;
inline constexpr std::size_t kMaxArrays = 10'000;
inline constexpr std::size_t kMaxMetrics = 10'000;
inline constexpr std::size_t kMaxNameBytes = 200;

namespace layout {

using Path = std::filesystem::path;

Path request(const Path& run);
Path provenance(const Path& run);
Path user(const Path& run);
Path events(const Path& run);
Path compacted(const Path& run);  ///< run.h5
Path controls(const Path& run);
Path segments(const Path& run);
Path segment(const Path& run, std::string_view name);
Path checkpoints(const Path& run);
Path checkpoint(const Path& run, std::string_view name);
Path larges(const Path& run);
Path large(const Path& run, std::string_view name);
Path files(const Path& run);  ///< what the experiment itself wrote for other programs
/// worker.json for attempt 1, worker-0002.json and so on after it.
Path lease(const Path& run, int attempt);

std::string sixDigits(std::uint64_t number);  ///< "000200"
/// The number in "000200" or "000200.h5" (6 to 15 digits); nothing for other names.
std::optional<std::uint64_t> numberOf(std::string_view fileName, std::string_view suffix);
/// True for names that are safe as an array's or metric's name and as part of a path: [A-Za-z0-9_.-] pieces, no piece
/// "." or "..", at most 200 bytes; pieces are parted by '/' where `nested`.
bool isName(std::string_view name, bool nested);

}  // namespace layout
}  // namespace latent::engine
