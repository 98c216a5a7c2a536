// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/board/figure_card.hpp"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QTimer>
#include <QUndoStack>
#include <QVBoxLayout>

#include "desktop/board/export_dialog.hpp"
#include "desktop/board/figure_header.hpp"
#include "desktop/board/look_menu.hpp"
#include "desktop/board/numbers_dialog.hpp"
#include "desktop/board/script_text.hpp"
#include "desktop/board/scrubber.hpp"
#include "desktop/theme/icon.hpp"

namespace latent::desktop {
namespace {

using engine::figures::Figure;
using engine::figures::Gesture;

/// Zooms that follow each other within this time are one step of undo.
constexpr int kOneEdit_ms = 700;
constexpr int kAgeTick_ms = 500;

QString iconOf(Gesture::Kind kind) {
    switch (kind) {
        case Gesture::Kind::Pick:
            return QStringLiteral("pick");
        case Gesture::Kind::Range:
            return QStringLiteral("range");
        case Gesture::Kind::Rectangle:
            return QStringLiteral("rectangle");
        case Gesture::Kind::Lasso:
            return QStringLiteral("lasso");
        case Gesture::Kind::Brush:
            return QStringLiteral("brush");
        case Gesture::Kind::Connect:
            return QStringLiteral("connect");
    }
    return {};
}

/// A zoom, a hidden series or another look, to be taken back. The card may be gone by then; its canvas may be another.
class ViewEdit final : public QUndoCommand {
  public:
    ViewEdit(FigureCard* card, QVariantMap before, QVariantMap after, const QString& title)
        : QUndoCommand(FigureCard::tr("view of %1").arg(title)),
          m_card(card),
          m_before(std::move(before)),
          m_after(std::move(after)) {}
    void undo() override { apply(m_before); }
    void redo() override {
        if (!m_first) apply(m_after);
        m_first = false;
    }

  private:
    void apply(const QVariantMap& state) {
        if (m_card) m_card->setViewState(state);
    }
    QPointer<FigureCard> m_card;
    QVariantMap m_before, m_after;
    bool m_first = true;
};

}  // namespace

struct FigureCard::Parts {
    Parts(FigureSource& figures, const QString& name) : source(figures), alive(&figures), view(name) {}
    FigureSource& source;
    QPointer<FigureSource> alive;
    QString view;
    QString run;
    FigureHeader* header = nullptr;
    QLabel* placeholder = nullptr;
    QWidget* trouble = nullptr;
    QLabel* troubleWords = nullptr;
    FigureCanvas* canvas = nullptr;
    Scrubber* scrubber = nullptr;
    QLabel* caption = nullptr;
    QLabel* readout = nullptr;
    QVBoxLayout* column = nullptr;
    QUndoStack* undo = nullptr;
    QAction* script = nullptr;
    QVariantMap stateBefore;
    QTimer edit, age;
    std::vector<Gesture> gestures;
    std::vector<int> offered;  ///< of the figure's gestures, those that the canvas makes: one for each button
    std::string kind;
    bool live = false, compact = false;
};

FigureCard::FigureCard(FigureSource& source, const QString& view, QWidget* parent)
    : QFrame(parent), m_parts(std::make_unique<Parts>(source, view)) {
    Parts& p = *m_parts;
    setProperty("look", "card");
    setObjectName(QStringLiteral("figure.") + view);
    p.header = new FigureHeader(this);
    p.placeholder = new QLabel(tr("Waiting for the first values."), this);
    p.placeholder->setProperty("look", "muted");
    p.placeholder->setAlignment(Qt::AlignCenter);
    p.placeholder->setWordWrap(true);
    p.trouble = new QWidget(this);
    p.troubleWords = new QLabel(p.trouble);
    p.troubleWords->setProperty("look", "bad");
    p.troubleWords->setWordWrap(true);
    p.troubleWords->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* copyTrouble = new QPushButton(tr("Copy"), p.trouble);
    copyTrouble->setProperty("look", "link");
    connect(copyTrouble, &QPushButton::clicked, this,
            [&p] { QGuiApplication::clipboard()->setText(p.troubleWords->text()); });
    auto* troubleColumn = new QVBoxLayout(p.trouble);
    troubleColumn->addStretch();
    troubleColumn->addWidget(p.troubleWords);
    troubleColumn->addWidget(copyTrouble, 0, Qt::AlignLeft);
    troubleColumn->addStretch();
    p.trouble->hide();
    p.readout = new QLabel(this);
    p.readout->setProperty("look", "small");
    p.readout->setFont(theme().tabular);
    p.readout->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    p.readout->setFixedHeight(QFontMetrics(theme().small).height());
    p.caption = new QLabel(this);
    p.caption->setProperty("look", "small");
    p.caption->setWordWrap(true);
    p.caption->hide();
    p.column = new QVBoxLayout(this);
    p.column->setContentsMargins(space::between, space::inside, space::inside, space::inside);
    p.column->setSpacing(space::tight);
    p.column->addWidget(p.header);
    p.column->addWidget(p.placeholder, 1);
    p.column->addWidget(p.trouble, 1);
    p.column->addWidget(p.readout);
    p.column->addWidget(p.caption);

    const nlohmann::json* declared = source.view(view);
    p.header->setTitle(
        QString::fromStdString(declared ? declared->value("title", view.toStdString()) : view.toStdString()));
    connect(p.header, &FigureHeader::numbersAsked, this, &FigureCard::showNumbers);
    connect(p.header, &FigureHeader::exportAsked, this, &FigureCard::exportAs);
    connect(p.header, &FigureHeader::maximiseAsked, this, &FigureCard::maximiseAsked);
    connect(p.header, &FigureHeader::homeAsked, this, [&p] {
        if (p.canvas) p.canvas->home();
    });
    connect(p.header, &FigureHeader::gestureChosen, this, [&p](int button) {
        if (p.canvas)
            p.canvas->setActiveGesture(button < 0 ? -1 : p.offered.at(static_cast<std::size_t>(button)));
    });
    p.header->menu()->addAction(icon(QStringLiteral("copy")), tr("Copy as picture"), this,
                                &FigureCard::copyPicture);
    p.script = p.header->menu()->addAction(icon(QStringLiteral("export")), tr("Save as Python script…"), this,
                                           &FigureCard::saveScript);
    p.script->setVisible(false);
    auto* look = new LookMenu(p.header->menu(), [&p] { return p.canvas; });
    connect(look, &LookMenu::chosen, this, [this](const QVariantMap& state) {
        recordEdit();  // what was zoomed before is a step of its own
        m_parts->canvas->setViewState(state);
        recordEdit();
    });

    p.edit.setSingleShot(true);
    p.edit.setInterval(kOneEdit_ms);
    connect(&p.edit, &QTimer::timeout, this, &FigureCard::recordEdit);
    p.age.setInterval(kAgeTick_ms);
    connect(&p.age, &QTimer::timeout, this, &FigureCard::showAge);
    connect(&source, &FigureSource::resolved, this, [this](const QString& name, const FigurePtr& figure) {
        if (name == m_parts->view) show(figure);
    });
    connect(&source, &FigureSource::failed, this, [this](const QString& name, const QString& sentence) {
        if (name == m_parts->view) explain(sentence);
    });
    source.want(view, true);
    if (const FigurePtr figure = source.figure(view)) show(figure);
}

FigureCard::~FigureCard() {
    // A page may destroy its source, a member, before its widgets.
    if (m_parts->alive) m_parts->alive->want(m_parts->view, false);
}

QString FigureCard::view() const { return m_parts->view; }
QString FigureCard::title() const {
    const nlohmann::json* declared = m_parts->source.view(m_parts->view);
    const QString title = declared ? QString::fromStdString(declared->value("title", "")) : QString();
    return title.isEmpty() ? m_parts->view : title;
}
FigureCanvas* FigureCard::canvas() const { return m_parts->canvas; }
void FigureCard::setViewState(const QVariantMap& state) {
    if (!m_parts->canvas) return;
    m_parts->canvas->setViewState(state);
    m_parts->stateBefore = m_parts->canvas->viewState();  // from here on edits are counted
}
void FigureCard::setRunPath(const QString& run) {
    m_parts->run = run;
    m_parts->script->setVisible(!run.isEmpty());
}
void FigureCard::setUndoStack(QUndoStack* stack) { m_parts->undo = stack; }
void FigureCard::setMaximised(bool maximised) { m_parts->header->setMaximised(maximised); }

void FigureCard::setEmptyWords(const QString& words) { m_parts->placeholder->setText(words); }

void FigureCard::setCompact() {
    m_parts->compact = true;
    m_parts->header->setCompact();
    if (const FigurePtr figure = m_parts->source.figure(m_parts->view)) showWords(*figure);
}

void FigureCard::setLive(bool live) {
    m_parts->live = live;
    live ? m_parts->age.start() : m_parts->age.stop();
    showAge();
}

void FigureCard::showAge() {
    if (!m_parts->live || m_parts->source.read() == std::chrono::steady_clock::time_point{})
        return m_parts->header->setAge(-1);
    m_parts->header->setAge(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - m_parts->source.read()).count());
}

void FigureCard::show(const FigurePtr& figure) {
    Parts& p = *m_parts;
    showWords(*figure);
    p.trouble->hide();
    p.placeholder->setVisible(figure->isEmpty);
    if (figure->isEmpty) {
        if (p.canvas) p.canvas->hide();
        return;
    }
    const bool isOther = !p.canvas || p.kind != figure->kind;
    if (isOther) replaceCanvas(*figure);
    p.canvas->setFigure(figure);
    p.canvas->show();
    if (isOther) Q_EMIT canvasMade();
    showScrubber(*figure);
    showGestures(*figure);
    showAge();
}

/// Notes say what is not drawn: they are always read.
void FigureCard::showWords(const Figure& figure) {
    Parts& p = *m_parts;
    const QString caption = QString::fromStdString(figure.caption);
    p.header->setTitle(QString::fromStdString(figure.title.empty() ? figure.name : figure.title),
                       p.compact ? caption : QString());
    QStringList words;
    if (!p.compact) words << caption;
    for (const std::string& note : figure.notes) words << QString::fromStdString(note);
    words.removeAll(QString());
    p.caption->setText(words.join(QLatin1Char(' ')));
    p.caption->setVisible(!words.isEmpty());
}

void FigureCard::replaceCanvas(const Figure& figure) {
    Parts& p = *m_parts;
    delete p.canvas;
    p.gestures.clear();
    p.offered.clear();
    p.header->setGestures({}, {});
    p.kind = figure.kind;
    p.canvas = makeCanvas(figure, this);
    p.canvas->setAccessibleName(QString::fromStdString(figure.title));
    p.column->insertWidget(1, p.canvas, 1);
    p.readout->setVisible(figure.kind != "text");  // there is nothing to point at
    connect(p.canvas, &FigureCanvas::readout, p.readout, &QLabel::setText);
    connect(p.canvas, &FigureCanvas::cursorMoved, &p.source, &FigureSource::setCursor);
    connect(p.canvas, &FigureCanvas::gestured, this, &FigureCard::gestured);
    connect(p.canvas, &FigureCanvas::viewEdited, &p.edit, qOverload<>(&QTimer::start));
    p.stateBefore = p.canvas->viewState();
}

void FigureCard::recordEdit() {
    Parts& p = *m_parts;
    if (!p.canvas) return;
    QVariantMap now = p.canvas->viewState();
    if (now == p.stateBefore) return;
    if (p.undo)
        p.undo->push(new ViewEdit(
            this, p.stateBefore, now,
            QString::fromStdString(p.canvas->figure() ? p.canvas->figure()->title : std::string())));
    p.stateBefore = std::move(now);
    Q_EMIT viewEdited();
}

void FigureCard::explain(const QString& sentence) {
    Parts& p = *m_parts;
    if (p.canvas) p.canvas->hide();
    p.placeholder->hide();
    p.troubleWords->setText(sentence);
    p.trouble->show();
}

void FigureCard::showScrubber(const Figure& figure) {
    Parts& p = *m_parts;
    const engine::figures::CursorPlace* place = nullptr;
    for (const auto& cursor : figure.cursors)
        if (cursor.scrubber) place = &cursor;
    if (!place) return;
    if (!p.scrubber) {
        p.scrubber = new Scrubber(p.source, this);
        p.column->insertWidget(p.column->indexOf(p.readout), p.scrubber);
    }
    p.scrubber->setPlace(*place);
}

void FigureCard::showGestures(const Figure& figure) {
    Parts& p = *m_parts;
    const auto same = [](const Gesture& a, const Gesture& b) {
        return a.kind == b.kind && a.probe == b.probe && a.label == b.label;
    };
    if (p.gestures.size() == figure.gestures.size() &&
        std::equal(p.gestures.begin(), p.gestures.end(), figure.gestures.begin(), same))
        return;
    p.gestures = figure.gestures;
    p.offered.clear();
    // The buttons begin with "Zoom and pan"; so does the mouse.
    p.canvas->setActiveGesture(-1);
    QStringList icons, labels;
    for (std::size_t i = 0; i < p.gestures.size(); ++i) {
        const Gesture& gesture = p.gestures[i];
        if (!p.canvas->makes(gesture.kind)) continue;
        p.offered.push_back(static_cast<int>(i));
        icons << iconOf(gesture.kind);
        labels << QString::fromStdString(gesture.label.empty() ? gesture.probe : gesture.label);
    }
    p.header->setGestures(icons, labels);
}

void FigureCard::gestured(int index, const nlohmann::json& results) {
    const FigurePtr figure = m_parts->canvas ? m_parts->canvas->figure() : nullptr;
    if (!figure) return;
    if (index < 0 || static_cast<std::size_t>(index) >= figure->gestures.size()) {
        // No gesture of the plugin: a plain click on a map, which opens the cell of a sweep.
        const auto* raster = std::get_if<engine::figures::Raster>(&figure->body);
        if (!raster) return;
        const std::string across = "index." + raster->across.dimension,
                          down = "index." + raster->down.dimension;
        if (!results.contains(across) || !results.contains(down)) return;
        CellPlace place{{raster->across.dimension, results[across].get<std::int64_t>()},
                        {raster->down.dimension, results[down].get<std::int64_t>()}};
        for (const auto& cursor : figure->cursors) place.emplace(cursor.dimension, cursor.index);
        Q_EMIT cellPicked(place);
        return;
    }
    const Gesture& gesture = figure->gestures[static_cast<std::size_t>(index)];
    nlohmann::json parameters = nlohmann::json::object();
    for (const auto& [result, parameter] : gesture.bind)
        if (results.contains(result)) parameters[parameter] = results[result];
    Q_EMIT probeAsked(QString::fromStdString(gesture.probe), parameters);
}

ExportItem FigureCard::exportItem() const {
    const Parts& p = *m_parts;
    ExportItem item{p.source.figure(p.view), p.canvas ? p.canvas->viewState() : QVariantMap(), {}};
    if (const nlohmann::json* declared = p.source.view(p.view); declared && !p.run.isEmpty())
        item.script = [view = *declared, cursors = p.source.allCursors(), run = p.run.toStdString(),
                       figure = item.figure, state = item.viewState] {
            return scriptText(view, cursors, {{std::string(), run}}, figure, state);
        };
    return item;
}

void FigureCard::exportAs() {
    ExportItem item = exportItem();
    if (!item.figure) return;
    ExportDialog dialog({std::move(item)}, window());
    connect(&dialog, &ExportDialog::exported, this, &FigureCard::exported);
    dialog.exec();
}

void FigureCard::showNumbers() {
    const FigurePtr figure = m_parts->source.figure(m_parts->view);
    if (!figure) return;
    auto* dialog = new NumbersDialog(figure, m_parts->live, window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

void FigureCard::copyPicture() {
    if (!m_parts->canvas || !m_parts->canvas->figure()) return;
    const double scale = 2;
    const QSize size = m_parts->canvas->size();
    QImage image(size * scale, QImage::Format_RGB32);
    image.fill(theme().panel);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(scale, scale);
    m_parts->canvas->paint(painter, QRectF(QPointF(), size), theme());
    painter.end();
    QGuiApplication::clipboard()->setImage(image);
}

void FigureCard::saveScript() {
    if (const ExportItem item = exportItem(); item.script) {
        const QString file = saveScriptOf(item, m_parts->view, window());
        if (!file.isEmpty()) Q_EMIT exported({file});
    }
}

}  // namespace latent::desktop
