// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/palette_model.hpp"

#include <QFontMetrics>
#include <QPainter>
#include <QRegularExpression>
#include <algorithm>

#include "desktop/around/fuzzy.hpp"
#include "desktop/around/highlighted_text.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr std::size_t kMost = 80;
constexpr int kRecent = 12;         // of equal matches the one that was chosen lately
constexpr int kDetailLetter = 6;    // a letter found in the detail, against 16 and more in the title
constexpr int kFoundElsewhere = 1;  // what a source ranked itself comes after all matched titles
constexpr int kFromText = 12;       // and its titles after equal ones of things that can be done or opened

/// Every word is somewhere in title, detail or group.
bool holds(const PaletteEntry& entry, const QString& words) {
    const QString all = entry.title + QLatin1Char('\n') + entry.detail + QLatin1Char('\n') + entry.group;
    for (const QString& word : words.split(QLatin1Char(' '), Qt::SkipEmptyParts))
        if (!all.contains(word, Qt::CaseInsensitive)) return false;
    return true;
}

/// The detail begins with an id ("sim/theory · …") that people type instead of the title.
bool isNamed(const PaletteEntry& entry, const QString& words) {
    const QString typed = words.trimmed();
    return entry.detail.startsWith(typed, Qt::CaseInsensitive) &&
           (entry.detail.size() == typed.size() || entry.detail[typed.size()].isSpace());
}

}  // namespace

std::vector<RankedEntry> rankEntries(std::vector<PaletteEntry> entries, const QString& words,
                                     const QStringList& recent) {
    std::vector<RankedEntry> ranked;
    const bool nothingTyped = words.trimmed().isEmpty();
    for (PaletteEntry& entry : entries) {
        const qsizetype age = recent.indexOf(entry.id);
        RankedEntry one{std::move(entry), {}, 0};
        if (nothingTyped) {
            one.score = age < 0 ? 0 : static_cast<int>(recent.size() - age);
        } else if (isNamed(one.entry, words)) {
            one.score = fuzzyMatch(words, one.entry.detail).value_or(FuzzyMatch{}).score +
                        kRecent;  // the thing itself, chosen lately or not
        } else if (auto match = fuzzyMatch(words, one.entry.title)) {
            one.places = std::move(match->places);
            one.score = match->score - (one.entry.ranked ? kFromText : 0) +
                        (age < 0 ? 0 : std::max(1, kRecent - static_cast<int>(age)));
        } else if (holds(one.entry, words)) {
            one.score = kDetailLetter * static_cast<int>(words.size());
        } else if (one.entry.ranked) {
            one.score = kFoundElsewhere;
        } else {
            continue;
        }
        ranked.push_back(std::move(one));
    }
    // Whoever asks for what is off is told why, where it would stand; a list that nobody asked for begins with what can be done.
    const auto order = [nothingTyped](const RankedEntry& one) {
        return std::pair(!nothingTyped || !one.entry.isOff, one.score);
    };
    std::stable_sort(ranked.begin(), ranked.end(),
                     [&](const RankedEntry& a, const RankedEntry& b) { return order(a) > order(b); });
    if (ranked.size() > kMost) ranked.resize(kMost);
    return ranked;
}

void PaletteModel::setEntries(std::vector<RankedEntry> entries) {
    beginResetModel();
    m_entries = std::move(entries);
    endResetModel();
}

int PaletteModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const PaletteEntry& entry = m_entries[static_cast<std::size_t>(index.row())].entry;
    if (role == Qt::DisplayRole) return entry.title;
    if (role == Qt::DecorationRole) return entry.icon;
    if (role == Qt::AccessibleTextRole)
        return QStringList{entry.title, entry.detail, entry.group, entry.shortcut}
            .filter(QRegularExpression(QStringLiteral(".")))
            .join(QStringLiteral(", "));
    return {};
}

QSize PaletteDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {200,
            QFontMetrics(theme().body).height() + QFontMetrics(theme().small).height() + 3 * space::tight};
}

void PaletteDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    const RankedEntry& ranked = m_model.entries()[static_cast<std::size_t>(index.row())];
    const PaletteEntry& entry = ranked.entry;
    const bool selected = option.state & QStyle::State_Selected;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (selected || option.state & QStyle::State_MouseOver) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(selected ? theme().selection : theme().hover);
        painter->drawRoundedRect(option.rect, space::radius, space::radius);
    }
    QRectF line = QRectF(option.rect).adjusted(space::between, 0, -space::between, 0);
    constexpr int kIcon = 16;
    entry.icon.paint(
        painter, QRect(static_cast<int>(line.left()), option.rect.center().y() - kIcon / 2 + 1, kIcon, kIcon),
        Qt::AlignCenter,
        entry.isOff ? QIcon::Disabled
        : selected  ? QIcon::Selected
                    : QIcon::Normal);
    line.setLeft(line.left() + kIcon + space::between);

    // Right: keys, then the group.
    const double keys = drawKeys(*painter, line, entry.shortcut);
    line.setRight(line.right() - (keys > 0 ? keys + space::inside : 0));
    painter->setFont(theme().small);
    painter->setPen(theme().muted);
    const double group = QFontMetricsF(theme().small).horizontalAdvance(entry.group);
    painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, entry.group);
    line.setRight(line.right() - group - space::groups);

    const QColor ink = entry.isOff ? theme().muted : theme().text;
    if (entry.detail.isEmpty()) {
        drawHighlighted(*painter, line, entry.title, ranked.places, theme().body, ink);
    } else {
        const double top = line.top() + 1.5 * space::tight, height = QFontMetricsF(theme().body).height();
        drawHighlighted(*painter, {line.left(), top, line.width(), height}, entry.title, ranked.places,
                        theme().body, ink);
        drawHighlighted(
            *painter,
            {line.left(), top + height, line.width(), line.bottom() - 1.5 * space::tight - top - height},
            entry.detail, {}, theme().small, theme().muted);
    }
    painter->restore();
}

}  // namespace latent::desktop
