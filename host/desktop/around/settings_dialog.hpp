// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The few things to choose: theme, text size, core budget. Changes take effect at once; there is no OK to forget.
//
//     SettingsDialog(settings, window).exec();

#include <QDialog>

namespace latent::desktop {

class Settings;

class SettingsDialog : public QDialog {
    Q_OBJECT
  public:
    explicit SettingsDialog(Settings& settings, QWidget* parent = nullptr);
};

}  // namespace latent::desktop
