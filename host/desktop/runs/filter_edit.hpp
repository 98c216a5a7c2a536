// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The search field of the run browser: completes the word at the cursor, and explains the language on "?" or F1.
//
// Changes come a moment after typing has paused. UI thread only.
//
//     auto* filter = new FilterEdit(this);
//     filter->setNames(list.possibleColumns());
//     connect(filter, &FilterEdit::filterChanged, &list, &RunList::setFilter);

#include <QLineEdit>
#include <QStringList>
#include <QTimer>

class QCompleter;
class QStringListModel;

namespace latent::desktop {

class FilterEdit : public QLineEdit {
    Q_OBJECT
  public:
    explicit FilterEdit(QWidget* parent = nullptr);
    void setNames(const QStringList& names, const QStringList& tags);
    /// Marks the field; the sentence is shown elsewhere.
    void setWrong(bool wrong);

  public Q_SLOTS:
    void showHelp();

  Q_SIGNALS:
    void filterChanged(const QString& filter);
    /// Down or Return: to the results.
    void left();

  protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void complete();
    void insert(const QString& completion);
    QTimer m_pause;
    QStringList m_names, m_tags;
    QStringListModel* m_fits;
    QCompleter* m_completer;
};

}  // namespace latent::desktop
