// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An application that measures what each event costs the UI thread, in CPU time of that thread: neighbours on the machine
// do not count, nor does waiting for them. An event that is sent while another is handled belongs to that other one.
//
//     MeasuredApplication application(argc, argv);
//     const EventTimes live = application.take();   // since the last take()

#include <QEvent>
#include <QMetaEnum>
#include <QThread>
#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "desktop/panels/guarded_application.hpp"

namespace latent::desktop {

/// CPU time of the calling thread.
inline double threadCpu_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct SlowEvent {
    double cpu_ms = 0;
    std::string what;  ///< "Timer to QTimer of FigureCard figure.losses"
};

struct EventTimes {
    std::size_t count = 0;
    double sum_ms = 0;
    std::vector<SlowEvent> slowest;  ///< the slowest first, at most ten

    double max_ms() const { return slowest.empty() ? 0 : slowest.front().cpu_ms; }
    nlohmann::json toJson() const {
        const auto rounded = [](double ms) {
            return static_cast<double>(static_cast<long long>(ms * 100 + 0.5)) / 100;
        };
        nlohmann::json list = nlohmann::json::array();
        for (const SlowEvent& one : slowest)
            list.push_back({{"ms", rounded(one.cpu_ms)}, {"event", one.what}});
        return {{"events", count},
                {"cpu_ms", rounded(sum_ms)},
                {"max_ms", rounded(max_ms())},
                {"slowest", std::move(list)}};
    }
};

class MeasuredApplication : public GuardedApplication {
  public:
    using GuardedApplication::GuardedApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        if (m_isInside || QThread::currentThread() != thread())
            return GuardedApplication::notify(receiver, event);
        m_isInside = true;
        const std::string what = nameOf(receiver, event);  // the receiver may be gone afterwards
        const double before = threadCpu_ms();
        const bool taken = GuardedApplication::notify(receiver, event);
        add(threadCpu_ms() - before, what);
        m_isInside = false;
        return taken;
    }
    EventTimes take() { return std::exchange(m_times, {}); }

  private:
    static std::string nameOf(const QObject* receiver, const QEvent* event) {
        const char* type = QMetaEnum::fromType<QEvent::Type>().valueToKey(event->type());
        std::string words = type ? type : "event " + std::to_string(static_cast<int>(event->type()));
        const QObject* named = receiver;
        for (int i = 0; named && i < 3; named = named->parent(), ++i) {
            words += (i == 0 ? " to " : " of ") + std::string(named->metaObject()->className());
            if (!named->objectName().isEmpty()) words += " " + named->objectName().toStdString();
        }
        return words;
    }
    void add(double cpu_ms, const std::string& what) {
        constexpr std::size_t kKept = 10;
        ++m_times.count;
        m_times.sum_ms += cpu_ms;
        auto& all = m_times.slowest;
        const auto place = std::upper_bound(all.begin(), all.end(), cpu_ms,
                                            [](double ms, const SlowEvent& one) { return ms > one.cpu_ms; });
        if (place == all.end() && all.size() >= kKept) return;
        all.insert(place, {cpu_ms, what});
        if (all.size() > kKept) all.pop_back();
    }
    EventTimes m_times;
    bool m_isInside = false;
};

}  // namespace latent::desktop
