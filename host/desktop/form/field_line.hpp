// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A line of text as the form needs it: the unit and a button inside on the right, "…" where a text at rest is too long, arrow
// keys and the wheel that step, and a say in what is pasted or dropped.
//
// The wheel steps only with the focus, so that scrolling the form changes nothing. The button is no stop of Tab: Alt+Down or
// F4 press it, as they open a list of choices. UI thread only.
//
//     line->setUnit("nm");
//     QToolButton* dice = line->addButton("dice", tr("Another seed"));

#include <QLineEdit>
#include <functional>
#include <vector>

class QMimeData;
class QToolButton;

namespace latent::desktop {

class FieldLine : public QLineEdit {
    Q_OBJECT
  public:
    explicit FieldLine(QWidget* parent = nullptr);
    void setUnit(const QString& unit);
    QString unit() const { return m_unit; }
    QToolButton* addButton(const QString& iconName, const QString& words);
    QToolButton* button() const { return m_buttons.empty() ? nullptr : m_buttons.front(); }
    /// Numbers: Up, Down, Page Up, Page Down and the wheel are steps.
    void setSteps(bool steps) { m_steps = steps; }
    /// Where a text at rest loses letters.
    void setElide(Qt::TextElideMode mode) { m_elide = mode; }
    /// Asked about everything pasted or dropped; true: it was taken.
    void setTaker(std::function<bool(const QMimeData&)> taker) { m_taker = std::move(taker); }
    /// Whether files may be dropped; else a drop of files is refused, not spelled out.
    void setTakesFiles(bool takes) { m_takesFiles = takes; }
    /// As shown at rest.
    QString shownText() const;

  Q_SIGNALS:
    void stepAsked(int by, bool large);

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void place();
    QRect room() const;
    QString m_unit;
    std::vector<QToolButton*> m_buttons;
    std::function<bool(const QMimeData&)> m_taker;
    Qt::TextElideMode m_elide = Qt::ElideRight;
    int m_turned = 0;  ///< of the wheel, in eighths of a degree
    bool m_steps = false, m_takesFiles = false;
};

}  // namespace latent::desktop
