// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/text_editor.hpp"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QRandomGenerator>
#include <QToolButton>
#include <cmath>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/parameters/allowed_words.hpp"
#include "engine/parameters/value_text.hpp"

namespace latent::desktop {
namespace {

using engine::ParameterModel;
using engine::ParameterType;

/// Lists are shown with a blank after each comma, which the engine reads as well.
QString shownText(const ParameterModel& parameter, const nlohmann::json& value) {
    QString text = QString::fromStdString(engine::textOf(parameter, value));
    if (engine::isList(parameter.type) && parameter.type != ParameterType::Texts) text.replace(QLatin1Char(','), QStringLiteral(", "));
    return text;
}

QToolButton* sideButton(const char* iconName, const QString& words, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(icon(QLatin1String(iconName)));
    button->setToolTip(words);
    button->setAccessibleName(words);
    button->setProperty("look", "flat");
    return button;
}

/// One unit of the second digit: 0.05 steps by 0.001, 200 by 10.
double ownStep(double value) { return value == 0 ? 0.1 : std::pow(10.0, std::floor(std::log10(std::abs(value))) - 1); }

}  // namespace

void setWrongLook(QWidget* widget, bool wrong) {
    if (widget->property("wrong").toBool() == wrong) return;
    widget->setProperty("wrong", wrong);
    widget->setStyleSheet(widget->styleSheet());  // makes the style look at the property again
}

TextEditor::TextEditor(const ParameterModel& parameter, QWidget* parent)
    : ParameterEditor(parameter, parent), m_line(new QLineEdit(this)), m_row(new QHBoxLayout(this)) {
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(space::tight);
    m_row->addWidget(m_line, 1);
    if (parameter.optional) m_line->setPlaceholderText(tr("not given"));
    if (engine::isNumeric(parameter.type)) m_line->setFont(theme().tabular);
    m_line->installEventFilter(this);
    setFocusProxy(m_line);
    connect(m_line, &QLineEdit::textEdited, this, &ParameterEditor::edited);
}

engine::Assignment TextEditor::assignment() const { return {parameter().name, m_line->text().trimmed().toStdString(), true}; }

void TextEditor::show(const nlohmann::json& value) {
    const QString text = shownText(parameter(), value);
    if (m_line->text() != text) m_line->setText(text);
}

void TextEditor::setWrong(bool wrong) { setWrongLook(m_line, wrong); }

bool TextEditor::eventFilter(QObject* object, QEvent* event) {
    if (event->type() != QEvent::KeyPress) return ParameterEditor::eventFilter(object, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    const ParameterType type = parameter().type;
    const bool isNumber = type == ParameterType::Number || type == ParameterType::Integer || type == ParameterType::Seed;
    if (!isNumber || (key != Qt::Key_Up && key != Qt::Key_Down)) return ParameterEditor::eventFilter(object, event);
    step(key == Qt::Key_Up ? 1 : -1);
    return true;
}

void TextEditor::step(int by) {
    bool isNumber = false;
    double value = m_line->text().toDouble(&isNumber);
    if (!isNumber) return;
    const ParameterModel& p = parameter();
    if (p.logarithmic && value > 0) {
        value *= by > 0 ? std::sqrt(10.0) : 1 / std::sqrt(10.0);
    } else {
        double unit = p.step.value_or(ownStep(value));
        if (engine::isWhole(p.type)) unit = std::max(1.0, std::round(unit));
        value = std::round((value + by * unit) / unit) * unit;
    }
    if (p.min) value = std::max(value, *p.min);
    if (p.max) value = std::min(value, *p.max);
    m_line->setText(engine::isWhole(p.type) ? QString::number(std::llround(value)) : QString::number(value, 'g', 6));
    Q_EMIT edited();
}

SeedEditor::SeedEditor(const ParameterModel& parameter, QWidget* parent) : TextEditor(parameter, parent) {
    QToolButton* dice = sideButton("dice", tr("Another seed"), this);
    row()->addWidget(dice);
    connect(dice, &QToolButton::clicked, this, [this] {
        line()->setText(QString::number(QRandomGenerator::global()->bounded(1'000'000)));
        Q_EMIT edited();
    });
}

PathEditor::PathEditor(const ParameterModel& parameter, const RunChooser* chooser, QWidget* parent) : TextEditor(parameter, parent), m_chooser(chooser) {
    const bool isPath = parameter.type == ParameterType::Path;
    QToolButton* button = sideButton(isPath ? "folder" : "runs", isPath ? tr("Browse") : tr("Choose a run"), this);
    row()->addWidget(button);
    connect(button, &QToolButton::clicked, this, [this, isPath, button] { isPath ? browse() : offerRuns(button); });
}

void PathEditor::browse() {
    QStringList patterns;
    for (const std::string& ending : parameter().endings) patterns << QStringLiteral("*") + QString::fromStdString(ending);
    const QString chosen = parameter().folder ? QFileDialog::getExistingDirectory(this, tr("Choose a folder"), line()->text())
                                              : QFileDialog::getOpenFileName(this, tr("Choose a file"), line()->text(), patterns.isEmpty() ? QString() : patterns.join(QLatin1Char(' ')));
    if (chosen.isEmpty()) return;
    line()->setText(chosen);
    Q_EMIT edited();
}

void PathEditor::offerRuns(QWidget* below) {
    QMenu menu;
    const auto add = [&](QMenu* to, const QString& words, const QString& path) {
        connect(to->addAction(words), &QAction::triggered, this, [this, path] {
            line()->setText(path);
            Q_EMIT edited();
        });
    };
    for (const RunChoice& run : m_chooser ? m_chooser->runs(parameter().from) : std::vector<RunChoice>()) {
        const QString words = run.title + QStringLiteral("  ") + run.detail;
        if (parameter().type != ParameterType::Checkpoint) {
            add(&menu, words, run.path);
            continue;
        }
        if (run.checkpoints.empty()) continue;
        QMenu* checkpoints = menu.addMenu(words);
        for (const QString& checkpoint : run.checkpoints) add(checkpoints, checkpoint, run.path + QStringLiteral("/checkpoints/") + checkpoint + QStringLiteral(".h5"));
    }
    if (menu.isEmpty()) menu.addAction(tr("There is no run of that kind in this workspace."))->setEnabled(false);
    menu.exec(below->mapToGlobal(QPoint(0, below->height())));
}

}  // namespace latent::desktop
