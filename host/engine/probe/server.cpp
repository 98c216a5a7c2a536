// SPDX-License-Identifier: Apache-2.0
#include "engine/probe/server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/crash_signals.hpp"
#include "engine/jobs/host_run.hpp"
#include "engine/jobs/limits.hpp"
#include "engine/json/bounded.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/parameters/resolve.hpp"
#include "engine/plugins/loaded_plugin.hpp"
#include "engine/probe/host_reply.hpp"
#include "engine/probe/message.hpp"
#include "engine/probe/question_queue.hpp"
#include "engine/views/validate.hpp"
#include "latent/boundary.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
constexpr int kTickMs = 50;
constexpr auto kGrace = std::chrono::seconds(5);  // for a question that runs when the input ends
constexpr std::size_t kMostOutputs = 384u << 10;  // bytes of JSON: they travel in the header

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A probe that has been opened, or a data source whose preview is asked for, and what it last declared.
struct OpenProbe {
    SchemaModel schema;
    ProbeHandle handle;
    DataSourceHandle source;  ///< instead of a probe
    std::string outputsText;
    json outputsJson;
    std::optional<OutputsModel> outputs;
};

/// Messages to the client, from both threads.
class Speaker {
  public:
    explicit Speaker(int out) : m_out(out) {}
    /// Waits for the other thread's message to be through: no question may lose its end to a client that pauses.
    bool send(const json& header, const std::vector<ProbeArray>& arrays) {
        const std::unique_lock lock(m_mutex);
        return sendLocked(header, arrays);
    }
    bool say(const json& header) { return send(header, {}); }
    /// The last word before the process ends, which cannot wait for long.
    bool sayAtOnce(const json& header) {
        const std::unique_lock lock(m_mutex, std::chrono::seconds(1));
        return lock && sendLocked(header, {});
    }

  private:
    bool sendLocked(const json& header, const std::vector<ProbeArray>& arrays) {
        const auto head = encodeHead(header, arrays);
        if (!head)  // a plugin's values were too long: the question still gets its end
            return !header.contains("error") && sendLocked({{"reply", header.value("reply", json())},
                                                            {"error", head.error().message},
                                                            {"exit", 5}},
                                                           {});
        if (!write(*head)) return false;
        return std::all_of(arrays.begin(), arrays.end(),
                           [this](const ProbeArray& array) { return write(array.data.bytes); });
    }

    bool write(std::string_view left) {
        while (!left.empty()) {
            const ssize_t n = ::write(m_out, left.data(), left.size());
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) return false;
            left.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }

    int m_out;
    std::timed_mutex m_mutex;
};

json errorReply(std::uint64_t id, const Error& error) {
    return {{"reply", id}, {"error", error.message}, {"exit", static_cast<int>(error.exit)}};
}

class Server {
  public:
    Server(int in, int out, const ProbeServerOrder& order) : m_in(in), m_speaker(out), m_order(order) {
        if (m_order.memory_mb <= 0) m_order.memory_mb = Limits::of(json::object()).memory_mb;
    }
    Status open(const PluginCatalog& catalog);
    Exit serve();
    Speaker& speaker() { return m_speaker; }

  private:
    Result<abi::IRun1*> openRun();
    // The reader's thread.
    void read();
    void watch();
    bool receive(std::string_view bytes);
    void accept(ProbeMessage message);
    void refuse(const Error& error);
    // The main thread.
    void answer(const Question& question);
    Status declare(OpenProbe& probe, const std::string& parameters);

    int m_in;
    Speaker m_speaker;
    ProbeServerOrder m_order;
    std::unique_ptr<HostRunSet> m_runs;  // outlives the probes
    std::optional<LoadedPlugin> m_plugin;
    std::map<std::string, OpenProbe> m_probes;
    QuestionQueue m_queue;
    ProbeMessageReader m_messages;
    std::uint64_t m_lastId = 0;
    Clock::time_point m_lastWord = Clock::now();
    std::optional<Clock::time_point> m_ended;  // no more questions since then
    std::atomic<bool> m_left{false};
    std::atomic<Exit> m_exit{Exit::Done};
};

Result<abi::IRun1*> Server::openRun() {
    LATENT_TRY(m_runs, HostRunSet::open({*m_order.run}));
    return m_runs->one(m_order.cell, "The run " + m_order.run->string());
}

/// Where the manifest says whose runs a probe opens; of others the probe itself says what it cannot open.
Status checkOpens(const PluginCatalog::Found& probe, const std::string& experiment,
                  const std::filesystem::path& run) {
    const std::set<std::string>* opens = probe.plugin->opensOf(probe.contribution->id);
    if (!opens || opens->count(experiment)) return ok();
    return refused("The probe \"" + probe.contribution->id + "\" opens runs of " +
                   listed({opens->begin(), opens->end()}) + "; " + run.string() + " is a run of " +
                   experiment + ".");
}

Status Server::open(const PluginCatalog& catalog) {
    if (m_order.probes.empty())
        return badRequest("Name at least one probe; `latent experiments` lists them.");
    abi::IRun1* run = nullptr;
    if (m_order.run) {
        LATENT_TRY(run, openRun());
    }
    const PluginEntry* entry = nullptr;
    for (const std::string& id : m_order.probes) {
        auto probe = catalog.probe(id);
        const bool isSource = !probe && catalog.dataSource(id);
        LATENT_TRY(const PluginCatalog::Found found, isSource ? catalog.dataSource(id) : std::move(probe));
        if (entry && entry != found.plugin)
            return badRequest("The probes of one server have to be of one plugin; \"" + id + "\" is of " +
                              found.plugin->id + ", \"" + m_order.probes.front() + "\" of " + entry->id +
                              ".");
        entry = found.plugin;
        if (!run && !isSource && found.contribution->description->value("needs_run", true))
            return badRequest("The probe \"" + id + "\" asks about a run; name one.");
        if (run && !isSource) LATENT_CHECK(checkOpens(found, m_runs->experiment(), *m_order.run));
        LATENT_TRY(SchemaModel schema,
                   SchemaModel::fromJson(found.contribution->description->value("schema", json::object()),
                                         "The parameters of " + id));
        if (!m_plugin) {
            LATENT_TRY(m_plugin, loadPlugin(*entry));
        }
        if (isSource) {
            LATENT_TRY(DataSourceHandle source, m_plugin->makeDataSource(id));
            m_probes.insert_or_assign(id, OpenProbe{std::move(schema), {}, std::move(source), {}, {}, {}});
            continue;
        }
        LATENT_TRY(ProbeHandle handle, m_plugin->makeProbe(id));
        boundary::StringSink sentence;
        if (handle->open(run, &sentence) != abi::kOk)
            return refused("The probe \"" + id + "\" could not be opened: " +
                           (sentence.text.empty() ? "it gave no reason." : sentence.text));
        m_probes.insert_or_assign(id, OpenProbe{std::move(schema), std::move(handle), {}, {}, {}, {}});
    }
    m_speaker.say({{"hello", 1},
                   {"plugin", {{"id", entry->id}, {"version", entry->version}}},
                   {"probes", m_order.probes}});
    return ok();
}

Exit Server::serve() {
    m_lastWord = Clock::now();
    std::thread reader([this] { read(); });
    while (const auto question = m_queue.take()) answer(*question);
    m_left = true;
    reader.join();
    return m_exit;
}

void Server::read() {
    std::array<char, 1 << 16> buffer;
    while (!m_left) {
        pollfd entry{m_in, POLLIN, 0};
        const int ready = ::poll(&entry, m_ended ? 0 : 1, kTickMs);
        watch();
        if (ready <= 0 || m_ended) continue;
        const ssize_t n = ::read(m_in, buffer.data(), buffer.size());
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        m_lastWord = Clock::now();
        if (n > 0 && receive({buffer.data(), static_cast<std::size_t>(n)})) continue;
        m_queue.close();
        m_ended = Clock::now();
    }
}

void Server::watch() {
    if (m_ended) {
        // The plugin sees cancelled(); one that never looks may not keep the process for ever.
        if (Clock::now() - *m_ended > kGrace) ::_exit(static_cast<int>(m_exit.load()));
        return;
    }
    if (!m_queue.idle()) {
        m_lastWord = Clock::now();
        if (residentMegabytes(::getpid()) <= m_order.memory_mb) return;
        m_speaker.sayAtOnce(errorReply(m_queue.running(),
                                       failed("The probe used more than " +
                                              std::to_string(static_cast<std::int64_t>(m_order.memory_mb)) +
                                              " MB of memory; its server was ended. Ask for less.")));
        ::_exit(static_cast<int>(Exit::Failed));
    }
    if (secondsSince(m_lastWord) <= m_order.idle_s) return;
    m_queue.close();
    m_ended = Clock::now();
}

/// False when the stream is out of step.
bool Server::receive(std::string_view bytes) {
    while (!bytes.empty()) {
        auto message = m_messages.next(bytes);
        if (!message) {
            m_exit = Exit::RefusedInput;
            m_speaker.say(
                {{"error", message.error().message}, {"exit", static_cast<int>(Exit::RefusedInput)}});
            return false;
        }
        if (*message) accept(std::move(**message));
    }
    return true;
}

void Server::accept(ProbeMessage message) {
    const json& header = message.header;
    const auto number = [&](const char* key) -> std::uint64_t {
        const auto found = header.find(key);
        return found != header.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
    };
    if (const std::uint64_t id = number("cancel")) {
        if (m_queue.cancel(id)) m_speaker.say({{"cancelled", id}});
        return;
    }
    Question question;
    question.id = number("ask");
    if (question.id <= m_lastId) {
        m_speaker.say(errorReply(
            question.id,
            badRequest("A question to a probe needs \"ask\" with an id above that of the question before.")));
        return;
    }
    m_lastId = question.id;
    const auto probe = header.find("probe"), preset = header.find("preset"),
               parameters = header.find("parameters");
    if (probe == header.end() || !probe->is_string() || !m_probes.contains(probe->get<std::string>())) {
        m_speaker.say(errorReply(
            question.id,
            badRequest("A question to a probe names in \"probe\" one that this server was started with.")));
        return;
    }
    if ((parameters != header.end() && !parameters->is_object()) ||
        (preset != header.end() && !preset->is_string())) {
        m_speaker.say(errorReply(
            question.id,
            badRequest("A question to a probe has \"parameters\", an object, and \"preset\", a text.")));
        return;
    }
    question.probe = probe->get<std::string>();
    if (preset != header.end()) question.preset = preset->get<std::string>();
    if (parameters != header.end()) question.parameters = *parameters;
    question.arrays = std::move(message.arrays);
    const std::uint64_t newer = question.id;
    for (const std::uint64_t older : m_queue.push(std::move(question)))
        m_speaker.say({{"superseded", older}, {"by", newer}});
}

/// Asks for the outputs; they are read and checked again only when they changed. They depend on the parameters alone, so
/// that a refusal is about what was asked.
Status Server::declare(OpenProbe& probe, const std::string& parameters) {
    Result<std::string> text =
        probe.source ? outputsOf(*probe.source, parameters) : outputsOf(*probe.handle, parameters);
    if (!text) return badRequest(text.error().message);
    if (probe.outputs && *text == probe.outputsText) return ok();
    LATENT_TRY(json outputs, parseJson(*text, "The outputs of the probe", {.bytes = kMostOutputs}));
    LATENT_CHECK(validateOutputs(outputs, "The outputs of the probe"));
    LATENT_TRY(OutputsModel model, OutputsModel::fromJson(outputs, "The outputs of the probe"));
    probe.outputs = std::move(model);
    probe.outputsJson = std::move(outputs);
    probe.outputsText = *std::move(text);
    return ok();
}

void Server::answer(const Question& question) {
    const Clock::time_point start = Clock::now();
    OpenProbe& probe = m_probes.at(question.probe);
    const std::vector<Assignment> given = assignmentsOf(question.parameters);
    const auto values = resolveOrRefuse(probe.schema, question.preset, given);
    if (!values) {
        json reply = errorReply(question.id, values.error());
        for (const FieldError& field : resolve(probe.schema, question.preset, given).errors)
            reply["fields"].push_back({{"parameter", field.parameter}, {"sentence", field.sentence}});
        m_queue.finish();
        m_speaker.say(std::move(reply));
        return;
    }
    const std::string parameters = values->dump();
    if (const Status declared = declare(probe, parameters); !declared) {
        m_queue.finish();
        m_speaker.say(errorReply(question.id, declared.error()));
        return;
    }
    int part = 0;
    const auto answer = [&](const ProbeMessage& content, bool partial) {
        json header = content.header;
        header.update({{"reply", question.id},
                       {"probe", question.probe},
                       {"part", part++},
                       {"partial", partial},
                       {"parameters", *values},
                       {"outputs", probe.outputsJson},
                       {"elapsed_ms", 1000 * secondsSince(start)}});
        m_speaker.send(header, content.arrays);
    };
    HostReply reply(
        *probe.outputs, question.arrays, [&] { return m_queue.unwanted(); },
        [&](const ProbeMessage& content) { answer(content, true); });
    boundary::StringSink sentence;
    const abi::Text text = abi::text(parameters);
    const std::int32_t status = probe.source ? probe.source->preview(&text, &reply, &sentence)
                                             : probe.handle->answer(&text, &reply, &sentence);
    const QuestionEnd end = m_queue.finish();
    if (end.supersededBy != 0)
        m_speaker.say({{"superseded", question.id}, {"by", end.supersededBy}});
    else if (end.cancelled)
        m_speaker.say({{"cancelled", question.id}});
    else if (reply.firstError())
        m_speaker.say(errorReply(question.id, *reply.firstError()));
    else if (status != abi::kOk)
        m_speaker.say(errorReply(
            question.id,
            failed(sentence.text.empty() ? "The probe failed without saying why." : sentence.text)));
    else
        answer(reply.message(), false);
}

}  // namespace

Exit serveProbes(const PluginCatalog& catalog, const ProbeServerOrder& order) {
    std::signal(SIGPIPE, SIG_IGN);
    letCrashesShow();
    // The protocol keeps the pipes to itself: a plugin reads nothing, and what it prints goes to stderr.
    const int in = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10),
              out = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    ::close(nothing);
    Server server(in, out, order);
    if (const Status opened = server.open(catalog); !opened) {
        server.speaker().say(
            {{"refused", opened.error().message}, {"exit", static_cast<int>(opened.error().exit)}});
        return opened.error().exit;
    }
    return server.serve();
}

}  // namespace latent::engine
