// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The top line of a figure's card: title left, age and actions right. For FigureCard.

#include <QList>
#include <QWidget>

class QLabel;
class QMenu;
class QToolButton;

namespace latent::desktop {

class ElidedLabel;

class FigureHeader : public QWidget {
    Q_OBJECT
  public:
    explicit FigureHeader(QWidget* parent = nullptr);
    /// `more` is shown when the mouse rests on it.
    void setTitle(const QString& title, const QString& more = {});
    /// Seconds since the data changed; below 0: nothing is shown.
    void setAge(double age_s);
    void setMaximised(bool maximised);
    /// Less room: what is seldom pressed moves into the menu.
    void setCompact();
    /// Buttons for the gestures that the figure offers; -1 is zoom and pan.
    void setGestures(const QStringList& icons, const QStringList& labels);
    QMenu* menu() const { return m_menu; }

  Q_SIGNALS:
    void numbersAsked();
    void exportAsked();
    void homeAsked();
    void maximiseAsked(bool maximised);
    void gestureChosen(int index);

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    QToolButton* button(const QString& iconName, const QString& words);
    void showTools();
    ElidedLabel* m_title;
    QWidget* m_tools = nullptr;
    QLabel* m_age;
    QWidget* m_gestures;
    QToolButton* m_maximise;
    QList<QToolButton*> m_seldom;
    QMenu* m_menu;
};

}  // namespace latent::desktop
