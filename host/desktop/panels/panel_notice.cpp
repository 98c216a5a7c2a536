// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/panel_notice.hpp"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kMostWidth = 560;
constexpr int kIconSize = 24;

}  // namespace

PanelNotice::PanelNotice(QWidget* parent) : QWidget(parent) {
    m_icon = new QLabel(this);
    m_heading = new QLabel(this);
    m_heading->setProperty("look", "heading");
    m_sentence = new QLabel(this);
    m_sentence->setProperty("look", "muted");
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_sentence->setMinimumWidth(kMostWidth / 2);
    m_copy = new QPushButton(tr("Copy"), this);
    m_copy->setAccessibleName(tr("Copy the reason"));
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_sentence->text()); });

    auto* column = new QVBoxLayout;
    column->setSpacing(space::inside);
    column->addWidget(m_heading);
    column->addWidget(m_sentence);
    column->addWidget(m_copy, 0, Qt::AlignLeft);
    auto* block = new QWidget(this);
    block->setMaximumWidth(kMostWidth);
    auto* row = new QHBoxLayout(block);
    row->setSpacing(space::between);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addLayout(column, 1);
    auto* centre = new QVBoxLayout(this);
    centre->addStretch(2);
    auto* middle = new QHBoxLayout;
    middle->addStretch();
    middle->addWidget(block, 1);
    middle->addStretch();
    centre->addLayout(middle);
    centre->addStretch(3);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &PanelNotice::draw);
}

void PanelNotice::say(Kind kind, const QString& heading, const QString& sentence) {
    m_kind = kind;
    m_heading->setText(heading);
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
    m_copy->setVisible(kind == Kind::Refused);
    setAccessibleName(heading);
    setAccessibleDescription(sentence);
    draw();
}

void PanelNotice::draw() {
    const bool waiting = m_kind == Kind::Waiting;
    m_icon->setPixmap(iconPixmap(waiting ? QStringLiteral("clock") : QStringLiteral("warning"),
                                 waiting ? theme().muted : theme().warning, kIconSize, devicePixelRatioF()));
}

}  // namespace latent::desktop
