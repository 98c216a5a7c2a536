// SPDX-License-Identifier: GPL-3.0-or-later
// The window and `latent figure` draw the same: every figure that a page shows, of a run and of a sweep, is the same
// file whichever program wrote it. And reports hold them all.
#include <QTabWidget>
#include <QTest>
#include <fstream>
#include <sstream>

#include "desktop/board/figure_board.hpp"
#include "desktop/views/export.hpp"
#include "desktop/window/split_tabs.hpp"
#include "desktop/window/study_page.hpp"
#include "engine/store/layout.hpp"
#include "window_home.hpp"

using namespace latent::desktop;
namespace fs = std::filesystem;

namespace {

QByteArray contentOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return QByteArray::fromStdString(text.str());
}

}  // namespace

class TestSameFigures : public QObject {
    Q_OBJECT
    std::unique_ptr<WindowHome> m_home;

    StudyPage* study() { return qobject_cast<StudyPage*>(m_home->window().tabs().current()); }

    /// The newest run whose folder says so.
    fs::path newest(const char* part) {
        fs::path found;
        for (const auto& entry : fs::directory_iterator(m_home->workspace() / "runs"))
            if (entry.path().filename().string().find(part) != std::string::npos &&
                entry.path().filename() > found.filename())
                found = entry.path();
        return found;
    }

    bool open(const fs::path& run) {
        m_home->window().openRun(QString::fromStdString(run.string()));
        return m_home->until([&] {
            return study() && study()->run() == run && study()->snapshot() &&
                   !study()->figures().views().empty();
        });
    }

    /// Everything that the page has figures for, as the program and the window write it; the names.
    QStringList compare(const fs::path& run) {
        if (!open(run)) return {};
        FigureSource& figures = study()->figures();
        QStringList names;
        // A copy: what is waited for in between may bring others.
        const std::vector<nlohmann::json> views = figures.views();
        for (const nlohmann::json& view : views) {
            const QString name = QString::fromStdString(view.value("name", ""));
            figures.want(name, true);
            if (!m_home->until([&] { return figures.figure(name) != nullptr; })) return {};
            if (figures.figure(name)->isEmpty) continue;
            const fs::path file = m_home->folder() / (name.toStdString() + ".svg");
            fs::remove(file);
            if (m_home->latent({QStringLiteral("figure"), QString::fromStdString(run.string()), name,
                                QStringLiteral("-o"), QString::fromStdString(file.string())}) != 0) {
                qWarning() << "latent figure failed:" << name;
                return {};
            }
            const auto drawn = renderFigure(figures.figure(name), QStringLiteral("svg"));
            if (!drawn || *drawn != contentOf(file)) {
                qWarning() << "not the same:" << name;
                return {};
            }
            names << name;
        }
        return names;
    }

  private Q_SLOTS:
    void initTestCase() {
        m_home = std::make_unique<WindowHome>();
        if (!m_home->isReady()) QSKIP("The plugin concept_space is not built here.");
        const QString workspace = QString::fromStdString(m_home->workspace().string());
        fs::create_directories(m_home->workspace());
        qputenv("LATENT_WORKSPACE", workspace.toUtf8());
        QCOMPARE(m_home->latent({QStringLiteral("run"), QStringLiteral("sim/train"), QStringLiteral("-p"),
                                 QStringLiteral("smoke"), QStringLiteral("-w"), workspace}),
                 0);
        std::ofstream(m_home->folder() / "map.toml")
            << "experiment = \"sim/theory\"\npreset = \"smoke\"\nseeds = 1\n"
               "[grid]\nmu = [[1.0, 2.0], [1.0, 3.0]]\nsigma = [[0.05, 0.05], [0.1, 0.1]]\n";
        QCOMPARE(m_home->latent({QStringLiteral("sweep"),
                                 QString::fromStdString((m_home->folder() / "map.toml").string()),
                                 QStringLiteral("-w"), workspace}),
                 0);
        m_home->open();
    }
    void cleanupTestCase() { m_home.reset(); }

    /// Training shows what one watches, not every figure once more; together the two panels show them all.
    void trainingIsNotVisualisationAgain() {
        QVERIFY(open(newest("sim-train")));
        study()->showPanel(StudyPage::Panel::Training);
        const QStringList training = study()->board()->shown();
        study()->showPanel(StudyPage::Panel::Visualisation);
        const QStringList finished = study()->board()->shown();
        QVERIFY(!training.isEmpty() &&
                training.size() < static_cast<qsizetype>(study()->figures().views().size()));
        for (const nlohmann::json& view : study()->figures().views()) {
            const QString name = QString::fromStdString(view.value("name", ""));
            QVERIFY2(training.contains(name) || finished.contains(name), qPrintable(name));
        }
    }

    /// A plugin's own panel has no figures that could be exported; the board behind it is not what one sees.
    void aPanelOfThePluginHasNoBoard() {
        QVERIFY(open(newest("sim-train")));
        study()->showPanel(StudyPage::Panel::Visualisation);
        QTabWidget* inner = nullptr;
        for (QTabWidget* tabs : study()->findChildren<QTabWidget*>())
            if (tabs->accessibleName().startsWith(QStringLiteral("Figures, questions"))) inner = tabs;
        if (!inner) QSKIP("No panel and no question.");
        int panels = 0;
        for (int i = 0; i < inner->count(); ++i) {
            inner->setCurrentIndex(i);
            const QString name = inner->widget(i)->objectName();
            const bool hasFigures = name == QStringLiteral("figures") || name == QStringLiteral("questions");
            QCOMPARE(study()->board() != nullptr, hasFigures);
            panels += hasFigures ? 0 : 1;
        }
        QVERIFY(panels > 0);
        inner->setCurrentIndex(0);
    }

    void ofARun() { QVERIFY(compare(newest("sim-train")).size() > 2); }

    void ofASweepAlsoItsMaps() {
        fs::path sweep;
        for (const auto& entry : fs::directory_iterator(m_home->workspace() / "runs")) {
            std::ifstream in(latent::engine::layout::request(entry.path()));
            const nlohmann::json request = nlohmann::json::parse(in, nullptr, false);
            if (request.is_object() && request.value("kind", "") == "sweep") sweep = entry.path();
        }
        QVERIFY(!sweep.empty());
        const QStringList names = compare(sweep);
        QVERIFY2(!names.filter(QStringLiteral("sweep_")).isEmpty(), qPrintable(names.join(' ')));
        const fs::path report = m_home->folder() / "report.html";
        QCOMPARE(m_home->latent({QStringLiteral("report"), QString::fromStdString(sweep.string()),
                                 QStringLiteral("-o"), QString::fromStdString(report.string())}),
                 0);
        QVERIFY(contentOf(report).count("data:image/svg+xml;base64,") >= names.size());
    }
};

QTEST_MAIN(TestSameFigures)
#include "test_same_figures.moc"
