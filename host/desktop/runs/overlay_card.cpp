// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/overlay_card.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "desktop/board/export_dialog.hpp"
#include "desktop/theme/icon.hpp"

namespace latent::desktop {

OverlayCard::OverlayCard(QWidget* parent)
    : QFrame(parent),
      m_title(new QLabel(this)),
      m_readout(new QLabel(this)),
      m_column(new QVBoxLayout(this)) {
    setProperty("look", "card");
    m_title->setProperty("look", "heading");
    m_title->setTextFormat(Qt::PlainText);
    m_readout->setProperty("look", "small");
    m_readout->setTextFormat(Qt::PlainText);
    const auto button = [this](const char* name, const QString& words) {
        auto* made = new QToolButton(this);
        made->setIcon(icon(QLatin1String(name)));
        made->setToolTip(words);
        made->setAccessibleName(words);
        made->setProperty("look", "flat");
        return made;
    };
    QToolButton* home = button("home", tr("All data"));
    QToolButton* save = button("export", tr("Export…"));
    connect(home, &QToolButton::clicked, this, [this] {
        if (m_canvas) m_canvas->home();
    });
    connect(save, &QToolButton::clicked, this, &OverlayCard::exportAs);
    auto* head = new QHBoxLayout;
    head->setSpacing(0);
    head->addWidget(m_title, 1);
    head->addWidget(home);
    head->addWidget(save);
    m_column->setContentsMargins(space::groups, space::inside, space::inside, space::inside);
    m_column->setSpacing(space::tight);
    m_column->addLayout(head);
    m_column->addWidget(m_readout);
}

void OverlayCard::setFigure(const FigurePtr& figure) {
    if (!figure) return;
    if (m_canvas && m_figure && m_figure->body.index() != figure->body.index()) {
        m_canvas->deleteLater();
        m_canvas = nullptr;
    }
    m_figure = figure;
    m_title->setText(QString::fromStdString(figure->title.empty() ? figure->name : figure->title));
    setAccessibleName(m_title->text());
    if (!m_canvas) {
        m_canvas = makeCanvas(*figure, this);
        m_canvas->setAccessibleName(
            QString::fromStdString(figure->title.empty() ? figure->name : figure->title));
        m_column->insertWidget(1, m_canvas, 1);
        connect(m_canvas, &FigureCanvas::readout, m_readout, &QLabel::setText);
    }
    m_canvas->setFigure(figure);
}

void OverlayCard::exportAs() {
    if (!m_figure) return;
    auto* dialog = new ExportDialog({{m_figure, viewState()}}, this);
    connect(dialog, &ExportDialog::exported, this, &OverlayCard::exported);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

}  // namespace latent::desktop
