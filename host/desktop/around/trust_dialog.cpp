// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/trust_dialog.hpp"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "desktop/around/fact_row.hpp"
#include "desktop/around/plugin_look.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {

TrustDialog::TrustDialog(const PluginRow& row, QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("Trust a plugin"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* mark = new QLabel(this);
    mark->setPixmap(iconPixmap(QStringLiteral("shield"), theme().warning, 32, devicePixelRatioF()));
    auto* title = new QLabel(tr("Trust “%1”?").arg(titleOf(row)), this);
    title->setTextFormat(Qt::PlainText);
    title->setProperty("look", "title");
    title->setWordWrap(true);
    auto* words = new QLabel(tr("A plugin is code that runs as you: it can read, change and send everything "
                                "that you can. The program cannot check what it "
                                "does. Trust it only if you know where these files come from, and compare "
                                "the SHA-256 with the one that their author gives."),
                             this);
    words->setObjectName(QStringLiteral("warning"));
    words->setWordWrap(true);

    auto* text = new QVBoxLayout;
    text->setSpacing(space::between);
    text->addWidget(title);
    text->addWidget(words);
    const auto facts = [&](const QString& what, const std::filesystem::path& library,
                           const std::string& sha256) {
        text->addWidget(new FactRow(what, QString::fromStdString(library.string()), this));
        text->addWidget(new FactRow(tr("SHA-256"), QString::fromStdString(sha256), this));
    };
    if (!row.entry.sha256.empty()) facts(tr("Library"), row.entry.library, row.entry.sha256);
    if (!row.panel.sha256.empty())
        facts(tr("Panel library, runs in the window itself"), row.panel.file, row.panel.sha256);
    if (!row.torch.sha256.empty())
        facts(tr("Library for GPUs, loaded by runs on one"), row.torch.file, row.torch.sha256);
    auto* note = new QLabel(tr("If one of the files changes later, you are asked again."), this);
    note->setProperty("look", "small");
    text->addWidget(note);

    auto* buttons = new QDialogButtonBox(this);
    auto* leave = buttons->addButton(tr("Leave it"), QDialogButtonBox::RejectRole);
    auto* trust = buttons->addButton(tr("Trust these files"), QDialogButtonBox::AcceptRole);
    trust->setAutoDefault(false);
    leave->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto* row1 = new QHBoxLayout;
    row1->setSpacing(space::groups);
    row1->addWidget(mark, 0, Qt::AlignTop);
    row1->addLayout(text, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::groups + space::inside, space::groups + space::inside,
                               space::groups + space::inside, space::groups);
    column->setSpacing(space::groups);
    column->addLayout(row1);
    column->addWidget(buttons);
    setMinimumWidth(620);
    leave->setFocus();
}

}  // namespace latent::desktop
