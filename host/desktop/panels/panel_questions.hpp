// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Questions of one panel to the probes of its run, without ever waiting.
//
// Starts `latent probe-server` at the first question and looks for replies while one is open. A newer question to the same
// probe makes an older one void: it is cancelled and not answered. UI thread only; handlers are called on it.
//
//     PanelQuestions questions(run);
//     LATENT_TRY(std::uint64_t id, questions.ask("sim/solve", {{"mu", {1, 2}}}, [](std::uint64_t id, const ProbeReply& r) { … }));

#include <QObject>
#include <QTimer>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/probe/client.hpp"

namespace latent::desktop {

class PanelQuestions : public QObject {
    Q_OBJECT
  public:
    using Handler = std::function<void(std::uint64_t question, const engine::ProbeReply& reply)>;
    /// An empty run: probes that need none.
    explicit PanelQuestions(const std::filesystem::path& run, QObject* parent = nullptr);
    ~PanelQuestions() override;

    engine::Result<std::uint64_t> ask(const std::string& probe, const nlohmann::json& parameters,
                                      Handler handler);
    void cancel(std::uint64_t question);

  private:
    void receive(const engine::ProbeReply& reply, const Handler& handler);
    std::filesystem::path m_run;
    std::unique_ptr<engine::ProbeClient> m_client;
    std::map<std::string, std::uint64_t> m_open;  ///< probe → its one question
    QTimer m_timer;
};

}  // namespace latent::desktop
