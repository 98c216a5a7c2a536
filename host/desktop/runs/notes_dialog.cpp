// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/notes_dialog.hpp"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>

#include "desktop/live/run_title.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

QString joined(const std::vector<std::string>& tags) {
    QStringList words;
    for (const std::string& tag : tags) words << QString::fromStdString(tag);
    return words.join(QStringLiteral(", "));
}

bool contains(const std::vector<std::string>& tags, const std::string& tag) {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

}  // namespace

NotesDialog::NotesDialog(const std::vector<engine::IndexedRun>& runs, QWidget* parent)
    : QDialog(parent), m_isOne(runs.size() == 1), m_tags(new QLineEdit(this)) {
    setWindowTitle(tr("Tags and notes"));
    setMinimumWidth(440);
    auto* head = new QLabel(
        m_isOne ? RunTitles::title(runs.front()) : tr("%n runs", nullptr, static_cast<int>(runs.size())),
        this);
    head->setProperty("look", "heading");
    head->setTextFormat(Qt::PlainText);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(space::between);
    form->setVerticalSpacing(space::between);
    m_tags->setPlaceholderText(tr("paper, phase-diagram"));
    if (m_isOne) {
        m_before = {runs.front().tags, runs.front().notes, runs.front().star};
        m_tags->setText(joined(m_before.tags));
        m_notes = new QPlainTextEdit(QString::fromStdString(m_before.notes), this);
        m_notes->setTabChangesFocus(true);
        m_notes->setPlaceholderText(tr("What you want to remember of it"));
        m_notes->setMinimumHeight(120);
        m_star = new QCheckBox(tr("&Starred"), this);
        m_star->setChecked(m_before.star);
        form->addRow(tr("&Tags"), m_tags);
        form->addRow(tr("&Notes"), m_notes);
        form->addRow(QString(), m_star);
    } else {
        m_remove = new QLineEdit(this);
        form->addRow(tr("&Add tags"), m_tags);
        form->addRow(tr("&Remove tags"), m_remove);
    }
    auto* help = new QLabel(tr("Tags are parted by commas. The filter finds them with tag:name."), this);
    help->setProperty("look", "small");
    form->addRow(QString(), help);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this);
    QPushButton* save = buttons->button(QDialogButtonBox::Save);
    save->setProperty("look", "primary");
    save->style()->unpolish(save);  // the box has polished it already
    save->style()->polish(save);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::groups, space::groups, space::groups, space::groups);
    column->setSpacing(space::groups);
    column->addWidget(head);
    column->addLayout(form);
    column->addWidget(buttons);
    for (QWidget* field : std::initializer_list<QWidget*>{m_tags, m_remove, m_notes, m_star})
        if (field && form->labelForField(field))
            field->setAccessibleName(
                static_cast<QLabel*>(form->labelForField(field))->text().remove(QLatin1Char('&')));
}

std::function<void(RunNotes&)> NotesDialog::change() const {
    const auto tags = tagsIn(m_tags->text().toStdString());
    if (!m_isOne) {
        return [tags, gone = tagsIn(m_remove->text().toStdString())](RunNotes& notes) {
            std::erase_if(notes.tags, [&](const std::string& tag) { return contains(gone, tag); });
            for (const std::string& tag : tags)
                if (!contains(notes.tags, tag)) notes.tags.push_back(tag);
        };
    }
    const RunNotes after{tags, m_notes->toPlainText().toStdString(), m_star->isChecked()};
    return [before = m_before, after](RunNotes& notes) {
        if (after.tags != before.tags) notes.tags = after.tags;
        if (after.notes != before.notes) notes.notes = after.notes;
        if (after.star != before.star) notes.star = after.star;
    };
}

}  // namespace latent::desktop
