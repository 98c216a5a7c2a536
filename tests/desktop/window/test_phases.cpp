// SPDX-License-Identifier: GPL-3.0-or-later
// A phase diagram of trained models: a click on a cell of the map shows that model at that checkpoint, its divergences over
// contexts and its attention. A small run of the real plugin, the real window, the mouse.
#include <cmath>

#include "desktop/views/field/raster_canvas.hpp"
#include "kept_home.hpp"

using namespace latent;
using namespace latent::desktop;
namespace fs = std::filesystem;
using namespace engine::figures;

class TestPhases : public QObject, protected KeptHome {
    Q_OBJECT
    using Place = std::vector<std::size_t>;

    /// What a published array holds where the first axes stand at `place`, in row-major order.
    std::vector<double> published(const char* name, const Place& place) {
        const LoadedArray* array = study()->figures().arrays().find(name);
        if (!array || array->values.shape.size() < place.size()) return {};
        std::size_t at = 0, size = 1;
        for (std::size_t axis = 0; axis < array->values.shape.size(); ++axis) {
            if (axis < place.size())
                at = at * array->values.shape[axis] + place[axis];
            else
                size *= array->values.shape[axis];
        }
        std::vector<double> all;
        for (std::size_t i = 0; i < size; ++i)
            all.push_back(engine::elementAsDouble(array->values.view(), at * size + i));
        return all;
    }
    FigurePtr figure(const char* name) { return study()->figures().figure(QLatin1String(name)); }
    std::vector<double> line(const char* name, const char* label) {
        const FigurePtr drawn = figure(name);
        if (const auto* lines = drawn ? std::get_if<Lines>(&drawn->body) : nullptr)
            for (const Line& one : lines->lines)
                if (one.look.label == label) return one.y;
        return {};
    }
    RasterCanvas* map(const char* name) {
        FigureCard* card = study()->board()->card(QLatin1String(name));
        return card ? qobject_cast<RasterCanvas*>(card->canvas()) : nullptr;
    }
    /// Not a number stands where one belongs.
    static bool isSame(const std::vector<double>& a, const std::vector<double>& b) {
        return !a.empty() && std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
            return x == y || (std::isnan(x) && std::isnan(y));
        });
    }
    bool isShown(std::size_t checkpoint, std::size_t model) {
        const Place cell{checkpoint, model};
        const auto last = [&](const char* dimension) {  // where cursors stand that nobody has moved
            return static_cast<std::size_t>(study()->figures().arrays().extentOf(dimension)) - 1;
        };
        return isSame(line("one_model", "model, known"), published("kl_matrix_id", cell)) &&
               isSame(line("one_model", "model, new"), published("kl_matrix_ood", cell)) &&
               isSame(line("one_model_position", "model, new"), published("kl_position_ood", cell)) &&
               isSame(attention(), published("attention", {checkpoint, model, last("layer"), last("head")}));
    }
    std::vector<double> attention() {
        const FigurePtr drawn = figure("attention_map");
        const auto* raster = drawn ? std::get_if<Raster>(&drawn->body) : nullptr;
        return raster ? raster->z : std::vector<double>();
    }

  private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { m_home.reset(); }

    void aCellShowsItsModel() {
        if (m_home->latent(
                {QStringLiteral("plugins"), QStringLiteral("trust"), QStringLiteral("markov_mixtures")}) != 0)
            QSKIP("The plugin markov_mixtures is not built here.");
        fs::create_directories(m_home->workspace());
        QCOMPARE(m_home->latent({QStringLiteral("-w"), QString::fromStdString(m_home->workspace().string()),
                                 QStringLiteral("run"), QStringLiteral("markov/phases"),
                                 QStringLiteral("--preset"), QStringLiteral("smoke")}),
                 0);
        m_home->open();
        window().resize(1280, 860);
        window().openRun(
            QString::fromStdString(fs::directory_iterator(m_home->workspace() / "runs")->path().string()));
        QVERIFY(m_home->until([&] { return study() && study()->snapshot(); }));
        study()->showPanel(StudyPage::Panel::Visualisation);
        QVERIFY(m_home->until([&] { return map("phases") && map("phases")->isReady(); }));
        const QStringList shown = study()->board()->shown();
        for (const char* card : {"one_model", "one_model_position", "attention_map"})
            QVERIFY2(shown.contains(QLatin1String(card)), card);
        const auto models = study()->figures().arrays().extentOf("chains"),
                   checkpoints = study()->figures().arrays().extentOf("checkpoint_step");
        QVERIFY(models == 2 && checkpoints >= 3);
        // Every pair differs, so that a figure of another cell is told from it.
        QVERIFY(!isSame(published("kl_matrix_id", {1, 0}), published("kl_matrix_id", {2, 0})) &&
                !isSame(published("kl_matrix_id", {1, 0}), published("kl_matrix_id", {1, 1})) &&
                !isSame(published("attention", {1, 0, 0, 0}), published("attention", {2, 1, 0, 0})));
        const auto click = [&](const char* name, std::size_t model, std::size_t checkpoint) {
            study()->board()->ensureWidgetVisible(study()->board()->card(QLatin1String(name)));
            QVERIFY(m_home->until([&] { return map(name) && map(name)->isReady(); }));
            QTest::mouseClick(map(name), Qt::LeftButton, {},
                              map(name)->layout().rectOf({model, checkpoint}).center().toPoint());
        };
        click("phases", 0, 1);
        QVERIFY(m_home->until([&] { return isShown(1, 0); }, 20'000));
        // They stand below what one sees: there is a way to them.
        QAbstractButton* way = m_home->button(QStringLiteral("Show “One model"), study()->board());
        QVERIFY(way);
        click("phases", 1, 2);
        QVERIFY(m_home->until([&] { return isShown(2, 1); }, 20'000));
        QVERIFY(way->isVisible());
        m_home->click(way);
        const FigureCard* curves = study()->board()->card(QStringLiteral("one_model"));
        QVERIFY(m_home->until([&] { return !way->isVisible(); }));
        QVERIFY(study()->board()->viewport()->rect().contains(
            QRect(curves->mapTo(study()->board()->viewport(), QPoint(0, 0)), curves->size()).center()));
        click("utilisation_map", 0, 2);  // any of the maps
        QVERIFY(m_home->until([&] { return isShown(2, 0); }, 20'000));
        // And there again after a restart.
        restart();
        QVERIFY(m_home->until([&] { return study() && study()->snapshot() && isShown(2, 0); }));
    }
};

QTEST_MAIN(TestPhases)
#include "test_phases.moc"
