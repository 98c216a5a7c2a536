// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/panel_questions.hpp"

#include <algorithm>

#include "desktop/panels/panel_libraries.hpp"

namespace latent::desktop {
namespace {

constexpr int kLook_ms = 15;
using Kind = engine::ProbeReply::Kind;

}  // namespace

PanelQuestions::PanelQuestions(const std::filesystem::path& run, QObject* parent)
    : QObject(parent), m_run(run) {
    m_timer.setInterval(kLook_ms);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_client->poll(std::chrono::milliseconds(0));
        if (m_open.empty()) m_timer.stop();
    });
}

PanelQuestions::~PanelQuestions() = default;

engine::Result<std::uint64_t> PanelQuestions::ask(const std::string& probe, const nlohmann::json& parameters,
                                                  Handler handler) {
    if (!m_client) {
        engine::ProbeClientOptions options;
        options.command = {PanelLibraries::instance().settings().latent.string(), "probe-server"};
        if (!m_run.empty()) options.run = m_run;
        m_client = std::make_unique<engine::ProbeClient>(std::move(options));
    }
    if (const auto older = m_open.find(probe); older != m_open.end()) cancel(older->second);
    LATENT_TRY(const std::uint64_t question,
               m_client->ask(probe, parameters, {},
                             [this, handler = std::move(handler)](const engine::ProbeReply& reply) {
                                 receive(reply, handler);
                             }));
    m_open[probe] = question;
    m_timer.start();
    return question;
}

void PanelQuestions::cancel(std::uint64_t question) {
    const auto open =
        std::find_if(m_open.begin(), m_open.end(), [&](const auto& one) { return one.second == question; });
    if (open == m_open.end()) return;
    m_open.erase(open);
    m_client->cancel(question);
}

void PanelQuestions::receive(const engine::ProbeReply& reply, const Handler& handler) {
    const auto open = m_open.find(reply.probe);
    if (open == m_open.end() || open->second != reply.id) return;  // cancelled, or void
    if (reply.kind != Kind::Partial) m_open.erase(open);
    handler(reply.id, reply);
}

}  // namespace latent::desktop
