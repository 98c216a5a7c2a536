// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/run_picker.hpp"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QScreen>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/parameters/allowed_words.hpp"

namespace latent::desktop {
namespace {

constexpr int kRowHeight = 44, kWidth = 340, kMostShown = 7, kCheckpointRows = 4;
constexpr int kMostListed = 500;  ///< more are found by searching

constexpr int kDetail = Qt::UserRole + 1, kPlace = Qt::UserRole + 2;

/// Title, and when and how it ended below it.
class RunLines final : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {kWidth / 2, kRowHeight};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const bool on = option.state & QStyle::State_Selected;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (on || option.state & QStyle::State_MouseOver) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(on ? theme().selection : theme().hover);
            painter->drawRoundedRect(option.rect, space::radius, space::radius);
        }
        const QRect area = option.rect.adjusted(space::inside, space::tight, -space::inside, -space::tight);
        const auto line = [&](const QRect& where, const QFont& font, const QColor& colour,
                              const QString& words) {
            painter->setFont(font);
            painter->setPen(colour);
            painter->drawText(where, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter),
                              QFontMetrics(font).elidedText(words, Qt::ElideRight, where.width()));
        };
        line(QRect(area.left(), area.top(), area.width(), area.height() / 2), theme().body,
             on ? theme().accentText : theme().text, index.data(Qt::DisplayRole).toString());
        line(QRect(area.left(), area.center().y() + 1, area.width(), area.height() / 2), theme().small,
             theme().muted, index.data(kDetail).toString());
        painter->restore();
    }
};

}  // namespace

RunPicker::RunPicker(const engine::ParameterModel& p, const RunChooser* chooser, QWidget* parent)
    : QFrame(parent, Qt::Popup),
      m_parameter(p),
      m_chooser(chooser),
      m_search(new QLineEdit(this)),
      m_list(new QListWidget(this)),
      m_checkpoints(new QListWidget(this)),
      m_words(new QLabel(this)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setProperty("look", "card");
    setAccessibleName(tr("Choose %1").arg(QString::fromStdString(engine::allowedWords(p))));
    if (m_chooser) m_runs = m_chooser->runs(p);
    m_search->setPlaceholderText(tr("Search: name, parameter, date"));
    m_search->setAccessibleName(tr("Search"));
    m_search->installEventFilter(this);
    m_list->setItemDelegate(new RunLines(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(accessibleName());
    m_list->setFocusPolicy(Qt::NoFocus);  // the search line moves it
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_words->setProperty("look", "small");
    m_words->setWordWrap(true);
    m_checkpoints->setProperty("look", "inset");
    m_checkpoints->setIconSize(QSize(14, 14));
    m_checkpoints->setAccessibleName(tr("Checkpoint"));
    m_checkpoints->setVisible(wantsCheckpoint());
    m_checkpoints->installEventFilter(this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::inside, space::inside, space::inside, space::inside);
    column->setSpacing(space::inside);
    column->addWidget(m_search);
    column->addWidget(m_list, 1);
    column->addWidget(m_words);
    if (wantsCheckpoint()) {
        auto* heading = new QLabel(tr("CHECKPOINT"), this);
        heading->setProperty("look", "section");
        heading->setContentsMargins(space::inside, 0, 0, 0);
        heading->setBuddy(m_checkpoints);
        column->addWidget(heading);
    }
    column->addWidget(m_checkpoints);
    connect(m_search, &QLineEdit::textChanged, this, &RunPicker::filter);
    connect(m_list, &QListWidget::currentRowChanged, this, &RunPicker::showCheckpoints);
    connect(m_list, &QListWidget::itemClicked, this,
            [this] { wantsCheckpoint() ? m_checkpoints->setFocus() : pick(); });
    connect(m_list, &QListWidget::itemDoubleClicked, this, &RunPicker::pick);
    connect(m_checkpoints, &QListWidget::itemClicked, this, &RunPicker::pick);
    filter({});
}

void RunPicker::openBelow(QWidget* field) {
    const int shown = std::clamp(m_list->count(), 1, kMostShown);
    m_list->setFixedHeight(shown * kRowHeight + 4);
    m_list->setVisible(!m_runs.empty());
    if (wantsCheckpoint()) m_checkpoints->setFixedHeight(kCheckpointRows * 28);
    setFixedWidth(kWidth);
    adjustSize();
    const QRect screen = field->screen()->availableGeometry();
    QPoint at = field->mapToGlobal(QPoint(field->width() - width(), field->height() + space::tight));
    if (at.y() + height() > screen.bottom())
        at.setY(field->mapToGlobal(QPoint(0, -space::tight)).y() - height());
    move(std::clamp(at.x(), screen.left(), std::max(screen.left(), screen.right() - width())),
         std::max(at.y(), screen.top()));
    show();
    m_search->setFocus(Qt::PopupFocusReason);
}

/// All words have to be there, in any order.
void RunPicker::filter(const QString& text) {
    const QStringList words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    m_list->clear();
    int fitting = 0;
    for (std::size_t i = 0; i < m_runs.size(); ++i) {
        const QString all =
            m_runs[i].title + QLatin1Char(' ') + m_runs[i].detail + QLatin1Char(' ') + m_runs[i].path;
        if (!std::all_of(words.begin(), words.end(),
                         [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); }) ||
            ++fitting > kMostListed)
            continue;
        auto* item = new QListWidgetItem(m_runs[i].title, m_list);
        item->setData(kDetail, m_runs[i].detail);
        item->setData(kPlace, static_cast<qulonglong>(i));
        item->setToolTip(m_runs[i].path);
    }
    m_list->setCurrentRow(fitting > 0 ? 0 : -1);
    const QString what = QString::fromStdString(engine::allowedWords(m_parameter));
    m_words->setText(m_runs.empty() ? tr("This workspace has nothing that fits: the parameter takes %1. A "
                                         "folder can also be typed, or dropped on the field.")
                                          .arg(what)
                     : fitting == 0 ? tr("No run is named so.")
                     : fitting > kMostListed
                         ? tr("The newest %1 of %2; search for the others.").arg(kMostListed).arg(fitting)
                         : QString());
    m_words->setVisible(!m_words->text().isEmpty());
    showCheckpoints();
}

/// The last one first: it is what one wants.
void RunPicker::showCheckpoints() {
    m_checkpoints->clear();
    const QListWidgetItem* item = m_list->currentItem();
    if (!wantsCheckpoint() || !item) return;
    std::vector<QString> all = m_chooser->checkpoints(m_runs[item->data(kPlace).toULongLong()].path);
    std::sort(all.rbegin(), all.rend());
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto* one = new QListWidgetItem(icon(QStringLiteral("checkpoint")),
                                        i == 0 ? tr("%1, the last").arg(all[i]) : all[i], m_checkpoints);
        one->setData(Qt::UserRole, all[i]);
    }
    if (all.empty()) {
        auto* none = new QListWidgetItem(tr("This run has no checkpoint."), m_checkpoints);
        none->setFlags(Qt::NoItemFlags);
    } else {
        m_checkpoints->setCurrentRow(0);
    }
}

void RunPicker::pick() {
    const QListWidgetItem* item = m_list->currentItem();
    if (!item) return;
    QString name = m_runs[item->data(kPlace).toULongLong()].path;
    if (wantsCheckpoint()) {
        const QListWidgetItem* checkpoint = m_checkpoints->currentItem();
        if (!checkpoint || !(checkpoint->flags() & Qt::ItemIsEnabled)) return;
        name += QLatin1Char('@') + checkpoint->data(Qt::UserRole).toString();
    }
    close();
    Q_EMIT picked(name);
}

bool RunPicker::eventFilter(QObject* object, QEvent* event) {
    if (event->type() != QEvent::KeyPress) return QFrame::eventFilter(object, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter) return pick(), true;
    if (key == Qt::Key_Escape) return close(), true;
    if (object != m_search || m_list->count() == 0) return QFrame::eventFilter(object, event);
    const int by = key == Qt::Key_Down       ? 1
                   : key == Qt::Key_Up       ? -1
                   : key == Qt::Key_PageDown ? kMostShown
                   : key == Qt::Key_PageUp   ? -kMostShown
                                             : 0;
    if (by == 0) return false;
    m_list->setCurrentRow(std::clamp(m_list->currentRow() + by, 0, m_list->count() - 1));
    return true;
}

}  // namespace latent::desktop
