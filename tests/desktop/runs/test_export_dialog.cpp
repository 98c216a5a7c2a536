// SPDX-License-Identifier: GPL-3.0-or-later
// Where figures are written to: what is asked, remembered and told.
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "desktop/board/export_dialog.hpp"
#include "desktop/theme/theme.hpp"

using namespace latent::desktop;
using namespace latent::engine::figures;

namespace {

FigurePtr figure(const std::string& name) {
    auto made = std::make_shared<Figure>();
    made->kind = "text";
    made->name = name;
    made->title = name;
    made->body = Text{"words"};
    return made;
}

std::vector<ExportItem> items(const std::vector<std::string>& names) {
    std::vector<ExportItem> all;
    for (const std::string& name : names) all.push_back({figure(name), {}});
    return all;
}

QLineEdit* path(QDialog& dialog) {
    for (QLineEdit* one : dialog.findChildren<QLineEdit*>())
        if (one->accessibleName() == QStringLiteral("File") ||
            one->accessibleName() == QStringLiteral("Folder"))
            return one;
    return nullptr;
}

/// Presses Export; the files that the dialog says it wrote.
QStringList exported(ExportDialog& dialog) {
    QSignalSpy spy(&dialog, &ExportDialog::exported);
    for (QPushButton* button : dialog.findChildren<QPushButton*>())
        if (button->text() == QStringLiteral("Export")) button->click();
    return spy.isEmpty() ? QStringList() : spy.takeFirst().value(0).toStringList();
}

}  // namespace

class TestExportDialog : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

  private Q_SLOTS:
    void initTestCase() {
        ThemeManager::instance().install(*qApp);
        QCoreApplication::setOrganizationName(QStringLiteral("test"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope,
                           m_folder.filePath(QStringLiteral("settings")));
    }

    /// Twice the same export goes to the same place, and not one folder deeper each time.
    void manyGoWhereTheyWentBefore() {
        const QString there = m_folder.filePath(QStringLiteral("paper/figures"));
        for (int round = 0; round < 2; ++round) {
            ExportDialog dialog(items({"a" + std::to_string(round), "b" + std::to_string(round)}));
            if (round == 0) path(dialog)->setText(there);
            QCOMPARE(path(dialog)->text(), there);
            const QStringList files = exported(dialog);
            QCOMPARE(files.size(), 2);
            for (const QString& file : files)
                QVERIFY2(QFileInfo(file).absolutePath() == there && QFileInfo(file).size() > 0,
                         qPrintable(file));
        }
    }

    void oneHasItsOwnFolder() {
        const QString file = m_folder.filePath(QStringLiteral("one.pdf"));
        {
            ExportDialog dialog(items({"one"}));
            path(dialog)->setText(file);
            QCOMPARE(exported(dialog), QStringList{file});
        }
        ExportDialog next(items({"two"}));
        QCOMPARE(path(next)->text(), m_folder.filePath(QStringLiteral("two.pdf")));
        ExportDialog many(items({"three", "four"}));
        QCOMPARE(path(many)->text(), m_folder.filePath(QStringLiteral("paper/figures")));
    }

    void nothingIsToldOfWhatWasNotWritten() {
        ExportDialog dialog(items({"one"}));
        path(dialog)->setText(QStringLiteral("/proc/no/one.pdf"));
        QVERIFY(exported(dialog).isEmpty());
    }
};

QTEST_MAIN(TestExportDialog)
#include "test_export_dialog.moc"
