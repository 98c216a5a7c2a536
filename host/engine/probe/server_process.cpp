// SPDX-License-Identifier: Apache-2.0
#include "engine/probe/server_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "engine/json/bounded.hpp"

extern char** environ;

namespace latent::engine {
namespace {

constexpr std::size_t kKeptWords = 4096, kMaxLine = 200;
constexpr int kReadsPerPump = 256;  // a server that never stops talking must not hold its client

void closeEnd(int& descriptor) {
    if (descriptor >= 0) ::close(descriptor);
    descriptor = -1;
}

/// A descriptor above those that the child uses, so that placing one never overwrites another.
int raised(int descriptor) {
    const int high = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
    ::close(descriptor);
    return high;
}

int spawn(const std::vector<std::string>& command, int in, int out, int words, pid_t& process) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, words, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);  // Ctrl-C is the client's business
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const int error = ::posix_spawn(&process, arguments[0], &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

/// "Killed". In English, as the sentence around it, while strsignal speaks the language of the locale.
std::string signalWords(int signal) {
    const char* words = ::sigdescr_np(signal);
    return words ? words : "signal " + std::to_string(signal);
}

std::string lastLine(const std::string& text) {
    const std::size_t end = text.find_last_not_of(" \t\r\n");
    if (end == std::string::npos) return {};
    const std::size_t newline = text.find_last_of('\n', end);
    const std::size_t begin = newline == std::string::npos ? 0 : newline + 1;
    std::string line = text.substr(begin, std::min(end + 1 - begin, kMaxLine));
    const bool readable = isUtf8(line);
    for (char& c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !readable)) c = '?';
    }
    return line;
}

}  // namespace

Result<std::unique_ptr<ServerProcess>> ServerProcess::start(const std::vector<std::string>& command) {
    std::unique_ptr<ServerProcess> it(new ServerProcess);
    int questions[2], answers[2], words[2];
    // A socket towards the server: writing to one that has died must not raise SIGPIPE in our host.
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, questions) != 0)
        return failed(std::string("Could not make a socket for the probe server: ") + std::strerror(errno) +
                      ".");
    it->m_to = raised(questions[0]);
    int in = raised(questions[1]), out = -1, said = -1;
    if (::pipe2(answers, O_CLOEXEC) == 0) {
        it->m_from = raised(answers[0]);
        out = raised(answers[1]);
    }
    if (::pipe2(words, O_CLOEXEC) == 0) {
        it->m_words = raised(words[0]);
        said = raised(words[1]);
    }
    it->m_epoll = ::epoll_create1(EPOLL_CLOEXEC);
    int error = in < 0 || out < 0 || said < 0 || it->m_epoll < 0 ? (errno ? errno : EMFILE) : 0;
    if (error == 0) error = spawn(command, in, out, said, it->m_process);
    closeEnd(in);
    closeEnd(out);
    closeEnd(said);
    if (error != 0)
        return failed("The probe server " + command.front() +
                      " could not be started: " + std::strerror(error) + ".");
    for (const int descriptor : {it->m_from, it->m_words}) {
        ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
        epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
        ::epoll_ctl(it->m_epoll, EPOLL_CTL_ADD, descriptor, &event);
    }
    return it;
}

ServerProcess::~ServerProcess() {
    closeEnd(m_to);
    closeEnd(m_from);
    closeEnd(m_words);
    closeEnd(m_epoll);
    if (m_process <= 0) return;
    for (int i = 0; i < 50; ++i) {
        if (::waitpid(m_process, nullptr, WNOHANG) != 0) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    kill();
    while (::waitpid(m_process, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void ServerProcess::kill() {
    if (m_process > 0) ::kill(-m_process, SIGKILL);
}

void ServerProcess::watchWriting(bool wanted) {
    if (wanted == m_watching || m_to < 0) return;
    epoll_event event{.events = EPOLLOUT, .data = {.fd = m_to}};
    ::epoll_ctl(m_epoll, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, m_to, &event);
    m_watching = wanted;
}

void ServerProcess::send(std::string bytes) {
    m_unsent.push_back(std::move(bytes));
    push();
}

void ServerProcess::push() {
    while (!m_unsent.empty()) {
        const std::string& text = m_unsent.front();
        const ssize_t n =
            ::send(m_to, text.data() + m_sent, text.size() - m_sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno != EAGAIN) m_unsent.clear();  // it has ended: its output says so next
        if (n < 0) break;
        m_sent += static_cast<std::size_t>(n);
        if (m_sent < text.size()) continue;
        m_unsent.pop_front();
        m_sent = 0;
    }
    watchWriting(!m_unsent.empty());
}

bool ServerProcess::pump(std::string& arrived) {
    push();
    std::array<char, 1 << 16> buffer;
    for (int i = 0; i < kReadsPerPump && m_words >= 0; ++i) {
        const ssize_t n = ::read(m_words, buffer.data(), buffer.size());
        if (n == 0) closeEnd(m_words);
        if (n <= 0) break;
        m_said.append(buffer.data(), static_cast<std::size_t>(n));
        if (m_said.size() > kKeptWords) m_said.erase(0, m_said.size() - kKeptWords);
    }
    for (int i = 0; i < kReadsPerPump; ++i) {
        const ssize_t n = ::read(m_from, buffer.data(), buffer.size());
        if (n > 0) {
            arrived.append(buffer.data(), static_cast<std::size_t>(n));
            continue;
        }
        if (n < 0 && errno == EINTR) continue;
        return n < 0 && errno == EAGAIN;
    }
    return true;
}

ServerEnding ServerProcess::ending() {
    closeEnd(m_to);
    // Its output has ended; a server that lives on without one is of no use.
    int status = 0;
    pid_t gone = 0;
    for (int i = 0; i < 100 && gone == 0; ++i) {
        gone = ::waitpid(m_process, &status, WNOHANG);
        if (gone == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    if (gone == 0) {
        kill();
        while (::waitpid(m_process, &status, 0) < 0 && errno == EINTR) {
        }
    }
    m_process = -1;
    std::array<char, 4096> buffer;
    for (ssize_t n; m_words >= 0 && (n = ::read(m_words, buffer.data(), buffer.size())) > 0;)
        m_said.append(buffer.data(), static_cast<std::size_t>(n));
    ServerEnding end;
    end.lastWords = lastLine(m_said);
    end.clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    end.how = WIFSIGNALED(status) ? "crashed (" + signalWords(WTERMSIG(status)) + ")"
                                  : "ended with exit code " + std::to_string(WEXITSTATUS(status));
    return end;
}

}  // namespace latent::engine
