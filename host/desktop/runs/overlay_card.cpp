// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/overlay_card.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

#include "desktop/board/export_dialog.hpp"
#include "desktop/board/look_menu.hpp"
#include "desktop/board/numbers_dialog.hpp"
#include "desktop/board/script_text.hpp"
#include "desktop/live/run_words.hpp"
#include "desktop/theme/icon.hpp"

namespace latent::desktop {

OverlayCard::OverlayCard(QWidget* parent)
    : QFrame(parent),
      m_title(new QLabel(this)),
      m_age(new QLabel(this)),
      m_readout(new QLabel(this)),
      m_column(new QVBoxLayout(this)) {
    setProperty("look", "card");
    m_title->setProperty("look", "heading");
    m_title->setTextFormat(Qt::PlainText);
    m_readout->setProperty("look", "small");
    m_readout->setTextFormat(Qt::PlainText);
    m_age->setProperty("look", "small");
    m_age->hide();
    const auto button = [this](const char* name, const QString& words) {
        auto* made = new QToolButton(this);
        made->setIcon(icon(QLatin1String(name)));
        made->setToolTip(words);
        made->setAccessibleName(words);
        made->setProperty("look", "flat");
        return made;
    };
    QToolButton* home = button("home", tr("All data"));
    QToolButton* numbers = button("numbers", tr("Show the numbers"));
    QToolButton* save = button("export", tr("Export…"));
    QToolButton* more = button("more", tr("More"));
    auto* menu = new QMenu(more);
    more->setMenu(menu);
    more->setPopupMode(QToolButton::InstantPopup);
    auto* look = new LookMenu(menu, [this] { return m_canvas; });
    connect(look, &LookMenu::chosen, this,
            [this](const QVariantMap& state) { m_canvas->setViewState(state); });
    connect(numbers, &QToolButton::clicked, this, [this] {
        if (!m_figure) return;
        auto* dialog = new NumbersDialog(m_figure, m_isLive, window());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->show();
    });
    connect(home, &QToolButton::clicked, this, [this] {
        if (m_canvas) m_canvas->home();
    });
    connect(save, &QToolButton::clicked, this, &OverlayCard::exportAs);
    auto* head = new QHBoxLayout;
    head->setSpacing(0);
    head->addWidget(m_title, 1);
    head->addWidget(m_age);
    for (QToolButton* one : {home, numbers, save, more}) head->addWidget(one);
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

void OverlayCard::setScript(const nlohmann::json& view,
                            std::vector<std::pair<std::string, std::string>> runs) {
    m_view = view;
    m_runs = std::move(runs);
}

void OverlayCard::setAge(double age_s) {
    m_isLive = age_s >= 0;
    m_age->setVisible(m_isLive);
    if (m_isLive) m_age->setText(tr("%1 ago").arg(roughDurationWords(age_s)));
}

ExportItem OverlayCard::exportItem() const {
    ExportItem item{m_figure, viewState(), {}};
    if (!m_runs.empty())
        item.script = [view = m_view, runs = m_runs, figure = m_figure, state = item.viewState] {
            return scriptText(view, {}, runs, figure, state);
        };
    return item;
}

void OverlayCard::exportAs() {
    if (!m_figure) return;
    auto* dialog = new ExportDialog({exportItem()}, this);
    connect(dialog, &ExportDialog::exported, this, &OverlayCard::exported);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

}  // namespace latent::desktop
