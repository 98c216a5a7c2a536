// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/manual_hits.hpp"

#include <QPainter>
#include <QStyledItemDelegate>
#include <QTextLayout>

#include "desktop/around/highlighted_text.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kExcerptLines = 2;

std::vector<int> placesOf(const QString& text, const QStringList& words) {
    std::vector<int> places;
    for (const QString& word : words)
        for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0;
             at = text.indexOf(word, at + word.size(), Qt::CaseInsensitive))
            for (qsizetype i = 0; i < word.size(); ++i) places.push_back(static_cast<int>(at + i));
    std::sort(places.begin(), places.end());
    return places;
}

class HitDelegate final : public QStyledItemDelegate {
  public:
    explicit HitDelegate(ManualHits& hits) : QStyledItemDelegate(&hits), m_hits(hits) {}
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        const int lines =
            QFontMetrics(theme().body).height() + (1 + kExcerptLines) * QFontMetrics(theme().small).height();
        return {160, lines + 3 * space::inside};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const ManualHit& hit = m_hits.hits()[static_cast<std::size_t>(index.row())];
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(option.state & QStyle::State_Selected ? theme().selection : theme().hover);
            painter->drawRoundedRect(option.rect, space::radius, space::radius);
        }
        QRectF line =
            QRectF(option.rect).adjusted(space::inside, space::inside, -space::inside, -space::inside);
        const QString title = hit.section.isEmpty() ? hit.title : hit.section;
        const double titleHeight = QFontMetricsF(theme().body).height(),
                     smallHeight = QFontMetricsF(theme().small).height();
        line.setHeight(titleHeight);
        drawHighlighted(*painter, line, title, placesOf(title, m_hits.words()), theme().body, theme().text);
        line.moveTop(line.bottom() + 1);
        line.setHeight(smallHeight);
        drawHighlighted(*painter, line, hit.title, {}, theme().small, theme().muted);
        line.moveTop(line.bottom() + space::tight);
        excerpt(*painter, line, hit.excerpt);
        painter->restore();
    }

  private:
    void excerpt(QPainter& painter, QRectF line, const QString& text) const {
        QTextLayout layout(text, theme().small);
        QList<QTextLayout::FormatRange> ranges;
        for (const int place : placesOf(text, m_hits.words())) {
            QTextLayout::FormatRange range;
            range.start = place;
            range.length = 1;
            range.format.setForeground(theme().accentText);
            range.format.setFontWeight(QFont::DemiBold);
            ranges.append(range);
        }
        layout.setFormats(ranges);
        layout.beginLayout();
        double y = 0;
        int end = 0;
        for (int i = 0; i < kExcerptLines; ++i) {
            QTextLine one = layout.createLine();
            if (!one.isValid()) break;
            // Room for the dots, should there be more than fits.
            one.setLineWidth(
                line.width() -
                (i + 1 == kExcerptLines ? QFontMetricsF(theme().small).horizontalAdvance(QChar(0x2026)) : 0));
            one.setPosition({0, y});
            y += one.height();
            end = one.textStart() + one.textLength();
        }
        layout.endLayout();
        if (end < text.size()) {
            const QTextLine last = layout.lineAt(layout.lineCount() - 1);
            painter.setFont(theme().small);
            painter.setPen(theme().text);
            painter.drawText(
                QPointF(line.left() + last.naturalTextWidth(), line.top() + last.y() + last.ascent()),
                QString(QChar(0x2026)));
        }
        painter.setPen(theme().text);
        layout.draw(&painter, line.topLeft());
    }
    ManualHits& m_hits;
};

}  // namespace

ManualHits::ManualHits(QWidget* parent) : QListWidget(parent) {
    setItemDelegate(new HitDelegate(*this));
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setAccessibleName(tr("What the search found"));
    const auto choose = [this](int row) {
        if (row < 0) return;
        const ManualHit& hit = m_hits[static_cast<std::size_t>(row)];
        Q_EMIT chosen(hit.page, hit.anchor);
    };
    connect(this, &QListWidget::currentRowChanged, this, choose);
    connect(this, &QListWidget::itemClicked, this,
            [this, choose](QListWidgetItem* item) { choose(row(item)); });
}

void ManualHits::setHits(std::vector<ManualHit> hits, const QStringList& words) {
    const QSignalBlocker quiet(this);
    clear();
    m_hits = std::move(hits);
    m_words = words;
    for (const ManualHit& hit : m_hits) {
        auto* item = new QListWidgetItem(this);
        item->setData(Qt::AccessibleTextRole,
                      QStringList{hit.section, hit.title, hit.excerpt}.join(QStringLiteral(", ")));
    }
}

}  // namespace latent::desktop
