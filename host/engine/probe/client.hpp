// SPDX-License-Identifier: Apache-2.0
#pragma once
// Asks probes: what the desktop and `latent probe` talk to. Starts the server process at the first question.
//
// Single-threaded and never blocking, except askAndWait(): the owner calls poll() when descriptor() is readable (or on a
// timer), and handlers are called from there, on its thread. Each question ends with exactly one reply that is not
// partial. A server that crashed is started again at the next question, at most 3 times in 5 minutes; the questions that
// were open get the crash as a sentence. The destructor ends the server; open questions get no reply then.
//
//     ProbeClient client({.command = {"/usr/bin/latent", "probe-server"}, .run = folder, .probes = {"swing/where"}});
//     client.ask("swing/where", {{"frame", 12}}, {}, [&](const ProbeReply& reply) { draw(reply); });
//     client.poll(std::chrono::milliseconds(0));
//     ProbeReply reply = client.askAndWait("swing/where", {{"frame", 13}}, {}, std::chrono::seconds(10));

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/parameters/resolve.hpp"
#include "engine/probe/message.hpp"
#include "engine/probe/server.hpp"
#include "engine/probe/server_process.hpp"

namespace latent::engine {

struct ProbeReply {
    enum class Kind { Partial, Answer, Failed, Superseded, Cancelled };
    Kind kind = Kind::Failed;
    std::uint64_t id = 0;
    std::string probe;
    int part = 0;
    nlohmann::json parameters;  ///< as resolved by the server
    nlohmann::json values;      ///< an object
    nlohmann::json outputs;     ///< declared arrays and figures
    std::vector<ProbeArray> arrays;
    double elapsed_ms = 0;  ///< in the server
    Error error;            ///< when Failed
    std::vector<FieldError> fields;
};

struct ProbeClientOptions {
    std::vector<std::string> command;  ///< program and words before the run
    std::optional<std::filesystem::path> run;
    std::optional<std::uint64_t> cell;
    std::vector<std::string> probes;
    double idle_s = 15 * 60;
    double memory_mb = 0;
    int crashes = 3;  ///< after so many within `crashWindow` it is not started again
    std::chrono::seconds crashWindow{300};
};

class ProbeClient {
  public:
    using Handler = std::function<void(const ProbeReply&)>;
    explicit ProbeClient(ProbeClientOptions options);
    ~ProbeClient();

    /// The id of the question; an error when it is over a limit or no server can be started (the handler is not called).
    Result<std::uint64_t> ask(const std::string& probe, const nlohmann::json& parameters,
                              std::vector<ProbeArray> arrays, Handler handler);
    void cancel(std::uint64_t id);
    /// Handles what has arrived, waiting at most so long for something; true when a handler was called.
    bool poll(std::chrono::milliseconds wait);
    /// Becomes readable when poll() has something to do; -1 while no server runs. Changes when a server is started.
    int descriptor() const;
    /// Blocks until the end of the answer; at the timeout the question is cancelled, and a server that does not react killed.
    ProbeReply askAndWait(const std::string& probe, const nlohmann::json& parameters,
                          std::vector<ProbeArray> arrays, std::chrono::milliseconds timeout,
                          const Handler& partial = {});

  private:
    struct Open {
        std::string probe;
        std::string bytes;  ///< kept until the first reply: a server that left idle just then is asked again
        Handler handler;
    };
    Status start();
    bool handle(ProbeMessage message);
    bool finish(std::uint64_t id, ProbeReply reply);
    bool failAll(const Error& error);
    bool serverEnded(const std::string& otherwise);
    std::vector<std::string> commandLine() const;

    ProbeClientOptions m_options;
    std::unique_ptr<ServerProcess> m_server;
    std::uint64_t m_started = 0;  ///< servers so far
    ProbeMessageReader m_reader;
    std::string m_arrived;  ///< not yet read
    std::map<std::uint64_t, Open> m_open;
    std::uint64_t m_lastId = 0;
    std::deque<std::chrono::steady_clock::time_point> m_crashTimes;
    std::string m_lastCrash;
    std::optional<Error> m_refused;  ///< the server's own word on why it does not start
};

}  // namespace latent::engine
