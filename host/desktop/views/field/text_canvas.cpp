// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/text_canvas.hpp"

#include <QLabel>
#include <QPainter>
#include <QRegularExpression>
#include <QScrollArea>
#include <algorithm>

namespace latent::desktop {
namespace {

constexpr int kUsualWidth = 380, kMostHeight = 240;

}  // namespace

QString emphasised(const QString& paragraph) {
    QString html = paragraph.toHtmlEscaped();
    static const QRegularExpression strong(QStringLiteral("\\*\\*([^*]+)\\*\\*")),
        weak(QStringLiteral("\\*([^*]+)\\*")), code(QStringLiteral("`([^`]+)`"));
    html.replace(strong, QStringLiteral("<b>\\1</b>"));
    html.replace(weak, QStringLiteral("<i>\\1</i>"));
    html.replace(code, QStringLiteral("<code>\\1</code>"));
    return html.replace(QStringLiteral("\n\n"), QStringLiteral("<br><br>"));
}

TextCanvas::TextCanvas(QWidget* parent)
    : FigureCanvas(parent), m_label(new QLabel(this)), m_scroll(new QScrollArea(this)) {
    m_label->setTextFormat(Qt::RichText);
    m_label->setWordWrap(true);
    m_label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setWidget(m_label);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_label->setAutoFillBackground(false);
    setFocusProxy(m_label);
}

void TextCanvas::setFigure(FigurePtr figure) {
    m_figure = std::move(figure);
    const auto* text = m_figure ? std::get_if<engine::figures::Text>(&m_figure->body) : nullptr;
    const QString paragraph = text ? QString::fromStdString(text->paragraph) : QString();
    m_label->setText(paragraph.isEmpty() ? tr("There are no words yet.") : emphasised(paragraph));
    if (m_figure)
        m_label->setAccessibleName(
            QString::fromStdString(m_figure->title.empty() ? m_figure->name : m_figure->title));
    QTextDocument plain;
    plain.setHtml(m_label->text());
    setAccessibleDescription(plain.toPlainText());
    updateGeometry();
}

int TextCanvas::heightForWidth(int width) const {
    return std::min(m_label->heightForWidth(width), kMostHeight);
}

QSize TextCanvas::sizeHint() const { return {kUsualWidth, heightForWidth(kUsualWidth)}; }

void TextCanvas::resizeEvent(QResizeEvent* event) {
    FigureCanvas::resizeEvent(event);
    m_scroll->setGeometry(rect());
}

void TextCanvas::paint(QPainter& painter, const QRectF& area, const Theme& theme) {
    QTextDocument document;
    document.setDefaultFont(theme.body);
    document.setDefaultStyleSheet(QStringLiteral("body { color: %1; }").arg(theme.text.name()));
    document.setHtml(QStringLiteral("<body>%1</body>").arg(m_label->text()));
    document.setTextWidth(area.width());
    painter.save();
    painter.translate(area.topLeft());
    document.drawContents(&painter, QRectF(QPointF(), area.size()));
    painter.restore();
}

}  // namespace latent::desktop
