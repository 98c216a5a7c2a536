// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Questions that are answered while one drags: a probe's parameters with sliders, and its answer as a FigureSource.
//
// The server (a process with the plugin and, where one is named, the run) is started with the first question and leaves by
// itself. Data sources are asked the same way: their answer is the preview. UI thread only; `catalog` outlives it.
//
//     auto* panel = new ProbePanel(bench.catalog(), splitter);
//     panel->setProbes({"sim/solve"}, {});
//     auto* board = new FigureBoard(panel->figures(), splitter);

#include <QWidget>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "desktop/live/figure_source.hpp"
#include "engine/plugins/catalog.hpp"

namespace latent::desktop {

class ParameterForm;

class ProbePanel : public QWidget {
    Q_OBJECT
  public:
    explicit ProbePanel(const engine::PluginCatalog& catalog, QWidget* parent = nullptr);
    ~ProbePanel() override;

    /// Ids of probes or data sources; the run that they are asked about, empty for none.
    void setProbes(const std::vector<std::string>& probes, const std::filesystem::path& run);
    FigureSource& figures();
    ParameterForm* form() const;
    QString probe() const;

  public Q_SLOTS:
    /// What a gesture bound: puts the values into the form and asks.
    void ask(const QString& probe, const nlohmann::json& parameters);
    /// Ends the server and asks again.
    void restart();

  Q_SIGNALS:
    void answered(double elapsed_ms);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    struct Parts;
    void choose(const std::string& probe);
    void askNow();
    void say(const QString& words, const char* look);
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
