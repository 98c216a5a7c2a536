// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/study_page.hpp"

#include <QComboBox>
#include <QCoreApplication>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QTabWidget>
#include <QThreadPool>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <functional>

#include "desktop/board/figure_board.hpp"
#include "desktop/form/parameter_form.hpp"
#include "desktop/live/run_title.hpp"
#include "desktop/live/run_words.hpp"
#include "desktop/panels/open_panel.hpp"
#include "desktop/probes/probe_panel.hpp"
#include "desktop/theme/combo_box.hpp"
#include "desktop/theme/elided_label.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/window/claims_view.hpp"
#include "desktop/window/folding_splitter.hpp"
#include "desktop/window/low_pane.hpp"
#include "desktop/window/sweep_cell.hpp"
#include "desktop/window/sweep_runs.hpp"
#include "engine/figures/metric_views.hpp"

namespace latent::desktop {
namespace {

constexpr int kAgeTick_ms = 500;
constexpr int kSweepPace_ms = 1000;
constexpr std::size_t kMostSweepRuns = 8;  ///< begun runs of a sweep that are named
/// Pixels of sliders beside figures; in a page that is narrower they stand below.
constexpr int kBeside = 540, kFigure = 200, kSliders = 328;
constexpr int kFigureHeight = 200;  ///< of figures above sliders; in a pane that is too low both scroll
constexpr int kTitleFits = 560;     ///< pixels of a page: of a narrower one the tab alone says the title
constexpr int kAnswerWidth = 288,
              kAnswerHeight = 200;  ///< of a figure of an answer: four and more are seen while one drags

bool inGroup(const nlohmann::json& view, const char* group) { return view.value("group", "") == group; }

/// What one watches while it computes: metrics, health, samples, and the curves that a plugin puts first. All else is
/// looked at under Visualisation. Where there is nothing of the kind, both show everything.
bool isOfTraining(const nlohmann::json& view) {
    if (engine::figures::isMonitoring(view)) return true;
    for (const char* group : {"Training", "Samples", "Losses"})
        if (inGroup(view, group)) return true;
    if (view.value("kind", "") == "lines" && inGroup(view, "")) return true;
    const std::vector<std::string> arrays = engine::figures::arraysOf(view);
    return std::any_of(arrays.begin(), arrays.end(),
                       [](const std::string& name) { return name.starts_with("metrics/"); });
}

/// A panel that asks for more room than there is scrolls: no plugin makes the window larger than the screen.
QScrollArea* scrolling(QWidget* panel, QWidget* holder) {
    auto* area = new QScrollArea(holder);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);  // the panel's own controls are reached by Tab, and come into sight
    area->setWidget(panel);
    return area;
}

}  // namespace

StudyPage::StudyPage(Workbench& bench, ExperimentInfo info, QWidget* parent)
    : QWidget(parent),
      m_bench(bench),
      m_info(std::move(info)),
      m_source(this),
      m_runs(new ComboBox(this)),
      m_mark(new QLabel(this)),
      m_state(new ElidedLabel(this)),
      m_age(new QLabel(this)),
      m_resume(new QPushButton(icon(QStringLiteral("resume")), tr("Resume"), this)),
      m_tabs(new QTabWidget(this)),
      m_training(new FigureBoard(m_source, this)),
      m_visualisation(new FigureBoard(m_source, this)),
      m_claims(new ClaimsView(this)) {
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Panels of %1").arg(QString::fromStdString(m_info.title)));
    m_visualisation->setFilter(std::not_fn(engine::figures::isMonitoring));
    m_training->setFilter([this](const nlohmann::json& view) {
        const std::vector<nlohmann::json>& all = m_source.views();
        return isOfTraining(view) || std::none_of(all.begin(), all.end(), isOfTraining);
    });
    for (FigureBoard* board : {m_training, m_visualisation}) {
        board->setUndoStack(&bench.undo());
        connect(board, &FigureBoard::cellPicked, this, &StudyPage::openCell);
        connect(board, &FigureBoard::placeholderLink, this,
                [this](const QUrl& run) { Q_EMIT openRunAsked(run.toLocalFile().toStdString()); });
        connect(board, &FigureBoard::exported, this, &StudyPage::exported);
    }
    for (FigureBoard* board : {m_training, m_visualisation}) {
        connect(board, &FigureBoard::viewEdited, this, &StudyPage::edited);
        hearAsked(board, nullptr);
    }
    connect(&m_source, &FigureSource::cursorChanged, this, &StudyPage::edited);
    m_tabs->addTab(makeData(), tr("Data"));
    m_tabs->addTab(m_training, tr("Training"));
    m_tabs->addTab(makeVisualisation(), tr("Visualisation"));
    m_tabs->addTab(m_claims, tr("Claims"));
    m_tabs->setCurrentIndex(static_cast<int>(Panel::Training));
    if (m_info.isAbsent) {
        m_visualisation->setFilter({});  // there is no other panel that would show them
        for (const Panel panel : {Panel::Data, Panel::Training, Panel::Claims})
            m_tabs->setTabVisible(static_cast<int>(panel), false);
        showPanel(Panel::Visualisation);
    }
    for (QTabWidget* tabs : {m_tabs, m_inner})
        if (tabs) connect(tabs, &QTabWidget::currentChanged, this, &StudyPage::panelChanged);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    column->addWidget(m_tabs, 1);

    const auto found = bench.catalog().contribution(m_info.kind, m_info.id);
    if (found)
        m_claims->setDeclared(found->contribution->description->value("claims", nlohmann::json::array()));
    if (m_info.kind == "data_source") {  // it learns nothing, and no paper claims anything of it
        m_tabs->setTabVisible(static_cast<int>(Panel::Training), false);
        m_tabs->setTabVisible(static_cast<int>(Panel::Claims), false);
        showPanel(Panel::Data);
    }
    connect(m_claims, &ClaimsView::reportAsked, this, &StudyPage::reportAsked);
    connect(&bench.runs(), &RunService::snapshot, this, &StudyPage::receive);
    connect(&bench.list(), &RunList::refreshed, this, &StudyPage::fillRuns);
    connect(&m_ageTimer, &QTimer::timeout, this, &StudyPage::showState);
    m_ageTimer.setInterval(kAgeTick_ms);
    m_source.setReadParts([this](const nlohmann::json& view, const engine::figures::Cursors& cursors,
                                 const engine::figures::ResolveOptions& options, RunService::Answer answer) {
        m_bench.runs().readFor(m_run, view, cursors, options, std::move(answer));
    });
    fillRuns();
    showPlaceholder();
    showState();
}

StudyPage::~StudyPage() {
    if (!m_run.empty()) m_bench.runs().close(m_run);
}

QWidget* StudyPage::makeHeader() {
    auto* bar = new QFrame(this);
    bar->setProperty("look", "bar");
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(space::groups, space::inside, space::between, space::inside);
    row->setSpacing(space::inside);
    m_title = new ElidedLabel(bar);
    m_title->setProperty("look", "heading");
    m_title->setText(QString::fromStdString(m_info.title));
    m_title->setHelp(QString::fromStdString(m_info.summary));
    m_runs->setMinimumWidth(160);
    m_runs->setMinimumContentsLength(34);
    m_runs->setMaximumWidth(420);
    m_runs->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_runs->setAccessibleName(tr("Run that is shown"));
    m_runs->setToolTip(tr("Run that is shown"));
    m_age->setProperty("look", "small");
    m_age->setFont(theme().tabular);
    row->addWidget(m_title);
    row->addSpacing(space::between);
    row->addWidget(m_runs);
    row->addWidget(m_mark);
    row->addWidget(m_state, 1);
    row->addWidget(m_resume);
    row->addWidget(m_age);
    connect(m_runs, &QComboBox::activated, this, [this](int index) {
        const QString folder = m_runs->itemData(index).toString();
        if (!folder.isEmpty()) setRun(folder.toStdString());
    });
    connect(m_resume, &QPushButton::clicked, this, [this] { Q_EMIT resumeAsked(m_run); });
    return bar;
}

std::vector<std::string> StudyPage::dataSources() const {
    return m_info.kind == "data_source" ? std::vector<std::string>{m_info.id} : m_info.dataSources;
}

/// The data that the experiment learns from, drawn by a preview of the plugin's data source, re-made as one changes them.
QWidget* StudyPage::makeData() {
    const std::vector<std::string> sources = dataSources();
    if (sources.empty()) {
        auto* words = new QLabel(
            tr("%1 computes its data from the parameters alone: the plugin offers no data source to preview.")
                .arg(QString::fromStdString(m_info.title)),
            this);
        words->setProperty("look", "muted");
        words->setAlignment(Qt::AlignCenter);
        words->setWordWrap(true);
        return words;
    }
    auto* splitter = new FoldingSplitter(
        {.least = kBeside, .first = kFigure, .side = kSliders, .high = kFigureHeight}, this);
    m_preview = new ProbePanel(m_bench.catalog(), splitter);
    m_preview->setStartWords(tr("From the form."), tr("Back to the form"));
    m_preview->setProbes(sources);
    m_preview->setUsable(true);
    connect(m_preview, &ProbePanel::valuesChosen, this, &StudyPage::valuesChosen);
    connect(m_preview->form(), &ParameterForm::valuesChanged, this, &StudyPage::edited);
    m_data = new FigureBoard(m_preview->figures(), splitter);
    m_data->setPlaceholder(tr("The preview appears here as soon as all values are given."));
    m_data->setUndoStack(&m_bench.undo());
    hearAsked(m_data, m_preview);
    connect(m_preview, &ProbePanel::startedOver, m_data, &FigureBoard::forgetPainted);
    connect(m_data, &FigureBoard::exported, this, &StudyPage::exported);
    connect(m_data, &FigureBoard::viewEdited, this, &StudyPage::edited);
    splitter->addWidget(m_data);
    splitter->addWidget(m_preview);
    splitter->setStretchFactor(0, 1);
    return new LowPane(splitter, this);
}

QWidget* StudyPage::makeVisualisation() {
    const std::vector<PanelOffer> offers = panelsFor(m_bench.catalog(), m_info.id);
    if (m_info.probes.empty() && offers.empty()) return m_visualisation;
    auto* inner = new QTabWidget(this);
    m_inner = inner;
    inner->setAccessibleName(tr("Figures, questions and panels"));
    inner->setDocumentMode(true);
    m_visualisation->setObjectName(
        QStringLiteral("figures"));  // what the layout keeps: offers come and go, and with them the numbers
    inner->addTab(m_visualisation, tr("Figures"));
    if (!m_info.probes.empty()) makeQuestions();
    for (const PanelOffer& offer : offers) addPanel(offer);
    return inner;
}

/// The questions that can be asked: sliders on the right, the answer drawn on the left.
void StudyPage::makeQuestions() {
    auto* splitter = new FoldingSplitter(
        {.least = kBeside, .first = kFigure, .side = kSliders, .high = kFigureHeight}, this);
    m_probe = new ProbePanel(m_bench.catalog(), splitter);
    m_probe->setProbes(m_info.probes);
    m_probe->setUsable(true);
    m_probe->form()->setUndoStack(&m_bench.undo());
    auto* answers = new FigureBoard(m_probe->figures(), splitter);
    answers->setPlaceholder(tr("Move a slider: the answer is drawn here as you drag."));
    answers->setUndoStack(&m_bench.undo());
    answers->setCompact(kAnswerWidth, kAnswerHeight);
    hearAsked(answers, m_probe);
    connect(answers, &FigureBoard::exported, this, &StudyPage::exported);
    connect(answers, &FigureBoard::viewEdited, this, &StudyPage::edited);
    connect(m_probe->form(), &ParameterForm::valuesChanged, this, &StudyPage::edited);
    connect(m_probe, &ProbePanel::valuesChosen, this, &StudyPage::valuesChosen);
    splitter->addWidget(answers);
    splitter->addWidget(m_probe);
    splitter->setStretchFactor(0, 1);
    m_answers = answers;
    auto* pane = new LowPane(splitter, m_inner);
    pane->setObjectName(QStringLiteral("questions"));
    m_inner->addTab(pane, tr("What if?"));
    for (FigureBoard* board : {answers, m_training, m_visualisation})
        connect(m_probe, &ProbePanel::startedOver, board, &FigureBoard::forgetPainted);
}

/// A plugin's own panel is opened when it is looked at for the first time: its library is loaded only then.
void StudyPage::addPanel(const PanelOffer& offer) {
    auto* holder = new QWidget(this);
    holder->setObjectName(QString::fromStdString(offer.id));
    auto* column = new QVBoxLayout(holder);
    column->setContentsMargins(0, 0, 0, 0);
    m_inner->addTab(holder, offer.title);
    m_inner->setTabToolTip(m_inner->indexOf(holder), offer.summary);
    connect(m_inner, &QTabWidget::currentChanged, holder, [this, holder, column, offer] {
        if (m_inner->currentWidget() != holder || column->count() > 0) return;
        PanelFrame* panel = openPanel(offer, m_source, holder, m_run);
        panel->setViewState(m_panelStates.value(QString::fromStdString(offer.id)).toMap());
        connect(panel, &PanelFrame::logged, this, [this](int level, const QString& words) {
            if (level >= 2) Q_EMIT message(words);
        });
        column->addWidget(scrolling(panel, holder));
    });
}

void StudyPage::resizeEvent(QResizeEvent*) { m_title->setVisible(width() >= kTitleFits); }
QString StudyPage::title() const { return QString::fromStdString(m_info.title); }
StudyPage::Panel StudyPage::panel() const { return static_cast<Panel>(m_tabs->currentIndex()); }
bool StudyPage::asksQuestions() const {
    return m_answers && panel() == Panel::Visualisation && m_inner->currentWidget()->isAncestorOf(m_answers);
}
void StudyPage::showPanel(Panel panel) {
    // What a data source has made is looked at where finished figures are.
    if (!m_tabs->isTabVisible(static_cast<int>(panel))) panel = Panel::Visualisation;
    m_tabs->setCurrentIndex(static_cast<int>(panel));
}
void StudyPage::setFormValues(const nlohmann::json& values) {
    if (m_preview) m_preview->setRun({}, values);
}

FigureBoard* StudyPage::board() const {
    switch (panel()) {
        case Panel::Data:
            return m_data;
        case Panel::Training:
            return m_training;
        case Panel::Visualisation:
            if (!m_inner || m_inner->currentWidget() == m_visualisation) return m_visualisation;
            return asksQuestions() ? m_answers : nullptr;  // a plugin's own panel has no figures of ours
        case Panel::Claims:
            break;
    }
    return nullptr;
}

void StudyPage::setRun(const std::filesystem::path& run) {
    if (run == m_run) return;
    if (!m_run.empty()) m_bench.runs().close(m_run);
    m_run = run;
    m_snapshot = nullptr;
    m_lastState.clear();
    for (PanelFrame* panel : findChildren<PanelFrame*>()) panel->setRun(run);
    m_source.setData({}, {}, {});
    m_source.fix({});
    m_fixed.clear();
    m_away.clear();
    const QString path = QString::fromStdString(run.string());
    for (FigureBoard* board : {m_training, m_visualisation}) board->setRunPath(path);
    if (m_probe && run.empty()) m_probe->setRun({}, {});
    m_claims->setRuns(run.empty() ? QStringList() : QStringList{path});
    if (!run.empty()) m_bench.runs().open(run);
    fillRuns();
    showPlaceholder();
    showState();
    Q_EMIT runChanged();
    if (const RunSnapshotPtr latest = m_bench.runs().latest(run)) receive(latest);
}

/// What stands where no figure is.
void StudyPage::showPlaceholder() {
    QString
        training =
            tr("Nothing runs yet. Set the parameters on the right and press Run: curves appear here while it "
               "computes."),
        figures = tr("No run is open. Press Run, or open a run on the left.");
    if (m_snapshot)
        training = figures = !isLive(m_snapshot->status.state) ? tr("This run has no figures.")
                             : isSweep()                       ? sweepWords({})
                                                               : tr("Waiting for the first values.");
    m_training->setPlaceholder(training);
    m_visualisation->setPlaceholder(figures);
}

bool StudyPage::isSweep() const { return m_snapshot && m_snapshot->isSweep(); }

/// A sweep's own figures come with its end; meanwhile its runs are named, to be looked at.
void StudyPage::readSweep() {
    if (!isSweep() || !m_snapshot->views.empty() || !isLive(m_snapshot->status.state)) return;
    if (m_sweepRead.isValid() && m_sweepRead.elapsed() < kSweepPace_ms) return;
    m_sweepRead.start();
    QThreadPool::globalInstance()->start([self = QPointer<StudyPage>(this), sweep = m_snapshot] {
        const QString words = sweepWords(begunRuns(sweep->folder, sweep->request, kMostSweepRuns));
        QMetaObject::invokeMethod(qApp, [self, words, sweep] {
            if (!self || self->m_run != sweep->folder || self->m_lastState != QLatin1String("running"))
                return;
            for (FigureBoard* board : {self->m_training, self->m_visualisation}) board->setPlaceholder(words);
        });
    });
}

void StudyPage::receive(const RunSnapshotPtr& snapshot) {
    if (m_run.empty() || snapshot->folder != m_run) return;
    m_snapshot = snapshot;
    m_source.setData(snapshot->arrays, snapshot->views, snapshot->read, snapshot->outlines);
    takeFixed();
    const QString state = QString::fromStdString(snapshot->status.state);
    if (state != m_lastState) {
        m_claims->setReady(state == QLatin1String("done"));
        m_lastState = state;
        const bool live = isLive(snapshot->status.state);
        const QString empty =
            live        ? tr("Waiting for the first values.")
            : isSweep() ? tr("These values stay with the runs of the cells: a click on a map opens one.")
                        : tr("This run has no values for this figure.");
        for (FigureBoard* board : {m_training, m_visualisation}) {
            board->setLive(live);
            board->setEmptyWords(empty);
        }
        live ? m_ageTimer.start() : m_ageTimer.stop();
        // The values of a run are there at once; itself it can be asked when it is done.
        if (m_probe)
            m_probe->setRun(snapshot->status.state == "done" ? m_run : std::filesystem::path(),
                            snapshot->parameters());
        fillRuns();
        showPlaceholder();
        Q_EMIT stateChanged();
    }
    readSweep();
    showState();
}

void StudyPage::showState() {
    const bool there = m_snapshot != nullptr;
    m_mark->setVisible(there);
    m_resume->setVisible(there && m_snapshot->status.resumable && !m_snapshot->status.alive);
    if (!there) {
        const auto name = [](const std::filesystem::path& run) {
            return QString::fromStdString(run.filename().string());
        };
        m_state->setText(!m_run.empty()    ? tr("Opening %1").arg(name(m_run))
                         : !m_away.empty() ? tr("The run %1 is not there now").arg(name(m_away))
                                           : tr("No run yet"));
        m_state->setProperty("look", "muted");
        m_age->clear();
        return;
    }
    const StateLook look = lookOfState(m_snapshot->status.state);
    m_mark->setPixmap(iconPixmap(look.icon, look.colour, 14, devicePixelRatioF()));
    QString words = look.word;
    if (isLive(m_snapshot->status.state) && m_snapshot->state.fraction > 0)
        words += QStringLiteral(" · %1 %").arg(qRound(100 * m_snapshot->state.fraction));
    if (!m_snapshot->state.progressText.empty() && isLive(m_snapshot->status.state))
        words += QStringLiteral(" · ") + QString::fromStdString(m_snapshot->state.progressText);
    if (!m_snapshot->problem.empty())
        words = QString::fromStdString(m_snapshot->problem);
    else if (!m_snapshot->status.sentence.empty() && m_snapshot->status.state != "done")
        words += QStringLiteral(" · ") + QString::fromStdString(m_snapshot->status.sentence);
    if (const auto cell = m_source.fixed().find("cell");
        cell != m_source.fixed().end() && m_source.arrays().extentOf("cell") > 1)
        words += QStringLiteral(" · ") +
                 tr("cell %1 of %2").arg(cell->second + 1).arg(m_source.arrays().extentOf("cell"));
    m_state->setText(words);
    if (!isLive(m_snapshot->status.state)) return m_age->clear();
    m_age->setText(
        tr("data %1 old")
            .arg(roughDurationWords(
                std::chrono::duration<double>(std::chrono::steady_clock::now() - m_snapshot->read).count())));
}

void StudyPage::fillRuns() {
    const QSignalBlocker quiet(m_runs);
    m_runs->clear();
    bool found = false;
    // The experiment is in the title of the page; what tells its runs apart is what differs, and when.
    const auto here = [prefix = QString::fromStdString(m_info.id) + QStringLiteral(" · ")](QString title) {
        return title.startsWith(prefix) ? title.remove(0, prefix.size()) : title;
    };
    for (const engine::IndexedRunPtr& run : m_bench.list().newest(m_info.id)) {
        const QString title = here(m_bench.list().title(*run));
        const QString when = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(run->created))
                                 .toString(QStringLiteral("d MMM HH:mm:ss"));
        // Of the run that is open the page knows more than the list, which is read now and then.
        const std::string& state = m_snapshot && run->folder == m_run ? m_snapshot->status.state : run->state;
        m_runs->addItem(QStringLiteral("%1 · %2 · %3").arg(title, when, lookOfState(state).word),
                        QString::fromStdString(run->folder.string()));
        if (run->folder == m_run) {
            found = true;
            m_runs->setCurrentIndex(m_runs->count() - 1);
        }
    }
    if (!found && !m_run.empty()) {
        // A cell of a sweep, or a run of another workspace.
        QString text = QString::fromStdString(m_run.filename().string());
        if (m_snapshot) text.prepend(here(RunTitles::title(m_snapshot->request)) + QStringLiteral(" · "));
        m_runs->insertItem(0, text, QString::fromStdString(m_run.string()));
        m_runs->setCurrentIndex(0);
    } else if (m_run.empty()) {
        m_runs->insertItem(0, m_runs->count() == 0 ? tr("No runs yet") : tr("Choose a run"));
        m_runs->setCurrentIndex(0);
    }
    m_runs->setEnabled(m_runs->count() > 1 || !m_run.empty());
}

/// A click on a map of a sweep opens the run of that cell.
void StudyPage::openCell(const std::map<std::string, std::int64_t>& place) {
    if (!m_snapshot || !isPlaceInSweep(*m_snapshot, place)) return;
    const auto found = cellRun(*m_snapshot, place);
    if (!found) return Q_EMIT message(tr("That cell of the sweep has no finished run."));
    Q_EMIT openRunAsked(found->run);
    if (m_run == found->run) {
        m_fixed.clear();
        m_source.fix({{"cell", found->cell}});  // of the cells that one run computed, this one
    }
    showState();
}

}  // namespace latent::desktop
