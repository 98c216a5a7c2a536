// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A few choices side by side, one of them on: presets, and choices with short names. One stop of Tab; arrow keys go on.
//
//     bar->add("laptop", "laptop", help);
//     connect(bar, &SegmentBar::chosen, form, &ParameterForm::setPreset);   // by hand only

#include <QFrame>
#include <vector>

class QButtonGroup;
class QPushButton;

namespace latent::desktop {

class SegmentBar final : public QFrame {
    Q_OBJECT
  public:
    explicit SegmentBar(QWidget* parent = nullptr);
    void add(const QString& value, const QString& words, const QString& help);
    void clear();
    /// Nothing is on where no segment has this value.
    void setValue(const QString& value);
    QString value() const;
    QWidget* focusTarget() const;
    const std::vector<QPushButton*>& buttons() const { return m_buttons; }

  Q_SIGNALS:
    void chosen(const QString& value);

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    void settleFocus();
    QButtonGroup* m_group;
    std::vector<QPushButton*> m_buttons;
};

}  // namespace latent::desktop
