// SPDX-License-Identifier: Apache-2.0
#include "engine/probe/client.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace latent::engine {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kCancelGrace{1000};

std::uint64_t numberOf(const json& header, const char* key) {
    const auto found = header.find(key);
    return found != header.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}
std::string textOf(const json& header, const char* key) {
    const auto found = header.find(key);
    return found != header.end() && found->is_string() ? found->get<std::string>() : std::string();
}
Error errorOf(const json& header, const char* key) {
    const std::uint64_t exit = numberOf(header, "exit");
    return {exit >= 2 && exit <= 5 ? static_cast<Exit>(exit) : Exit::Failed, textOf(header, key)};
}
/// The shortest text that reads back as this number, with a decimal point whatever the locale is.
std::string numberWord(double value) {
    std::array<char, 64> text;
    const std::to_chars_result end = std::to_chars(text.data(), text.data() + text.size(), value);
    return std::string(text.data(), end.ptr);
}
json partOf(json& header, const char* key) {
    const auto found = header.find(key);
    return found != header.end() && found->is_object() ? std::move(*found) : json::object();
}

}  // namespace

ProbeClient::ProbeClient(ProbeClientOptions options) : m_options(std::move(options)) {}
ProbeClient::~ProbeClient() = default;

int ProbeClient::descriptor() const { return m_server ? m_server->descriptor() : -1; }

std::vector<std::string> ProbeClient::commandLine() const {
    std::vector<std::string> words = m_options.command;
    words.insert(words.end(), {"--idle", numberWord(m_options.idle_s)});
    if (m_options.memory_mb > 0)
        words.insert(words.end(), {"--memory-limit", numberWord(m_options.memory_mb)});
    if (m_options.cell) words.insert(words.end(), {"--cell", std::to_string(*m_options.cell)});
    words.push_back("--");
    words.push_back(m_options.run ? m_options.run->string() : "-");
    words.insert(words.end(), m_options.probes.begin(), m_options.probes.end());
    return words;
}

Status ProbeClient::start() {
    const auto now = Clock::now();
    while (!m_crashTimes.empty() && now - m_crashTimes.front() > m_options.crashWindow)
        m_crashTimes.pop_front();
    if (static_cast<int>(m_crashTimes.size()) >= m_options.crashes) {
        const auto wait = std::chrono::duration_cast<std::chrono::seconds>(m_options.crashWindow -
                                                                           (now - m_crashTimes.front()));
        return failed("The probe server crashed " + std::to_string(m_crashTimes.size()) + " times in " +
                      std::to_string(m_options.crashWindow.count()) + " s and is not started again for " +
                      std::to_string(wait.count() + 1) + " s. " + m_lastCrash);
    }
    m_reader = ProbeMessageReader();
    m_arrived.clear();
    ++m_started;
    m_refused.reset();
    LATENT_TRY(m_server, ServerProcess::start(commandLine()));
    return ok();
}

Result<std::uint64_t> ProbeClient::ask(const std::string& probe, const json& parameters,
                                       std::vector<ProbeArray> arrays, Handler handler) {
    const std::uint64_t id = m_lastId + 1;
    LATENT_TRY(std::string bytes, encodeMessage({{{"ask", id}, {"probe", probe}, {"parameters", parameters}},
                                                 std::move(arrays)}));
    if (!m_server) LATENT_CHECK(start());
    m_lastId = id;
    m_server->send(bytes);
    m_open.insert_or_assign(id, Open{probe, std::move(bytes), std::move(handler)});
    return id;
}

void ProbeClient::cancel(std::uint64_t id) {
    if (!m_server || !m_open.contains(id)) return;
    if (auto bytes = encodeMessage({{{"cancel", id}}, {}})) m_server->send(*std::move(bytes));
}

bool ProbeClient::poll(std::chrono::milliseconds wait) {
    if (!m_server) return false;
    pollfd entry{m_server->descriptor(), POLLIN, 0};
    ::poll(&entry, 1, static_cast<int>(wait.count()));
    const std::uint64_t server = m_started;
    const bool alive = m_server->pump(m_arrived);
    bool called = false;
    // Handlers may ask, wait and so poll again: what has arrived is taken from one place, in order.
    while (!m_arrived.empty()) {
        std::string_view left = m_arrived;
        auto message = m_reader.next(left);
        m_arrived.erase(0, m_arrived.size() - left.size());
        if (!message) {
            m_server->kill();
            return serverEnded("The probe server said what no probe server says. " +
                               message.error().message) ||
                   called;
        }
        if (*message) called = handle(std::move(**message)) || called;
        if (!m_server || m_started != server) return called;  // a handler saw the end of it
    }
    return alive ? called : serverEnded({}) || called;
}

bool ProbeClient::finish(std::uint64_t id, ProbeReply reply) {
    const auto found = m_open.find(id);
    if (found == m_open.end()) return false;
    reply.id = id;
    reply.probe = found->second.probe;
    if (reply.kind == ProbeReply::Kind::Partial) {
        found->second.bytes.clear();
        const Handler handler = found->second.handler;
        if (handler) handler(reply);
        return true;
    }
    const Handler handler = std::move(found->second.handler);
    m_open.erase(found);
    if (handler) handler(reply);
    return true;
}

bool ProbeClient::handle(ProbeMessage message) {
    json& header = message.header;
    ProbeReply reply;
    if (header.contains("hello")) return false;
    if (header.contains("refused")) {
        m_refused = errorOf(header, "refused");
        return failAll(*m_refused);
    }
    if (const std::uint64_t id = numberOf(header, "superseded")) {
        reply.kind = ProbeReply::Kind::Superseded;
        return finish(id, std::move(reply));
    }
    if (const std::uint64_t id = numberOf(header, "cancelled")) {
        reply.kind = ProbeReply::Kind::Cancelled;
        return finish(id, std::move(reply));
    }
    const std::uint64_t id = numberOf(header, "reply");
    if (header.contains("error")) {
        reply.error = errorOf(header, "error");
        const json fields = header.value("fields", json::array());
        for (const json& field : fields)
            if (field.is_object())
                reply.fields.push_back({textOf(field, "parameter"), textOf(field, "sentence")});
        return id == 0 ? failAll(reply.error) : finish(id, std::move(reply));
    }
    const json partial = header.value("partial", json());
    reply.kind =
        partial.is_boolean() && partial.get<bool>() ? ProbeReply::Kind::Partial : ProbeReply::Kind::Answer;
    reply.part = static_cast<int>(std::min<std::uint64_t>(numberOf(header, "part"), 1u << 30));
    reply.parameters = partOf(header, "parameters");
    reply.values = partOf(header, "values");
    reply.outputs = partOf(header, "outputs");
    const json elapsed = header.value("elapsed_ms", json());
    if (elapsed.is_number()) reply.elapsed_ms = elapsed.get<double>();
    reply.arrays = std::move(message.arrays);
    return finish(id, std::move(reply));
}

bool ProbeClient::failAll(const Error& error) {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, open] : m_open) ids.push_back(id);
    for (const std::uint64_t id : ids) {
        ProbeReply reply;
        reply.error = error;
        finish(id, std::move(reply));
    }
    return !ids.empty();
}

bool ProbeClient::serverEnded(const std::string& otherwise) {
    const ServerEnding end = m_server->ending();
    m_server.reset();
    if (m_refused) return failAll(*m_refused);
    if (end.clean && otherwise.empty()) {
        if (m_open.empty()) return false;
        // It left idle while the question was on its way: ask the next one.
        std::map<std::uint64_t, Open> open;
        open.swap(m_open);
        m_crashTimes.push_back(
            Clock::now());  // a server that leaves at every question is no better than one that crashes
        const Status started = start();
        m_open.swap(open);
        if (!started) return failAll(started.error());
        bool called = false;
        std::vector<std::uint64_t> begun;
        for (auto& [id, question] : m_open) {
            if (question.bytes.empty())
                begun.push_back(id);
            else
                m_server->send(question.bytes);
        }
        for (const std::uint64_t id : begun) {
            ProbeReply reply;
            reply.error = failed("The probe server left in the middle of an answer. Ask again.");
            called = finish(id, std::move(reply)) || called;
        }
        return called;
    }
    m_crashTimes.push_back(Clock::now());
    std::string about;
    if (!m_open.empty()) about = " while it was asked \"" + m_open.begin()->second.probe + "\"";
    m_lastCrash = otherwise.empty() ? "The probe server " + end.how + about + "." : otherwise;
    if (!end.lastWords.empty()) m_lastCrash += " Its last words: " + end.lastWords;
    return failAll(failed(m_lastCrash));
}

ProbeReply ProbeClient::askAndWait(const std::string& probe, const json& parameters,
                                   std::vector<ProbeArray> arrays, std::chrono::milliseconds timeout,
                                   const Handler& partial) {
    std::optional<ProbeReply> last;
    // The handler outlives this call only if the question does, and it does not: see below.
    const auto asked = ask(probe, parameters, std::move(arrays), [&](const ProbeReply& reply) {
        if (reply.kind == ProbeReply::Kind::Partial) {
            if (partial) partial(reply);
        } else {
            last = reply;
        }
    });
    ProbeReply late;
    late.probe = probe;
    if (!asked) {
        late.error = asked.error();
        return late;
    }
    const auto waitUntil = [&](Clock::time_point deadline) {
        while (!last && m_server) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
            if (left.count() <= 0) return;
            poll(std::min(left, std::chrono::milliseconds(1000)));
        }
    };
    waitUntil(Clock::now() + timeout);
    if (last) return *last;
    cancel(*asked);
    waitUntil(Clock::now() + kCancelGrace);
    if (m_open.erase(*asked) != 0 && m_server) {
        m_server->kill();
        m_server->ending();
        m_server.reset();
        failAll(failed("The probe server was ended because it did not answer."));
    }
    late.id = *asked;
    late.error = failed("The probe \"" + probe + "\" did not answer within " +
                        numberWord(std::chrono::duration<double>(timeout).count()) +
                        " s; ask for less, or allow more time.");
    return late;
}

}  // namespace latent::engine
