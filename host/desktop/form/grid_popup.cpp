// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/grid_popup.hpp"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QTableView>
#include <QToolButton>

#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/parameters/allowed_words.hpp"

namespace latent::desktop {
namespace {

constexpr int kCellWidth = 76, kCellHeight = 28, kMostRowsShown = 10, kMostColumnsShown = 6, kHeader = 36;

}  // namespace

GridPopup::GridPopup(const engine::ParameterModel& p, const QString& text, QWidget* parent)
    : QFrame(parent, Qt::Popup),
      m_parameter(p),
      m_before(text),
      m_model(new GridModel(p, this)),
      m_table(new QTableView(this)),
      m_size(new QLabel(this)),
      m_error(new QLabel(this)),
      m_takes(new QLabel(QString::fromStdString(engine::allowedWords(p)), this)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setProperty("look", "card");
    setAccessibleName(tr("Entries of %1").arg(QString::fromStdString(p.title())));
    m_model->setRows(rowsFrom(p, text));
    m_table->setModel(m_model);
    m_table->setAccessibleName(accessibleName());
    m_table->setTabKeyNavigation(true);
    m_table->setEditTriggers(QAbstractItemView::AnyKeyPressed | QAbstractItemView::DoubleClicked |
                             QAbstractItemView::EditKeyPressed);
    m_table->horizontalHeader()->setDefaultSectionSize(kCellWidth);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->verticalHeader()->setDefaultSectionSize(kCellHeight);
    m_table->verticalHeader()->setHighlightSections(false);
    m_table->verticalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->verticalHeader()->setMinimumWidth(kHeader);
    if (p.type != engine::ParameterType::Matrix)
        m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->installEventFilter(this);
    m_size->setProperty("look", "small");
    m_error->setProperty("look", "bad");
    m_error->setWordWrap(true);
    m_error->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::between, space::inside, space::between, space::between);
    column->setSpacing(space::inside);
    column->addWidget(makeTools());
    column->addWidget(m_table, 1);
    column->addWidget(m_error);
    auto* foot = new QHBoxLayout;
    auto* done = new QPushButton(tr("Done"), this);
    done->setToolTip(tr("Done (Return). Escape puts back what was there."));
    connect(done, &QPushButton::clicked, this, &QWidget::close);
    m_takes->setProperty("look", "small");
    m_takes->setWordWrap(true);
    foot->addWidget(m_takes, 1);
    foot->addWidget(done);
    column->addLayout(foot);
    connect(m_model, &GridModel::changed, this, [this] {
        showSize();
        Q_EMIT changed(textFrom(m_parameter, m_model->rows()));
    });
    showSize();
    setFocusProxy(m_table);
}

QToolButton* GridPopup::tool(const char* iconName, const QString& words, void (GridPopup::*then)()) {
    auto* button = new QToolButton(this);
    button->setIcon(icon(QLatin1String(iconName)));
    button->setProperty("look", "flat");
    button->setToolTip(words);
    button->setAccessibleName(words);
    connect(button, &QToolButton::clicked, this, then);
    return button;
}

QWidget* GridPopup::makeTools() {
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::tight);
    const bool matrix = m_parameter.type == engine::ParameterType::Matrix;
    const auto words = [&](const QString& text) {
        auto* label = new QLabel(text, bar);
        label->setProperty("look", "small");
        row->addWidget(label);
    };
    words(matrix ? tr("Rows") : tr("Entries"));
    row->addWidget(
        tool("minus", matrix ? tr("Remove the row") : tr("Remove the entry"), &GridPopup::removeRow));
    row->addWidget(tool("plus", matrix ? tr("Add a row") : tr("Add an entry"), &GridPopup::addRow));
    if (matrix) {
        row->addSpacing(space::tight);
        words(tr("Columns"));
        row->addWidget(tool("minus", tr("Remove the column"), &GridPopup::removeColumn));
        row->addWidget(tool("plus", tr("Add a column"), &GridPopup::addColumn));
    }
    row->addStretch();
    row->addWidget(m_size);
    row->addWidget(tool("copy", tr("Copy for a spreadsheet (Ctrl+C)"), &GridPopup::copy));
    row->addWidget(tool("import", tr("Paste from a spreadsheet or JSON (Ctrl+V)"), &GridPopup::paste));
    return bar;
}

void GridPopup::openBelow(QWidget* field) {
    const int rows = std::clamp(m_model->rowCount(), 3, kMostRowsShown),
              columns = std::clamp(m_model->columnCount(), 3, kMostColumnsShown);
    m_table->setMinimumSize(columns * kCellWidth + kHeader + 16, rows * kCellHeight + kCellHeight + 8);
    adjustSize();
    const QRect screen = field->screen()->availableGeometry();
    QPoint at = field->mapToGlobal(QPoint(field->width() - width(), field->height() + space::tight));
    if (at.y() + height() > screen.bottom())
        at.setY(field->mapToGlobal(QPoint(0, -space::tight)).y() - height());
    at.setX(std::clamp(at.x(), screen.left(), std::max(screen.left(), screen.right() - width())));
    move(at.x(), std::max(at.y(), screen.top()));
    show();
    m_table->setFocus(Qt::PopupFocusReason);
    m_table->setCurrentIndex(m_model->index(0, 0));
}

void GridPopup::setError(const QString& sentence) {
    m_error->setText(sentence);
    m_error->setVisible(!sentence.isEmpty());
    m_takes->setText(sentence.isEmpty() ? QString::fromStdString(engine::allowedWords(m_parameter))
                                        : QString());  // the sentence says it
}

void GridPopup::showSize() {
    const int rows = m_model->rowCount();
    m_size->setText(m_parameter.type == engine::ParameterType::Matrix
                        ? tr("%1 × %2").arg(rows).arg(m_model->columnCount())
                        : tr("%n entries", nullptr, rows));
}

void GridPopup::addRow() {
    m_model->resizeTo(m_model->rowCount() + 1, m_model->columnCount());
    m_table->setCurrentIndex(m_model->index(m_model->rowCount() - 1, 0));
}

/// The one that the cursor is in.
void GridPopup::removeRow() {
    const int at =
                  m_table->currentIndex().isValid() ? m_table->currentIndex().row() : m_model->rowCount() - 1,
              column = std::max(0, m_table->currentIndex().column());
    GridRows rows = m_model->rows();
    if (at < 0 || (m_parameter.type == engine::ParameterType::Matrix && rows.size() < 2)) return;
    rows.erase(rows.begin() + at);
    m_model->setRows(std::move(rows));
    Q_EMIT m_model->changed();
    m_table->setCurrentIndex(m_model->index(std::min(at, m_model->rowCount() - 1), column));
}

void GridPopup::addColumn() { m_model->resizeTo(m_model->rowCount(), m_model->columnCount() + 1); }

void GridPopup::removeColumn() {
    const int at = m_table->currentIndex().isValid() ? m_table->currentIndex().column()
                                                     : m_model->columnCount() - 1,
              row = std::max(0, m_table->currentIndex().row());
    if (at < 0 || m_model->columnCount() < 2) return;
    GridRows rows = m_model->rows();
    for (QStringList& one : rows) one.removeAt(at);
    m_model->setRows(std::move(rows));
    Q_EMIT m_model->changed();
    m_table->setCurrentIndex(m_model->index(row, std::min(at, m_model->columnCount() - 1)));
}

/// A block goes where the cursor is; onto the first cell it replaces everything, which is what one wants of a whole matrix.
void GridPopup::paste() {
    const GridRows block = rowsFrom(m_parameter, QApplication::clipboard()->text());
    if (block.empty()) return setError(tr("The clipboard holds no table."));
    const QModelIndex at = m_table->currentIndex();
    const bool all = !at.isValid() ||
                     (at.row() == 0 && at.column() == 0 && (block.size() > 1 || block.front().size() > 1));
    if (all) m_model->setRows({});
    m_model->paste(block, all ? 0 : at.row(), all ? 0 : at.column());
    m_table->setCurrentIndex(m_model->index(all ? 0 : at.row(), all ? 0 : at.column()));
}

void GridPopup::copy() {
    const QItemSelection selection = m_table->selectionModel()->selection();
    const bool some = m_table->selectionModel()->selectedIndexes().size() > 1 && selection.size() == 1;
    const QRect block = some ? QRect(QPoint(selection.first().left(), selection.first().top()),
                                     QPoint(selection.first().right(), selection.first().bottom()))
                             : QRect(0, 0, m_model->columnCount(), m_model->rowCount());
    QStringList lines;
    for (int r = block.top(); r <= block.bottom(); ++r)
        lines << m_model->rows()[static_cast<std::size_t>(r)]
                     .mid(block.left(), block.width())
                     .join(QLatin1Char('\t'));
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

bool GridPopup::eventFilter(QObject* object, QEvent* event) {
    if (object != m_table || event->type() != QEvent::KeyPress) return QFrame::eventFilter(object, event);
    auto* key = static_cast<QKeyEvent*>(event);
    if (key->matches(QKeySequence::Paste)) return paste(), true;
    if (key->matches(QKeySequence::Copy)) return copy(), true;
    if (key->key() == Qt::Key_Delete || key->key() == Qt::Key_Backspace)
        return m_model->clearCells(m_table->selectionModel()->selectedIndexes()), true;
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) return close(), true;
    if (key->key() == Qt::Key_Escape) return keyPressEvent(key), true;
    return false;
}

void GridPopup::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Escape) return QFrame::keyPressEvent(event);
    if (textFrom(m_parameter, m_model->rows()) != textFrom(m_parameter, rowsFrom(m_parameter, m_before)))
        Q_EMIT changed(m_before);
    close();
}

}  // namespace latent::desktop
