// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/theme/style_sheet.hpp"

#include <QHash>
#include <QRegularExpression>
#include <cmath>

namespace latent::desktop {
namespace {

/// @name stands for a token. One piece for each family of widgets.
constexpr const char* kSurfaces = R"(
QWidget { color: @text; font-family: "@family"; font-size: @bodySize; }
QMainWindow, QDialog { background: @window; }
QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; padding: 0; spacing: 0; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QToolTip { background: @panel; color: @text; border: 1px solid @line; padding: 6px 8px; }
QFrame[look="card"] { background: @panel; border: 1px solid @line; border-radius: 8px; }
QFrame[look="bar"] { background: @panel; border: none; border-bottom: 1px solid @line; }
QFrame[look="side"] { background: @panel; border: none; }
QFrame[look="foot"] { background: @window; border: none; border-top: 1px solid @line; }
QFrame[look="inset-card"] { background: @window; border: 1px solid @line; border-radius: 8px; }
QFrame[look="hairline"] { background: @line; border: none; }
QFrame[look="message"] { background: @panel; border: 1px solid @line; border-left: 3px solid @accent; border-radius: 6px; }
QFrame[look="message"][level="warning"] { border-left-color: @warning; } QFrame[look="message"][level="bad"] { border-left-color: @bad; }
QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; padding: 0; spacing: 0; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: @panel; padding: 8px 12px; text-align: left; }
QDockWidget > QWidget { background: @panel; }
QScrollArea, QScrollArea > QWidget > QWidget[look="page"] { background: transparent; border: none; }
QStatusBar { background: @window; border-top: 1px solid @line; color: @muted; }
QStatusBar::item { border: none; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; } QSplitter::handle:vertical { height: 1px; }
)";
constexpr const char* kWords = R"(
QLabel { background: transparent; }
QLabel[look="muted"] { color: @muted; } QLabel[look="small"] { color: @muted; font-size: @smallSize; }
QLabel[look="heading"] { font-size: @headingSize; font-weight: 600; } QLabel[look="title"] { font-size: @titleSize; font-weight: 600; }
QLabel[look="section"] { color: @muted; font-size: @sectionSize; font-weight: 600; letter-spacing: 1px; }
QLabel[look="hero"] { font-size: @heroSize; font-weight: 600; } QLabel[look="lead"] { font-size: @leadSize; color: @muted; }
QLabel[look="drop"] { color: @muted; border: 1px dashed @axis; border-radius: 8px; } QLabel[look="drop"][dropping="true"] { color: @accentText; border: 1px dashed @accent; background: @selection; }
QLabel[look="strong"] { font-weight: 600; }
QLabel[look="mono"], QPlainTextEdit[look="mono"] { font-family: "@mono"; font-size: @smallSize; }
QLabel[look="bad"] { color: @bad; font-size: @smallSize; } QLabel[look="ok"] { color: @ok; } QLabel[look="warning"] { color: @warning; }
QGroupBox { border: none; margin-top: 20px; font-weight: 600; } QGroupBox::title { subcontrol-origin: margin; left: 0; }
)";
constexpr const char* kButtons = R"(
QPushButton, QToolButton { background: @panel; border: 1px solid @line; border-radius: 6px; padding: 4px 12px; min-height: 18px; }
QToolButton { padding: 4px; }
QPushButton:hover, QToolButton:hover { background: @hover; } QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: @pressed; }
QPushButton:focus, QToolButton:focus { border-color: @accent; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton:disabled, QToolButton:disabled { color: @faint; }
QPushButton[look="primary"] { background: @accent; color: @onAccent; border-color: @accent; font-weight: 600; }
QPushButton[look="primary"]:hover { background: @accentHover; } QPushButton[look="primary"]:focus { border: 2px solid @text; }
QPushButton[look="primary"]:disabled { background: @pressed; border-color: @pressed; color: @faint; }
QPushButton[look="flat"], QToolButton[look="flat"] { border: 1px solid transparent; background: transparent; }
QPushButton[look="flat"]:hover, QToolButton[look="flat"]:hover { background: @hover; }
QPushButton[look="flat"]:focus, QToolButton[look="flat"]:focus { border-color: @accent; }
QPushButton[look="flat"]:checked, QToolButton[look="flat"]:checked { background: @selection; color: @accentText; }
QPushButton[look="link"] { border: 1px solid transparent; background: transparent; color: @accentText; padding: 2px 4px; text-align: left; }
QPushButton[look="link"]:hover { text-decoration: underline; } QPushButton[look="link"]:focus { border-color: @accent; }
QPushButton[look="link"]:disabled { color: @faint; }
QPushButton[look="search"] { background: @window; color: @muted; text-align: left; padding: 5px 12px; } QPushButton[look="search"]:hover { border-color: @axis; }
QPushButton[look="danger"] { color: @bad; }
QPushButton[look="fold"] { border: 1px solid transparent; background: transparent; color: @muted; padding: 3px 8px 3px 4px; text-align: left; } QPushButton[look="fold"]:hover { color: @text; } QPushButton[look="fold"]:focus { border-color: @accent; }
QFrame[look="segments"] { background: @window; border: 1px solid @line; border-radius: 6px; } QFrame[look="segments"][wrong="true"] { border-color: @bad; }
QPushButton[look="segment"] { border: 1px solid transparent; border-radius: 5px; background: transparent; color: @muted; padding: 2px 4px; min-height: 20px; }
QPushButton[look="segment"]:hover { background: transparent; color: @text; } QPushButton[look="segment"]:checked { background: @panel; border-color: @line; color: @accentText; font-weight: 600; }
QPushButton[look="segment"]:focus { border-color: @accent; }
QToolButton::menu-indicator { image: none; }
QCheckBox::indicator, QRadioButton::indicator { width: 16px; height: 16px; }
)";
constexpr const char* kFields = R"(
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: @panel; border: 1px solid @line; border-radius: 6px; padding: 3px 8px; min-height: 20px; selection-background-color: @accent; selection-color: @onAccent; }
QLineEdit[look="bare"], QLineEdit[look="bare"]:focus, QLineEdit[look="bare"]:hover { border: none; background: transparent; font-size: @headingSize; padding: 4px 0; }
QTextBrowser[look="page"] { border: none; border-radius: 0; padding: 0; } QTextBrowser[look="page"]:focus { border: none; }
QLineEdit:hover, QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover { border-color: @axis; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: @accent; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled { color: @faint; background: @window; }
*[wrong="true"], QLineEdit[wrong="true"]:focus, QLineEdit[wrong="true"]:hover, QComboBox[wrong="true"]:focus, QComboBox[wrong="true"]:hover { border-color: @bad; }
QSpinBox, QDoubleSpinBox { padding-right: 22px; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-origin: border; subcontrol-position: top right; width: 20px; margin: 2px 2px 0 0; border: none; border-radius: 3px; background: transparent; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-origin: border; subcontrol-position: bottom right; width: 20px; margin: 0 2px 2px 0; border: none; border-radius: 3px; background: transparent; }
QSpinBox::up-button:hover, QDoubleSpinBox::up-button:hover, QSpinBox::down-button:hover, QDoubleSpinBox::down-button:hover { background: @hover; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(:/icons/chevron-up-@suffix.svg); width: 10px; height: 10px; } QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(:/icons/chevron-down-@suffix.svg); width: 10px; height: 10px; }
* { lineedit-clear-button-icon: url(:/icons/close-@suffix.svg); }
QLineEdit > QToolButton { border: none; padding: 0; min-height: 0; background: transparent; }
QComboBox::drop-down { border: none; width: 22px; } QComboBox::down-arrow { image: url(:/icons/chevron-down-@suffix.svg); width: 12px; height: 12px; }
QComboBox { combobox-popup: 0; } QComboBoxPrivateContainer { border: none; background: @panel; } QComboBox QAbstractItemView::item { min-height: 24px; padding: 0 6px; border-radius: 4px; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @line; selection-background-color: @selection; selection-color: @text; outline: none; padding: 4px; }
QSlider::groove:horizontal { height: 4px; background: @line; border-radius: 2px; } QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; background: @panel; border: 2px solid @accent; border-radius: 8px; }
QSlider::handle:horizontal:focus { background: @accent; } QSlider::handle:horizontal:disabled { border-color: @line; } QSlider::sub-page:horizontal:disabled { background: @line; }
QProgressBar { background: @line; border: none; border-radius: 4px; max-height: 8px; min-height: 8px; } QProgressBar::chunk { background: @accent; border-radius: 4px; }
)";
constexpr const char* kLists = R"(
QAbstractItemView { background: @panel; border: none; outline: none; alternate-background-color: @window; selection-background-color: @selection; selection-color: @text; gridline-color: @line; }
QListView[look="inset"] { padding: 4px; } QAbstractItemView[look="framed"] { border: 1px solid @line; border-radius: 8px; padding: 4px; }
QTreeView { show-decoration-selected: 1; } QTreeView::branch:hover { background: @hover; } QTreeView::branch:selected { background: @selection; }
QTreeView::item, QListView::item { padding: 4px 6px; border-radius: 6px; } QTreeView::item:hover, QListView::item:hover { background: @hover; }
QTreeView::item { border-radius: 0; } QTreeView::item:selected, QListView::item:selected { background: @selection; color: @accentText; }
QTableView::item { padding: 2px 8px; border: none; } QTableView::item:selected { background: @selection; color: @text; }
QHeaderView { background: @panel; } QHeaderView::section { background: @panel; color: @muted; border: none; border-bottom: 1px solid @line; padding: 5px 8px; font-size: @smallSize; }
QTableView QHeaderView::section { padding: 5px 11px; }
QTableCornerButton::section { background: @panel; border: none; border-bottom: 1px solid @line; }
QTabWidget::pane { border: none; border-top: 1px solid @line; } QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @muted; padding: 8px 14px; border: none; border-bottom: 2px solid transparent; }
QTabBar[look="pages"]::tab { min-width: 150px; text-align: left; } QTabBar::tear { width: 0; border: none; }
QTabBar QToolButton { background: @panel; border: 1px solid @line; border-radius: 4px; padding: 0; min-height: 0; }
QTabBar::tab:hover { color: @text; } QTabBar::tab:selected { color: @accentText; border-bottom-color: @accent; font-weight: 600; } QTabBar::tab:selected:focus { background: @selection; }
QTabBar::close-button { image: url(:/icons/close-@suffix.svg); width: 12px; height: 12px; subcontrol-position: right; margin: 0 6px 0 2px; } QTabBar::close-button:hover { background: @hover; border-radius: 3px; }
QMenuBar { background: @panel; border-bottom: 1px solid @line; } QMenuBar::item { padding: 6px 10px; background: transparent; } QMenuBar::item:selected { background: @hover; border-radius: 6px; }
QMenu { background: @panel; border: 1px solid @line; padding: 4px; } QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; } QMenu::item:selected { background: @selection; } QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; } QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @scroll; border-radius: 3px; min-height: 28px; min-width: 28px; margin: 2px; } QScrollBar::handle:hover { background: @axis; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; } QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
)";

QColor mixed(const QColor& a, const QColor& b, double part) {
    return QColor::fromRgbF(static_cast<float>(a.redF() + (b.redF() - a.redF()) * part),
                            static_cast<float>(a.greenF() + (b.greenF() - a.greenF()) * part),
                            static_cast<float>(a.blueF() + (b.blueF() - a.blueF()) * part));
}

}  // namespace

QString styleSheet(const Theme& t) {
    QHash<QString, QString> tokens{
        {QStringLiteral("window"), t.window.name()},
        {QStringLiteral("panel"), t.panel.name()},
        {QStringLiteral("line"), t.line.name()},
        {QStringLiteral("text"), t.text.name()},
        {QStringLiteral("muted"), t.muted.name()},
        {QStringLiteral("accent"), t.accent.name()},
        {QStringLiteral("accentText"), t.accentText.name()},
        {QStringLiteral("onAccent"), t.onAccent.name()},
        {QStringLiteral("selection"), t.selection.name()},
        {QStringLiteral("hover"), t.hover.name()},
        {QStringLiteral("pressed"), t.pressed.name()},
        {QStringLiteral("ok"), t.ok.name()},
        {QStringLiteral("warning"), t.warning.name()},
        {QStringLiteral("bad"), t.bad.name()},
        {QStringLiteral("axis"), t.axis.name()},
        {QStringLiteral("family"), t.body.family()},
        {QStringLiteral("faint"), mixed(t.muted, t.panel, 0.45).name()},
        {QStringLiteral("scroll"), mixed(t.line, t.axis, 0.35).name()},
        {QStringLiteral("accentHover"), mixed(t.accent, t.text, 0.15).name()},
        {QStringLiteral("suffix"), t.isDark() ? QStringLiteral("dark") : QStringLiteral("light")}};
    const auto size = [&t](double pixels) {
        return QStringLiteral("%1px").arg(std::lround(pixels * t.body.pixelSize() / 13.0));
    };
    tokens.insert({{QStringLiteral("bodySize"), size(13)},
                   {QStringLiteral("smallSize"), size(12)},
                   {QStringLiteral("headingSize"), size(14)},
                   {QStringLiteral("titleSize"), size(20)},
                   {QStringLiteral("heroSize"), size(28)},
                   {QStringLiteral("leadSize"), size(15)},
                   {QStringLiteral("sectionSize"), size(11)},
                   {QStringLiteral("mono"), t.mono.family()}});
    QString text;
    for (const char* piece : {kSurfaces, kWords, kButtons, kFields, kLists}) text += QLatin1String(piece);
    static const QRegularExpression token(QStringLiteral("@([A-Za-z]+)"));
    QString sheet;
    qsizetype from = 0;
    for (auto it = token.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        sheet += text.mid(from, match.capturedStart() - from) + tokens.value(match.captured(1));
        from = match.capturedEnd();
    }
    return sheet + text.mid(from);
}

}  // namespace latent::desktop
