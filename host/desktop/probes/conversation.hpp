// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Questions to one probe server, the latest first: at most one is being answered and one waits.
//
// It owns the engine's client and pumps it from the event loop; nothing blocks. A newer question replaces the one that
// waits, and the server drops what it computes for an older one. UI thread only.
//
//     Conversation talk({.command = {latent, "probe-server"}, .probes = {"sim/solve"}});
//     connect(&talk, &Conversation::answered, this, [&](const ProbeReply& reply) { show(reply); });
//     talk.ask("sim/solve", values);

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/probe/client.hpp"

namespace latent::desktop {

class Conversation : public QObject {
    Q_OBJECT
  public:
    explicit Conversation(engine::ProbeClientOptions options, QObject* parent = nullptr);
    ~Conversation() override;
    void ask(const std::string& probe, const nlohmann::json& parameters);
    bool isWaiting() const { return m_open > 0; }

  Q_SIGNALS:
    /// Partial answers too; not what was superseded.
    void answered(const latent::engine::ProbeReply& reply);
    /// In a sentence; `fields` stand beside their parameters.
    void failed(const QString& sentence, const std::vector<latent::engine::FieldError>& fields);

  private:
    void send();
    void pump();
    void watch();
    void receive(const engine::ProbeReply& reply);
    struct Question {
        std::string probe;
        nlohmann::json parameters;
    };
    engine::ProbeClient m_client;
    std::unique_ptr<QSocketNotifier> m_notifier;
    QTimer m_timer;
    std::optional<Question> m_next;
    int m_open = 0;
};

}  // namespace latent::desktop
