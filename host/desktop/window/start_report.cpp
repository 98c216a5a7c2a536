// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/start_report.hpp"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <QApplication>
#include <QEvent>
#include <QFile>
#include <QTimer>
#include <QWidget>
#include <cstdio>

namespace latent::desktop {
namespace {

/// Since the system made the process, before its libraries were loaded; the kernel counts this in hundredths of a second.
double processAge_ms() {
    QFile file(QStringLiteral("/proc/self/stat"));
    if (!file.open(QIODevice::ReadOnly)) return 0;
    const QByteArray line = file.readAll();
    const QList<QByteArray> fields = line.mid(line.lastIndexOf(')') + 2).split(' ');
    constexpr int kStartTime = 19;  // field 22 of proc(5), counted from the state, which is field 3
    if (fields.size() <= kStartTime) return 0;
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec) -
           1e3 * fields[kStartTime].toDouble() / ticks;
}

double resident_mb() {
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly)) return 0;
    return file.readAll().split(' ').value(1).toDouble() * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

class FirstPaint : public QObject {
  public:
    explicit FirstPaint(QWidget& window) : QObject(&window), m_window(window) {
        window.installEventFilter(this);
    }

  protected:
    bool eventFilter(QObject* object, QEvent* event) override {
        if (event->type() == QEvent::Paint && !m_seen) {
            m_seen = true;
            m_window.removeEventFilter(this);
            QTimer::singleShot(0, this, [this] { QTimer::singleShot(0, this, &FirstPaint::report); });
        }
        return QObject::eventFilter(object, event);
    }

  private:
    void report() {
        QApplication::processEvents();
        rusage used{};
        getrusage(RUSAGE_SELF, &used);
        const double cpu_ms = 1e3 * static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                              1e-3 * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
        std::printf("{\"usable_ms\": %.0f, \"cpu_ms\": %.0f, \"resident_mb\": %.1f}\n", processAge_ms(),
                    cpu_ms, resident_mb());
        std::fflush(stdout);
        m_window.close();
        QApplication::quit();
    }
    QWidget& m_window;
    bool m_seen = false;
};

}  // namespace

void reportStart(QWidget& window) { new FirstPaint(window); }

}  // namespace latent::desktop
