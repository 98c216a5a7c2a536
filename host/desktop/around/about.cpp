// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/about.hpp"

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QFile>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLibraryInfo>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScreen>
#include <QSysInfo>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>

#include "desktop/around/share_folder.hpp"
#include "desktop/theme/theme.hpp"
#include "latent/version.hpp"

namespace latent::desktop {
namespace {

QString programVersion() { return QString::fromLatin1(LATENT_SDK_VERSION); }

QPlainTextEdit* textPage(const QString& text, const QString& name, QWidget* parent) {
    auto* page = new QPlainTextEdit(text, parent);
    page->setReadOnly(true);
    page->setFont(theme().mono);
    page->setProperty("look", "mono");
    page->setAccessibleName(name);
    page->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    return page;
}

/// "SPDX-name" of a licence whose text lies in the share folder.
QString licenceText(const QString& name) {
    QFile file(shareFolder() + QStringLiteral("/licences/%1.txt").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return AboutDialog::tr("The text of this licence should lie in %1, but does not.")
            .arg(file.fileName());
    return QString::fromUtf8(file.readAll());
}

QWidget* programPage(QWidget* parent) {
    auto* page = new QWidget(parent);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(space::inside, space::groups, space::inside, space::inside);
    column->setSpacing(space::inside);
    auto* words = new QLabel(
        AboutDialog::tr(
            "Everything but the desktop is under the Apache License 2.0. The desktop, and panel libraries "
            "that run in it, are under the "
            "GNU General Public License, version 3 or later, as is QCustomPlot. There is no warranty."),
        page);
    words->setWordWrap(true);
    column->addWidget(words);
    const std::vector<UsedLibrary> libraries = usedLibraries();
    auto* table = new QTableWidget(static_cast<int>(libraries.size()), 4, page);
    table->setHorizontalHeaderLabels({AboutDialog::tr("Library"), AboutDialog::tr("Version"),
                                      AboutDialog::tr("Licence"), AboutDialog::tr("For")});
    table->setAccessibleName(AboutDialog::tr("Libraries and their licences"));
    table->setProperty("look", "framed");
    table->setTabKeyNavigation(false);  // Tab goes on to the next control, not from cell to cell
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setSelectionMode(QAbstractItemView::NoSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->verticalHeader()->setDefaultSectionSize(QFontMetrics(theme().body).height() + space::inside + 2);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (int row = 0; row < table->rowCount(); ++row) {
        const UsedLibrary& library = libraries[static_cast<std::size_t>(row)];
        const QString cells[] = {library.name, library.version, library.licence, library.purpose};
        for (int column_ = 0; column_ < 4; ++column_) {
            auto* item = new QTableWidgetItem(cells[column_]);
            if (column_ > 0) item->setForeground(theme().muted);
            table->setItem(row, column_, item);
        }
    }
    table->resizeColumnsToContents();
    table->horizontalHeader()->setStretchLastSection(true);
    column->addWidget(table, 1);
    auto* note = new QLabel(
        AboutDialog::tr(
            "Workers also load LibTorch (BSD-3-Clause), which the runs that use it record with its version."),
        page);
    note->setProperty("look", "small");
    note->setWordWrap(true);
    column->addWidget(note);
    return page;
}

QWidget* licencesPage(QWidget* parent) {
    auto* page = new QWidget(parent);
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(space::inside, space::between, space::inside, space::inside);
    row->setSpacing(space::between);
    auto* list = new QListWidget(page);
    list->setAccessibleName(AboutDialog::tr("Licences of the program"));
    list->setProperty("look", "framed");
    list->setFixedWidth(160);
    const QString names[] = {QStringLiteral("GPL-3.0-or-later"), QStringLiteral("Apache-2.0")};
    for (const QString& name : names) list->addItem(name);
    auto* text = textPage({}, AboutDialog::tr("Text of the licence"), page);
    QObject::connect(list, &QListWidget::currentTextChanged, text,
                     [text](const QString& name) { text->setPlainText(licenceText(name)); });
    list->setCurrentRow(0);
    row->addWidget(list);
    row->addWidget(text, 1);
    return page;
}

QWidget* systemPage(QWidget* parent) {
    auto* page = new QWidget(parent);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(space::inside, space::between, space::inside, space::inside);
    column->setSpacing(space::inside);
    column->addWidget(textPage(systemDescription(), AboutDialog::tr("Description of the system"), page), 1);
    auto* note =
        new QLabel(AboutDialog::tr("For reports of faults. It names no person, machine or folder."), page);
    note->setProperty("look", "small");
    auto* copy = new QPushButton(AboutDialog::tr("Copy"), page);
    copy->setAutoDefault(false);
    QObject::connect(copy, &QPushButton::clicked, page, [copy] {
        QApplication::clipboard()->setText(systemDescription());
        copy->setText(AboutDialog::tr("Copied"));
    });
    auto* row = new QHBoxLayout;
    row->addWidget(note, 1);
    row->addWidget(copy);
    column->addLayout(row);
    return page;
}

}  // namespace

QString systemDescription() {
    QStringList lines{QStringLiteral("Latent Workbench %1").arg(programVersion()),
                      QStringLiteral("System: %1, kernel %2, %3")
                          .arg(QSysInfo::prettyProductName(), QSysInfo::kernelVersion(),
                               QSysInfo::currentCpuArchitecture()),
                      QStringLiteral("Qt: %1 (built with %2), platform %3")
                          .arg(QString::fromLatin1(qVersion()), QStringLiteral(QT_VERSION_STR),
                               QGuiApplication::platformName()),
                      QStringLiteral("Theme: %1, text size %2 %")
                          .arg(theme().isDark() ? QStringLiteral("dark") : QStringLiteral("light"))
                          .arg(qRound(ThemeManager::instance().textScale() * 100))};
    for (const QScreen* screen : QGuiApplication::screens())
        lines << QStringLiteral("Screen: %1×%2, scale %3")
                     .arg(screen->size().width())
                     .arg(screen->size().height())
                     .arg(screen->devicePixelRatio());
    for (const UsedLibrary& library : usedLibraries())
        if (library.name != QLatin1String("Qt"))
            lines << QStringLiteral("%1: %2").arg(library.name, library.version);
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

AboutDialog::AboutDialog(QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("About Latent Workbench"));
    resize(840, 600);
    auto* title = new QLabel(tr("Latent Workbench %1").arg(programVersion()), this);
    title->setProperty("look", "title");
    title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* what = new QLabel(
        tr("A workbench for studying how learning systems and physical measurements hide structure."), this);
    what->setProperty("look", "muted");
    what->setWordWrap(true);
    auto* tabs = new QTabWidget(this);
    tabs->setAccessibleName(tr("About the program"));
    tabs->addTab(programPage(tabs), tr("Program"));
    tabs->addTab(licencesPage(tabs), tr("Licences"));
    tabs->addTab(systemPage(tabs), tr("System"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    buttons->button(QDialogButtonBox::Close)->setFocus();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::groups, space::groups, space::groups, space::groups);
    column->setSpacing(space::inside);
    column->addWidget(title);
    column->addWidget(what);
    column->addSpacing(space::inside);
    column->addWidget(tabs, 1);
    column->addWidget(buttons);
}

}  // namespace latent::desktop
