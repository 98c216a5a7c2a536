// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "engine/json/bounded.hpp"
#include "engine/plugins/admission_child.hpp"

namespace latent::engine {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kKeptWords = 4096;  // bytes of stderr
constexpr std::size_t kMaxLine = 200;     // bytes of it in a sentence

sigset_t endingSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    return set;
}

/// One end of a pipe, closed with the scope.
struct End {
    int descriptor = -1;
    End() = default;
    End(const End&) = delete;
    End& operator=(const End&) = delete;
    ~End() { close(); }
    void close() {
        if (descriptor >= 0) ::close(descriptor);
        descriptor = -1;
    }
};

struct Pipe {
    End read, write;
    /// Both ends above the numbers that the child uses, so that placing one never overwrites another.
    int make() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
        read.descriptor = ::fcntl(ends[0], F_DUPFD_CLOEXEC, 10);
        write.descriptor = ::fcntl(ends[1], F_DUPFD_CLOEXEC, 10);
        const int error = read.descriptor < 0 || write.descriptor < 0 ? errno : 0;
        ::close(ends[0]);
        ::close(ends[1]);
        if (error == 0) ::fcntl(read.descriptor, F_SETFL, O_NONBLOCK);
        return error;
    }
};

/// Reads what is there; closes at the end of the stream.
void drain(End& from, std::string& into) {
    char buffer[65536];
    while (from.descriptor >= 0) {
        const ssize_t got = ::read(from.descriptor, buffer, sizeof buffer);
        if (got > 0)
            into.append(buffer, static_cast<std::size_t>(got));
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            from.close();
        else if (errno == EAGAIN)
            return;
        if (into.size() > (64u << 20)) return;
    }
}

std::string lastLine(const std::string& text) {
    std::size_t end = text.find_last_not_of(" \t\r\n");
    if (end == std::string::npos) return {};
    const std::size_t newline = text.find_last_of('\n', end);
    std::size_t begin = newline == std::string::npos ? 0 : newline + 1;
    begin = text.find_first_not_of(" \t\r", begin);
    std::string line = text.substr(begin, std::min(end + 1 - begin, kMaxLine));
    const bool readable = isUtf8(line);
    for (char& c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !readable)) c = '?';
        if (c == '"') c = '\'';
    }
    return line;
}

int spawn(const ChildStart& start, int words, int answers, pid_t& child) {
    const int library = ::fcntl(start.library, F_DUPFD_CLOEXEC, 10);
    if (library < 0) return errno;
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, words, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&files, library, kAdmissionLibraryDescriptor);
    posix_spawn_file_actions_adddup2(&files, answers, kAdmissionAnswerDescriptor);
    posix_spawn_file_actions_addclosefrom_np(&files, kAdmissionAnswerDescriptor + 1);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    std::vector<char*> arguments{const_cast<char*>(start.program.c_str())};
    for (const std::string& argument : start.arguments)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    std::string mark = std::string(kAdmissionMark) + "=1";
    std::vector<char*> environment;
    for (char** entry = environ; *entry; ++entry) environment.push_back(*entry);
    environment.push_back(mark.data());
    environment.push_back(nullptr);
    const int error = ::posix_spawn(&child, start.program.c_str(), &files, &attributes, arguments.data(),
                                    environment.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    ::close(library);
    return error;
}

}  // namespace

InterruptHold::InterruptHold() {
    const sigset_t set = endingSignals();
    ::pthread_sigmask(SIG_BLOCK, &set, &m_before);
}

InterruptHold::~InterruptHold() { ::pthread_sigmask(SIG_SETMASK, &m_before, nullptr); }

bool InterruptHold::waiting() {
    sigset_t pending;
    sigemptyset(&pending);
    ::sigpending(&pending);
    return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
           sigismember(&pending, SIGHUP) == 1;
}

ChildEnd runChild(const ChildStart& start) {
    ChildEnd end;
    Pipe words, answers;
    pid_t child = -1;
    if ((end.startError = words.make()) != 0 || (end.startError = answers.make()) != 0) return end;
    if ((end.startError = spawn(start, words.write.descriptor, answers.write.descriptor, child)) != 0)
        return end;
    words.write.close();
    answers.write.close();

    std::string said;
    const auto deadline = Clock::now() + start.timeout;
    bool gone = false;
    // A grandchild may keep the pipes open after the child has gone, so both are watched.
    while (!gone) {
        pollfd watched[] = {{answers.read.descriptor, POLLIN, 0}, {words.read.descriptor, POLLIN, 0}};
        const bool open = answers.read.descriptor >= 0 || words.read.descriptor >= 0;
        ::poll(watched, 2, open ? 20 : 1);
        drain(answers.read, end.answer);
        drain(words.read, said);
        if (said.size() > 2 * kKeptWords) said.erase(0, said.size() - kKeptWords);
        const pid_t waited = ::waitpid(child, &end.status, WNOHANG);
        gone = waited == child || (waited < 0 && errno == ECHILD);
        end.tooLong = end.answer.size() > start.maxAnswerBytes;
        end.interrupted = !gone && InterruptHold::waiting();
        end.timedOut = !gone && Clock::now() >= deadline;
        if (!gone && (end.tooLong || end.interrupted || end.timedOut)) {
            ::kill(-child, SIGKILL);
            ::kill(child, SIGKILL);
            while (::waitpid(child, &end.status, 0) < 0 && errno == EINTR) {
            }
            gone = true;
        }
    }
    ::kill(-child, SIGKILL);  // whatever the plugin started
    drain(answers.read, end.answer);
    drain(words.read, said);
    end.lastWords = lastLine(said);
    return end;
}

}  // namespace latent::engine
