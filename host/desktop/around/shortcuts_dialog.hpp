// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// All shortcuts on one page, by group, with a search field; a click on one (or Enter) changes it.
//
// A shortcut that another action has is told at once and taken over only on demand. UI thread only.
//
//     ShortcutsDialog(actions, window).exec();

#include <QDialog>
#include <memory>

namespace latent::desktop {

class ActionRegistry;

class ShortcutsDialog : public QDialog {
    Q_OBJECT
  public:
    explicit ShortcutsDialog(ActionRegistry& actions, QWidget* parent = nullptr);
    ~ShortcutsDialog() override;

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    void fill();
    void record(const QString& id);
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
