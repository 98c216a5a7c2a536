// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/probes/conversation.hpp"

namespace latent::desktop {
namespace {

/// The descriptor tells of answers at once; the timer only of a server that has gone.
constexpr int kTick_ms = 100;

}  // namespace

Conversation::Conversation(engine::ProbeClientOptions options, QObject* parent) : QObject(parent), m_client(std::move(options)) {
    m_timer.setInterval(kTick_ms);
    connect(&m_timer, &QTimer::timeout, this, &Conversation::pump);
}

Conversation::~Conversation() = default;

void Conversation::ask(const std::string& probe, const nlohmann::json& parameters) {
    m_next = Question{probe, parameters};
    if (m_open == 0) send();
}

void Conversation::send() {
    if (!m_next) return;
    const Question question = *std::move(m_next);
    m_next.reset();
    const auto asked = m_client.ask(question.probe, question.parameters, {}, [this](const engine::ProbeReply& reply) { receive(reply); });
    if (!asked) return Q_EMIT failed(QString::fromStdString(asked.error().message), {});
    ++m_open;
    watch();
    m_timer.start();
}

void Conversation::pump() {
    m_client.poll(std::chrono::milliseconds(0));
    if (m_open == 0) {
        if (m_next) send();
        else m_timer.stop();
    }
    watch();
}

/// The descriptor changes when a server is started anew.
void Conversation::watch() {
    const int descriptor = m_client.descriptor();
    if (m_notifier && m_notifier->socket() == descriptor) return;
    // It may be its own signal that this was called from.
    if (m_notifier) m_notifier.release()->deleteLater();
    if (descriptor < 0) return;
    m_notifier = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &Conversation::pump);
}

void Conversation::receive(const engine::ProbeReply& reply) {
    using Kind = engine::ProbeReply::Kind;
    if (reply.kind != Kind::Partial) --m_open;
    if (reply.kind == Kind::Partial || reply.kind == Kind::Answer) Q_EMIT answered(reply);
    if (reply.kind == Kind::Failed) Q_EMIT failed(QString::fromStdString(reply.error.message), reply.fields);
}

}  // namespace latent::desktop
