// SPDX-License-Identifier: Apache-2.0
#include "cli/follow.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>
#include <thread>

#include "cli/table.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/store/control.hpp"
#include "engine/store/run_state.hpp"

namespace latent::cli {
namespace {

using namespace std::chrono_literals;
using engine::Exit;

volatile std::sig_atomic_t g_interrupts = 0;
void onInterrupt(int) { g_interrupts = g_interrupts + 1; }

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Shows fraction, words, rate and time left; a bar that rewrites its line, or a line now and then.
class Progress {
  public:
    Progress() : m_terminal(isatty(STDERR_FILENO) == 1) {}
    ~Progress() { clear(); }

    void show(const engine::RunState& state) {
        if (m_first < 0 && state.fraction > 0) {
            m_first = state.fraction;
            m_firstAt = now();
        }
        const double every = m_terminal ? 0.1 : 5.0;
        if (now() - m_lastShown < every || (!m_terminal && state.fraction == m_lastFraction)) return;
        m_lastShown = now();
        m_lastFraction = state.fraction;
        std::string line;
        if (m_terminal) {
            const int filled = static_cast<int>(state.fraction * 30);
            for (int i = 0; i < 30; ++i) line += i < filled ? "█" : "░";
            line += " ";
        }
        char percent[16];
        std::snprintf(percent, sizeof percent, "%3.0f %%", 100 * state.fraction);
        line += std::string(percent) + "  " + printable(state.progressText);
        // The rate is taken from what this attempt did, not from what a checkpoint brought along.
        if (state.fraction > m_first && m_first >= 0 && state.fraction < 1)
            line += "  " + duration((now() - m_firstAt) * (1 - state.fraction) / (state.fraction - m_first)) +
                    " left";
        if (!state.metrics.empty()) {
            const auto& [name, metric] = *state.metrics.begin();
            char value[32];
            std::snprintf(value, sizeof value, "%.4g", metric.lastValue);
            line += "  " + printable(name) + " " + value;
        }
        std::cerr << (m_terminal ? "\r\033[K" : "") << line << (m_terminal ? "" : "\n") << std::flush;
    }
    void clear() const {
        if (m_terminal) std::cerr << "\r\033[K" << std::flush;
    }

  private:
    bool m_terminal;
    double m_lastShown = 0, m_lastFraction = -1, m_first = -1, m_firstAt = 0;
};

Exit exitOf(const std::filesystem::path& run, const engine::RunStatus& status,
            const engine::RunState& state) {
    const std::string reason = printable(status.sentence);
    if (status.state == "done") {
        std::cout << "Done: " << run.string() << '\n';
        return Exit::Done;
    }
    if (status.state == "stopped") {
        std::cout << "Stopped: " << run.string() << '\n';
        return Exit::Done;
    }
    if (status.state == "paused" || status.state == "interrupted") {
        const std::string word = status.state == "paused" ? "Paused" : "Interrupted";
        std::cout << (reason.rfind(word, 0) == 0 ? reason : word + ": " + reason)
                  << "\nResume with: latent resume " << run.string() << '\n';
        return Exit::Interrupted;
    }
    std::cerr << "latent: " << (reason.empty() ? "The run ended in the state " + status.state + "." : reason)
              << "\nThe run: " << run.string() << '\n';
    return state.exit != 0 ? static_cast<Exit>(state.exit) : Exit::Failed;
}

}  // namespace

void catchInterrupts() {
    struct sigaction action {};
    action.sa_handler = onInterrupt;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

engine::Result<Exit> followRun(const std::filesystem::path& run, pid_t worker, int before) {
    engine::RunFollower follower(run);
    int asked = 0, code = 0;
    bool ended = false, isOpen = false;  // isOpen: a pause that was asked for, but not yet of the worker
    {
        Progress progress;
        while (!ended) {
            const pid_t waited = waitpid(worker, &code, WNOHANG);
            ended = waited == worker || (waited < 0 && errno == ECHILD);
            LATENT_TRY(const bool changed, follower.poll());
            if (changed) progress.show(follower.state());
            if (g_interrupts > asked) {
                asked = g_interrupts;
                if (asked > 1) {
                    progress.clear();
                    std::cout << "The worker goes on in the background: latent show " << run.string() << '\n';
                    return Exit::Interrupted;
                }
                isOpen = true;
                progress.clear();
                std::cerr << "Pausing at a checkpoint. Press Ctrl-C again to leave it to the background.\n";
            }
            // A request names an attempt, so it waits for the one that the worker begins.
            if (isOpen && follower.state().attempt > before) {
                LATENT_CHECK(engine::askControl(run, follower.state().attempt, engine::ControlAction::Pause));
                isOpen = false;
            }
            if (!ended) std::this_thread::sleep_for(20ms);
        }
    }
    LATENT_TRY(const engine::RunStatus status, engine::runStatus(run));
    // A worker that could not begin, because another one was faster for example, has said why itself.
    const bool isBegun = status.state != "queued" && !status.alive;
    if (!isBegun && WIFEXITED(code) && WEXITSTATUS(code) != 0) return static_cast<Exit>(WEXITSTATUS(code));
    return exitOf(run, status, follower.state());
}

}  // namespace latent::cli
