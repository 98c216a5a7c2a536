// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A table of words as high as its rows, up to a limit; cells can be selected and copied (tabs between columns).
//
// UI thread only.
//
//     grid->setTable(parameterTable(parameters, labels));

#include <QTableWidget>

#include "desktop/runs/compare_tables.hpp"

namespace latent::desktop {

class CompareGrid : public QTableWidget {
    Q_OBJECT
  public:
    explicit CompareGrid(const QString& name, QWidget* parent = nullptr);
    void setTable(const CompareTable& table);
    /// How many columns name the row; they take the room of their words, the runs share the rest.
    void setNameColumns(int count) { m_nameColumns = count; }

  public Q_SLOTS:
    void copy();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void share();
    void fitHeight();
    int m_nameColumns = 1;
};

}  // namespace latent::desktop
