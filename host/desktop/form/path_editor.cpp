// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/path_editor.hpp"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QToolButton>
#include <QUrl>

#include "desktop/form/run_picker.hpp"
#include "desktop/theme/icon.hpp"

namespace latent::desktop {

using engine::ParameterModel;
using engine::ParameterType;

PathEditor::PathEditor(const ParameterModel& p, const Button& button, QWidget* parent)
    : TextEditor(p, parent), m_button(button) {
    line()->setElide(Qt::ElideMiddle);
    line()->setTakesFiles(true);
    connect(line()->addButton(QLatin1String(button.icon), button.words), &QToolButton::clicked, this,
            [this] { browse(); });
    connect(this, &ParameterEditor::edited, this, &PathEditor::tell);
}

PathEditor::PathEditor(const ParameterModel& p, QWidget* parent)
    : PathEditor(p, Button{"folder", p.folder ? tr("Choose a folder") : tr("Choose a file")}, parent) {}

/// The whole name, which the field rarely has room for.
void PathEditor::tell() { line()->setStatusTip(line()->text()); }

void PathEditor::show(const nlohmann::json& value) {
    TextEditor::show(value);
    tell();
}

void PathEditor::setText(const QString& text) {
    TextEditor::setText(text);
    tell();
}

void PathEditor::browse() {
    QStringList patterns;
    for (const std::string& ending : parameter().endings)
        patterns << QStringLiteral("*") + QString::fromStdString(ending);
    const QString filter = patterns.isEmpty()
                               ? QString()
                               : tr("Fitting files (%1);;All files (*)").arg(patterns.join(QLatin1Char(' ')));
    const QString chosen = parameter().folder
                               ? QFileDialog::getExistingDirectory(this, m_button.words, line()->text())
                               : QFileDialog::getOpenFileName(this, m_button.words, line()->text(), filter);
    if (!chosen.isEmpty()) setText(QDir::toNativeSeparators(chosen));
}

/// The first local file that was dropped or copied; of a run also a file inside it.
bool PathEditor::take(const QMimeData& dropped) {
    for (const QUrl& url : dropped.urls()) {
        if (!url.isLocalFile()) continue;
        QFileInfo file(url.toLocalFile());
        const bool wantsFolder = parameter().type == ParameterType::Path ? parameter().folder : true;
        if (wantsFolder && file.isFile()) file.setFile(file.absolutePath());
        setText(file.absoluteFilePath());
        return true;
    }
    return false;
}

void PathEditor::addTo(QMenu& menu) {
    menu.addAction(icon(QLatin1String(m_button.icon)), m_button.words, this, [this] { browse(); });
}

namespace {

QString pickWords(ParameterType type) {
    return type == ParameterType::Checkpoint ? RunEditor::tr("Choose a checkpoint")
           : type == ParameterType::Dataset  ? RunEditor::tr("Choose a data set")
                                             : RunEditor::tr("Choose a run");
}

const char* pickIcon(ParameterType type) {
    return type == ParameterType::Checkpoint ? "checkpoint"
           : type == ParameterType::Dataset  ? "data"
                                             : "runs";
}

}  // namespace

RunEditor::RunEditor(const ParameterModel& p, const RunChooser* chooser, QWidget* parent)
    : PathEditor(p, Button{pickIcon(p.type), pickWords(p.type)}, parent), m_chooser(chooser) {}

void RunEditor::browse() {
    auto* picker = new RunPicker(parameter(), m_chooser, this);
    connect(picker, &RunPicker::picked, this, &RunEditor::setText);
    picker->openBelow(line());
}

}  // namespace latent::desktop
