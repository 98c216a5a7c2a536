// SPDX-License-Identifier: Apache-2.0
#include "engine/store/layout.hpp"

#include <charconv>
#include <cstdio>

namespace latent::engine::layout {

Path request(const Path& run) { return run / "request.json"; }
Path provenance(const Path& run) { return run / "provenance.json"; }
Path user(const Path& run) { return run / "user.json"; }
Path events(const Path& run) { return run / "events.ndjson"; }
Path compacted(const Path& run) { return run / "run.h5"; }
Path controls(const Path& run) { return run / "control"; }
Path segments(const Path& run) { return run / "segments"; }
Path segment(const Path& run, std::string_view name) { return segments(run) / (std::string(name) + ".h5"); }
Path checkpoints(const Path& run) { return run / "checkpoints"; }
Path checkpoint(const Path& run, std::string_view name) {
    return checkpoints(run) / (std::string(name) + ".h5");
}
Path larges(const Path& run) { return run / "arrays"; }
Path large(const Path& run, std::string_view name) { return larges(run) / (std::string(name) + ".h5"); }
Path files(const Path& run) { return run / "files"; }

Path lease(const Path& run, int attempt) {
    if (attempt == 1) return run / "worker.json";
    char name[32];
    std::snprintf(name, sizeof name, "worker-%04d.json", attempt);
    return run / name;
}

std::string sixDigits(std::uint64_t number) {
    char text[24];
    std::snprintf(text, sizeof text, "%06llu", static_cast<unsigned long long>(number));
    return text;
}

std::optional<std::uint64_t> numberOf(std::string_view fileName, std::string_view suffix) {
    if (!fileName.ends_with(suffix)) return std::nullopt;
    fileName.remove_suffix(suffix.size());
    if (fileName.size() < 6 || fileName.size() > 15) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, code] = std::from_chars(fileName.data(), fileName.data() + fileName.size(), number);
    if (code != std::errc() || end != fileName.data() + fileName.size()) return std::nullopt;
    return number;
}

bool isName(std::string_view name, bool nested) {
    if (name.empty() || name.size() > 200) return false;
    std::size_t begin = 0;
    while (true) {
        const std::size_t slash = nested ? name.find('/', begin) : std::string_view::npos;
        const std::string_view piece =
            name.substr(begin, slash == std::string_view::npos ? slash : slash - begin);
        if (piece.empty() || piece.front() == '.') return false;
        for (const char c : piece) {
            const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                               c == '_' || c == '-' || c == '.';
            if (!plain) return false;
        }
        if (slash == std::string_view::npos) return true;
        begin = slash + 1;
    }
}

}  // namespace latent::engine::layout
