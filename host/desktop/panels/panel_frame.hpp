// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The place of a plugin's panel in the window: what is being checked, then the plugin's widget, or a sentence.
//
// It owns the panel and everything between it and the host, and is the only one who calls it: a call that fails ends the
// panel, and the sentence takes its place; other panels, also of the same library, go on. A hidden panel gets no data until
// it is shown again. UI thread only.
//
//     auto* frame = new PanelFrame(offer, source, run, parent);
//     connect(frame, &PanelFrame::ended, this, [](const QString& sentence) { say(sentence); });
//     frame->setViewState(session);

#include <QPointer>
#include <QVariantMap>
#include <QWidget>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "desktop/panels/panel_offer.hpp"
#include "engine/plugins/loaded_plugin.hpp"
#include "engine/result.hpp"

class QStackedLayout;

namespace latent::abi {
class IPanel1;
}

namespace latent::desktop {

class FigureSource;
class PanelCode;
class PanelHost;
class PanelNotice;

class PanelFrame : public QWidget {
    Q_OBJECT
  public:
    enum class State { Checking, Shown, Refused };
    PanelFrame(const PanelOffer& offer, FigureSource& source, const std::filesystem::path& run,
               QWidget* parent = nullptr);
    ~PanelFrame() override;

    State state() const { return m_state; }
    const PanelOffer& offer() const { return m_offer; }
    /// The plugin's widget; null unless shown.
    QWidget* content() const { return m_content; }
    /// Why there is no panel; empty while there is one or may be.
    const QString& sentence() const { return m_sentence; }

    /// Another run is shown from now on: the panel is made anew for it, with what the person had chosen.
    void setRun(const std::filesystem::path& run);
    /// What the person chose in the panel, for sessions; what is set before the panel is there waits for it.
    QVariantMap viewState() const;
    void setViewState(const QVariantMap& state);

    /// Ends the panel after the current event, with this sentence in its place.
    void end(const QString& sentence);
    /// The frame around an object of a panel; null when it belongs to none.
    static PanelFrame* around(QObject* object);

  Q_SIGNALS:
    void shown();
    void ended(const QString& sentence);
    /// A line of the panel for the log; level as in the SDK: 0 debug … 3 error.
    void logged(int level, const QString& message);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void begin();
    void build(engine::LoadedPlugin& library, const nlohmann::json& run);
    void makeWidget();
    void takeDown();
    void refuse(const QString& sentence);
    void giveData();
    /// Calls the panel unless it has ended; an error of it ends it.
    template <class Call>
    void call(Call&& what);

    PanelOffer m_offer;
    QPointer<FigureSource> m_source;
    std::filesystem::path m_run;
    State m_state = State::Checking;
    QString m_sentence;
    std::shared_ptr<PanelCode> m_code;  ///< says that this plugin's code runs, as long as it may
    std::unique_ptr<PanelHost> m_host;
    abi::IPanel1* m_panel = nullptr;
    QWidget* m_content = nullptr;
    PanelNotice* m_notice;
    QStackedLayout* m_layout;
    std::string m_savedState;
    bool m_dataWaits = false;
    bool m_ending = false;
    int m_round = 0;  ///< how often it was begun: what was under way for an earlier run is dropped
};

}  // namespace latent::desktop
