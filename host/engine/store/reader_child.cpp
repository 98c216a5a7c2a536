// SPDX-License-Identifier: Apache-2.0
#include "engine/store/reader_child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "engine/files/operations.hpp"
#include "engine/store/frames.hpp"

extern char** environ;

namespace latent::engine {
namespace {

using nlohmann::json;

std::mutex g_commandMutex;
std::vector<std::string> g_command;

std::vector<std::string> childCommand(const ReaderChildOptions& options) {
    if (!options.command.empty()) return options.command;
    const std::lock_guard guard(g_commandMutex);
    if (!g_command.empty()) return g_command;
    return {"/proc/self/exe", "reader-child"};
}

/// A path is bytes, and JSON takes UTF-8 alone.
std::vector<int> bytesOf(const std::filesystem::path& path) {
    std::vector<int> bytes;
    for (const char c : path.string()) bytes.push_back(static_cast<unsigned char>(c));
    return bytes;
}

/// A text as it arrives when it has been sent as JSON.
std::string readable(const std::string& text) {
    return json::parse(json(text).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
}

Deadline after(double seconds) {
    return std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                  std::chrono::duration<double>(seconds));
}

class ChildSource final : public h5::Source {
  public:
    ChildSource(std::filesystem::path path, ReaderChildOptions options)
        : m_path(std::move(path)), m_options(std::move(options)) {}
    ~ChildSource() override { stop(); }

    Status start() {
        int sockets[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
            return failed(std::string("Cannot start a reader: ") + std::strerror(errno) + ".");
        }
        m_socket = sockets[0];
        const std::vector<std::string> command = childCommand(m_options);
        std::vector<char*> words;
        for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, sockets[1], 0);
        posix_spawn_file_actions_adddup2(&actions, sockets[1], 1);
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
        const int number = ::posix_spawnp(&m_pid, words[0], &actions, nullptr, words.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        ::close(sockets[1]);
        if (number != 0) {
            m_pid = -1;
            return failed("Cannot start the reader " + command[0] + ": " + std::strerror(number) + ".");
        }
        const json request{{"op", "open"},
                           {"path", bytesOf(std::filesystem::absolute(m_path))},
                           {"memory", m_options.memoryBytes},
                           {"seconds", m_options.processorSeconds},
                           {"objects", m_options.limits.objects},
                           {"read_bytes", m_options.limits.readBytes},
                           {"text_bytes", m_options.limits.allTextBytes}};
        LATENT_TRY(const Frame answer, ask(request));
        return takeInventory(answer.header);
    }

    const std::vector<h5::DatasetInfo>& datasets() const override { return m_datasets; }
    const std::map<std::string, std::string>& texts() const override { return m_texts; }

    Result<Array> read(const std::string& name, const Shape& start, const Shape& count,
                       const Shape& stride) override {
        const h5::DatasetInfo* info = find(name);
        if (!info) return badRequest(m_path.string() + " has no array " + name + ".");
        const auto bytes = byteCount(info->dtype, count);
        if (!bytes || *bytes > m_options.limits.readBytes) {
            return refused("The part of " + name + " asked for in " + m_path.string() +
                           " is too large; read it in pieces.");
        }
        LATENT_TRY(
            Frame answer,
            ask({{"op", "read"}, {"name", name}, {"start", start}, {"count", count}, {"stride", stride}}));
        if (answer.bytes.size() != *bytes) return crashed("gave a wrong answer");
        return Array{info->dtype, count, std::move(answer.bytes)};
    }

  private:
    Error crashed(const std::string& how) const {
        return refused("The reader of " + m_path.string() + " " + how +
                       ". The file is damaged, or made to do harm; it is not read.");
    }

    Result<Frame> ask(const json& request) {
        if (m_pid < 0) return crashed("has ended before");
        const Deadline deadline = after(m_options.answerSeconds);
        Status sent = sendFrame(m_socket, request, {}, deadline);
        Result<Frame> answer = sent ? receiveFrame(m_socket, deadline, {.bytes = m_options.limits.readBytes})
                                    : Result<Frame>(sent.error());
        if (!answer) {
            const bool late = answer.error().message == "late";
            const int status = stop();
            if (late)
                return crashed("did not answer within " +
                               std::to_string(static_cast<int>(m_options.answerSeconds)) + " s");
            if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
                return crashed("used up its processor time");
            if (WIFSIGNALED(status))
                return crashed("crashed (signal " + std::to_string(WTERMSIG(status)) + ")");
            if (WIFEXITED(status) && WEXITSTATUS(status) == 12) return crashed("ran out of its memory limit");
            return crashed("ended unexpectedly");
        }
        if (const auto error = answer->header.find("error");
            error != answer->header.end() && error->is_string()) {
            const auto exit = answer->header.find("exit");
            const bool bad = exit != answer->header.end() && *exit == 2;
            std::string message = error->get<std::string>();
            if (message.find(m_path.string()) == std::string::npos &&
                message.find(readable(m_path.string())) == std::string::npos)
                message = m_path.string() + ": " + message;
            return Error{bad ? Exit::BadRequest : Exit::RefusedInput, std::move(message)};
        }
        return answer;
    }

    /// True when every entry is a whole number that T holds: conversion does not check.
    template <class T>
    static bool allWhole(const json& list) {
        return std::all_of(list.begin(), list.end(), [](const json& entry) {
            return std::is_signed_v<T> ? entry.is_number_integer() : entry.is_number_unsigned();
        });
    }

    /// The child is trusted no more than the file that it reads.
    Status takeInventory(const json& header) {
        try {
            for (const json& entry : header.at("datasets")) {
                h5::DatasetInfo info;
                if (!allWhole<std::uint64_t>(entry.at("shape")) ||
                    !allWhole<std::int64_t>(entry.at("numbers"))) {
                    return crashed("gave a wrong answer");
                }
                info.name = entry.at("name").get<std::string>();
                const auto dtype = dtypeNamed(entry.at("dtype").get<std::string>());
                info.shape = entry.at("shape").get<Shape>();
                if (!dtype || !byteCount(*dtype, info.shape)) return crashed("gave a wrong answer");
                info.dtype = *dtype;
                info.dims = entry.at("dims").get<std::vector<std::string>>();
                info.texts = entry.at("texts").get<std::map<std::string, std::string>>();
                info.numbers = entry.at("numbers").get<std::map<std::string, std::int64_t>>();
                m_datasets.push_back(std::move(info));
            }
            m_texts = header.at("texts").get<std::map<std::string, std::string>>();
        } catch (const json::exception&) {
            return crashed("gave a wrong answer");
        }
        return ok();
    }

    /// Ends the child; its wait status.
    int stop() {
        int status = 0;
        if (m_socket >= 0) ::close(std::exchange(m_socket, -1));
        if (m_pid >= 0) {
            // It ends by itself when the socket closes; one that hangs in a file does not.
            for (int i = 0; i < 20 && ::waitpid(m_pid, &status, WNOHANG) == 0; ++i) {
                if (i == 19) {
                    ::kill(m_pid, SIGKILL);
                    while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
                    }
                    break;
                }
                ::usleep(i < 10 ? 500 : 5000);
            }
            m_pid = -1;
        }
        return status;
    }

    std::filesystem::path m_path;
    ReaderChildOptions m_options;
    int m_socket = -1;
    pid_t m_pid = -1;
    std::vector<h5::DatasetInfo> m_datasets;
    std::map<std::string, std::string> m_texts;
};

}  // namespace

void setReaderChildCommand(std::vector<std::string> command) {
    const std::lock_guard guard(g_commandMutex);
    g_command = std::move(command);
}

Result<std::unique_ptr<h5::Source>> openInChild(const std::filesystem::path& path,
                                                ReaderChildOptions options) {
    if (!fileExists(path)) return fileError("open", path, ENOENT);
    auto source = std::make_unique<ChildSource>(path, std::move(options));
    LATENT_CHECK(source->start());
    return std::unique_ptr<h5::Source>(std::move(source));
}

}  // namespace latent::engine
