// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A combo box whose list looks like the other lists of the program: rows of the sheet's height, in its colours.
// Qt's own list is drawn by a delegate that knows nothing of style sheets; it is replaced when the list first opens,
// so that a form of fifty boxes makes no fifty lists. UI thread only.
//
//     auto* presets = new ComboBox(this);
//     presets->addItem(tr("laptop"), QStringLiteral("laptop"));

#include <QComboBox>
#include <QStyledItemDelegate>

namespace latent::desktop {

class ComboBox : public QComboBox {
  public:
    using QComboBox::QComboBox;
    void showPopup() override {
        if (!m_dressed) setItemDelegate(m_dressed = new QStyledItemDelegate(this));
        QComboBox::showPopup();
    }

  private:
    QStyledItemDelegate* m_dressed = nullptr;
};

}  // namespace latent::desktop
