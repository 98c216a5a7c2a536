// SPDX-License-Identifier: Apache-2.0
#include "engine/store/control.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/files/operations.hpp"
#include "engine/json/bounded.hpp"
#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

std::string fileName(std::uint64_t number) {
    char name[32];
    std::snprintf(name, sizeof name, "%04llu.json", static_cast<unsigned long long>(number));
    return name;
}

std::optional<std::uint64_t> requestNumber(std::string_view name) {
    if (!name.ends_with(".json") || name.size() < 9 || name.size() > 20) return std::nullopt;
    name.remove_suffix(5);
    std::uint64_t number = 0;
    const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (code != std::errc() || end != name.data() + name.size()) return std::nullopt;
    return number;
}

std::optional<ControlAction> actionOf(const json& text) {
    for (const ControlAction action :
         {ControlAction::Pause, ControlAction::Stop, ControlAction::Checkpoint}) {
        if (text == controlActionName(action)) return action;
    }
    return std::nullopt;
}

}  // namespace

std::string_view controlActionName(ControlAction action) {
    switch (action) {
        case ControlAction::Pause:
            return "pause";
        case ControlAction::Stop:
            return "stop";
        case ControlAction::Checkpoint:
            return "checkpoint";
    }
    return "";
}

Result<std::uint64_t> askControl(const std::filesystem::path& run, int attempt, ControlAction action) {
    const auto folder = layout::controls(run);
    LATENT_TRY([[maybe_unused]] const bool made, makeFolder(folder));
    LATENT_TRY(const auto names, listFolder(folder, 100'000));
    std::uint64_t number = 0;
    for (const std::string& name : names) number = std::max(number, requestNumber(name).value_or(0));
    const std::string text = json{{"action", controlActionName(action)}, {"attempt", attempt}}.dump() + "\n";
    for (int tries = 0; tries < 1000; ++tries) {
        ++number;  // another asker may take a number first
        LATENT_TRY(const bool first, createExclusive(folder / fileName(number), text));
        if (first) return number;
    }
    return failed("Cannot write a control request in " + folder.string() + ".");
}

ControlWatch::ControlWatch(std::filesystem::path run, int attempt)
    : m_run(std::move(run)), m_attempt(attempt) {}

Result<std::vector<ControlRequest>> ControlWatch::poll(EventLog& log) {
    std::vector<ControlRequest> requests;
    const auto folder = layout::controls(m_run);
    struct stat info {};
    if (::stat(folder.c_str(), &info) != 0) return requests;
    const std::int64_t time = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
    // Two files within one tick of the clock leave the same time, so look once more after each change.
    if (time == m_folderTime && m_recheck == 0) return requests;
    m_recheck = time == m_folderTime ? m_recheck - 1 : 3;
    m_folderTime = time;
    LATENT_TRY(const auto names, listFolder(folder, 100'000));
    std::vector<std::uint64_t> numbers;
    for (const std::string& name : names) {
        const auto number = requestNumber(name);
        if (number && m_seen.insert(*number).second) numbers.push_back(*number);
    }
    std::sort(numbers.begin(), numbers.end());
    for (const std::uint64_t number : numbers) {
        const auto path = folder / fileName(number);
        const auto text = readFile(path, kMaxControlBytes);
        const auto value =
            text ? parseJson(*text, "The control request " + path.string()) : Result<json>(text.error());
        const auto action =
            value && value->is_object() ? actionOf(value->value("action", json())) : std::nullopt;
        if (!action || !value->value("attempt", json()).is_number_integer()) {
            LATENT_CHECK(
                log.control(number, "", "refused",
                            value ? "It names no known action and attempt." : value.error().message));
            continue;
        }
        const auto attempt = (*value)["attempt"].get<std::int64_t>();
        if (attempt != m_attempt) {
            LATENT_CHECK(log.control(number, controlActionName(*action), "ignored",
                                     "It was meant for attempt " + std::to_string(attempt) + "."));
            continue;
        }
        requests.push_back({number, m_attempt, *action});
    }
    return requests;
}

}  // namespace latent::engine
