// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/layout_undo.hpp"

#include <QDockWidget>
#include <QMainWindow>
#include <QPointer>
#include <QUndoStack>

namespace latent::desktop {
namespace {

/// A drag of a dock gives several signals; together they are one edit.
constexpr int kOneEdit_ms = 250;

class LayoutEdit final : public QUndoCommand {
  public:
    LayoutEdit(LayoutUndo* layouts, QByteArray before, QByteArray after)
        : QUndoCommand(LayoutUndo::tr("change of the layout")),
          m_layouts(layouts),
          m_before(std::move(before)),
          m_after(std::move(after)) {}
    void undo() override { apply(m_before); }
    void redo() override {
        if (!std::exchange(m_first, false)) apply(m_after);
    }

  private:
    void apply(const QByteArray& layout) {
        if (m_layouts) m_layouts->apply(layout);
    }
    QPointer<LayoutUndo> m_layouts;
    QByteArray m_before, m_after;
    bool m_first = true;
};

}  // namespace

LayoutUndo::LayoutUndo(QMainWindow* window, QUndoStack& stack, int version)
    : QObject(window), m_window(window), m_stack(stack), m_version(version) {
    m_soon.setSingleShot(true);
    m_soon.setInterval(kOneEdit_ms);
    connect(&m_soon, &QTimer::timeout, this, &LayoutUndo::look);
    for (QDockWidget* dock : window->findChildren<QDockWidget*>()) {
        for (const auto signal : {&QDockWidget::topLevelChanged, &QDockWidget::visibilityChanged})
            connect(dock, signal, &m_soon, qOverload<>(&QTimer::start));
        connect(dock, &QDockWidget::dockLocationChanged, &m_soon, qOverload<>(&QTimer::start));
    }
    forget();
}

/// Of each dock: area, whether it floats or is hidden, and with which others it is stacked. Which of a stack is in front, and
/// how large anything is, are no edits.
QStringList LayoutUndo::places() const {
    QStringList all;
    for (QDockWidget* dock : m_window->findChildren<QDockWidget*>()) {
        QStringList stacked;
        for (const QDockWidget* other : m_window->tabifiedDockWidgets(dock)) stacked << other->objectName();
        stacked.sort();
        all << QStringLiteral("%1 %2 %3 %4 %5")
                   .arg(dock->objectName())
                   .arg(m_window->dockWidgetArea(dock))
                   .arg(dock->isFloating())
                   .arg(dock->isHidden())
                   .arg(stacked.join(QLatin1Char('+')));
    }
    all.sort();
    return all;
}

void LayoutUndo::forget() {
    m_soon.stop();
    m_places = places();
    m_layout = m_window->saveState(m_version);
}

void LayoutUndo::apply(const QByteArray& layout) {
    m_window->restoreState(layout, m_version);
    forget();
}

void LayoutUndo::look() {
    const QStringList now = places();
    if (now == m_places) return;
    const QByteArray before = m_layout;
    forget();
    m_stack.push(new LayoutEdit(this, before, m_layout));
}

}  // namespace latent::desktop
