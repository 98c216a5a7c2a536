// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/supervisor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/crash_signals.hpp"
#include "engine/jobs/asked_inputs.hpp"
#include "engine/jobs/limits.hpp"
#include "engine/jobs/provenance.hpp"
#include "engine/store/control.hpp"
#include "engine/store/events.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/run_state.hpp"

namespace latent::engine {
namespace {

constexpr double kHeartbeatInterval_s = 2;

volatile std::sig_atomic_t g_signal = 0;
void onSignal(int number) { g_signal = number; }

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string whole(double value) { return std::to_string(static_cast<long long>(value + 0.5)); }

/// Messages from the child: {"stop_asked":true} from its pulse, {"computed":true} when the experiment has returned,
/// {"outcome":{…}} once at the end.
struct Pipes {
    int output[2] = {-1, -1};
    int messages[2] = {-1, -1};
    bool open() { return pipe2(output, O_CLOEXEC) == 0 && pipe2(messages, O_CLOEXEC) == 0; }
};

void sendLine(int descriptor, const nlohmann::json& message) {
    const std::string line = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    std::size_t sent = 0;
    while (sent < line.size()) {
        const ssize_t n = ::write(descriptor, line.data() + sent, line.size() - sent);
        if (n < 0 && errno != EINTR) return;  // the supervisor is gone, and this process with it
        if (n > 0) sent += static_cast<std::size_t>(n);
    }
}

void sendOutcome(int descriptor, const Outcome& outcome) {
    sendLine(
        descriptor,
        {{"outcome",
          {{"state", outcome.state}, {"reason", outcome.reason}, {"exit", static_cast<int>(outcome.exit)}}}});
}

[[noreturn]] void runChild(const Pipes& pipes, pid_t parent, Computation computation) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(static_cast<int>(Exit::Interrupted));
    setpgid(
        0,
        0);  // Ctrl-C at a terminal reaches the supervisor alone; a kill reaches what the plugin started too
    for (const int number : {SIGINT, SIGTERM, SIGUSR1}) std::signal(number, SIG_IGN);
    letCrashesShow();
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    dup2(pipes.output[1], STDOUT_FILENO);
    dup2(pipes.output[1], STDERR_FILENO);
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0) dup2(null, STDIN_FILENO);
    setvbuf(stdout, nullptr, _IOLBF, 0);
    const std::string threads = std::to_string(computation.request.threads());
    setenv("OMP_NUM_THREADS", threads.c_str(), 1);
    setenv("MKL_NUM_THREADS", threads.c_str(), 1);

    const int messages = pipes.messages[1];
    computation.stopAsked = [messages] { sendLine(messages, {{"stop_asked", true}}); };
    computation.computed = [messages] { sendLine(messages, {{"computed", true}}); };
    computation.giveUp = [messages](const std::string& reason) {
        sendOutcome(messages, {"failed", reason, Exit::Failed});
        _exit(static_cast<int>(Exit::Failed));
    };
    const Outcome outcome = compute(std::move(computation));
    std::fflush(nullptr);
    sendOutcome(messages, outcome);
    _exit(static_cast<int>(outcome.exit));  // destructors of a plugin's statics are none of our business
}

std::string signalText(int number) {
    switch (number) {
        case SIGSEGV:
            return "a segmentation fault (SIGSEGV)";
        case SIGABRT:
            return "an abort (SIGABRT)";
        case SIGFPE:
            return "an arithmetic fault (SIGFPE)";
        case SIGILL:
            return "an illegal instruction (SIGILL)";
        case SIGBUS:
            return "a bus error (SIGBUS)";
        default:
            return std::string("signal ") + std::to_string(number) + " (" + strsignal(number) + ")";
    }
}

/// One supervised child, from fork to record.
class Watch {
  public:
    Watch(std::filesystem::path run, int attempt, EventLog& events, const Request& request)
        : m_run(std::move(run)),
          m_attempt(attempt),
          m_events(events),
          m_limits(Limits::of(request.document())),
          m_experiment(request.experiment()),
          m_plugin(request.plugin().value("id", "?")),
          m_started(now()) {}

    Outcome follow(pid_t child, Pipes& pipes) {
        m_child = child;
        bool outputOpen = true, messagesOpen = true;
        int status = 0;
        bool ended = false;
        while (outputOpen || messagesOpen || !ended) {
            pollfd set[2] = {{outputOpen ? pipes.output[0] : -1, POLLIN, 0},
                             {messagesOpen ? pipes.messages[0] : -1, POLLIN, 0}};
            ::poll(set, 2, 100);
            if (set[0].revents)
                outputOpen = read(pipes.output[0], m_outputLine, [this](const std::string& l) { output(l); });
            if (set[1].revents)
                messagesOpen =
                    read(pipes.messages[0], m_messageLine, [this](const std::string& l) { message(l); });
            if (!ended && waitpid(child, &status, WNOHANG) == child) {
                ended = true;
                m_endedAt = now();
            }
            // Grandchildren may keep the pipes open: after the child has ended, half a second of silence is enough.
            if (ended && !set[0].revents && !set[1].revents && now() - m_endedAt > 0.5) break;
            if (!ended) {
                beat();
                enforce();
            }
        }
        ::kill(-child, SIGKILL);
        if (!m_outputLine.empty()) output(m_outputLine);
        return judge(status);
    }

  private:
    template <class Line>
    static bool read(int descriptor, std::string& partial, Line&& line) {
        char buffer[65536];
        const ssize_t n = ::read(descriptor, buffer, sizeof buffer);
        if (n < 0) return errno == EINTR || errno == EAGAIN;
        if (n == 0) return false;
        partial.append(buffer, static_cast<std::size_t>(n));
        std::size_t begin = 0;
        for (std::size_t end; (end = partial.find('\n', begin)) != std::string::npos; begin = end + 1)
            line(partial.substr(begin, end - begin));
        partial.erase(0, begin);
        if (partial.size() > 65536) {  // a line without end is cut
            line(partial);
            partial.clear();
        }
        return true;
    }

    void output(const std::string& line) {
        m_outputBytes += static_cast<double>(line.size()) + 1;
        if (m_outputBytes > m_limits.log_mb * (1 << 20)) {
            end("failed", "The job wrote more than " + whole(m_limits.log_mb) +
                              " MB of log (limit log_mb) and was ended.");
            return;
        }
        if (line.empty()) return;
        m_lastOutput = line.substr(0, 300);
        static_cast<void>(m_events.log("info", line));
    }

    void message(const std::string& line) {
        const nlohmann::json parsed = nlohmann::json::parse(line, nullptr, false);
        if (!parsed.is_object()) return;
        if (parsed.contains("stop_asked") && m_stopAsked == 0) m_stopAsked = now();
        if (parsed.contains("computed")) m_computed = true;
        const auto found = parsed.find("outcome");
        if (found == parsed.end() || !found->is_object()) return;
        m_said = Outcome{found->value("state", "failed"), found->value("reason", ""),
                         static_cast<Exit>(found->value("exit", static_cast<int>(Exit::Failed)))};
    }

    /// From fork to exit, so also while the plugin is loaded and while results are gathered, which may take minutes:
    /// readers on other machines have nothing else to tell a busy worker from a lost one.
    void beat() {
        if (m_beats > 0 && now() - m_lastBeat < kHeartbeatInterval_s) return;
        m_lastBeat = now();
        static_cast<void>(m_events.heartbeat(++m_beats));
    }

    void enforce() {
        if (g_signal != 0) {
            g_signal = 0;
            if (const auto asked = askControl(m_run, m_attempt, ControlAction::Pause); !asked)
                static_cast<void>(m_events.log("warning", asked.error().message));
            if (m_stopAsked == 0) m_stopAsked = now();
        }
        const double memory_mb = residentMegabytes(m_child);
        if (memory_mb > m_limits.memory_mb)
            end("failed", "The job used " + whole(memory_mb) + " MB of memory, more than its limit of " +
                              whole(m_limits.memory_mb) + " MB (limit memory_mb), and was ended.");
        else if (m_limits.time_s > 0 && now() - m_started > m_limits.time_s)
            end("failed", "The job ran longer than its limit of " + whole(m_limits.time_s) +
                              " s (limit time_s) and was ended.");
        // An experiment that has returned has answered; gathering what it made takes as long as the disk needs.
        else if (!m_computed && m_stopAsked > 0 && now() - m_stopAsked > m_limits.stop_grace_s)
            end("interrupted", "The job did not answer a request to pause or stop within " +
                                   whole(m_limits.stop_grace_s) +
                                   " s and was ended. A resume goes on from the last checkpoint.");
    }

    void end(const std::string& state, const std::string& reason) {
        if (m_forced) return;
        m_forced = Outcome{state, reason, state == "failed" ? Exit::Failed : Exit::Interrupted};
        ::kill(-m_child, SIGKILL);
        ::kill(m_child, SIGKILL);
    }

    Outcome judge(int status) const {
        if (m_forced) return *m_forced;
        if (m_said) return *m_said;
        const std::string last = m_lastOutput.empty() ? "" : " The last line it printed: " + m_lastOutput;
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
            return {"interrupted",
                    "The computing process was killed from outside (SIGKILL), by somebody or because the "
                    "machine ran out of "
                    "memory. A resume goes on from the last checkpoint.",
                    Exit::Interrupted};
        if (WIFSIGNALED(status))
            return {"failed",
                    "The plugin '" + m_plugin + "' crashed in " + m_experiment + ": " +
                        signalText(WTERMSIG(status)) + "." + last,
                    Exit::Failed};
        return {"failed",
                "The plugin '" + m_plugin + "' ended the process itself in " + m_experiment + " (exit code " +
                    std::to_string(WEXITSTATUS(status)) + ")." + last,
                Exit::Failed};
    }

    std::filesystem::path m_run;
    int m_attempt;
    EventLog& m_events;
    Limits m_limits;
    std::string m_experiment, m_plugin, m_outputLine, m_messageLine, m_lastOutput;
    double m_started, m_stopAsked = 0, m_outputBytes = 0, m_endedAt = 0, m_lastBeat = 0;
    std::uint64_t m_beats = 0;
    bool m_computed = false;
    pid_t m_child = -1;
    std::optional<Outcome> m_said, m_forced;
};

/// A run whose results were gathered as done has ended, whatever ended its process afterwards (a crash while the plugin
/// was taken down, a limit, a kill): its segments are gone, and there is nothing to go on from.
Outcome endedAs(const std::filesystem::path& run, Outcome outcome, EventLog& events) {
    if (outcome.state == "done") return outcome;
    const auto told = replayEvents(run);
    if (!told || told->compactedState != "done") return outcome;
    static_cast<void>(events.log(
        "warning", "The run was done, with its results gathered, when this happened: " + outcome.reason));
    return {"done", told->reason, Exit::Done};
}

}  // namespace

Result<Outcome> superviseRun(const std::filesystem::path& run, const PluginLoader& load,
                             WorkerOptions options) {
    LATENT_TRY(Request request, readRequest(run));
    LATENT_CHECK(checkUnchanged(request));  // before anything of the run is touched
    LATENT_TRY(RunFiles files, RunFiles::make());
    LATENT_TRY(Lease lease, Lease::take(run, options.despiteElsewhere));
    LATENT_TRY(Attempt attempt, beginAttempt(run, lease.attempt(), files));
    LATENT_TRY(EventLog events, EventLog::open(run));
    for (const std::string& remark : attempt.remarks) static_cast<void>(events.log("warning", remark));
    LATENT_CHECK(recordProvenance(run, {lease.attempt(), attempt.checkpoint.has_value()}, request,
                                  options.plugin, events));
    LATENT_TRY(const std::uint64_t position, events.state("running"));
    (void)position;

    Pipes pipes;
    if (!pipes.open())
        return failed("The worker could not make a pipe: " + std::string(std::strerror(errno)) + ".");
    g_signal = 0;
    struct sigaction action {};
    action.sa_handler = onSignal;
    for (const int number : {SIGINT, SIGTERM, SIGUSR1}) sigaction(number, &action, nullptr);

    const int number = lease.attempt();
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0)
        return failed(
            "The worker could not start its computing process: " + std::string(std::strerror(errno)) + ".");
    if (child == 0) {
        close(pipes.output[0]);
        close(pipes.messages[0]);
        runChild(pipes, parent, Computation{run, request, std::move(attempt), &files, load, {}, {}, {}});
    }
    setpgid(child, child);
    close(pipes.output[1]);
    close(pipes.messages[1]);
    fcntl(pipes.output[0], F_SETFL, O_NONBLOCK);
    fcntl(pipes.messages[0], F_SETFL, O_NONBLOCK);
    const Outcome outcome = endedAs(run, Watch(run, number, events, request).follow(child, pipes), events);
    LATENT_CHECK(events.state(outcome.state, outcome.reason, static_cast<int>(outcome.exit)));
    LATENT_CHECK(events.sync());
    return outcome;
}

}  // namespace latent::engine
