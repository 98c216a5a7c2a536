// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The claims of an experiment, as cards: verdict as word, mark and colour; the sentence of the engine; controls beneath.
//
// Declared claims stand there before anything is measured. Measuring loads the plugin, so `latent claims` does it, when the
// person asks or a run has ended. UI thread only.
//
//     claims->setDeclared(*contribution.description);
//     claims->measure({runFolder});

#include <QScrollArea>
#include <QStringList>
#include <nlohmann/json.hpp>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace latent::desktop {

class ClaimsView : public QScrollArea {
    Q_OBJECT
  public:
    explicit ClaimsView(QWidget* parent = nullptr);
    void setDeclared(const nlohmann::json& claims);
    /// Runs or sweeps that are measured when asked.
    void setRuns(const QStringList& folders);
    /// "holds", "contradicted", … of the last measurement, with how many there are of each.
    QMap<QString, int> verdicts() const { return m_verdicts; }
    /// The runs are done: they are measured when somebody first looks.
    void setReady(bool ready);

  public Q_SLOTS:
    void measure();

  Q_SIGNALS:
    void measured();
    void reportAsked(const QStringList& folders);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void measureOnce();
    void clear();
    void addClaim(const nlohmann::json& entry);
    void show(const nlohmann::json& document);
    QStringList m_folders;
    QMap<QString, int> m_verdicts;
    QVBoxLayout* m_column;
    QLabel* m_head;
    QPushButton *m_measure, *m_report;
    nlohmann::json m_declared;
    quint64 m_asked = 0;
    bool m_isReady = false, m_wasMeasured = false;
};

}  // namespace latent::desktop
