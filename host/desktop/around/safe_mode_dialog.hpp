// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// After a crash: start in safe mode, leave out the panels of the plugin in whose code it happened, or start as always.
//
// Shown before the window, only when there is something to decide: a plugin to name, or a start that never came to a
// window. Leaving out is a quarantine of that panel library by its hash: the plugin's experiments go on working, a new build
// gets a new chance, and the plugin manager releases it. Nothing of any plugin is removed. UI thread only.
//
//     StartChoice choice = record.deaths().empty() ? StartChoice::Normal : askHowToStart(record.deaths(), catalogSettings);
//     Workbench bench(folder, safeMode || choice == StartChoice::Safe);

#include <QDialog>
#include <functional>
#include <vector>

#include "desktop/around/safe_mode.hpp"
#include "engine/plugins/catalog.hpp"

namespace latent::desktop {

enum class StartChoice { Normal, LeaveOut, Safe };

/// Whether there is something to decide. A death without a culprit in an open window is only a sentence for the message bar.
bool isWorthAsking(const std::vector<DeadStart>& deaths);
/// "The window did not end properly (…); jobs went on without it."; empty without deaths.
QString sentenceAbout(const std::vector<DeadStart>& deaths);
/// Asks when it is worth asking, and does what was chosen; `message` gets what could not be done. Where a
/// plugin is named, a question that is closed without an answer means to leave its panels out: the window is
/// not to fall a second time. Nobody has answered when `isEnding` says that the program ends meanwhile.
StartChoice askHowToStart(const std::vector<DeadStart>& deaths, const engine::CatalogSettings& settings,
                          QString* message = nullptr, const std::function<bool()>& isEnding = {});
/// Sets the panel library of a plugin apart.
engine::Status leaveOutPanels(const QString& plugin, const engine::CatalogSettings& settings);

class SafeModeDialog : public QDialog {
    Q_OBJECT
  public:
    explicit SafeModeDialog(const std::vector<DeadStart>& deaths, QWidget* parent = nullptr);
    StartChoice choice() const { return m_choice; }

  private:
    StartChoice m_choice = StartChoice::Normal;
};

}  // namespace latent::desktop
