// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/export.hpp"

#include <QBuffer>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSvgGenerator>
#include <cmath>
#include <memory>

#include "desktop/views/field/grid_layout.hpp"
#include "desktop/views/field/table_drawing.hpp"
#include "desktop/views/plot/adjusted_figure.hpp"
#include "desktop/views/plot/plot_model.hpp"
#include "desktop/views/plot/series_key.hpp"
#include "engine/figures/words.hpp"
#include "engine/files/operations.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr double kPixelsPerMm = 96 / 25.4;
/// No page of a journal is larger, and no picture needs more memory than this.
constexpr double kLargest_mm = 2000, kMostPixels = 2e8;
constexpr int kPdfDotsPerInch = 1200;
constexpr double kAround_px = 8;  ///< free around a figure, and what millimetres round away
constexpr double kTall = 4;       ///< times the height: the names of all series find room

/// With a context that lupdate knows.
class ExportWords {
    Q_DECLARE_TR_FUNCTIONS(latent::desktop::Export)
};

/// Height in relation to the width, by what is drawn.
double shapeOf(const Figure& figure, double width_mm, const Theme& theme) {
    if (const auto* grid = std::get_if<ImageGrid>(&figure.body))
        return gridShape(*grid, width_mm * kPixelsPerMm, theme);
    if (const auto* raster = std::get_if<Raster>(&figure.body)) {
        if (raster->square && raster->columns > 0)
            return std::clamp(static_cast<double>(raster->rows) / static_cast<double>(raster->columns), 0.3,
                              1.6);
        return 0.8;
    }
    if (const auto* table = std::get_if<Table>(&figure.body))
        return tableShape(*table, width_mm * kPixelsPerMm, theme);
    if (std::holds_alternative<Graph>(figure.body) || figure.equalAspect) return 0.9;
    const auto* points = std::get_if<Points>(&figure.body);
    const auto* trajectory = std::get_if<Trajectory>(&figure.body);
    if (points || trajectory) return 0.8;
    return width_mm > 120 ? 0.5 : 0.68;
}

/// What the names of many series take of the height, above the fifth that every figure has for them.
double roomForNames_px(const FigurePtr& figure, const QSizeF& size_px, const Theme& theme) {
    if (!isPlot(*figure)) return 0;
    const PlotModel model(figure, theme);
    const double all = SeriesKey::measure(model, {size_px.width(), kTall * size_px.height()}).height();
    // The names take half of the whole at most: beyond that the rest grows with them.
    return std::clamp(std::max(all - 0.2 * size_px.height(), 2 * (all + kAround_px) - size_px.height()), 0.0,
                      (kTall - 1) * size_px.height());
}

QSizeF sizeOf(const FigurePtr& figure, const ExportOptions& options) {
    if (options.height_mm > 0) return {options.width_mm, options.height_mm};
    const Theme& theme = Theme::of(options.theme);
    const QSizeF size_px =
        QSizeF(options.width_mm, options.width_mm * shapeOf(*figure, options.width_mm, theme)) * kPixelsPerMm;
    return {options.width_mm,
            std::round((size_px.height() + roomForNames_px(figure, size_px, theme)) / kPixelsPerMm)};
}

/// One drawing for all formats: ground, title, figure. `size` in pixels of 1/96 inch.
void drawFigure(QPainter& painter, const FigurePtr& figure, const QSizeF& size,
                const ExportOptions& options) {
    const Theme& theme = Theme::of(options.theme);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing |
                           QPainter::SmoothPixmapTransform);
    painter.fillRect(QRectF(QPointF(), size), theme.panel);
    QRectF area(QPointF(), size);
    area.adjust(4, 4, -4, -4);
    if (const QString title = QString::fromStdString(figure->title); options.title && !title.isEmpty()) {
        const QFontMetricsF metrics(theme.heading);
        painter.setFont(theme.heading);
        painter.setPen(theme.text);
        painter.drawText(QPointF(area.left() + 2, area.top() + metrics.ascent()),
                         metrics.elidedText(title, Qt::ElideRight, area.width() - 4));
        area.setTop(area.top() + std::ceil(metrics.height()) + space::tight);
    }
    const std::unique_ptr<FigureCanvas> canvas(makeCanvas(*figure));
    // Canvases that lay themselves out by their size are given the one of the paper.
    canvas->resize(area.size().toSize());
    canvas->setFigure(figure);
    if (!options.viewState.isEmpty()) canvas->setViewState(options.viewState);
    canvas->paint(painter, area, theme);
}

QString titleOf(const Figure& figure) {
    return QString::fromStdString(figure.title.empty() ? figure.name : figure.title);
}

engine::Result<QByteArray> png(const FigurePtr& figure, const QSizeF& size_mm, const ExportOptions& options) {
    const double dotsPerMm = options.dots_per_inch / 25.4;
    const QSize dots(static_cast<int>(std::lround(size_mm.width() * dotsPerMm)),
                     static_cast<int>(std::lround(size_mm.height() * dotsPerMm)));
    if (!(options.dots_per_inch >= 10) || static_cast<double>(dots.width()) * dots.height() > kMostPixels)
        return engine::badRequest(
            ExportWords::tr("A picture of this size and resolution is too large: choose fewer dots per inch.")
                .toStdString());
    QImage image(dots, QImage::Format_RGB32);
    image.setDotsPerMeterX(static_cast<int>(std::lround(dotsPerMm * 1000)));
    image.setDotsPerMeterY(image.dotsPerMeterX());
    image.setText(QStringLiteral("Title"), titleOf(*figure));
    QPainter painter(&image);
    const double scale = options.dots_per_inch / 96;
    painter.scale(scale, scale);
    drawFigure(painter, figure, QSizeF(dots) / scale, options);
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    if (!buffer.open(QIODevice::WriteOnly) || !image.save(&buffer, "PNG"))
        return engine::failed(ExportWords::tr("The picture could not be encoded as PNG.").toStdString());
    return bytes;
}

QByteArray svg(const FigurePtr& figure, const QSizeF& size_mm, const ExportOptions& options) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(96);
    const QSizeF size = size_mm * kPixelsPerMm;
    // The generator takes whole pixels only; the view box carries the exact size, the file's millimetres are corrected below.
    generator.setSize(
        QSize(static_cast<int>(std::ceil(size.width())), static_cast<int>(std::ceil(size.height()))));
    generator.setViewBox(QRectF(QPointF(), size));
    generator.setTitle(titleOf(*figure));
    generator.setDescription(QString::fromStdString(figure->caption));
    QPainter painter(&generator);
    drawFigure(painter, figure, size, options);
    painter.end();
    QString file = QString::fromUtf8(bytes);
    const auto millimetres = [](double length) { return QString::number(length, 'f', 3); };
    static const QRegularExpression head(QStringLiteral("<svg width=\"[^\"]*\" height=\"[^\"]*\"")),
        family(QStringLiteral("font-family=\"([^\"]*)\""));
    if (const QRegularExpressionMatch match = head.match(file); match.hasMatch())
        file.replace(match.capturedStart(), match.capturedLength(),
                     QStringLiteral("<svg width=\"%1mm\" height=\"%2mm\"")
                         .arg(millimetres(size_mm.width()), millimetres(size_mm.height())));
    // Readers without the font would fall back to one with serifs.
    file.replace(family, QStringLiteral("font-family=\"\\1, Helvetica, Arial, sans-serif\""));
    return file.toUtf8();
}

QByteArray pdf(const FigurePtr& figure, const QSizeF& size_mm, const ExportOptions& options) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(kPdfDotsPerInch);
    writer.setPageSize(QPageSize(size_mm, QPageSize::Millimeter, QString(), QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF());
    writer.setTitle(titleOf(*figure));
    writer.setCreator(QStringLiteral("Latent Workbench"));
    QPainter painter(&writer);
    const double scale = kPdfDotsPerInch / 96.0;
    painter.scale(scale, scale);
    drawFigure(painter, figure, size_mm * kPixelsPerMm, options);
    painter.end();
    return bytes;
}

}  // namespace

engine::Result<QByteArray> renderFigure(const FigurePtr& figure, const QString& format,
                                        const ExportOptions& options) {
    if (!figure) return engine::badRequest(ExportWords::tr("There is no figure to export.").toStdString());
    if (format == QLatin1String("csv"))
        return QByteArray::fromStdString(figureCsv(*adjusted(figure, adjustmentOf(options.viewState))));
    const QSizeF size_mm = sizeOf(figure, options);
    if (!(size_mm.width() >= 10 && size_mm.width() <= kLargest_mm && size_mm.height() >= 10 &&
          size_mm.height() <= kLargest_mm))
        return engine::badRequest(
            ExportWords::tr(
                "A figure is between 10 and 2000 mm wide and high: change the size of the export.")
                .toStdString());
    if (format == QLatin1String("png")) return png(figure, size_mm, options);
    if (format == QLatin1String("svg")) return svg(figure, size_mm, options);
    if (format == QLatin1String("pdf")) return pdf(figure, size_mm, options);
    return engine::badRequest(ExportWords::tr("Figures are exported as png, svg, pdf or csv, not as \"%1\".")
                                  .arg(format)
                                  .toStdString());
}

engine::Status exportFigure(const FigurePtr& figure, const std::filesystem::path& file,
                            const ExportOptions& options) {
    std::string ending = file.extension().string();
    if (!ending.empty()) ending.erase(0, 1);
    LATENT_TRY(const QByteArray bytes,
               renderFigure(figure, QString::fromStdString(ending).toLower(), options));
    return writeExport(file, {bytes.constData(), static_cast<std::size_t>(bytes.size())}, options.replace);
}

engine::Status writeExport(const std::filesystem::path& file, std::string_view content, bool replace) {
    if (replace) return engine::writeNew(file, content);
    LATENT_TRY(const bool made, engine::createExclusive(file, content));
    if (!made)
        return engine::refused(
            ExportWords::tr("%1 exists already: choose another name, or ask for it to be replaced.")
                .arg(QString::fromStdString(file.string()))
                .toStdString());
    return engine::ok();
}

}  // namespace latent::desktop
