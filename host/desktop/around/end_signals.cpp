// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <unistd.h>

#include <QApplication>
#include <QSessionManager>
#include <QSocketNotifier>
#include <csignal>

#include "desktop/around/safe_mode.hpp"

namespace latent::desktop {
namespace {

// A handler may do next to nothing; the byte wakes the event loop, which closes the windows as a click would.
int g_pipe[2] = {-1, -1};

void onSignal(int) {
    const int kept = errno;
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = ::write(g_pipe[1], &byte, 1);
    errno = kept;
}

}  // namespace

void endProperlyOnSignals(StartRecord& record) {
    if (::pipe2(g_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return;  // then a signal ends it as it always did
    auto* notifier = new QSocketNotifier(g_pipe[0], QSocketNotifier::Read, qApp);
    QObject::connect(notifier, &QSocketNotifier::activated, qApp, [&record] {
        char bytes[16];
        while (::read(g_pipe[0], bytes, sizeof bytes) > 0) {
        }
        record.setEnding();  // whoever sent it may not wait for us
        QApplication::closeAllWindows();
        QApplication::quit();
    });
    QObject::connect(
        qApp, &QGuiApplication::commitDataRequest, qApp, [&record](QSessionManager&) { record.setEnding(); },
        Qt::DirectConnection);
    struct sigaction action {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::sigaction(number, &action, nullptr);
}

}  // namespace latent::desktop
