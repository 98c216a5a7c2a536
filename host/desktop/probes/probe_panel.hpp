// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Questions that are answered while one drags: a probe's parameters with sliders, and its answer as a FigureSource.
//
// The server (a process with the plugin and, where the probe needs one, the run) is started with the first question that
// somebody can see, and ended with this. The sliders start from the values of the run; an answer can be kept, to lie under
// those that follow. Data sources are asked the same way: their answer is the preview. UI thread only; `catalog` outlives it.
//
//     auto* panel = new ProbePanel(bench.catalog(), splitter);
//     panel->setProbes({"sim/solve"});
//     panel->setRun(folder, request.parameters());
//     auto* board = new FigureBoard(panel->figures(), splitter);
//     connect(board, &FigureBoard::probeAsked, panel, &ProbePanel::ask);

#include <QVariantMap>
#include <QWidget>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "desktop/live/figure_source.hpp"
#include "desktop/probes/probe_foot.hpp"
#include "engine/plugins/catalog.hpp"

namespace latent::engine {
struct ProbeReply;
}

namespace latent::desktop {

class ParameterForm;

class ProbePanel : public QWidget {
    Q_OBJECT
  public:
    explicit ProbePanel(const engine::PluginCatalog& catalog, QWidget* parent = nullptr);
    ~ProbePanel() override;

    /// Ids of probes or data sources of one plugin.
    void setProbes(const std::vector<std::string>& probes);
    /// The run that is asked about, empty: none or none that is done; and the values to start from, empty: the defaults.
    void setRun(const std::filesystem::path& run, const nlohmann::json& parameters);
    /// What is said of the values it starts from, where they are not those of a run; and of the way back to them.
    void setStartWords(const QString& words, const QString& back);
    /// Offers to put the values elsewhere, see valuesChosen().
    void setUsable(bool usable);

    FigureSource& figures();
    ParameterForm* form() const;
    QString probe() const;
    ProbeFoot::State state() const;
    /// What stands below the sliders.
    QString words() const;
    /// Questions that were sent to the server that runs now, and answers that were shown.
    std::uint64_t asked() const;
    std::uint64_t answers() const;
    /// Of the question whose answer is shown; null before the first.
    const nlohmann::json& shownParameters() const;

    /// The question and what stands in its form, for sessions. They are put back when the values that they
    /// started from are there again, which may be when the run has been read.
    QVariantMap viewState() const;
    void setViewState(const QVariantMap& state);

  public Q_SLOTS:
    /// What a gesture bound: puts the values into the form, from where they are asked.
    void ask(const QString& probe, const nlohmann::json& parameters);
    /// Values of a run, as far as the question takes them, in the place of what the form holds, which is said above it.
    void fill(const nlohmann::json& values);
    /// Ends the server and asks again.
    void restart();
    void keep();
    void forget();

  Q_SIGNALS:
    /// The whole answer, not its parts.
    void answered(double elapsed_ms);
    void valuesChosen(const nlohmann::json& parameters);
    /// The question was set back to what it starts from.
    void startedOver();

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    struct Parts;
    void choose(const std::string& probe);
    void toStart();
    void sayStart(bool isFilled);
    bool isPendingHere() const;
    bool takePending();
    void askNow();
    void start();
    void endServer();
    void show(const engine::ProbeReply& reply);
    void showKept();
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
