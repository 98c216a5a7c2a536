// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Questions to one probe server, the latest first: one is being answered and one waits.
//
// It owns the engine's client and pumps it from the event loop; nothing blocks, and the server is ended on a pool thread.
// A newer question replaces the one that waits. It is sent when the one before is answered, so that a dragged slider sees
// answers on its way; one that takes much longer than the answers before is superseded, which ends it in the server.
// After a server has fallen nothing is started by itself: the next question does it. UI thread only; whoever hears its
// signals deletes it later, not at once.
//
//     Conversation talk({.command = {latent, "probe-server"}, .probes = {"sim/solve"}});
//     connect(&talk, &Conversation::answered, this, [&](const ProbeReply& reply) { show(reply); });
//     talk.ask("sim/solve", values);

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "engine/probe/client.hpp"

namespace latent::desktop {

class Conversation : public QObject {
    Q_OBJECT
  public:
    explicit Conversation(engine::ProbeClientOptions options, QObject* parent = nullptr);
    ~Conversation() override;
    void ask(const std::string& probe, const nlohmann::json& parameters);
    /// Takes back what is asked and not answered; nothing is told of it any more.
    void cancel();
    /// Whether an answer is still to come.
    bool isWaiting() const { return m_next || m_latest > m_settled; }
    /// Questions that went to the server so far.
    std::uint64_t sent() const { return m_sent; }

  Q_SIGNALS:
    /// Partial answers too; not what was superseded.
    void answered(const latent::engine::ProbeReply& reply);
    /// In a sentence. `serverGone`: it ended or could not be started; else it is well and the question was bad.
    void failed(const QString& sentence, bool serverGone);

  private:
    void send();
    void pump();
    void watch();
    void receive(const engine::ProbeReply& reply);
    bool isOverdue() const;
    struct Question {
        std::string probe;
        nlohmann::json parameters;
    };
    std::unique_ptr<engine::ProbeClient> m_client;
    std::unique_ptr<QSocketNotifier> m_notifier;
    QTimer m_timer;
    std::optional<Question> m_next;
    std::set<std::uint64_t> m_open;  ///< ids that have not ended
    std::uint64_t m_latest = 0;      ///< id of the newest question that was sent
    std::uint64_t m_settled = 0;     ///< questions up to this id are of no interest any more
    std::uint64_t m_sent = 0;
    std::string m_probe;  ///< of the newest question
    QString m_failure;    ///< of the newest question, while its server is still there
    std::chrono::steady_clock::time_point m_asked{};
    std::chrono::milliseconds m_patience;
};

}  // namespace latent::desktop
