// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The right side of the window: what is about to be run. Title, form, what it will cost, and Run.
//
// It keeps a form for each experiment, so that coming back finds the values as they were. UI thread only.

#include <QVariantMap>
#include <QWidget>
#include <functional>
#include <map>

#include "desktop/form/parameter_form.hpp"
#include "desktop/window/workbench.hpp"

class QLabel;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace latent::desktop {

class FormDock : public QWidget {
    Q_OBJECT
  public:
    explicit FormDock(Workbench& bench, QWidget* parent = nullptr);
    void setExperiment(const std::string& id);
    std::string experiment() const { return m_current; }
    ParameterForm* form() const;
    /// Why Run is off, in a sentence; empty when it is on.
    QString hindrance() const;
    /// Puts the values of an earlier run into the form of its experiment; sentences about what did not fit.
    QStringList clone(const std::filesystem::path& run);
    /// The same of a pasted command line or request; shows the experiment that it names.
    QStringList take(const PastedRequest& request);

    QVariantMap viewState() const;
    void setViewState(const QVariantMap& state);

  public Q_SLOTS:
    void run();

  Q_SIGNALS:
    void readyChanged();
    /// A run was made (and is queued or running).
    void started(const QString& experiment, const std::filesystem::path& run);
    void message(const QString& sentence);
    /// Another experiment than the one shown was pasted: its page should come.
    void experimentPasted(const QString& experiment);

  private:
    QString absentWords() const;
    void showThreads(ParameterForm* form);
    void takePasted(const PastedRequest& request);
    ParameterForm* formOf(const std::string& id);
    void dropForms(const std::function<bool(const std::string& id)>& isOver);
    Workbench& m_bench;
    std::string m_current;
    std::map<std::string, ParameterForm*> m_forms;
    std::map<std::string, nlohmann::json> m_schemas;  ///< that the forms were made of
    QVariantMap m_saved;                              ///< of forms that are not made (yet, or any more)
    QLabel *m_title, *m_summary, *m_empty;
    QStackedWidget* m_stack;
    QSpinBox* m_threads;
    QPushButton* m_run;
    bool m_starting = false;
};

}  // namespace latent::desktop
