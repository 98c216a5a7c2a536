// SPDX-License-Identifier: GPL-3.0-or-later
// All kinds of fields in all themes and formats: something is drawn, nothing is cut off at the edges, and the canvas in the
// window looks as the paper does. With LATENT_FIELD_PICTURES=FOLDER the pictures are kept for somebody to look at.
#include <QDir>
#include <QPainter>

#include "field_figures.hpp"

using namespace latent::desktop;
using namespace latent::desktop::test;

namespace {

Figure tableOfTiles() {
    Figure figure = gridFigure(8, 12, 12);
    auto& grid = std::get<ImageGrid>(figure.body);
    grid.tilesAcross = 4;
    grid.rowDimension = "model";
    grid.rowLabels = {"one-layer", "two-layer"};
    grid.columnLabels = {"t = 0", "t = 1", "t = 2", "t = 3"};
    for (Tile& tile : grid.tiles) tile.label.clear();
    grid.tiles[5].z.assign(144, kNaN);
    return figure;
}

Figure colourTiles() {
    Figure figure = gridFigure(20, 24, 24);
    auto& grid = std::get<ImageGrid>(figure.body);
    grid.channels = 3;
    for (std::size_t t = 0; t < grid.tiles.size(); ++t) {
        grid.tiles[t].z.clear();
        for (std::size_t i = 0; i < 24 * 24; ++i) {
            const double x = static_cast<double>(i % 24) / 23, y = static_cast<double>(i / 24) / 23,
                         phase = static_cast<double>(t) / 20;
            for (const double channel : {0.0, 0.33, 0.66})
                grid.tiles[t].z.push_back(0.5 + 0.5 * std::sin(6 * (x * phase + y * (1 - phase) + channel)));
        }
    }
    return figure;
}

Figure givenGraph() {
    Figure figure = graphFigure(25, "");
    auto& graph = std::get<Graph>(figure.body);
    graph.edges.clear();
    for (std::size_t i = 0; i < 25; ++i) {
        graph.x.push_back(static_cast<double>(i % 5) + 0.15 * std::sin(3.0 * static_cast<double>(i)));
        graph.y.push_back(static_cast<double>(i / 5) + 0.15 * std::cos(5.0 * static_cast<double>(i)));
        graph.colour.push_back(i == 7 ? kNaN : static_cast<double>(i));
        graph.size.push_back(0.2 + 0.8 * static_cast<double>(i % 4) / 3);
        if (i % 5 < 4) graph.edges.push_back({i, i + 1, -1});
        if (i < 20) graph.edges.push_back({i, i + 5, 0.2 + 0.1 * static_cast<double>(i % 5)});
    }
    static const char* const kWords[] = {"apple", "bird", "car", "egg", "house"};
    for (std::size_t i = 0; i < 25; ++i) graph.text[i] = std::string(kWords[i % 5]) + " " + std::to_string(i);
    graph.colours.dataHigh = 24;
    graph.colours.title = "order";
    return figure;
}

Figure largeGraph() {
    Figure figure = graphFigure(1000, "spring");
    auto& graph = std::get<Graph>(figure.body);
    graph.edges.clear();
    for (std::size_t i = 1; i < 1000; ++i)
        graph.edges.push_back({i, (i * i + 7 * i) % ((i + 1) / 2 + 1) % i, 1});
    graph.weighted = false;
    for (std::size_t i = 0; i < 1000; ++i) graph.colour.push_back(static_cast<double>(i));
    graph.colours.dataHigh = 999;
    graph.colours.title = "age";
    return figure;
}

Figure spaceGraph() {
    Figure figure = givenGraph();
    auto& graph = std::get<Graph>(figure.body);
    for (std::size_t i = 0; i < 25; ++i)
        graph.z.push_back(0.4 * std::sin(graph.x[i]) * std::cos(graph.y[i]) * 3);
    graph.colour[7] = 7;
    return figure;
}

Figure markedPaths() {
    Figure figure = lorenzFigure(800, 3);
    for (Path& path : std::get<Trajectory>(figure.body).paths)
        path.marks = {{400, "now", Marker::Circle, "frame"}, {0, "", Marker::Square, ""}};
    figure.cursors = {{"frame", "step", 400, 800, {}, "", "", true, false}};
    return figure;
}

std::vector<std::pair<QString, Figure>> allFigures() {
    Figure gaps = latticeFigure(21);
    std::get<Points>(gaps.body).clouds[0].colour[30] = kNaN;
    std::get<Points>(gaps.body).clouds[0].z[40] = kNaN;
    return {{QStringLiteral("grid"), gridFigure(5, 4, 4)},
            {QStringLiteral("grid_many"), gridFigure(60, 16, 16)},
            {QStringLiteral("grid_table"), tableOfTiles()},
            {QStringLiteral("grid_colour"), colourTiles()},
            {QStringLiteral("graph_circle"), graphFigure(16, "circle", true)},
            {QStringLiteral("graph_given"), givenGraph()},
            {QStringLiteral("graph_spring"), graphFigure(60, "spring")},
            {QStringLiteral("graph_layers"), graphFigure(18, "layers", true)},
            {QStringLiteral("graph_large"), largeGraph()},
            {QStringLiteral("graph_space"), spaceGraph()},
            {QStringLiteral("graph_one"), graphFigure(1, "spring")},
            {QStringLiteral("scene_paths"), markedPaths()},
            {QStringLiteral("scene_long"), lorenzFigure(100'000)},
            {QStringLiteral("scene_points"), gaps}};
}

QImage windowOf(const FigurePtr& figure, const Theme& look, QSize size, double scale) {
    const std::unique_ptr<FigureCanvas> canvas(makeCanvas(*figure));
    canvas->resize(size);
    canvas->setFigure(figure);
    QImage image(size * scale, QImage::Format_RGB32);
    image.fill(look.panel);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(scale, scale);
    canvas->paint(painter, QRectF(QPointF(), size), look);
    return image;
}

/// Something of the ground all around.
bool hasClearRim(const QImage& image, const QColor& ground) {
    const auto isGround = [&](int x, int y) { return distance(image.pixel(x, y), ground.rgb()) < 60; };
    for (int x = 0; x < image.width(); ++x)
        if (!isGround(x, 0) || !isGround(x, image.height() - 1)) return false;
    for (int y = 0; y < image.height(); ++y)
        if (!isGround(0, y) || !isGround(image.width() - 1, y)) return false;
    return true;
}

}  // namespace

class TestFieldPictures : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void drawsEveryKindInEveryTheme() {
        const QString folder = qEnvironmentVariable("LATENT_FIELD_PICTURES");
        QStringList rims;
        for (const auto& [name, made] : allFigures()) {
            const FigurePtr figure = shared(made);
            for (const Theme::Kind kind : {Theme::Kind::Light, Theme::Kind::Dark, Theme::Kind::Paper})
                for (const QSize size : {QSize(560, 340), QSize(300, 220)})
                    for (const double scale :
                         folder.isEmpty() ? std::vector<double>{1} : std::vector<double>{1, 2}) {
                        const Theme& look = Theme::of(kind);
                        const QImage image = windowOf(figure, look, size, scale);
                        QVERIFY2(inkIn(image, look.panel) > 300, qPrintable(name));
                        static const char* const kKinds[] = {"light", "dark", "paper"};
                        const QString file = QStringLiteral("%1_%2_%3_%4x.png")
                                                 .arg(name, QLatin1String(kKinds[static_cast<int>(kind)]))
                                                 .arg(size.width())
                                                 .arg(scale);
                        if (!folder.isEmpty()) QVERIFY(image.save(QDir(folder).filePath(file)));
                        if (!hasClearRim(image, look.panel)) rims << file;
                    }
        }
        QVERIFY2(rims.isEmpty(), qPrintable(rims.join(QLatin1Char(' '))));
    }

    void writesEveryFormat() {
        const QString folder = qEnvironmentVariable("LATENT_FIELD_PICTURES");
        for (const auto& [name, made] : allFigures())
            for (const char* format : {"png", "svg", "pdf", "csv"}) {
                ExportOptions options;
                options.replace = true;
                const auto bytes = renderFigure(shared(made), QLatin1String(format), options);
                QVERIFY2(bytes && bytes->size() > 60, qPrintable(name));
                // Files that journals and mail take.
                if (QLatin1String(format) != QLatin1String("csv"))
                    QVERIFY2(bytes->size() < 8'000'000,
                             qPrintable(name + QLatin1Char('.') + QLatin1String(format) +
                                        QString::number(bytes->size())));
                if (!folder.isEmpty())
                    QVERIFY(static_cast<bool>(exportFigure(
                        shared(made),
                        (folder + QLatin1Char('/') + name + QLatin1Char('.') + QLatin1String(format))
                            .toStdString(),
                        options)));
            }
    }
};

QTEST_MAIN(TestFieldPictures)
#include "test_field_pictures.moc"
