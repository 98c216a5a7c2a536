// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/export_dialog.hpp"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QStyle>
#include <algorithm>

#include "desktop/theme/combo_box.hpp"
#include "engine/files/operations.hpp"

namespace latent::desktop {
namespace {

constexpr const char* kScript = "py";
constexpr double kOneColumn_mm = 85, kTwoColumns_mm = 180;

QString lastFolder() {
    const QString given = QSettings().value(QStringLiteral("export/folder")).toString();
    return !given.isEmpty() && QDir(given).exists()
               ? given
               : QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
}

/// Where many figures went last; a folder for them below the last one before.
QString lastFolderOfMany() {
    const QString given = QSettings().value(QStringLiteral("export/folder_of_many")).toString();
    return !given.isEmpty() && QDir(given).exists() ? given
                                                    : QDir(lastFolder()).filePath(QStringLiteral("figures"));
}

std::filesystem::path pathOf(const QString& text) { return std::filesystem::path(text.toStdString()); }

}  // namespace

ExportDialog::ExportDialog(std::vector<ExportItem> items, QWidget* parent, const QStringList& leftOut)
    : QDialog(parent),
      m_items(std::move(items)),
      m_leftOut(leftOut),
      m_format(new ComboBox(this)),
      m_width(new ComboBox(this)),
      m_theme(new ComboBox(this)),
      m_custom(new QDoubleSpinBox(this)),
      m_path(new QLineEdit(this)),
      m_leftOutWords(new QLabel(this)),
      m_problem(new QLabel(this)) {
    const bool one = m_items.size() == 1;
    setWindowTitle(one ? tr("Export “%1”").arg(QString::fromStdString(m_items.front().figure->title))
                       : tr("Export %n figures", nullptr, static_cast<int>(m_items.size())));
    for (const auto& [key, words] : {std::pair{"pdf", tr("PDF, vector")},
                                     {"svg", tr("SVG, vector")},
                                     {"png", tr("PNG, 300 dots per inch")},
                                     {"csv", tr("CSV, the numbers")}})
        m_format->addItem(words, QLatin1String(key));
    if (std::any_of(m_items.begin(), m_items.end(),
                    [](const ExportItem& item) { return item.script != nullptr; }))
        m_format->addItem(tr("Python script that draws it"), QLatin1String(kScript));
    m_width->addItem(tr("One column, 85 mm"), kOneColumn_mm);
    m_width->addItem(tr("Two columns, 180 mm"), kTwoColumns_mm);
    m_width->addItem(tr("Other"), 0.0);
    m_custom->setRange(20, 600);
    m_custom->setSuffix(tr(" mm"));
    m_custom->setValue(120);
    m_theme->addItem(tr("Paper: white, black axes, 8 pt"), static_cast<int>(Theme::Kind::Paper));
    m_theme->addItem(tr("Light, with title"), static_cast<int>(Theme::Kind::Light));
    m_theme->addItem(tr("Dark, with title"), static_cast<int>(Theme::Kind::Dark));
    const QSettings settings;
    m_format->setCurrentIndex(std::max(
        0, m_format->findData(settings.value(QStringLiteral("export/format"), QStringLiteral("pdf")))));
    m_width->setCurrentIndex(settings.value(QStringLiteral("export/width"), 0).toInt());
    m_theme->setCurrentIndex(settings.value(QStringLiteral("export/theme"), 0).toInt());
    m_problem->setProperty("look", "bad");
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_leftOutWords->setProperty("look", "small");
    m_leftOutWords->setTextFormat(Qt::PlainText);
    m_leftOutWords->setWordWrap(true);

    auto* form = new QFormLayout;
    form->setSpacing(space::inside);
    form->addRow(tr("&Format"), m_format);
    auto* widthRow = new QHBoxLayout;
    widthRow->addWidget(m_width, 1);
    widthRow->addWidget(m_custom);
    form->addRow(tr("&Width"), widthRow);
    form->addRow(tr("&Look"), m_theme);
    auto* pathRow = new QHBoxLayout;
    auto* browseButton = new QPushButton(tr("Browse…"), this);
    pathRow->addWidget(m_path, 1);
    pathRow->addWidget(browseButton);
    form->addRow(one ? tr("&File") : tr("&Folder"), pathRow);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    QPushButton* saveButton = buttons->addButton(tr("Export"), QDialogButtonBox::AcceptRole);
    saveButton->setProperty("look", "primary");
    saveButton->style()->unpolish(saveButton);  // the box has polished it already
    saveButton->style()->polish(saveButton);
    saveButton->setDefault(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::groups, space::groups, space::groups, space::groups);
    column->setSpacing(space::between);
    column->addLayout(form);
    column->addWidget(m_leftOutWords);
    column->addWidget(m_problem);
    column->addStretch();
    column->addWidget(buttons);
    // A row of two widgets has no buddy by itself, and its label would show the ampersand.
    const auto name = [](QWidget* field, QWidget* label) {
        auto* words = qobject_cast<QLabel*>(label);
        words->setBuddy(field);
        field->setAccessibleName(words->text().remove(QLatin1Char('&')));
    };
    name(m_format, form->labelForField(m_format));
    name(m_width, form->labelForField(widthRow));
    name(m_theme, form->labelForField(m_theme));
    name(m_path, form->labelForField(pathRow));
    m_custom->setAccessibleName(tr("Width in millimetres"));
    connect(browseButton, &QPushButton::clicked, this, &ExportDialog::browse);
    connect(buttons, &QDialogButtonBox::accepted, this, &ExportDialog::save);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::formatChanged);
    connect(m_width, &QComboBox::currentIndexChanged, this, &ExportDialog::formatChanged);
    m_path->setText(one ? QDir(lastFolder())
                              .filePath(QString::fromStdString(m_items.front().figure->name) +
                                        QLatin1Char('.') + format())
                        : lastFolderOfMany());
    formatChanged();
    resize(480, sizeHint().height());
}

QString ExportDialog::format() const { return m_format->currentData().toString(); }

void ExportDialog::formatChanged() {
    const bool drawn = format() != QLatin1String("csv") && format() != QLatin1String(kScript);
    showLeftOut();
    m_width->setEnabled(drawn);
    m_theme->setEnabled(drawn);
    m_custom->setVisible(m_width->currentData().toDouble() == 0);
    if (m_items.size() != 1) return;
    const QFileInfo file(m_path->text());
    m_path->setText(file.dir().filePath(file.completeBaseName() + QLatin1Char('.') + format()));
}

void ExportDialog::browse() {
    const QString chosen =
        m_items.size() == 1 ? QFileDialog::getSaveFileName(this, tr("Export to"), m_path->text(), QString(),
                                                           nullptr, QFileDialog::DontConfirmOverwrite)
                            : QFileDialog::getExistingDirectory(this, tr("Export into"), m_path->text());
    if (!chosen.isEmpty()) m_path->setText(chosen);
}

QStringList ExportDialog::withoutScript() const {
    QStringList titles;
    if (format() != QLatin1String(kScript)) return titles;
    for (const ExportItem& item : m_items)
        if (!item.script) titles << QString::fromStdString(item.figure->title);
    return titles;
}

void ExportDialog::showLeftOut() {
    const QString comma = QStringLiteral(", ");
    QStringList sentences;
    if (!m_leftOut.isEmpty())
        sentences << tr("Left out, because there is nothing to save of them: %1.").arg(m_leftOut.join(comma));
    if (const QStringList titles = withoutScript(); !titles.isEmpty())
        sentences
            << tr("Left out, because there is no run that a script could open: %1.").arg(titles.join(comma));
    m_leftOutWords->setVisible(!sentences.isEmpty());
    m_leftOutWords->setText(sentences.join(QLatin1Char('\n')));
}

QString ExportDialog::fileOf(const ExportItem& item, const QString& folder) const {
    if (m_items.size() == 1) return m_path->text();
    return QDir(folder).filePath(QString::fromStdString(item.figure->name) + QLatin1Char('.') + format());
}

/// One question for all of them: those that are there and may be replaced, or nothing where they may not.
std::optional<QStringList> ExportDialog::askToReplace(const QStringList& files) {
    QStringList there;
    for (const QString& file : files)
        if (QFileInfo::exists(file)) there << file;
    if (there.isEmpty()) return there;
    const QString words = there.size() == 1 ? tr("%1 exists already.").arg(there.front())
                                            : tr("%1 of the %2 files exist already in %3.")
                                                  .arg(there.size())
                                                  .arg(files.size())
                                                  .arg(QFileInfo(there.front()).absolutePath());
    QMessageBox question(
        QMessageBox::Question,
        there.size() == 1 ? tr("Replace the file?") : tr("Replace %1 files?").arg(there.size()), words,
        QMessageBox::Cancel, this);
    QPushButton* replace = question.addButton(tr("Replace"), QMessageBox::AcceptRole);
    question.exec();
    if (question.clickedButton() != replace) return std::nullopt;
    return there;
}

void ExportDialog::save() {
    ExportOptions options;
    options.width_mm =
        m_width->currentData().toDouble() > 0 ? m_width->currentData().toDouble() : m_custom->value();
    options.theme = static_cast<Theme::Kind>(m_theme->currentData().toInt());
    options.title = options.theme != Theme::Kind::Paper;
    const bool one = m_items.size() == 1;
    const QString folder = one ? QFileInfo(m_path->text()).absolutePath() : m_path->text();
    if (!QDir().mkpath(folder)) {
        m_problem->setText(tr("The folder %1 cannot be made. Choose another one.").arg(folder));
        return m_problem->show();
    }
    const bool isScript = format() == QLatin1String(kScript);
    std::vector<const ExportItem*> chosen;
    QStringList wanted;
    for (const ExportItem& item : m_items) {
        if (isScript && !item.script) continue;
        chosen.push_back(&item);
        wanted << fileOf(item, folder);
    }
    const std::optional<QStringList> agreed = askToReplace(wanted);
    if (!agreed) return;
    QStringList files;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const ExportItem& item = *chosen[i];
        const QString& file = wanted[static_cast<qsizetype>(i)];
        options.replace = agreed->contains(file);
        options.viewState = item.viewState;
        const engine::Status saved = isScript ? writeExport(pathOf(file), item.script(), options.replace)
                                              : exportFigure(item.figure, pathOf(file), options);
        if (!saved) {
            QString words = QString::fromStdString(saved.error().message);
            if (!files.isEmpty())
                words += QLatin1Char(' ') +
                         tr("Before that, %1 of %2 files were written.").arg(files.size()).arg(chosen.size());
            m_problem->setText(words);
            m_problem->show();
            if (!files.isEmpty()) Q_EMIT exported(files);
            return;
        }
        files << file;
    }
    QSettings settings;
    settings.setValue(one ? QStringLiteral("export/folder") : QStringLiteral("export/folder_of_many"),
                      folder);
    settings.setValue(QStringLiteral("export/format"), format());
    settings.setValue(QStringLiteral("export/width"), m_width->currentIndex());
    settings.setValue(QStringLiteral("export/theme"), m_theme->currentIndex());
    accept();
    Q_EMIT exported(files);
}

QString saveScriptOf(const ExportItem& item, const QString& name, QWidget* parent) {
    const QString file = QFileDialog::getSaveFileName(
        parent, ExportDialog::tr("Save the script"),
        QDir(lastFolder()).filePath(name + QStringLiteral(".py")), ExportDialog::tr("Python (*.py)"));
    if (file.isEmpty()) return {};
    const engine::Status saved = engine::writeNew(pathOf(file), item.script());
    if (saved) return file;
    QMessageBox::warning(parent, ExportDialog::tr("Not saved"),
                         QString::fromStdString(saved.error().message));
    return {};
}

bool saveFigure(const FigurePtr& figure, const QString& format, const QVariantMap& viewState,
                QWidget* parent) {
    const QString suggested =
        QDir(lastFolder()).filePath(QString::fromStdString(figure->name) + QLatin1Char('.') + format);
    const QString file = QFileDialog::getSaveFileName(parent, ExportDialog::tr("Save as"), suggested);
    if (file.isEmpty()) return false;
    const engine::Status saved =
        exportFigure(figure, pathOf(file), {.replace = true, .viewState = viewState});
    if (!saved)
        QMessageBox::warning(parent, ExportDialog::tr("Not saved"),
                             QString::fromStdString(saved.error().message));
    return static_cast<bool>(saved);
}

}  // namespace latent::desktop
