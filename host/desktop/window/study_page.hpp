// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One experiment and the run of it that is looked at: Data, Training, Visualisation, Claims.
//
// The page shows figures as they grow, whatever state the run is in; the form that starts runs stands beside it. It opens
// its run at the RunService and closes it when it goes. UI thread only.
//
//     auto* page = new StudyPage(bench, info, this);
//     page->setRun(folder);
//     page->showPanel(StudyPage::Panel::Training);

#include <QElapsedTimer>
#include <QTimer>
#include <QVariantMap>
#include <QWidget>
#include <filesystem>

#include "desktop/live/figure_source.hpp"
#include "desktop/window/workbench.hpp"

class QComboBox;
class QLabel;
class QPushButton;
class QTabWidget;

namespace latent::desktop {

class ClaimsView;
class ElidedLabel;
class FigureBoard;
class ProbePanel;
struct PanelOffer;

class StudyPage : public QWidget {
    Q_OBJECT
  public:
    enum class Panel { Data, Training, Visualisation, Claims };
    StudyPage(Workbench& bench, ExperimentInfo info, QWidget* parent = nullptr);
    ~StudyPage() override;

    const ExperimentInfo& info() const { return m_info; }
    const std::filesystem::path& run() const { return m_run; }
    RunSnapshotPtr snapshot() const { return m_snapshot; }
    QString title() const;
    Panel panel() const;
    FigureBoard* board() const;  ///< of the panel that is shown; null on Claims and on a plugin's own panel
    FigureSource& figures() { return m_source; }
    ClaimsView* claims() const { return m_claims; }
    bool asksQuestions() const;                        ///< "What if?" is what is shown
    ProbePanel* questions() const { return m_probe; }  ///< null where the plugin has none

    QVariantMap viewState() const;
    void setViewState(const QVariantMap& state);
    /// Of an absent plugin there are figures of runs, and nothing to start, ask or measure.
    bool isAbsent() const { return m_info.isAbsent; }

  public Q_SLOTS:
    void setRun(const std::filesystem::path& run);
    void showPanel(Panel panel);
    /// What the form holds for this experiment: the preview of the data follows it.
    void setFormValues(const nlohmann::json& values);

  Q_SIGNALS:
    void runChanged();
    void stateChanged();
    void panelChanged();
    /// Something that a session keeps was changed by hand.
    void edited();
    void openRunAsked(const std::filesystem::path& run);
    void cloneAsked(const std::filesystem::path& run);
    void reportAsked(const QStringList& folders);
    void resumeAsked(const std::filesystem::path& run);
    /// Values of a question that shall be run: they belong into the form of this experiment.
    void valuesChosen(const nlohmann::json& values);
    void message(const QString& sentence);
    void exported(const QStringList& files);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* makeHeader();
    QWidget* makeVisualisation();
    QWidget* makeData();
    void makeQuestions();
    std::vector<std::string> dataSources() const;
    void hearAsked(FigureBoard* board, ProbePanel* filledBy);
    void ask(FigureBoard* asking, const QString& probe, const nlohmann::json& parameters);
    nlohmann::json valuesBehind(const FigureBoard* board) const;
    void bringIntoSight(const std::string& probe);
    void addPanel(const PanelOffer& offer);
    void receive(const RunSnapshotPtr& snapshot);
    void showState();
    void showPlaceholder();
    void readSweep();
    bool isSweep() const;
    void fillRuns();
    void takeFixed();
    void openCell(const std::map<std::string, std::int64_t>& place);

    Workbench& m_bench;
    ExperimentInfo m_info;
    std::filesystem::path m_run;
    RunSnapshotPtr m_snapshot;
    FigureSource m_source;
    QComboBox* m_runs;
    QLabel* m_mark;
    ElidedLabel *m_title = nullptr, *m_state;
    QLabel* m_age;
    QPushButton* m_resume;
    QTabWidget* m_tabs;
    FigureBoard *m_training, *m_visualisation;
    FigureBoard *m_data = nullptr, *m_answers = nullptr;
    ProbePanel *m_preview = nullptr, *m_probe = nullptr;
    QVariantMap m_kept;  ///< as it was restored: parts that this page does not have stay so
    std::filesystem::path
        m_away;  ///< run of a session that is not there now, as on a disk that is not mounted
    std::map<std::string, std::int64_t, std::less<>> m_fixed;  ///< of a session, until their axes are there
    QVariantMap m_panelStates;      ///< of the plugin's own panels by id, also of those that are not open
    QTabWidget* m_inner = nullptr;  ///< of Visualisation: figures, questions, the plugin's own panels
    ClaimsView* m_claims;
    QTimer m_ageTimer;
    QElapsedTimer m_sweepRead;
    QString m_lastState;
};

}  // namespace latent::desktop
