// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/parameter_row.hpp"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGridLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QToolButton>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/parameters/allowed_words.hpp"
#include "engine/parameters/command_line.hpp"

namespace latent::desktop {
namespace {

constexpr int kLabelWidth = 104;

QString tip(const engine::ParameterModel& p) {
    QString words = QStringLiteral("<p><b>%1</b></p>").arg(QString::fromStdString(p.name).toHtmlEscaped());
    if (!p.help.empty()) words += QStringLiteral("<p>%1</p>").arg(QString::fromStdString(p.help).toHtmlEscaped());
    words += QStringLiteral("<p>%1%2</p>").arg(QString::fromStdString(engine::allowedWords(p)).toHtmlEscaped(),
                                               p.unit.empty() || p.unit == "1" ? QString() : QStringLiteral(", ") + QString::fromStdString(p.unit).toHtmlEscaped());
    return words;
}

}  // namespace

ParameterRow::ParameterRow(const engine::ParameterModel& p, const RunChooser* chooser, bool live, QWidget* parent)
    : QWidget(parent), m_editor(makeEditor(p, chooser, live, this)), m_label(new QLabel(this)), m_error(new QLabel(this)), m_mark(new QToolButton(this)) {
    setObjectName(QStringLiteral("parameter.") + QString::fromStdString(p.name));
    const QString title = QString::fromStdString(p.title());
    m_label->setText(title);
    m_label->setMinimumWidth(kLabelWidth);
    m_label->setMaximumWidth(kLabelWidth + 24);
    m_label->setWordWrap(true);
    m_label->setBuddy(m_editor->field());
    m_label->setToolTip(tip(p));
    m_editor->field()->setToolTip(tip(p));
    m_editor->field()->setAccessibleName(title);
    m_editor->field()->setAccessibleDescription(QString::fromStdString(p.help));
    m_error->setProperty("look", "bad");
    m_error->setWordWrap(true);
    m_error->hide();
    m_mark->setProperty("look", "flat");
    m_mark->setFixedSize(14, 22);
    m_mark->setIconSize(QSize(8, 8));
    m_mark->setStyleSheet(QStringLiteral("padding: 0; border: none;"));
    QSizePolicy keeps = m_mark->sizePolicy();
    keeps.setRetainSizeWhenHidden(true);
    m_mark->setSizePolicy(keeps);
    m_mark->hide();
    m_mark->setFocusPolicy(Qt::NoFocus);
    connect(m_mark, &QToolButton::clicked, this, &ParameterRow::resetAsked);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(space::tight);
    grid->setVerticalSpacing(2);
    grid->addWidget(m_mark, 0, 0, Qt::AlignTop);
    grid->addWidget(m_label, 0, 1, Qt::AlignTop);
    grid->addWidget(m_editor, 0, 2);
    m_label->setContentsMargins(0, 4, 0, 0);
    if (!p.unit.empty() && p.unit != "1") {
        auto* unit = new QLabel(QString::fromStdString(p.unit), this);
        unit->setProperty("look", "small");
        unit->setContentsMargins(0, 5, 0, 0);
        grid->addWidget(unit, 0, 3, Qt::AlignTop);
    }
    grid->addWidget(m_error, 1, 2, 1, 2);
    grid->setColumnStretch(2, 1);
}

void ParameterRow::setError(const QString& sentence) {
    m_editor->setWrong(!sentence.isEmpty());
    // The icon and the words tell it, not the colour alone.
    m_error->setText(sentence.isEmpty() ? QString() : QStringLiteral("⚠ ") + sentence);
    m_error->setVisible(!sentence.isEmpty());
}

QString ParameterRow::error() const { return m_error->isHidden() ? QString() : m_error->text(); }

void ParameterRow::setChanged(bool changed, const QString& standard) {
    m_isChanged = changed;
    m_mark->setVisible(changed);
    if (!changed) return;
    QPixmap dot(16, 16);
    dot.fill(Qt::transparent);
    QPainter painter(&dot);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().accent);
    painter.drawEllipse(QRectF(2, 2, 12, 12));
    painter.end();
    m_mark->setIcon(QIcon(dot));
    const QString words = tr("Changed; click to go back to %1").arg(standard.isEmpty() ? tr("nothing") : standard);
    m_mark->setToolTip(words);
    m_mark->setAccessibleName(words);
}

void ParameterRow::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu;
    QAction* reset = menu.addAction(icon(QStringLiteral("reset")), tr("Reset"), this, &ParameterRow::resetAsked);
    reset->setEnabled(m_isChanged);
    menu.addAction(icon(QStringLiteral("copy")), tr("Copy as --set"), this, [this] {
        const engine::Assignment given = m_editor->assignment();
        const std::string value = given.value.is_string() ? given.value.get<std::string>() : given.value.dump();
        QApplication::clipboard()->setText(QString::fromStdString("--set " + engine::shellQuoted(given.name + "=" + value)));
    });
    menu.exec(event->globalPos());
}

}  // namespace latent::desktop
