// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/compare.hpp"

#include <QLabel>
#include <QPushButton>
#include <QTime>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "desktop/board/export_dialog.hpp"
#include "desktop/board/flow_layout.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/live/figure_source.hpp"
#include "desktop/live/run_title.hpp"
#include "desktop/live/run_words.hpp"
#include "desktop/runs/compare_grid.hpp"
#include "desktop/runs/overlay.hpp"
#include "desktop/runs/overlay_card.hpp"
#include "desktop/theme/theme.hpp"
#include "desktop/views/plot/markers.hpp"
#include "engine/figures/metric_views.hpp"

namespace latent::desktop {
namespace {

using nlohmann::json;

constexpr int kRedraw_ms = 100, kAgeTick_ms = 500;
constexpr int kCardWidth = 420, kCardHeight = 320;

json parametersOf(const RunSnapshotPtr& snapshot) {
    return snapshot ? snapshot->parameters() : json::object();
}

}  // namespace

struct ComparedRun {
    std::filesystem::path folder;
    RunSnapshotPtr snapshot;
    json claims;  ///< the answer of `latent claims`; null: not known
    std::unique_ptr<FigureSource> source;
    std::set<QString> wanted;
};

struct CompareView::Parts {
    explicit Parts(RunService& itsService) : service(itsService) {}
    RunService& service;
    std::vector<ComparedRun> runs;
    std::vector<QString> labels;
    std::vector<QString> order;  ///< of the cards, as views came; what is monitored at the end
    std::size_t findings = 0;    ///< names before those
    std::map<QString, OverlayCard*> cards;
    QLabel *head = nullptr, *problem = nullptr, *parametersWords = nullptr, *metricsWords = nullptr,
           *claimsWords = nullptr, *curvesWords = nullptr;
    QVBoxLayout* legend = nullptr;
    QWidget* legendBox = nullptr;
    CompareGrid *parameters = nullptr, *metrics = nullptr, *claims = nullptr;
    QPushButton* measure = nullptr;
    QWidget* curves = nullptr;
    FlowLayout* flow = nullptr;
    QTimer redraw;
    std::set<QString> stale;  ///< overlays to make anew
    QVariantMap pending;      ///< zooms of a session, by figure
    QTimer age;
    QString claimsProblem;
    bool areTablesStale = false;
    quint64 asked = 0;  ///< counts measurements, so that late answers are dropped

    void closeAll();
    void take(ComparedRun& run, const RunSnapshotPtr& snapshot);
    void showTables();
    void showLegend(CompareView* view);
    void showAge();
    void showOverlay(const QString& name, CompareView* view);
    /// As the first run that has the figure calls it.
    QString titleOf(const QString& name) const;
};

QString CompareView::Parts::titleOf(const QString& name) const {
    for (const ComparedRun& run : runs)
        for (const json& view : run.source->views())
            if (view.value("name", "") == name.toStdString())
                return QString::fromStdString(view.value("title", view.value("name", "")));
    return name;
}

void CompareView::Parts::closeAll() {
    for (const ComparedRun& run : runs) service.close(run.folder, RunService::Depth::Arrays);
    runs.clear();
}

void CompareView::Parts::take(ComparedRun& run, const RunSnapshotPtr& snapshot) {
    run.snapshot = snapshot;
    run.source->setData(snapshot->arrays, snapshot->views, snapshot->read, snapshot->outlines);
    for (const json& view : run.source->views()) {
        const QString name = QString::fromStdString(view.value("name", ""));
        if (!canOverlay(view.value("kind", "")) || !run.wanted.insert(name).second) continue;
        run.source->want(name, true);
        if (std::find(order.begin(), order.end(), name) != order.end()) continue;
        // As on the page of a run, findings come first.
        if (engine::figures::isMonitoring(view))
            order.push_back(name);
        else
            order.insert(order.begin() + static_cast<std::ptrdiff_t>(findings++), name);
    }
    areTablesStale = true;
    showAge();
    if (!redraw.isActive()) redraw.start();
}

void CompareView::Parts::showTables() {
    std::vector<json> values, answers;
    std::vector<engine::figures::ArraySet> arrays;
    QStringList problems;
    std::size_t there = 0;
    for (const ComparedRun& run : runs) {
        values.push_back(parametersOf(run.snapshot));
        answers.push_back(run.claims);
        arrays.push_back(run.snapshot ? run.snapshot->arrays : engine::figures::ArraySet());
        there += run.snapshot != nullptr;
        if (run.snapshot && !run.snapshot->problem.empty())
            problems << QString::fromStdString(run.snapshot->problem);
    }
    problem->setText(problems.join(QLatin1Char('\n')));
    problem->setVisible(!problems.isEmpty());
    if (there < runs.size())
        return parametersWords->setText(
            tr("Reading %1 of %2 runs …").arg(runs.size() - there).arg(runs.size()));
    const auto show = [](CompareGrid* grid, QLabel* words, const CompareTable& table,
                         const QString& otherwise) {
        grid->setVisible(!table.empty());
        words->setVisible(table.empty());
        words->setText(otherwise);
        if (!table.empty()) grid->setTable(table);
    };
    show(parameters, parametersWords, parameterTable(values, labels), tr("All parameters are the same."));
    show(metrics, metricsWords, metricTable(arrays, labels), tr("These runs have no metrics."));
    const bool anyClaims =
        std::any_of(answers.begin(), answers.end(), [](const json& one) { return !one.is_null(); });
    if (anyClaims)
        show(claims, claimsWords, claimTable(answers, labels), tr("These experiments declare no claims."));
    if (!claimsProblem.isEmpty()) {  // stays beside the table of those that could be measured
        claimsWords->setText(claimsProblem);
        claimsWords->show();
    }
    curvesWords->setVisible(order.empty());
}

/// Of the run that goes on and has been silent longest.
void CompareView::Parts::showAge() {
    double oldest_s = -1;
    for (const ComparedRun& run : runs) {
        if (!run.snapshot || !isLive(run.snapshot->status.state) || run.snapshot->arrays.all().empty())
            continue;
        oldest_s = std::max(
            oldest_s,
            std::chrono::duration<double>(std::chrono::steady_clock::now() - run.snapshot->read).count());
    }
    for (const auto& [name, card] : cards) card->setAge(oldest_s);
    oldest_s < 0 ? age.stop() : age.isActive() ? void() : age.start();
}

/// A coloured line with the run's marker and a name for each run: the legend of all figures, and the way to the run itself.
void CompareView::Parts::showLegend(CompareView* view) {
    while (QLayoutItem* item = legend->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const QColor colour = theme().categories[i % theme().categories.size()];
        const std::string state = runs[i].snapshot ? runs[i].snapshot->status.state : std::string();
        auto* link = new QPushButton(legendBox);
        QPixmap swatch(QSize(24, 12) * view->devicePixelRatioF());
        swatch.setDevicePixelRatio(view->devicePixelRatioF());
        swatch.fill(Qt::transparent);
        QPainter painter(&swatch);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.fillRect(QRectF(0, 5, 24, 2.5), colour);
        drawMarker(painter, runMarker(static_cast<int>(i)), QPointF(12, 6.2), 9,
                   {.fill = colour, .outline = {}});
        painter.end();
        link->setIcon(QIcon(swatch));
        link->setIconSize({24, 12});
        link->setText(state.empty() || state == "done"
                          ? labels[i]
                          : QStringLiteral("%1 · %2").arg(labels[i], lookOfState(state).word));
        link->setProperty("look", "link");
        link->setToolTip(tr("Open %1").arg(QString::fromStdString(runs[i].folder.filename().string())));
        link->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
        QObject::connect(link, &QPushButton::clicked, view, [view, folder = runs[i].folder] {
            Q_EMIT view->openRun(QString::fromStdString(folder.string()));
        });
        legend->addWidget(link);
    }
}

void CompareView::Parts::showOverlay(const QString& name, CompareView* view) {
    std::vector<std::pair<QString, FigurePtr>> figures;
    for (std::size_t i = 0; i < runs.size(); ++i)
        figures.emplace_back(labels[i], runs[i].source->figure(name));
    const FigurePtr joint = overlay(figures);
    if (!joint) return;
    OverlayCard*& card = cards[name];
    if (!card) {
        card = new OverlayCard(curves);
        QObject::connect(card, &OverlayCard::exported, view, &CompareView::exported);
        // Figures are resolved on threads: one that comes late still stands in its place.
        const auto place = std::find(order.begin(), order.end(), name);
        flow->insertWidget(
            static_cast<int>(std::count_if(order.begin(), place,
                                           [this](const QString& one) { return cards.contains(one); })),
            card);
    }
    card->setFigure(joint);
    std::vector<std::pair<std::string, std::string>> named;
    const json* declared = nullptr;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const json* its = runs[i].source->view(name);
        if (!its || !runs[i].source->figure(name)) continue;
        named.emplace_back(labels[i].toStdString(), runs[i].folder.string());
        if (!declared) declared = its;
    }
    if (declared) card->setScript(*declared, std::move(named));
    showAge();
    if (pending.contains(name)) card->setViewState(pending.take(name).toMap());
}

CompareView::CompareView(RunService& service, QWidget* parent)
    : QScrollArea(parent), m_parts(std::make_unique<Parts>(service)) {
    Parts& p = *m_parts;
    setWidgetResizable(true);
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Comparison of runs"));
    auto* page = new QWidget(this);
    page->setProperty("look", "page");
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(space::groups, space::groups, space::groups, space::groups);
    column->setSpacing(space::inside);
    const auto label = [&](const char* look, const QString& text = {}) {
        auto* made = new QLabel(text, page);
        made->setProperty("look", look);
        made->setWordWrap(true);
        made->setTextFormat(Qt::PlainText);
        return made;
    };
    const auto section = [&](const QString& title) {
        column->addSpacing(space::inside);
        column->addWidget(label("heading", title));
    };
    p.head = label("title");
    p.problem = label("bad");
    p.legendBox = new QWidget(page);
    p.legend = new QVBoxLayout(p.legendBox);
    p.legend->setContentsMargins(0, 0, 0, 0);
    p.legend->setSpacing(0);
    column->addWidget(p.head);
    column->addWidget(p.problem);
    column->addWidget(p.legendBox);
    section(tr("Parameters that differ"));
    p.parametersWords = label("muted", tr("Reading the runs …"));
    p.parameters = new CompareGrid(tr("Parameters that differ"), page);
    p.parameters->hide();
    column->addWidget(p.parametersWords);
    column->addWidget(p.parameters);
    section(tr("Curves"));
    p.curvesWords = label("muted", tr("Nothing that can be laid over each other has been published yet."));
    column->addWidget(p.curvesWords);
    p.curves = new QWidget(page);
    p.flow = new FlowLayout(p.curves, kCardWidth, kCardHeight);
    p.flow->setContentsMargins(0, 0, 0, 0);
    p.flow->setSpacing(space::between);
    column->addWidget(p.curves);
    section(tr("Metrics"));
    p.metricsWords = label("muted", tr("Reading the runs …"));
    p.metrics = new CompareGrid(tr("Metrics"), page);
    p.metrics->setNameColumns(2);
    p.metrics->hide();
    column->addWidget(p.metricsWords);
    column->addWidget(p.metrics);
    section(tr("Claims"));
    p.claimsWords = label("muted", tr("What the papers say, judged for each run alone. Measuring loads the "
                                      "plugin and may take a while."));
    p.claims = new CompareGrid(tr("Claims"), page);
    p.claims->hide();
    p.measure = new QPushButton(tr("Measure"), page);
    p.measure->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    connect(p.measure, &QPushButton::clicked, this, &CompareView::measureClaims);
    column->addWidget(p.claimsWords);
    column->addWidget(p.measure);
    column->addWidget(p.claims);
    column->addStretch();
    setWidget(page);

    p.age.setInterval(kAgeTick_ms);
    connect(&p.age, &QTimer::timeout, this, [this] { m_parts->showAge(); });
    p.redraw.setSingleShot(true);
    p.redraw.setInterval(kRedraw_ms);
    connect(&p.redraw, &QTimer::timeout, this, [this] {
        Parts& it = *m_parts;
        if (std::exchange(it.areTablesStale, false)) {
            std::vector<json> requests;
            for (const ComparedRun& run : it.runs)
                requests.push_back(run.snapshot ? run.snapshot->request : json());
            const auto labels = labelsOf(requests);
            if (labels != it.labels) it.stale.insert(it.order.begin(), it.order.end());
            it.labels = labels;
            it.showLegend(this);
            it.showTables();
        }
        for (const QString& name : std::exchange(it.stale, {})) it.showOverlay(name, this);
    });
    connect(&service, &RunService::snapshot, this, [this](const RunSnapshotPtr& snapshot) {
        for (ComparedRun& run : m_parts->runs)
            if (run.folder == snapshot->folder) m_parts->take(run, snapshot);
    });
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, [this] {
        m_parts->areTablesStale = true;
        m_parts->redraw.start();
    });
    setRuns({});
}

CompareView::~CompareView() { m_parts->closeAll(); }

void CompareView::setRuns(const QStringList& folders) {
    Parts& p = *m_parts;
    p.closeAll();
    ++p.asked;
    for (const auto& [name, card] : p.cards) delete card;
    p.cards.clear();
    p.order.clear();
    p.findings = 0;
    p.stale.clear();
    p.labels.clear();
    p.pending.clear();
    p.claimsProblem.clear();
    for (const QString& folder : folders) {
        ComparedRun run;
        run.folder = folder.toStdString();
        run.source = std::make_unique<FigureSource>();
        run.source->setReadParts([this, at = run.folder](const nlohmann::json& view,
                                                         const engine::figures::Cursors& cursors,
                                                         const engine::figures::ResolveOptions& options,
                                                         RunService::Answer answer) {
            m_parts->service.readFor(at, view, cursors, options, std::move(answer));
        });
        connect(run.source.get(), &FigureSource::resolved, this, [this](const QString& name) {
            m_parts->stale.insert(name);
            if (!m_parts->redraw.isActive()) m_parts->redraw.start();
        });
        p.runs.push_back(std::move(run));
        p.labels.push_back(tr("run %1").arg(p.runs.size()));
    }
    p.head->setText(folders.isEmpty() ? tr("Choose two or more runs to compare.")
                                      : tr("%1 runs side by side").arg(folders.size()));
    p.measure->setVisible(!folders.isEmpty());
    p.claims->hide();
    p.claimsWords->show();
    for (ComparedRun& run : p.runs) {
        p.service.open(run.folder, RunService::Depth::Arrays);
        if (const RunSnapshotPtr latest = p.service.latest(run.folder)) p.take(run, latest);
    }
    p.areTablesStale = true;
    p.redraw.start();
}

QStringList CompareView::runs() const {
    QStringList folders;
    for (const ComparedRun& run : m_parts->runs) folders << QString::fromStdString(run.folder.string());
    return folders;
}

QVariantMap CompareView::viewState() const {
    QVariantMap figures = m_parts->pending;
    for (const auto& [name, card] : m_parts->cards) figures[name] = card->viewState();
    return {{QStringLiteral("runs"), runs()}, {QStringLiteral("figures"), figures}};
}

/// Figures come one by one, and take their zoom when they do.
void CompareView::setViewState(const QVariantMap& state) {
    m_parts->pending = state.value(QStringLiteral("figures")).toMap();
    for (const auto& [name, card] : m_parts->cards)
        if (m_parts->pending.contains(name)) card->setViewState(m_parts->pending.take(name).toMap());
}

QStringList CompareView::labels() const {
    return QStringList(m_parts->labels.begin(), m_parts->labels.end());
}

bool CompareView::hasFigures() const { return !m_parts->cards.empty(); }

void CompareView::exportAll() {
    std::vector<ExportItem> items;
    QStringList leftOut;
    for (const QString& name : m_parts->order)
        if (const auto card = m_parts->cards.find(name); card != m_parts->cards.end())
            items.push_back(card->second->exportItem());
        else
            leftOut << m_parts->titleOf(name);
    if (items.empty()) return;
    ExportDialog dialog(std::move(items), window(), leftOut);
    connect(&dialog, &ExportDialog::exported, this, &CompareView::exported);
    dialog.exec();
}

/// One run after the other: each loads its plugin in a process of its own.
void CompareView::measureClaims() {
    Parts& p = *m_parts;
    const quint64 asked = ++p.asked;
    for (ComparedRun& run : p.runs) run.claims = nullptr;
    p.claimsProblem.clear();
    const auto next = [this, asked](const auto& again, std::size_t at) -> void {
        Parts& it = *m_parts;
        if (asked != it.asked) return;
        if (at >= it.runs.size()) {
            it.measure->setEnabled(true);
            it.measure->setText(tr("Measure again (measured at %1)")
                                    .arg(QTime::currentTime().toString(QStringLiteral("HH:mm"))));
            return;
        }
        if (it.measure->hasFocus())
            setFocus(Qt::OtherFocusReason);  // else the focus, and the page with it, goes elsewhere
        it.measure->setEnabled(false);
        it.measure->setText(tr("Measuring %1 of %2 …").arg(at + 1).arg(it.runs.size()));
        const QStringList words{QStringLiteral("claims"), QStringLiteral("--json"),
                                QString::fromStdString(it.runs[at].folder.string())};
        LatentCommand::run(this, words, [this, asked, at, again](const engine::Result<QByteArray>& answer) {
            Parts& its = *m_parts;
            if (asked != its.asked) return;
            json document = answer ? json::parse(answer->constData(), answer->constData() + answer->size(),
                                                 nullptr, false)
                                   : json::object();
            const bool isMeasured = answer && document.is_object();
            if (!isMeasured) {
                const QString why = answer ? tr("The answer of `latent claims` could not be read.")
                                           : QString::fromStdString(answer.error().message);
                if (!its.claimsProblem.isEmpty()) its.claimsProblem += QLatin1Char('\n');
                its.claimsProblem += tr("%1 could not be measured: %2").arg(its.labels[at], why);
            }
            // Dashes would say that it claims nothing.
            its.runs[at].claims = isMeasured ? std::move(document) : json{{"problem", true}};
            its.areTablesStale = true;
            its.redraw.start();
            again(again, at + 1);
        });
    };
    next(next, 0);
}

}  // namespace latent::desktop
