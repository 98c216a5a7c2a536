// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// All shortcuts on one page, by group, with a search field; what is selected can be given other keys below.
//
// Keys that another action has are told before they are taken from it. UI thread only.
//
//     ShortcutsDialog(actions, window).exec();

#include <QDialog>
#include <QKeySequence>
#include <memory>

namespace latent::desktop {

class ActionRegistry;

class ShortcutsDialog : public QDialog {
    Q_OBJECT
  public:
    explicit ShortcutsDialog(ActionRegistry& actions, QWidget* parent = nullptr);
    ~ShortcutsDialog() override;

  private:
    void fill();
    void filter(const QString& words);
    void showSelected();
    void weigh();
    void keep(const QKeySequence& keys);
    QString selected() const;
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
