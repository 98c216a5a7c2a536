// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The question before a plugin's code may run: what that means, which files, and their SHA-256 to compare.
//
// "Leave it" is the default; accepted() means trust. UI thread only.
//
//     auto* question = new TrustDialog(row, this);
//     connect(question, &QDialog::accepted, this, [=] { trust(row); });
//     question->open();

#include <QDialog>

#include "desktop/around/plugin_rows.hpp"

namespace latent::desktop {

class TrustDialog : public QDialog {
    Q_OBJECT
  public:
    explicit TrustDialog(const PluginRow& row, QWidget* parent = nullptr);
};

}  // namespace latent::desktop
