// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/command_palette.hpp"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMouseEvent>
#include <QPainter>
#include <QPointer>
#include <QScrollBar>
#include <QSettings>
#include <QVBoxLayout>

#include "desktop/around/palette_model.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kWidth = 640, kMostRows = 9, kMostRecent = 40;
constexpr const char* kRecentKey = "palette/recent";

}  // namespace

struct SearchedSource {
    PaletteSource* source;
    QChar prefix;
    std::vector<PaletteEntry> found;
};

/// The palette itself is a veil over the window; the card on it holds field and list.
struct CommandPalette::Parts {
    explicit Parts(QSettings& kept) : store(kept) {}
    QSettings& store;
    QFrame* card = nullptr;
    QLabel* glass = nullptr;
    QLineEdit* field = nullptr;
    QListView* list = nullptr;
    QLabel *nothing = nullptr, *hint = nullptr;
    PaletteModel* model = nullptr;
    std::vector<SearchedSource> sources;
    QStringList recent;
    QString words;
    std::uint64_t question = 0;  ///< answers to earlier ones are dropped
    QPointer<QWidget> focusBefore;
    bool asking = false;
};

CommandPalette::CommandPalette(QSettings& store, QWidget* window)
    : QFrame(window), m_parts(std::make_unique<Parts>(store)) {
    Parts& p = *m_parts;
    setObjectName(QStringLiteral("commandPalette"));
    p.card = new QFrame(this);
    p.card->setProperty("look", "card");
    p.glass = new QLabel(p.card);
    p.field = new QLineEdit(p.card);
    p.field->setFrame(false);
    p.field->setProperty("look", "bare");
    p.field->setPlaceholderText(tr("Find an action, experiment, run or page"));
    p.field->setAccessibleName(tr("Find anything"));
    p.model = new PaletteModel(this);
    p.list = new QListView(p.card);
    p.list->setModel(p.model);
    p.list->setItemDelegate(new PaletteDelegate(*p.model, p.list));
    p.list->setUniformItemSizes(true);
    p.list->setMouseTracking(true);
    p.list->setFocusPolicy(Qt::NoFocus);  // the field keeps the focus and moves the selection
    p.list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    p.list->setAccessibleName(tr("What was found"));
    p.nothing = new QLabel(p.card);
    p.nothing->setProperty("look", "muted");
    p.nothing->setAlignment(Qt::AlignCenter);
    p.nothing->setWordWrap(true);
    p.hint = new QLabel(
        tr(">  actions      #  runs      ?  manual      ↑ ↓  choose      Enter  open      Esc  close"),
        p.card);
    p.hint->setProperty("look", "small");

    auto* top = new QHBoxLayout;
    top->setContentsMargins(space::groups, space::inside, space::groups, space::inside);
    top->setSpacing(space::inside);
    top->addWidget(p.glass);
    top->addWidget(p.field, 1);
    const auto hairline = [&p] {
        auto* line = new QFrame(p.card);
        line->setProperty("look", "hairline");
        line->setFixedHeight(1);
        return line;
    };
    auto* column = new QVBoxLayout(p.card);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(hairline());
    column->addWidget(p.list);
    column->addWidget(p.nothing);
    column->addWidget(hairline());
    column->addWidget(p.hint);
    p.list->setContentsMargins(space::tight, space::tight, space::tight, space::tight);
    p.list->setProperty("look", "inset");
    p.nothing->setMargin(space::groups);
    p.hint->setContentsMargins(space::groups, space::inside, space::groups, space::inside);

    connect(p.field, &QLineEdit::textChanged, this, &CommandPalette::ask);
    connect(p.list, &QListView::clicked, this, [this](const QModelIndex& index) { choose(index.row()); });
    const auto dress = [this] {
        m_parts->glass->setPixmap(
            iconPixmap(QStringLiteral("search"), desktop::theme().muted, 16, devicePixelRatioF()));
    };
    dress();
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, dress);
    p.field->installEventFilter(this);
    window->installEventFilter(this);
    hide();
}

CommandPalette::~CommandPalette() = default;

void CommandPalette::addSource(PaletteSource* source, QChar prefix) {
    m_parts->sources.push_back({source, prefix, {}});
}

QStringList CommandPalette::shownTitles() const {
    QStringList titles;
    for (const RankedEntry& entry : m_parts->model->entries()) titles << entry.entry.title;
    return titles;
}

void CommandPalette::open(const QString& words) {
    Parts& p = *m_parts;
    if (isHidden()) p.focusBefore = window()->focusWidget();
    p.recent = p.store.value(QLatin1String(kRecentKey)).toStringList();
    place();
    show();
    raise();
    p.field->setFocus();
    const bool same = p.field->text() == words;
    p.field->setText(words);
    if (same) ask();
}

void CommandPalette::dismiss() {
    if (isHidden()) return;
    ++m_parts->question;
    hide();
    if (m_parts->focusBefore) m_parts->focusBefore->setFocus();
}

void CommandPalette::ask() {
    Parts& p = *m_parts;
    p.words = p.field->text().trimmed();
    const bool narrowed =
        !p.words.isEmpty() && std::any_of(p.sources.begin(), p.sources.end(),
                                          [&](const SearchedSource& s) { return s.prefix == p.words[0]; });
    const QChar prefix = narrowed ? p.words[0] : QChar();
    if (narrowed) p.words = p.words.mid(1).trimmed();
    const std::uint64_t question = ++p.question;
    p.asking = true;
    for (std::size_t i = 0; i < p.sources.size(); ++i) {
        p.sources[i].found.clear();
        if (narrowed && p.sources[i].prefix != prefix) continue;
        p.sources[i].source->find(p.words,
                                  [palette = QPointer(this), question, i](std::vector<PaletteEntry> found) {
                                      if (!palette || palette->m_parts->question != question) return;
                                      palette->m_parts->sources[i].found = std::move(found);
                                      if (!palette->m_parts->asking) palette->rank();
                                  });
    }
    p.asking = false;
    rank();
}

void CommandPalette::rank() {
    Parts& p = *m_parts;
    std::vector<PaletteEntry> all;
    for (const SearchedSource& source : p.sources)
        all.insert(all.end(), source.found.begin(), source.found.end());
    p.model->setEntries(rankEntries(std::move(all), p.words, p.recent));
    const bool empty = p.model->rowCount() == 0;
    p.nothing->setText(tr("Nothing fits “%1”. Fewer letters find more.").arg(p.field->text()));
    p.nothing->setVisible(empty);
    p.list->setVisible(!empty);
    if (!empty) p.list->setCurrentIndex(p.model->index(0));
    p.list->scrollToTop();
    place();
}

void CommandPalette::choose(int row) {
    Parts& p = *m_parts;
    if (row < 0 || row >= p.model->rowCount()) return;
    const PaletteEntry entry = p.model->entries()[static_cast<std::size_t>(row)].entry;
    if (entry.isOff) return;  // it stays open: the line says why
    p.recent.removeAll(entry.id);
    p.recent.prepend(entry.id);
    while (p.recent.size() > kMostRecent) p.recent.removeLast();
    p.store.setValue(QLatin1String(kRecentKey), p.recent);
    dismiss();  // first: what runs may open a window or take the focus
    if (entry.run) entry.run();
}

bool CommandPalette::eventFilter(QObject* object, QEvent* event) {
    Parts& p = *m_parts;
    if (object == parent()) {
        if (event->type() == QEvent::Resize && isVisible()) place();
        return false;
    }
    if (object != p.field) return QFrame::eventFilter(object, event);
    if (event->type() == QEvent::FocusOut && isVisible()) {
        const auto reason = static_cast<QFocusEvent*>(event)->reason();
        if (reason != Qt::ActiveWindowFocusReason && reason != Qt::PopupFocusReason)
            QMetaObject::invokeMethod(this, &CommandPalette::dismiss, Qt::QueuedConnection);
        return false;
    }
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride) return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    const int now = p.list->currentIndex().row(), last = p.model->rowCount() - 1;
    int row = now;
    switch (key->key()) {
        case Qt::Key_Down:
        case Qt::Key_Tab:
            row = now >= last ? 0 : now + 1;
            break;
        case Qt::Key_Up:
        case Qt::Key_Backtab:
            row = now <= 0 ? last : now - 1;
            break;
        case Qt::Key_PageDown:
            row = std::min(now + kMostRows - 1, last);
            break;
        case Qt::Key_PageUp:
            row = std::max(now - kMostRows + 1, 0);
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Escape:
            break;
        default:
            return false;
    }
    event->accept();
    if (event->type() == QEvent::ShortcutOverride)
        return true;  // so that no action of the window takes the key
    if (key->key() == Qt::Key_Escape)
        dismiss();
    else if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter)
        choose(now);
    else if (last >= 0)
        p.list->setCurrentIndex(p.model->index(row));
    return true;
}

void CommandPalette::mousePressEvent(QMouseEvent* event) {
    if (!m_parts->card->geometry().contains(event->position().toPoint())) dismiss();
}

void CommandPalette::paintEvent(QPaintEvent*) {
    QColor veil = theme().isDark() ? QColor(Qt::black) : theme().text;
    veil.setAlphaF(theme().isDark() ? 0.45f : 0.18f);
    QPainter(this).fillRect(rect(), veil);
}

void CommandPalette::place() {
    Parts& p = *m_parts;
    setGeometry(parentWidget()->rect());
    const int width = std::min(kWidth, this->width() - 2 * space::groups);
    const int row = p.list->sizeHintForRow(0) > 0 ? p.list->sizeHintForRow(0) : 1;
    const int top = std::max(space::inside, height() / 8);
    const int fits = std::max(1, (height() - top - 6 * space::target) / row);
    p.list->setFixedHeight(std::min({p.model->rowCount(), kMostRows, fits}) * row + 2 * space::tight);
    p.card->setFixedWidth(width);
    p.hint->setVisible(p.hint->sizeHint().width() <= width);
    p.card->adjustSize();
    p.card->move((this->width() - width) / 2, top);
}

}  // namespace latent::desktop
