// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/figure_board.hpp"

#include <QKeyEvent>
#include <QLabel>
#include <set>

#include "desktop/board/cell_offer.hpp"
#include "desktop/board/export_dialog.hpp"
#include "desktop/board/flow_layout.hpp"

namespace latent::desktop {
namespace {

constexpr int kCardWidth = 380, kCardHeight = 320;

}  // namespace

FigureBoard::FigureBoard(FigureSource& source, QWidget* parent)
    : QScrollArea(parent),
      m_source(source),
      m_page(new QWidget(this)),
      m_flow(new FlowLayout(m_page, kCardWidth, kCardHeight)),
      m_placeholder(new QLabel(tr("No figures yet."), this)),
      m_offer(new CellOffer(this)) {
    setAccessibleName(tr("Figures"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_page->setProperty("look", "page");
    m_flow->setContentsMargins(space::between, space::between, space::between, space::between);
    m_flow->setSpacing(space::between);
    setWidget(m_page);
    m_placeholder->setProperty("look", "muted");
    m_placeholder->setAlignment(Qt::AlignCenter);
    m_placeholder->setWordWrap(true);
    m_placeholder->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(m_placeholder, &QLabel::linkActivated, this,
            [this](const QString& link) { Q_EMIT placeholderLink(QUrl(link)); });
    connect(&source, &FigureSource::viewsChanged, this, &FigureBoard::rebuild);
    rebuild();
}

FigureBoard::~FigureBoard() = default;

void FigureBoard::setFilter(Filter filter) {
    m_filter = std::move(filter);
    rebuild();
}

void FigureBoard::setPlaceholder(const QString& words) { m_placeholder->setText(words); }

void FigureBoard::setLive(bool live) {
    m_live = live;
    for (const auto& [name, card] : m_cards) card->setLive(live);
}

void FigureBoard::setEmptyWords(const QString& words) {
    m_emptyWords = words;
    for (const auto& [name, card] : m_cards) card->setEmptyWords(words);
}

void FigureBoard::setCompact(int leastWidth, int leastHeight) {
    m_least = QSize(leastWidth, leastHeight);
    for (const auto& [name, card] : m_cards) card->setCompact();
    arrange();
}

/// Least width, and height, of a card.
QSize FigureBoard::cardSize() const {
    const int height = viewport()->height() - 2 * space::between;
    if (!m_maximised.isEmpty()) return QSize(viewport()->width(), std::max(kCardHeight, height));
    if (!m_least.isValid()) return QSize(kCardWidth, kCardHeight);
    // Few figures share the whole height: no more rows than there are figures for.
    const int cards = std::max(1, static_cast<int>(m_order.size()));
    const int columns =
        std::clamp((viewport()->width() - space::between) / (m_least.width() + space::between), 1, cards);
    const int room = (height + space::between) / (m_least.height() + space::between);
    const int rows = std::clamp(room, 1, (cards + columns - 1) / columns);
    return QSize(m_least.width(), std::max(m_least.height(), (height - (rows - 1) * space::between) / rows));
}

void FigureBoard::setRunPath(const QString& run) {
    m_run = run;
    for (const auto& [name, card] : m_cards) card->setRunPath(run);
}

void FigureBoard::setUndoStack(QUndoStack* stack) {
    m_undo = stack;
    for (const auto& [name, card] : m_cards) card->setUndoStack(stack);
}

FigureCard* FigureBoard::card(const QString& view) const {
    const auto found = m_cards.find(view);
    return found == m_cards.end() ? nullptr : found->second;
}

QStringList FigureBoard::shown() const { return m_order; }

FigureCard* FigureBoard::makeCard(const QString& view) {
    auto* made = new FigureCard(m_source, view, m_page);
    made->setLive(m_live);
    if (!m_emptyWords.isEmpty()) made->setEmptyWords(m_emptyWords);
    made->setRunPath(m_run);
    made->setUndoStack(m_undo);
    if (m_least.isValid()) made->setCompact();
    connect(made, &FigureCard::probeAsked, this, &FigureBoard::probeAsked);
    connect(made, &FigureCard::cellPicked, this, &FigureBoard::cellPicked);
    connect(made, &FigureCard::cellPicked, m_offer, [this, view] {
        if (const nlohmann::json* map = m_source.view(view)) m_offer->offerFiguresOf(*map, m_source.views());
    });
    connect(made, &FigureCard::viewEdited, this, &FigureBoard::viewEdited);
    connect(made, &FigureCard::canvasMade, this, [this] {
        if (!m_pendingState.isEmpty()) setViewState(m_pendingState);
    });
    connect(made, &FigureCard::exported, this, &FigureBoard::exported);
    connect(made, &FigureCard::maximiseAsked, this,
            [this, view](bool on) { maximise(on ? view : QString()); });
    return made;
}

/// Cards of views that stay are kept, with their zoom; groups come in the order of their first figure.
void FigureBoard::rebuild() {
    QStringList order, groups;
    std::map<QString, QStringList> byGroup;
    for (const nlohmann::json& view : m_source.views()) {
        if (m_filter && !m_filter(view)) continue;
        const QString group = QString::fromStdString(view.value("group", ""));
        if (!groups.contains(group)) group.isEmpty() ? groups.prepend(group) : groups.append(group);
        byGroup[group] << QString::fromStdString(view.value("name", ""));
    }
    QStringList arrangement;
    for (const QString& group : groups)
        arrangement << group + QLatin1Char('\n') + byGroup[group].join(QLatin1Char('\n'));
    // Views may change with every answer of a probe; nothing moves as long as the same figures stand at the same places.
    if (arrangement == m_arrangement && m_pendingState.isEmpty()) return;
    m_arrangement = arrangement;
    m_offer->withdraw();
    while (QLayoutItem* item = m_flow->takeAt(0)) delete item;
    for (QLabel* heading : m_headings) delete heading;
    m_headings.clear();
    for (const QString& group : groups) {
        if (!group.isEmpty()) {
            auto* heading = new QLabel(group.toUpper(), m_page);
            heading->setProperty("look", "section");
            heading->setProperty("span", true);
            heading->show();
            m_headings.push_back(heading);
            m_flow->addWidget(heading);
        }
        for (const QString& name : byGroup[group]) {
            FigureCard*& kept = m_cards[name];
            if (!kept) kept = makeCard(name);
            m_flow->addWidget(kept);
            order << name;
        }
    }
    for (auto it = m_cards.begin(); it != m_cards.end();) {
        if (order.contains(it->first)) {
            ++it;
        } else {
            it->second->deleteLater();
            it = m_cards.erase(it);
        }
    }
    m_order = order;
    if (!m_order.contains(m_maximised)) m_maximised.clear();
    if (!m_pendingState.isEmpty()) setViewState(m_pendingState);
    arrange();
}

void FigureBoard::maximise(const QString& view) {
    m_maximised = m_cards.count(view) ? view : QString();
    arrange();
    Q_EMIT viewEdited();
}

void FigureBoard::arrange() {
    const bool one = !m_maximised.isEmpty();
    m_flow->setCell(cardSize().width(), cardSize().height());
    for (const auto& [name, card] : m_cards) {
        card->setVisible(!one || name == m_maximised);
        card->setMaximised(name == m_maximised);
        // A few words are no picture: they take a line, not the room of one. Boards that share one height have no lines.
        const nlohmann::json* declared = m_source.view(name);
        const bool isWords = declared && declared->value("kind", "") == "text";
        card->setProperty("span",
                          isWords && !one && !m_least.isValid() ? QVariant(kWhereRowBegins) : QVariant());
    }
    for (QLabel* heading : m_headings) heading->setVisible(!one);
    m_placeholder->setVisible(m_order.isEmpty());
    m_placeholder->setGeometry(viewport()->rect().adjusted(40, 0, -40, 0));
    m_placeholder->raise();
    m_offer->place();
}

void FigureBoard::forgetPainted() {
    for (const auto& [name, card] : m_cards)
        if (FigureCanvas* canvas = card->canvas()) canvas->forgetPainted();
}

void FigureBoard::exportAll() {
    std::vector<ExportItem> items;
    QStringList leftOut;
    for (const QString& name : m_order) {
        ExportItem item = card(name)->exportItem();
        if (item.figure && !item.figure->isEmpty)
            items.push_back(std::move(item));
        else
            leftOut << card(name)->title();
    }
    if (items.empty()) return;
    ExportDialog dialog(std::move(items), window(), leftOut);
    connect(&dialog, &ExportDialog::exported, this, &FigureBoard::exported);
    dialog.exec();
}

QVariantMap FigureBoard::viewState() const {
    QVariantMap figures = m_pendingState.value(QStringLiteral("figures")).toMap();
    for (const auto& [name, card] : m_cards)
        if (card->canvas()) figures[name] = card->canvas()->viewState();
    const QVariant maximised =
        m_maximised.isEmpty() ? m_pendingState.value(QStringLiteral("maximised")) : QVariant(m_maximised);
    return {{QStringLiteral("figures"), figures}, {QStringLiteral("maximised"), maximised.toString()}};
}

/// Cards whose figure has not come yet get their zoom when it does: the state stays until all have it.
void FigureBoard::setViewState(const QVariantMap& state) {
    m_pendingState = state;
    QVariantMap figures = state.value(QStringLiteral("figures")).toMap();
    for (const auto& [name, card] : m_cards) {
        if (!figures.contains(name)) continue;
        if (card->canvas()) card->setViewState(figures.take(name).toMap());
    }
    const QString maximised = state.value(QStringLiteral("maximised")).toString();
    if (m_cards.count(maximised)) {
        m_pendingState.remove(QStringLiteral("maximised"));
        if (std::exchange(m_maximised, maximised) != maximised) arrange();
    }
    m_pendingState[QStringLiteral("figures")] = figures;
    if (figures.isEmpty() && m_pendingState.value(QStringLiteral("maximised")).toString().isEmpty())
        m_pendingState.clear();
}

void FigureBoard::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && !m_maximised.isEmpty()) return maximise(QString());
    QScrollArea::keyPressEvent(event);
}

void FigureBoard::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    arrange();
}

}  // namespace latent::desktop
