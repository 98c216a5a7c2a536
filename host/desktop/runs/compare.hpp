// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Several runs side by side: the parameters that differ and no others, metrics, claims, and curves laid over each other.
//
// Everything comes from the snapshots of the RunService, so that runs that still go on are compared live. Figures are
// merged by overlay(). Claims load the plugin, so they are measured by `latent claims` when the person asks. UI thread only.
//
//     auto* compare = new CompareView(bench.runs(), page);
//     compare->setRuns({first, second, third});

#include <QScrollArea>
#include <QString>
#include <QStringList>
#include <memory>

#include "desktop/live/run_service.hpp"

namespace latent::desktop {

class CompareView : public QScrollArea {
    Q_OBJECT
  public:
    explicit CompareView(RunService& service, QWidget* parent = nullptr);
    ~CompareView() override;

    void setRuns(const QStringList& folders);
    QStringList runs() const;
    /// How runs are called here: what tells them apart.
    QStringList labels() const;
    bool hasFigures() const;
    /// The runs and the zoom of each figure, for sessions; setViewState() leaves the runs to setRuns().
    QVariantMap viewState() const;
    void setViewState(const QVariantMap& state);

  public Q_SLOTS:
    void measureClaims();
    /// Asks where to, for all overlaid curves that there are.
    void exportAll();

  Q_SIGNALS:
    void openRun(const QString& run);
    void exported(const QStringList& files);

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
