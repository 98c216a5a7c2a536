// SPDX-License-Identifier: Apache-2.0
#include "engine/store/run_name.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <system_error>

#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

constexpr std::string_view kTimeForm = "dddd-dd-ddTdddddd";

bool fits(std::string_view text, std::string_view form) {
    if (text.size() != form.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !digit : text[i] != form[i]) return false;
    }
    return true;
}

/// False when the folder of the controls was there: whoever makes it has the run.
Result<bool> makeInnerFolders(const std::filesystem::path& run) {
    LATENT_TRY(const bool mine, makeFolder(layout::controls(run)));
    if (!mine) return false;
    for (const auto& folder : {layout::segments(run), layout::checkpoints(run), layout::larges(run)}) {
        LATENT_TRY([[maybe_unused]] const bool made, makeFolder(folder));
    }
    return true;
}

}  // namespace

RunName RunName::make(std::string_view experiment, std::chrono::system_clock::time_point now) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> time{};
    std::strftime(time.data(), time.size(), "%Y-%m-%dT%H%M%S", &parts);
    RunName name;
    name.time = time.data();
    for (const char c : experiment) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        name.experiment += plain ? c : '-';
    }
    name.bits = randomHex(5);
    return name;
}

std::optional<RunName> RunName::parse(std::string_view text) {
    RunName name;
    if (text.size() < kTimeForm.size() + 1 + 1 + 1 + 10 ||
        !fits(text.substr(0, kTimeForm.size()), kTimeForm)) {
        return std::nullopt;
    }
    name.time = text.substr(0, kTimeForm.size());
    name.bits = text.substr(text.size() - 10);
    const bool hex = std::all_of(name.bits.begin(), name.bits.end(),
                                 [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (!hex || text[kTimeForm.size()] != '-' || text[text.size() - 11] != '-') return std::nullopt;
    name.experiment = text.substr(kTimeForm.size() + 1, text.size() - kTimeForm.size() - 12);
    return name;
}

std::string RunName::text() const { return time + "-" + experiment + "-" + bits; }

Result<std::filesystem::path> createRunFolder(const std::filesystem::path& runs,
                                              std::string_view experiment) {
    LATENT_CHECK(makeFolders(runs));
    for (int attempt = 0; attempt < 100; ++attempt) {
        const std::filesystem::path run =
            runs / RunName::make(experiment, std::chrono::system_clock::now()).text();
        LATENT_TRY(const bool made, makeFolder(run));
        if (!made) continue;  // somebody drew the same 40 bits in the same second
        LATENT_TRY([[maybe_unused]] const bool mine, makeInnerFolders(run));
        return run;
    }
    return failed("Cannot make a run in " + runs.string() + ": every name drawn was taken.");
}

Status createRunFolderAt(const std::filesystem::path& folder) {
    if (folder.has_parent_path()) LATENT_CHECK(makeFolders(folder.parent_path()));
    const auto notEmpty = [&] {
        return badRequest("The folder " + folder.string() +
                          " is not empty. Name a new one, or an empty one.");
    };
    LATENT_TRY(const bool made, makeFolder(folder));
    if (!made) {
        LATENT_TRY(const auto entries, listFolder(folder));
        if (!entries.empty()) return notEmpty();
    }
    // Somebody else may have begun a run here since the look.
    LATENT_TRY(const bool mine, makeInnerFolders(folder));
    return mine ? ok() : Status(notEmpty());
}

}  // namespace latent::engine
