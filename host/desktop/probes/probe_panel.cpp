// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/probes/probe_panel.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHideEvent>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "desktop/form/form_values.hpp"
#include "desktop/form/parameter_form.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/probes/answer_words.hpp"
#include "desktop/probes/conversation.hpp"
#include "desktop/probes/kept_answer.hpp"
#include "desktop/theme/combo_box.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/figures/load.hpp"
#include "engine/probe/start_values.hpp"

namespace latent::desktop {

using nlohmann::json;
using State = ProbeFoot::State;

struct ProbePanel::Parts {
    explicit Parts(const engine::PluginCatalog& all) : catalog(all) {}
    const engine::PluginCatalog& catalog;
    FigureSource figures;
    Conversation* talk = nullptr;
    bool talkHasRun = false;  ///< the server was started with the run
    std::vector<std::string> probes;
    std::filesystem::path run;
    json startValues = json::object();  ///< of the run
    std::string current;
    std::optional<engine::SchemaModel> schema;
    std::shared_ptr<const KeptAnswer> kept;
    json shownParameters, shownOutputs;  ///< of the answer on the board
    QComboBox* choice = nullptr;
    QLabel *title = nullptr, *summary = nullptr, *startWords = nullptr;
    QPushButton* toStart = nullptr;
    QString usualStart;  ///< what startWords say unless a run filled the form
    bool isFilled = false;
    QWidget* startRow = nullptr;
    ParameterForm* form = nullptr;
    ProbeFoot* foot = nullptr;
    QTimer late;  ///< says "Solving…" only of what takes a moment, so that nothing flickers
    std::uint64_t answers = 0;
    QVariantMap pending;   ///< of a session, until what it started from is there
    FormState startState;  ///< of the form, as the program filled it
    bool needsRun = false, isSource = false, usable = false;
    bool asked = false;  ///< what stands in the form
    json askedValues;
};

namespace {

constexpr int kLate_ms = 120;
/// Pixels of height: in less the sliders have the room of the summary, which a tip then says.
constexpr int kLow = 320;
/// Two rows of it, so that one sees what one drags.
constexpr int kLeastForm = 120;
constexpr qsizetype kMostKept = 1 << 20;  ///< characters of a form in a session: painted masks may be large

engine::Result<engine::PluginCatalog::Found> found(const engine::PluginCatalog& catalog,
                                                   const std::string& id) {
    auto probe = catalog.probe(id);
    return probe ? probe : catalog.dataSource(id) ? catalog.dataSource(id) : probe;
}

bool asksRun(const engine::PluginCatalog::Found& one) {
    return one.contribution->kind == "probe" && one.contribution->description->value("needs_run", true);
}

}  // namespace

ProbePanel::ProbePanel(const engine::PluginCatalog& catalog, QWidget* parent)
    : QWidget(parent), m_parts(std::make_unique<Parts>(catalog)) {
    Parts& p = *m_parts;
    setMinimumWidth(240);  // as the form of the window: its rows fold
    p.choice = new ComboBox(this);
    p.choice->setAccessibleName(tr("Question"));
    p.title = new QLabel(this);
    p.title->setProperty("look", "heading");
    p.title->setWordWrap(true);
    p.summary = new QLabel(this);
    p.summary->setProperty("look", "small");
    p.summary->setWordWrap(true);
    p.startRow = new QWidget(this);
    p.usualStart = tr("Starts from the run.");
    p.startWords = new QLabel(p.usualStart, p.startRow);
    p.startWords->setProperty("look", "small");
    p.toStart = new QPushButton(tr("Back to the run's values"), p.startRow);
    p.toStart->setProperty("look", "link");
    p.form = new ParameterForm(this);
    p.form->setLive(true);
    p.form->setMinimumHeight(kLeastForm);
    auto* line = new QFrame(this);
    line->setProperty("look", "hairline");
    line->setFixedHeight(1);
    p.foot = new ProbeFoot(this);
    auto* startColumn = new QHBoxLayout(p.startRow);
    startColumn->setContentsMargins(0, 0, 0, 0);
    startColumn->addWidget(p.startWords, 1);
    startColumn->addWidget(p.toStart);
    p.startRow->hide();
    auto* head = new QVBoxLayout;
    head->setContentsMargins(space::groups, space::between, space::groups, 0);
    head->setSpacing(space::tight);
    head->addWidget(p.title);
    head->addWidget(p.choice);
    head->addWidget(p.summary);
    head->addWidget(p.startRow);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    column->addLayout(head);
    column->addWidget(p.form, 1);
    column->addWidget(line);
    column->addWidget(p.foot);
    p.late.setSingleShot(true);
    p.late.setInterval(kLate_ms);
    connect(&p.late, &QTimer::timeout, this, [this] {
        m_parts->foot->say(State::Solving, m_parts->isSource ? tr("Making the preview…") : tr("Solving…"));
    });
    connect(p.choice, &QComboBox::activated, this, [this](int index) {
        m_parts->pending.clear();
        choose(m_parts->choice->itemData(index).toString().toStdString());
    });
    connect(p.form, &ParameterForm::valuesChanged, this, [this] {
        // The form tells a moment later, also of what the program put in: what differs from that is by hand, which was
        // faster than the run.
        if (m_parts->form->state() != m_parts->startState) m_parts->pending.clear();
        askNow();
    });
    connect(p.toStart, &QPushButton::clicked, this, [this] {
        m_parts->pending.clear();
        Q_EMIT startedOver();
        toStart();
    });
    connect(p.foot, &ProbeFoot::restartAsked, this, &ProbePanel::restart);
    connect(p.foot, &ProbeFoot::keepAsked, this, &ProbePanel::keep);
    connect(p.foot, &ProbeFoot::forgetAsked, this, &ProbePanel::forget);
    connect(p.foot, &ProbeFoot::useAsked, this,
            [this] { Q_EMIT valuesChosen(m_parts->form->resolution().values); });
}

ProbePanel::~ProbePanel() = default;

FigureSource& ProbePanel::figures() { return m_parts->figures; }
ParameterForm* ProbePanel::form() const { return m_parts->form; }
QString ProbePanel::probe() const { return QString::fromStdString(m_parts->current); }
State ProbePanel::state() const { return m_parts->foot->state(); }
QString ProbePanel::words() const { return m_parts->foot->words(); }
std::uint64_t ProbePanel::asked() const { return m_parts->talk ? m_parts->talk->sent() : 0; }
std::uint64_t ProbePanel::answers() const { return m_parts->answers; }
const json& ProbePanel::shownParameters() const { return m_parts->shownParameters; }

void ProbePanel::setUsable(bool usable) {
    m_parts->usable = usable;
    m_parts->foot->offerUse(usable, m_parts->form->resolution().valid());
}

void ProbePanel::setStartWords(const QString& words, const QString& back) {
    m_parts->usualStart = words;
    m_parts->toStart->setText(back);
    sayStart(m_parts->isFilled);
}

/// Whose values the form began with: the usual ones, or those that fill() put over them.
void ProbePanel::sayStart(bool isFilled) {
    m_parts->isFilled = isFilled;
    m_parts->startWords->setText(isFilled ? tr("From the run that was edited.") : m_parts->usualStart);
}

void ProbePanel::setProbes(const std::vector<std::string>& probes) {
    Parts& p = *m_parts;
    if (p.probes == probes) return;
    p.probes = probes;
    endServer();
    {
        const QSignalBlocker quiet(p.choice);
        p.choice->clear();
        for (const std::string& id : probes)
            if (const auto one = found(p.catalog, id))
                p.choice->addItem(QString::fromStdString(one->contribution->title),
                                  QString::fromStdString(id));
    }
    p.choice->setVisible(p.choice->count() > 1);
    p.title->setVisible(p.choice->count() <= 1);
    if (!probes.empty()) choose(probes.front());
}

void ProbePanel::setRun(const std::filesystem::path& run, const json& parameters) {
    Parts& p = *m_parts;
    const json values = parameters.is_object() ? parameters : json::object();
    const bool otherRun = p.run != run, otherValues = p.startValues != values;
    if (!otherRun && !otherValues) return;
    p.run = run;
    p.startValues = values;
    if (otherRun && (p.talkHasRun || p.needsRun)) endServer();  // a server knows one run
    if (otherValues)
        toStart();
    else if (p.needsRun)
        askNow();
}

void ProbePanel::choose(const std::string& id) {
    Parts& p = *m_parts;
    const auto one = found(p.catalog, id);
    if (!one) return p.foot->say(State::Failed, QString::fromStdString(one.error().message));
    auto schema = engine::SchemaModel::fromJson(
        one->contribution->description->value("schema", json::object()), "The parameters of " + id);
    if (!schema) return p.foot->say(State::Failed, QString::fromStdString(schema.error().message));
    if (state() == State::Ended) endServer();
    p.asked = false;
    p.current = id;
    p.needsRun = asksRun(*one);
    p.isSource = one->contribution->kind != "probe";
    p.choice->setCurrentIndex(p.choice->findData(QString::fromStdString(id)));
    p.title->setText(QString::fromStdString(one->contribution->title));
    p.summary->setText(QString::fromStdString(one->contribution->summary));
    for (QWidget* head : {static_cast<QWidget*>(p.title), static_cast<QWidget*>(p.choice)})
        head->setToolTip(p.summary->text());
    p.schema = *schema;
    p.foot->setNumbers({});
    p.foot->offerKeep(!p.isSource);
    p.foot->setCanKeep(false);
    forget();
    p.form->setSchema(*schema, QString::fromStdString(id));
    toStart();
}

/// The values of the run as far as the question knows them; without a run those that experiments start from as well.
void ProbePanel::toStart() {
    Parts& p = *m_parts;
    if (!p.schema) return;
    const json values = engine::takenValues(*p.schema, p.startValues);
    p.startRow->setVisible(!values.empty());
    sayStart(false);
    if (!p.startValues.empty() && !isPendingHere()) p.pending.clear();
    p.form->setPreset(values.empty() && !p.isSource && p.schema->preset("laptop") ? QStringLiteral("laptop")
                                                                                  : QString());
    if (!values.empty()) p.form->setValues(values);
    p.startState = p.form->state();
    takePending();
    p.asked = false;
    askNow();
}

QVariantMap ProbePanel::viewState() const {
    const Parts& p = *m_parts;
    if (!p.pending.isEmpty()) return p.pending;
    QVariantMap state = packed(p.form->state());
    if (state.value(QStringLiteral("given")).toString().size() > kMostKept) return {};
    state[QStringLiteral("probe")] = probe();
    state[QStringLiteral("filled")] = p.isFilled;
    state[QStringLiteral("start")] =
        QString::fromStdString(p.startValues.dump(-1, ' ', false, json::error_handler_t::replace));
    return state;
}

void ProbePanel::setViewState(const QVariantMap& state) {
    Parts& p = *m_parts;
    const std::string question = state.value(QStringLiteral("probe")).toString().toStdString();
    if (std::find(p.probes.begin(), p.probes.end(), question) == p.probes.end()) return;
    if (question != p.current) choose(question);
    p.pending = state;
    if (!takePending()) return;
    p.asked = false;
    askNow();
}

/// A form says what differs from where it started: on other values it would say something else.
bool ProbePanel::isPendingHere() const {
    const Parts& p = *m_parts;
    return p.pending.value(QStringLiteral("probe")) == probe() &&
           json::parse(p.pending.value(QStringLiteral("start")).toString().toStdString(), nullptr, false) ==
               p.startValues;
}

bool ProbePanel::takePending() {
    Parts& p = *m_parts;
    if (p.pending.isEmpty() || !isPendingHere()) return false;
    const QVariantMap state = std::exchange(p.pending, {});
    p.form->restore(unpacked(state));
    sayStart(state.value(QStringLiteral("filled")).toBool());
    return true;
}

/// Nothing is asked, and no process started, before somebody looks.
void ProbePanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (!m_parts->asked) askNow();
}

void ProbePanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_parts->summary->setVisible(height() >= kLow);
}

/// Nobody looks any more: what is being answered is taken back, and asked again when somebody does.
void ProbePanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    Parts& p = *m_parts;
    if (event->spontaneous() || !p.talk || !p.talk->isWaiting()) return;
    p.talk->cancel();
    p.late.stop();
    p.asked = false;
    p.foot->say(State::Idle, {});
}

void ProbePanel::ask(const QString& probe, const json& parameters) {
    Parts& p = *m_parts;
    p.pending.clear();
    if (probe.toStdString() != p.current) choose(probe.toStdString());
    for (const auto& [name, value] : parameters.items())
        p.form->setValue(QString::fromStdString(name), value);
    if (parameters.empty()) return;
    auto* row = p.form->findChild<QWidget*>(QStringLiteral("parameter.") +
                                            QString::fromStdString(parameters.begin().key()));
    if (row && row->isVisibleTo(p.form)) p.form->ensureWidgetVisible(row);
}

void ProbePanel::fill(const json& values) {
    if (!m_parts->schema) return;
    m_parts->form->setValues(engine::takenValues(*m_parts->schema, values));
    sayStart(true);
}

void ProbePanel::restart() {
    endServer();
    askNow();
}

void ProbePanel::endServer() {
    Parts& p = *m_parts;
    if (!p.talk) return;
    p.talk->disconnect(this);
    p.talk->cancel();
    p.talk->deleteLater();  // it may be its own signal that this comes from
    p.talk = nullptr;
    p.late.stop();
    p.asked = false;
    p.foot->say(State::Idle, {});
}

void ProbePanel::askNow() {
    Parts& p = *m_parts;
    if (p.current.empty()) return;
    const bool valid = p.form->resolution().valid();
    p.foot->offerUse(p.usable, valid);
    showKept();
    if (p.asked && p.askedValues == p.form->resolution().values) return;
    p.asked = false;
    if (!isVisible() || state() == State::Ended)
        return;  // what fell is started again by hand: its sentence shall be read
    if (!valid || (p.needsRun && p.run.empty())) {
        if (p.talk) p.talk->cancel();
        p.late.stop();
        if (!valid)
            p.foot->say(State::Failed,
                        !p.figures.views().empty()
                            ? tr("A value is wrong, see the mark beside it. The last good answer stays.")
                            : tr("A value is missing or wrong: see the mark beside it."));
        else
            p.foot->say(State::Idle,
                        tr("This question is about a run that is done. Open one, or wait for this one."));
        return;
    }
    if (p.talk && p.talkHasRun != p.needsRun) endServer();
    if (!p.talk) start();
    p.asked = true;
    if (!p.late.isActive() && state() != State::Solving) p.late.start();
    p.askedValues = p.form->resolution().values;
    p.talk->ask(p.current, p.askedValues);
}

/// One server for all questions that need the run, or for all that need none.
void ProbePanel::start() {
    Parts& p = *m_parts;
    engine::ProbeClientOptions options;
    options.command = {LatentCommand::program().toStdString(), "probe-server"};
    if (p.needsRun) options.run = p.run;
    for (const std::string& id : p.probes)
        if (const auto one = found(p.catalog, id); one && asksRun(*one) == p.needsRun)
            options.probes.push_back(id);
    p.talkHasRun = p.needsRun;
    p.talk = new Conversation(std::move(options), this);
    connect(p.talk, &Conversation::answered, this, &ProbePanel::show);
    connect(p.talk, &Conversation::failed, this, [this](const QString& sentence, bool serverGone) {
        Parts& parts = *m_parts;
        parts.late.stop();
        parts.foot->say(serverGone ? State::Ended : State::Failed, sentence);
    });
}

void ProbePanel::show(const engine::ProbeReply& reply) {
    Parts& p = *m_parts;
    const bool isPart = reply.kind == engine::ProbeReply::Kind::Partial;
    std::vector<json> views;
    for (const json& view : reply.outputs.value("figures", json::array())) views.push_back(view);
    engine::figures::ArraySet arrays = engine::figures::arraysOf(reply);
    // What a part does not hold yet stays as the answer before had it.
    if (isPart && reply.outputs == p.shownOutputs)
        for (const auto& [name, array] : p.figures.arrays().all())
            if (!arrays.find(name)) arrays.put(array);
    p.shownOutputs = reply.outputs;
    p.shownParameters = reply.parameters;
    p.figures.setData(std::move(arrays), std::move(views), std::chrono::steady_clock::now());
    p.foot->setNumbers(numberWords(reply));
    if (isPart) {
        p.late.stop();
        return p.foot->say(State::Solving, tr("Solving… (part %1)").arg(reply.part + 1));
    }
    ++p.answers;
    p.foot->setCanKeep(true);
    // While a newer question is on its way the words stay as they are: the hand is still moving.
    if (!p.talk->isWaiting())
        p.late.stop();
    else
        p.late.start();
    p.foot->say(State::Answered, solvedWords(reply.elapsed_ms));
    showKept();
    Q_EMIT answered(reply.elapsed_ms);
}

void ProbePanel::keep() {
    Parts& p = *m_parts;
    if (p.shownParameters.is_null()) return;
    p.kept = std::make_shared<const KeptAnswer>(
        KeptAnswer{p.figures.arrays(), p.figures.views(), p.shownParameters});
    p.figures.setFinish(
        [kept = p.kept](engine::figures::Figure& figure, const engine::figures::Cursors& cursors) {
            layUnder(figure, *kept, cursors);
        });
    showKept();
}

void ProbePanel::forget() {
    Parts& p = *m_parts;
    if (p.kept) p.figures.setFinish({});
    p.kept.reset();
    showKept();
}

void ProbePanel::showKept() {
    Parts& p = *m_parts;
    if (!p.kept || !p.schema) return p.foot->setKept({});
    const QString words = differenceWords(*p.schema, p.kept->parameters, p.shownParameters);
    p.foot->setKept(words.isNull() ? QStringLiteral("") : words);
}

}  // namespace latent::desktop
