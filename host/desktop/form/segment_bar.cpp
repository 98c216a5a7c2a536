// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/segment_bar.hpp"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <QStyleOptionButton>
#include <QStylePainter>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

/// Loses letters where there is no room, and asks for as much room as its words in bold take.
class Segment final : public QPushButton {
  public:
    Segment(const QString& words, QWidget* parent) : QPushButton(words, parent) {
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    }
    QSize minimumSizeHint() const override { return {32, QPushButton::minimumSizeHint().height()}; }
    QSize sizeHint() const override {
        return {wordsWidth() + 2 * space::inside + 2, QPushButton::sizeHint().height()};
    }
    bool isCut() const { return wordsWidth() > width() - space::inside; }

  protected:
    void paintEvent(QPaintEvent*) override {
        QStyleOptionButton option;
        initStyleOption(&option);
        option.text = QFontMetrics(bold()).elidedText(text(), Qt::ElideRight, width() - space::inside);
        QStylePainter(this).drawControl(QStyle::CE_PushButton, option);
    }

  private:
    QFont bold() const {
        QFont font = theme().body;
        font.setWeight(QFont::DemiBold);
        return font;
    }
    int wordsWidth() const { return QFontMetrics(bold()).horizontalAdvance(text()); }
};

}  // namespace

SegmentBar::SegmentBar(QWidget* parent) : QFrame(parent), m_group(new QButtonGroup(this)) {
    setProperty("look", "segments");
    m_group->setExclusive(true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(1, 1, 1, 1);
    row->setSpacing(0);
}

void SegmentBar::add(const QString& value, const QString& words, const QString& help) {
    auto* button = new Segment(words, this);
    button->setProperty("look", "segment");
    button->setProperty("value", value);
    button->setCheckable(true);
    button->setToolTip(
        help.isEmpty()
            ? words
            : QStringLiteral("<p><b>%1</b></p><p>%2</p>").arg(words.toHtmlEscaped(), help.toHtmlEscaped()));
    button->setAccessibleName(words);
    button->setAccessibleDescription(help);
    button->installEventFilter(this);
    m_group->addButton(button);
    m_buttons.push_back(button);
    layout()->addWidget(button);
    static_cast<QHBoxLayout*>(layout())->setStretchFactor(button, 1);
    connect(button, &QPushButton::clicked, this, [this, value] {
        settleFocus();
        Q_EMIT chosen(value);
    });
    settleFocus();
}

void SegmentBar::clear() {
    for (QPushButton* button : m_buttons) delete button;
    m_buttons.clear();
}

void SegmentBar::setValue(const QString& value) {
    m_group->setExclusive(false);
    for (QPushButton* button : m_buttons) button->setChecked(button->property("value").toString() == value);
    m_group->setExclusive(true);
    settleFocus();
}

QString SegmentBar::value() const {
    for (QPushButton* button : m_buttons)
        if (button->isChecked()) return button->property("value").toString();
    return {};
}

QWidget* SegmentBar::focusTarget() const {
    for (QPushButton* button : m_buttons)
        if (button->isChecked()) return button;
    return m_buttons.empty() ? nullptr : m_buttons.front();
}

/// Tab goes to the one that is on.
void SegmentBar::settleFocus() {
    const QWidget* target = focusTarget();
    for (QPushButton* button : m_buttons)
        button->setFocusPolicy(button == target ? Qt::StrongFocus : Qt::ClickFocus);
}

bool SegmentBar::eventFilter(QObject* object, QEvent* event) {
    if (event->type() != QEvent::KeyPress) return QFrame::eventFilter(object, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    const int by = key == Qt::Key_Right || key == Qt::Key_Down ? 1
                   : key == Qt::Key_Left || key == Qt::Key_Up  ? -1
                                                               : 0;
    const auto here = std::find(m_buttons.begin(), m_buttons.end(), object);
    if (by == 0 || here == m_buttons.end()) return QFrame::eventFilter(object, event);
    const auto next = (here - m_buttons.begin()) + by;
    if (next >= 0 && next < static_cast<std::ptrdiff_t>(m_buttons.size())) {
        QPushButton* button = m_buttons[static_cast<std::size_t>(next)];
        button->click();
        button->setFocus(Qt::OtherFocusReason);
    }
    return true;
}

}  // namespace latent::desktop
