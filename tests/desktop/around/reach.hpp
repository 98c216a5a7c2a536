// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Walks a window as somebody who does not see it and has no mouse: which controls have no name, and which cannot be reached.
//
//     for (const QString& fault : faultsOf(window)) qWarning() << fault;
//
// Tab is really pressed, so that a widget that swallows it, and everything behind it, is found.

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QButtonGroup>
#include <QComboBox>
#include <QDockWidget>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSet>
#include <QTabBar>
#include <QTextEdit>
#include <QtTest/QtTest>

namespace latent::test {

/// A part of another control, which the person never meets by itself.
inline bool isPart(const QWidget* widget) {
    if (qobject_cast<const QScrollBar*>(widget) || qobject_cast<const QHeaderView*>(widget) ||
        widget->objectName().startsWith(QLatin1String("qt_")) || widget->inherits("QTableCornerButton"))
        return true;
    if (widget->inherits("latent::desktop::ChangedMark"))
        return true;  // the menu of its field resets as well, and Tab goes from field to field
    for (const QWidget* parent = widget->parentWidget(); parent; parent = parent->parentWidget()) {
        if (qobject_cast<const QAbstractSpinBox*>(parent) || qobject_cast<const QComboBox*>(parent) ||
            qobject_cast<const QKeySequenceEdit*>(parent))
            return true;
        if (qobject_cast<const QLineEdit*>(parent) || qobject_cast<const QMenuBar*>(parent)) return true;
        if (qobject_cast<const QTabBar*>(parent))
            return true;  // arrows, and the crosses, for which there is Ctrl+W
        if (parent->isWindow()) break;
    }
    return false;
}

inline bool isControl(const QWidget* widget) {
    // A label takes the focus only so that its text can be copied.
    return qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QLineEdit*>(widget) ||
           qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QComboBox*>(widget) ||
           qobject_cast<const QAbstractSlider*>(widget) || qobject_cast<const QAbstractItemView*>(widget) ||
           qobject_cast<const QTextEdit*>(widget) || qobject_cast<const QPlainTextEdit*>(widget) ||
           qobject_cast<const QTabBar*>(widget) || qobject_cast<const QKeySequenceEdit*>(widget) ||
           (widget->focusPolicy() != Qt::NoFocus && !qobject_cast<const QLabel*>(widget));
}

inline QString nameOf(QWidget* widget) {
    if (QAccessibleInterface* its = QAccessible::queryAccessibleInterface(widget))
        return its->text(QAccessible::Name);
    return widget->accessibleName();
}

/// "QToolButton 'Copy' in FigureHeader in FigureCard".
inline QString describe(QWidget* widget) {
    QString words = QLatin1String(widget->metaObject()->className()) +
                    QStringLiteral(" '%1' '%2'").arg(nameOf(widget), widget->objectName());
    int depth = 0;
    for (const QWidget* parent = widget->parentWidget(); parent && depth < 4;
         parent = parent->parentWidget(), ++depth)
        words +=
            QStringLiteral(" in ") + QLatin1String(parent->metaObject()->className()) +
            (parent->objectName().isEmpty() ? QString() : QStringLiteral(" '%1'").arg(parent->objectName()));
    return words;
}

inline std::vector<QWidget*> controlsOf(QWidget& window) {
    std::vector<QWidget*> all;
    for (QWidget* widget : window.findChildren<QWidget*>())
        if (widget->window() == &window && widget->isVisible() && widget->isEnabled() && isControl(widget) &&
            !isPart(widget))
            all.push_back(widget);
    return all;
}

/// Of several that exclude each other one takes Tab, and arrow keys go on.
inline bool isChosenByArrows(const QWidget* widget) {
    const auto* button = qobject_cast<const QAbstractButton*>(widget);
    return button && !button->isChecked() &&
           ((button->group() && button->group()->exclusive()) || button->autoExclusive());
}

/// Everything that gets the focus when Tab is pressed until nothing new comes; and where it went around at the end.
struct Reached {
    QSet<QWidget*> widgets;
    QString around;
};
inline Reached reachedByTab(QWidget& window) {
    Reached reached;
    QWidget* first = nullptr;  // that came a second time
    for (int i = 0; i < 1000; ++i) {
        QWidget* now = QApplication::focusWidget();
        if (now && reached.widgets.contains(now)) {
            if (now == first) break;
            if (!first) first = now;
            reached.around += describe(now) + QLatin1Char('\n');
        } else if (now) {
            reached.widgets << now;
            first = nullptr;
            reached.around.clear();
        }
        QTest::keyClick(now ? now : &window, Qt::Key_Tab);
    }
    return reached;
}

inline QStringList faultsOf(QWidget& window) {
    QStringList faults;
    const std::vector<QWidget*> controls = controlsOf(window);
    for (QWidget* widget : controls)
        if (nameOf(widget).trimmed().isEmpty()) faults << QStringLiteral("no name: ") + describe(widget);
    const Reached tab = reachedByTab(window);
    const QSet<QWidget*>& reached = tab.widgets;
    const qsizetype unnamed = faults.size();
    for (QWidget* widget : controls) {
        if (!widget->isVisible() || reached.contains(widget) || isChosenByArrows(widget)) continue;
        // A focus proxy or a scroll area that only passes the focus on.
        if (widget->focusProxy() && reached.contains(widget->focusProxy())) continue;
        faults << QStringLiteral("Tab does not reach: ") + describe(widget);
    }
    if (faults.size() > unnamed)
        faults << QStringLiteral("It goes around from here: ") + tab.around.left(6000);
    return faults;
}

}  // namespace latent::test
