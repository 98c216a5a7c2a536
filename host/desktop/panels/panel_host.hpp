// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The desktop as one panel sees it: abi::IPanelHost1 over a FigureSource and a run.
//
// Owned by the frame, outlives the panel; after the source has gone it holds nothing. It knows nothing of widgets; what a panel wants of its frame (to log, to give up,
// to be told of an answer) are callbacks. Nothing here throws or blocks. UI thread only.
//
//     PanelHost host(source, run, requestJson);
//     host.onAnswer = [&](std::uint64_t question, std::int32_t state, abi::IPanelAnswer1* answer, const std::string& words) { … };
//     panel->open(&host, &sentence);

#include <QPointer>
#include <QString>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "desktop/live/figure_source.hpp"
#include "desktop/panels/panel_questions.hpp"
#include "latent/panel/abi/panel.hpp"

namespace latent::desktop {

class PanelHost final : public abi::IPanelHost1 {
  public:
    /// `request`: the run's request.json; null when what is shown is no run.
    PanelHost(FigureSource& source, const std::filesystem::path& run, const nlohmann::json& request);

    std::function<void(int level, const QString& message)> onLog;
    std::function<void(const QString& sentence)> onGiveUp;
    std::function<void(std::uint64_t question, std::int32_t state, abi::IPanelAnswer1* answer,
                       const std::string& sentence)>
        onAnswer;

    int32_t LATENT_CALL run(abi::ISink* json) noexcept override;
    int32_t LATENT_CALL arrays(abi::ISink* json) noexcept override;
    int32_t LATENT_CALL array(const abi::Text* name, abi::Array* out, abi::ISink* error) noexcept override;
    int32_t LATENT_CALL cursor(const abi::Text* name, int64_t* index) noexcept override;
    void LATENT_CALL setCursor(const abi::Text* name, int64_t index) noexcept override;
    int32_t LATENT_CALL theme(abi::ISink* json) noexcept override;
    int32_t LATENT_CALL ask(const abi::Text* probe, const abi::Text* parametersJson, uint64_t* question,
                            abi::ISink* error) noexcept override;
    void LATENT_CALL cancel(uint64_t question) noexcept override;
    void LATENT_CALL log(int32_t level, const abi::Text* message) noexcept override;
    void LATENT_CALL giveUp(const abi::Text* sentence) noexcept override;

  private:
    void receive(std::uint64_t question, const engine::ProbeReply& reply);
    const engine::figures::ArraySet& shown() const;
    QPointer<FigureSource> m_source;
    nlohmann::json m_run;
    PanelQuestions m_questions;
};

}  // namespace latent::desktop
