// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/probes/conversation.hpp"

#include <QThreadPool>
#include <algorithm>
#include <utility>

namespace latent::desktop {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// The descriptor tells of answers at once; the timer of a server that has gone, and of questions that take too long.
constexpr int kTick_ms = 50;
/// A question may take twice as long as the answer before, within these, until a newer one supersedes it.
constexpr milliseconds kLeastPatience{400}, kMostPatience{2000}, kFirstPatience{1500};

}  // namespace

Conversation::Conversation(engine::ProbeClientOptions options, QObject* parent)
    : QObject(parent),
      m_client(std::make_unique<engine::ProbeClient>(std::move(options))),
      m_patience(kFirstPatience) {
    m_timer.setInterval(kTick_ms);
    connect(&m_timer, &QTimer::timeout, this, &Conversation::pump);
}

/// A server that is busy takes a moment to leave, or is killed then: the window does not wait for it.
Conversation::~Conversation() {
    m_notifier.reset();
    if (m_client->descriptor() < 0) return;
    QThreadPool::globalInstance()->start(
        [client = std::shared_ptr<engine::ProbeClient>(std::move(m_client))]() mutable { client.reset(); });
}

void Conversation::ask(const std::string& probe, const nlohmann::json& parameters) {
    m_next = Question{probe, parameters};
    m_failure.clear();
    if (m_open.empty() || isOverdue()) send();
}

void Conversation::cancel() {
    m_next.reset();
    m_settled = m_latest;
    for (const std::uint64_t id : m_open) m_client->cancel(id);
}

/// Whether the one that waits shall not wait for the one that is being answered.
bool Conversation::isOverdue() const {
    return m_next &&
           (m_next->probe != m_probe || m_latest <= m_settled || Clock::now() - m_asked > m_patience);
}

void Conversation::send() {
    if (!m_next) return;
    Question question = *std::move(m_next);
    m_next.reset();
    // Another probe's question is not superseded by the server.
    if (question.probe != m_probe)
        for (const std::uint64_t id : m_open) m_client->cancel(id);
    const auto asked = m_client->ask(question.probe, question.parameters, {},
                                     [this](const engine::ProbeReply& reply) { receive(reply); });
    if (!asked) {
        m_settled = m_latest;
        Q_EMIT failed(QString::fromStdString(asked.error().message), m_client->descriptor() < 0);
        return;
    }
    if (question.probe != m_probe) m_settled = m_latest;
    m_probe = std::move(question.probe);
    m_latest = *asked;
    m_open.insert(*asked);
    m_asked = Clock::now();
    ++m_sent;
    watch();
    m_timer.start();
}

void Conversation::pump() {
    m_client->poll(milliseconds(0));
    if (m_next && (m_open.empty() || isOverdue())) send();
    if (m_open.empty() && !m_next) m_timer.stop();
    watch();
    // A server that refused says so first and leaves then.
    if (m_client->descriptor() >= 0 || m_failure.isEmpty()) return;
    Q_EMIT failed(std::exchange(m_failure, {}), true);
}

/// The descriptor changes when a server is started anew.
void Conversation::watch() {
    const int descriptor = m_client->descriptor();
    if (m_notifier && m_notifier->socket() == descriptor) return;
    // It may be its own signal that this was called from.
    if (m_notifier) {
        m_notifier->setEnabled(false);
        m_notifier.release()->deleteLater();
    }
    if (descriptor < 0) return;
    m_notifier = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &Conversation::pump);
}

void Conversation::receive(const engine::ProbeReply& reply) {
    using Kind = engine::ProbeReply::Kind;
    if (reply.kind != Kind::Partial) m_open.erase(reply.id);
    const bool serverGone = reply.kind == Kind::Failed && m_client->descriptor() < 0;
    if (reply.id <= m_settled) return;
    if (reply.kind == Kind::Partial) return Q_EMIT answered(reply);
    // An answer to the question before is still newer than what is shown; its failure interests nobody.
    const bool isLatest = reply.id == m_latest;
    if (reply.kind == Kind::Answer) {
        m_settled = reply.id;
        m_patience = std::clamp(milliseconds(static_cast<std::int64_t>(2 * reply.elapsed_ms)), kLeastPatience,
                                kMostPatience);
        return Q_EMIT answered(reply);
    }
    if (isLatest) m_settled = m_latest;
    if (reply.kind != Kind::Failed || !isLatest) return;
    const QString sentence = QString::fromStdString(reply.error.message);
    if (serverGone)
        m_next.reset();
    else
        m_failure = sentence;
    Q_EMIT failed(sentence, serverGone);
}

}  // namespace latent::desktop
