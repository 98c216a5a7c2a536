// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/log_reader.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "desktop/jobs/log_tailer.hpp"
#include "engine/store/layout.hpp"

namespace latent::desktop {
namespace {

using nlohmann::json;

constexpr int kPoll_ms = 500;
constexpr std::uintmax_t kFirstLook_bytes = 1u << 20;
constexpr std::size_t kMostLinesAtOnce = 5000;  ///< a flood is cut here: the panel keeps no more

std::string textIn(const json& event, const char* key) {
    const auto found = event.find(key);
    return found != event.end() && found->is_string() ? found->get<std::string>() : std::string();
}

LogLevel levelOf(const std::string& word) {
    if (word == "debug") return LogLevel::Debug;
    if (word == "warning") return LogLevel::Warning;
    return word == "error" ? LogLevel::Error : LogLevel::Info;
}

std::optional<LogLine> lineOf(const json& event, const std::filesystem::path& run) {
    const std::string type = textIn(event, "type");
    LogLine line;
    line.run = run;
    if (const auto time = event.find("t"); time != event.end() && time->is_number())
        line.time = time->get<double>();
    if (type == "log") {
        line.level = levelOf(textIn(event, "level"));
        line.text = QString::fromStdString(textIn(event, "text"));
        return line;
    }
    if (type != "state") return std::nullopt;
    const std::string state = textIn(event, "state"), reason = textIn(event, "reason");
    if (state == "failed") line.level = LogLevel::Error;
    if (state == "interrupted") line.level = LogLevel::Warning;
    line.text = QString::fromStdString(reason.empty() ? state : state + ": " + reason);
    return line;
}

engine::EventTail tailOf(const std::filesystem::path& run) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(engine::layout::events(run), error);
    return engine::EventTail(run, error || size < kFirstLook_bytes ? 0 : size - kFirstLook_bytes);
}

}  // namespace

LogTailer::LogTailer() : m_timer(new QTimer(this)) {
    m_timer->setInterval(kPoll_ms);
    connect(m_timer, &QTimer::timeout, this, &LogTailer::poll);
}

void LogTailer::follow(const std::vector<std::filesystem::path>& runs) {
    const std::set<std::filesystem::path> wanted(runs.begin(), runs.end());
    std::erase_if(m_tails, [&](const auto& one) { return wanted.count(one.first) == 0; });
    for (const auto& run : wanted)
        if (m_tails.count(run) == 0) m_tails.emplace(run, tailOf(run));
    if (m_timer->isActive()) poll();
}

void LogTailer::setActive(bool active) {
    if (active == m_timer->isActive()) return;
    active ? m_timer->start() : m_timer->stop();
    if (active) poll();
}

void LogTailer::poll() {
    LogLines found;
    for (auto& [run, tail] : m_tails) {
        while (true) {
            const auto events = tail.poll();
            if (!events || events->empty())
                break;  // a run that cannot be read says so in its own line of the jobs
            for (const engine::EventLine& event : *events)
                if (auto line = lineOf(*event.event, run)) found.push_back(*std::move(line));
            if (found.size() > 2 * kMostLinesAtOnce)
                found.erase(found.begin(), found.end() - kMostLinesAtOnce);
        }
    }
    if (found.empty()) return;
    std::stable_sort(found.begin(), found.end(),
                     [](const LogLine& a, const LogLine& b) { return a.time < b.time; });
    Q_EMIT lines(found);
}

LogReader::LogReader(QObject* parent) : QObject(parent), m_tailer(new LogTailer) {
    qRegisterMetaType<LogLines>();
    m_thread.setObjectName(QStringLiteral("log"));
    m_tailer->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_tailer, &QObject::deleteLater);
    connect(m_tailer, &LogTailer::lines, this, &LogReader::lines, Qt::QueuedConnection);
    m_thread.start();
}

LogReader::~LogReader() {
    m_thread.quit();
    m_thread.wait();
}

void LogReader::follow(const std::vector<std::filesystem::path>& runs) {
    QMetaObject::invokeMethod(
        m_tailer, [tailer = m_tailer, runs] { tailer->follow(runs); }, Qt::QueuedConnection);
}

void LogReader::setActive(bool active) {
    QMetaObject::invokeMethod(
        m_tailer, [tailer = m_tailer, active] { tailer->setActive(active); }, Qt::QueuedConnection);
}

}  // namespace latent::desktop
