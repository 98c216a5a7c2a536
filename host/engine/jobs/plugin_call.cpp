// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/plugin_call.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>

#include "engine/json/bounded.hpp"

namespace latent::engine {
namespace {

constexpr std::size_t kMaxAnswerBytes = 64u << 20;

[[noreturn]] void answer(int out, pid_t parent, const PluginEntry& entry, const PluginQuestion& question) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    dup2(STDERR_FILENO, STDOUT_FILENO);  // what the plugin prints must not mix with our own output
    nlohmann::json reply;
    auto plugin = loadPlugin(entry);
    auto result = plugin ? question(*plugin) : Result<nlohmann::json>(plugin.error());
    if (result)
        reply = {{"answer", *result}};
    else
        reply = {{"error", result.error().message}, {"exit", static_cast<int>(result.error().exit)}};
    const std::string text = reply.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::size_t sent = 0;
    while (sent < text.size()) {
        const ssize_t n = ::write(out, text.data() + sent, text.size() - sent);
        if (n < 0 && errno != EINTR) _exit(1);
        if (n > 0) sent += static_cast<std::size_t>(n);
    }
    _exit(0);
}

}  // namespace

Result<nlohmann::json> callPlugin(const PluginEntry& entry, double seconds, const PluginQuestion& question) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return failed("Could not make a pipe: " + std::string(std::strerror(errno)) + ".");
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) {
        close(ends[0]);
        close(ends[1]);
        return failed("Could not start a process for the plugin '" + entry.id + "': " + std::strerror(errno) +
                      ".");
    }
    if (child == 0) {
        close(ends[0]);
        answer(ends[1], parent, entry, question);
    }
    close(ends[1]);

    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
    std::string text;
    bool late = false, tooLong = false;
    for (char buffer[65536];;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd set{ends[0], POLLIN, 0};
        if (left <= 0 || ::poll(&set, 1, static_cast<int>(left)) == 0) {
            late = true;
            break;
        }
        const ssize_t n = ::read(ends[0], buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        text.append(buffer, static_cast<std::size_t>(n));
        if ((tooLong = text.size() > kMaxAnswerBytes)) break;
    }
    close(ends[0]);
    if (late || tooLong) kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const std::string who = "The plugin '" + entry.id + "'";
    if (late)
        return failed(who + " did not answer within " + std::to_string(static_cast<int>(seconds)) + " s.");
    if (tooLong) return failed(who + " gave an answer of more than 64 MB.");
    if (WIFSIGNALED(status))
        return failed(who + " crashed while it was asked (" + strsignal(WTERMSIG(status)) + ").");
    LATENT_TRY(nlohmann::json reply,
               parseJson(text, "The answer of the plugin '" + entry.id + "'", {.bytes = kMaxAnswerBytes}));
    if (reply.contains("error"))
        return Error{static_cast<Exit>(reply.value("exit", static_cast<int>(Exit::Failed))),
                     reply.value("error", "")};
    return reply.value("answer", nlohmann::json());
}

}  // namespace latent::engine
