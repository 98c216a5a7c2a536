// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What tests of the session share: a home with a window, runs of sim/theory, and words about what is shown.
//
//     class TestKept : public QObject, protected KeptHome { … };

#include <QFile>
#include <QProcess>

#include "desktop/board/figure_board.hpp"
#include "desktop/probes/probe_panel.hpp"
#include "desktop/window/form_dock.hpp"
#include "desktop/window/session.hpp"
#include "desktop/window/split_tabs.hpp"
#include "window_home.hpp"

namespace latent::desktop {

class KeptHome {
  protected:
    std::unique_ptr<WindowHome> m_home;

    MainWindow& window() { return m_home->window(); }
    StudyPage* study() { return qobject_cast<StudyPage*>(window().tabs().current()); }
    ParameterForm* form() { return window().form().form(); }
    nlohmann::json typed(const char* parameter) {
        return form() ? form()->resolution().values.value(parameter, nlohmann::json()) : nlohmann::json();
    }
    static nlohmann::json asked(const ProbePanel* panel) {
        return panel->form()->resolution().values.value("mu", nlohmann::json());
    }
    void plugin(const char* verb) {
        QCOMPARE(
            m_home->latent({QStringLiteral("plugins"), QLatin1String(verb), QStringLiteral("concept_space")}),
            0);
    }
    void restart() {
        m_home->close();
        m_home->open();
    }
    bool says(const QString& words) { return !window().messages().sentences().filter(words).isEmpty(); }
    /// The folder of a finished run of sim/theory.
    std::filesystem::path run(const QStringList& more = {}) {
        std::filesystem::create_directories(m_home->workspace());
        const auto folders = [this] {
            QStringList all;
            std::error_code none;
            for (const auto& entry : std::filesystem::directory_iterator(m_home->workspace() / "runs", none))
                all << QString::fromStdString(entry.path().string());
            return all;
        };
        const QStringList before = folders();
        const QStringList words{
            QStringLiteral("-w"),       QString::fromStdString(m_home->workspace().string()),
            QStringLiteral("run"),      QStringLiteral("sim/theory"),
            QStringLiteral("--preset"), QStringLiteral("smoke")};
        if (m_home->latent(words + more) != 0) return {};
        for (const QString& one : folders())
            if (!before.contains(one)) return one.toStdString();
        return {};
    }
    /// Shows its figures, drawn.
    bool isDrawn(StudyPage* page) {
        return m_home->until([page] {
            for (const QString& name : page->board() ? page->board()->shown() : QStringList())
                if (const FigureCanvas* canvas = page->board()->card(name)->canvas();
                    canvas && canvas->isVisible())
                    return true;
            return false;
        });
    }
    QStringList kinds() {
        QStringList all;
        for (QWidget* page : window().tabs().pages()) {
            auto* shown = qobject_cast<StudyPage*>(page);
            all << (shown ? QString::fromStdString(shown->info().id) : page->property("kind").toString());
        }
        return all;
    }
    QString session() { return SessionFile(m_home->workspace()).path(); }

    /// Before each test.
    void begin() {
        m_home = std::make_unique<WindowHome>();
        if (!m_home->isReady()) QSKIP("The program or its plugins were not built.");
    }
};

}  // namespace latent::desktop
