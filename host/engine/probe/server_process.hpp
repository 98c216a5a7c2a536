// SPDX-License-Identifier: Apache-2.0
#pragma once
// A probe server as a child process: what goes to it, what comes from it, and how it ended. Only for the client.
//
// Nothing here blocks. `descriptor()` is readable when `pump()` has something to do. The destructor closes the server's
// input and, if it has not left a moment later, kills it. One thread at a time.
//
//     LATENT_TRY(auto server, ServerProcess::start({"latent", "probe-server", "-", "sim/solve"}));
//     server->send(bytes);
//     if (!server->pump(arrived)) explain(server->ending());

#include <sys/types.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

struct ServerEnding {
    bool clean = false;     ///< left by itself with exit code 0
    std::string how;        ///< "crashed (Segmentation fault)", "ended with exit code 5"
    std::string lastWords;  ///< the last line of its stderr, printable; may be empty
};

class ServerProcess {
  public:
    static Result<std::unique_ptr<ServerProcess>> start(const std::vector<std::string>& command);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    int descriptor() const { return m_epoll; }
    /// Sends now what the pipe takes; pump() sends the rest.
    void send(std::string bytes);
    /// Moves bytes both ways; what arrived is added to `arrived`. False when the server has ended.
    bool pump(std::string& arrived);
    /// How it ended; waits for it.
    ServerEnding ending();
    void kill();

  private:
    ServerProcess() = default;
    void watchWriting(bool wanted);
    void push();

    int m_epoll = -1, m_to = -1, m_from = -1, m_words = -1;
    pid_t m_process = -1;
    std::deque<std::string> m_unsent;
    std::size_t m_sent = 0;  ///< of the first unsent text
    bool m_watching = false;
    std::string m_said;
};

}  // namespace latent::engine
