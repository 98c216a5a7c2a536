// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/fact_row.hpp"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

/// A label breaks lines at blanks only; a zero-width space after each separator and every 8 digits lets it break there too.
/// That is why the label cannot be selected: nobody shall paste a hash with blanks that cannot be seen.
QString breakable(const QString& value) {
    QString text;
    int run = 0;
    for (const QChar letter : value) {
        text += letter;
        run = letter.isLetterOrNumber() ? run + 1 : 0;
        if (letter == QLatin1Char('/') || letter == QLatin1Char('_') || run == 8) {
            text += QChar(0x200B);
            run = 0;
        }
    }
    return text;
}

}  // namespace

FactRow::FactRow(const QString& name, const QString& value, QWidget* parent) : QWidget(parent) {
    auto* head = new QLabel(name, this);
    head->setProperty("look", "small");
    auto* words = new QLabel(breakable(value), this);
    words->setProperty("look", "mono");
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    words->setAccessibleName(name + QStringLiteral(": ") + value);
    auto* copy = new QToolButton(this);
    copy->setIcon(icon(QStringLiteral("copy")));
    copy->setProperty("look", "flat");
    copy->setToolTip(tr("Copy: %1").arg(name));
    copy->setAccessibleName(copy->toolTip());
    connect(copy, &QToolButton::clicked, this, [value] { QApplication::clipboard()->setText(value); });
    auto* text = new QVBoxLayout;
    text->setSpacing(2);
    text->addWidget(head);
    text->addWidget(words);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::inside);
    row->addLayout(text, 1);
    row->addWidget(copy, 0, Qt::AlignTop);
}

}  // namespace latent::desktop
