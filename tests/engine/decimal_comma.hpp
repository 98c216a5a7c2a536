// SPDX-License-Identifier: Apache-2.0
#pragma once
// A locale in which 1.5 is written "1,5", made in a folder of the test's own with localedef, and in use while this lives.
//
//     const latent::test::DecimalComma comma;
//     if (!comma.isInUse()) QSKIP(comma.reason());

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <clocale>
#include <cstdlib>
#include <string>

namespace latent::test {

class DecimalComma {
  public:
    /// The category that takes the locale: LC_NUMERIC for numbers alone, LC_ALL as Qt does it.
    explicit DecimalComma(int category = LC_NUMERIC) : m_category(category) {
        const QString localedef = QStandardPaths::findExecutable(QStringLiteral("localedef"));
        if (!localedef.isEmpty())
            QProcess::execute(localedef, {QStringLiteral("-c"), QStringLiteral("-i"), QStringLiteral("de_DE"),
                                          QStringLiteral("-f"), QStringLiteral("UTF-8"),
                                          m_folder.filePath(QStringLiteral("de_DE.UTF-8"))});
        qputenv("LOCPATH", m_folder.path().toUtf8());
        std::setlocale(m_category, "de_DE.UTF-8");
    }
    DecimalComma(const DecimalComma&) = delete;
    DecimalComma& operator=(const DecimalComma&) = delete;
    ~DecimalComma() {
        std::setlocale(m_category, "C");
        qunsetenv("LOCPATH");
    }
    bool isInUse() const { return std::to_string(1.5).find(',') != std::string::npos; }
    static const char* reason() {
        return "A locale with a decimal comma needs localedef and the locale sources (package locales).";
    }

  private:
    int m_category;
    QTemporaryDir m_folder;
};

}  // namespace latent::test
