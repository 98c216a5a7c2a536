// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The runs as a table with sorting and columns to choose, or, where it is narrow, as a list of two lines a run.
//
// The selection is of runs: it stays with them when the list is sorted or answered anew. UI thread only.
//
//     auto* table = new RunTable(list, panel);
//     connect(table, &RunTable::rowsSelected, actions, &RunActions::setSelection);

#include <QPointer>
#include <QStringList>
#include <QTableView>
#include <QVariantMap>
#include <map>
#include <vector>

class QMenu;

namespace latent::desktop {

class RunDelegate;
class RunList;

class RunTable : public QTableView {
    Q_OBJECT
  public:
    explicit RunTable(RunList& list, QWidget* parent = nullptr);

    void setCompact(bool compact);
    bool isCompact() const { return m_isCompact; }
    std::vector<int> selectedRunRows() const;
    void selectFolders(const QStringList& folders);
    /// Columns to show and hide, as a menu.
    void fillColumnMenu(QMenu* menu);
    /// The columns to sort by, and which way: what a click on a header does, also where there is none.
    void fillSortMenu(QMenu* menu);
    /// Columns, their widths, and the sort.
    QVariantMap viewState() const;
    void setViewState(const QVariantMap& state);

  Q_SIGNALS:
    void rowsSelected();
    void opened(int row);
    void starClicked(int row);
    void menuAsked(const QPoint& globalPosition);

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void arrange();
    void remember();
    void restore();
    void toggleColumn(const QString& column, bool shown);
    static QString wordsOf(const QString& column);
    RunList& m_list;
    RunDelegate* m_delegate;
    bool m_isCompact = false;
    QStringList m_kept;  ///< folders selected before the list was answered anew
    QString m_keptCurrent;
    int m_keptScroll = 0;
    bool m_isRestoring = false, m_isArranging = false;
    std::map<QString, int> m_widths;  ///< as the person has set them
};

}  // namespace latent::desktop
