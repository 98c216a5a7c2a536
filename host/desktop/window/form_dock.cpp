// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/form_dock.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QThread>
#include <QVBoxLayout>

#include "desktop/form/form_values.hpp"
#include "desktop/form/request_text.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/store/request.hpp"

namespace latent::desktop {

FormDock::FormDock(Workbench& bench, QWidget* parent)
    : QWidget(parent),
      m_bench(bench),
      m_title(new QLabel(this)),
      m_summary(new QLabel(this)),
      m_empty(new QLabel(tr("Choose an experiment on the left: its parameters appear here."), this)),
      m_stack(new QStackedWidget(this)),
      m_threads(new QSpinBox(this)),
      m_run(new QPushButton(icon(QStringLiteral("play"), Tint::OnAccent), tr("Run"), this)) {
    m_title->setProperty("look", "heading");
    m_title->setWordWrap(true);
    m_summary->setProperty("look", "small");
    m_summary->setWordWrap(true);
    m_empty->setProperty("look", "muted");
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_empty->setContentsMargins(space::groups, 48, space::groups, 0);
    m_stack->addWidget(m_empty);
    m_threads->setRange(1, std::max(1, QThread::idealThreadCount()));
    m_threads->setValue(1);
    m_threads->setPrefix(tr("Threads: "));
    m_threads->setFocusPolicy(Qt::StrongFocus);  // not by the wheel
    m_threads->setToolTip(tr("Cores that this run uses. Results may depend on it in the last bits."));
    m_threads->setAccessibleName(tr("Threads"));
    m_run->setProperty("look", "primary");
    m_run->setToolTip(tr("Run (F5)"));
    m_run->setAccessibleName(tr("Run the experiment"));
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(space::groups, space::inside, space::groups, space::between);
    foot->addWidget(m_threads);
    foot->addStretch();
    foot->addWidget(m_run);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(space::groups, space::between, space::groups, 0);
    head->setSpacing(2);
    head->addWidget(m_title);
    head->addWidget(m_summary);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    column->addLayout(head);
    column->addWidget(m_stack, 1);
    column->addLayout(foot);
    connect(m_threads, &QSpinBox::valueChanged, this, [this] {
        for (const auto& [id, made] : m_forms) showThreads(made);
    });
    connect(m_run, &QPushButton::clicked, this, &FormDock::run);
    connect(this, &FormDock::readyChanged, this, [this] {
        const QString why = hindrance();
        m_run->setEnabled(why.isEmpty());
        m_run->setToolTip(why.isEmpty() ? tr("Run (F5)") : why);
    });
    connect(&bench, &Workbench::pluginsChanged, this, [this] {
        m_saved = viewState();
        dropForms([this](const std::string& id) {
            const std::optional<ExperimentInfo> now = m_bench.experiment(id);
            return !now || now->schema.json() != m_schemas[id];
        });
        setExperiment(m_current);
    });
    setMinimumWidth(240);
    setExperiment({});
}

/// Forms that stay keep what was typed and their undo; of the others it is in m_saved.
void FormDock::dropForms(const std::function<bool(const std::string& id)>& isOver) {
    for (auto it = m_forms.begin(); it != m_forms.end();) {
        if (!isOver(it->first)) {
            ++it;
            continue;
        }
        m_stack->removeWidget(it->second);
        it->second->deleteLater();
        it = m_forms.erase(it);
    }
}

ParameterForm* FormDock::formOf(const std::string& id) {
    if (const auto found = m_forms.find(id); found != m_forms.end()) return found->second;
    const std::optional<ExperimentInfo> info = m_bench.experiment(id);
    if (!info) return nullptr;
    auto* made = new ParameterForm(this);
    made->setSchema(info->schema, QString::fromStdString(id));
    made->setRunChooser(&m_bench);
    made->setUndoStack(&m_bench.undo());
    m_stack->addWidget(made);
    m_forms[id] = made;
    m_schemas[id] = info->schema.json();
    const QVariantMap saved = m_saved.value(QString::fromStdString(id)).toMap();
    if (!saved.isEmpty()) {
        made->restore(unpacked(saved));
    } else if (info->schema.preset("laptop")) {
        made->setPreset(QStringLiteral("laptop"));
    }
    showThreads(made);
    connect(made, &ParameterForm::valuesChanged, this, &FormDock::readyChanged);
    connect(made, &ParameterForm::requestPasted, this, &FormDock::takePasted);
    connect(made, &ParameterForm::message, this, &FormDock::message);
    return made;
}

void FormDock::setExperiment(const std::string& id) {
    m_current = id;
    ParameterForm* shown = id.empty() ? nullptr : formOf(id);
    const std::optional<ExperimentInfo> info = id.empty() ? std::nullopt : m_bench.experiment(id);
    m_title->setText(info ? QString::fromStdString(info->title) : QString());
    m_summary->setText(info ? QString::fromStdString(info->summary) : QString());
    m_empty->setText(id.empty() || info ? tr("Choose an experiment on the left: its parameters appear here.")
                                        : absentWords());
    m_title->setVisible(info.has_value());
    m_summary->setVisible(info.has_value());
    m_threads->setVisible(info.has_value());
    m_run->setVisible(info.has_value());
    m_stack->setCurrentWidget(shown ? static_cast<QWidget*>(shown) : m_empty);
    Q_EMIT readyChanged();
}

ParameterForm* FormDock::form() const {
    const auto found = m_forms.find(m_current);
    return found == m_forms.end() ? nullptr : found->second;
}

QString FormDock::absentWords() const {
    return tr("%1 cannot be run here: its plugin is absent, disabled or not trusted. Figures of its runs can "
              "be "
              "looked at all the same.")
        .arg(QString::fromStdString(m_current));
}

QString FormDock::hindrance() const {
    const ParameterForm* shown = form();
    if (!shown) return m_current.empty() ? tr("Choose an experiment first.") : absentWords();
    if (m_starting) return tr("The run is being prepared.");
    if (!shown->resolution().valid())
        return QString::fromStdString(shown->resolution().errors.front().sentence);
    return {};
}

/// The threads belong to the line as much as the parameters: results depend on them in the last bits.
void FormDock::showThreads(ParameterForm* form) {
    form->setMoreArguments({"--threads", std::to_string(m_threads->value())});
}

QStringList FormDock::clone(const std::filesystem::path& run) {
    const auto request = engine::readRequest(run);
    if (!request) return {QString::fromStdString(request.error().message)};
    PastedRequest pasted;
    pasted.experiment = request->experiment();
    pasted.values = request->parameters();
    pasted.threads = request->threads();
    if (const auto preset = request->document().find("preset");
        preset != request->document().end() && preset->is_string())
        pasted.preset = preset->get<std::string>();
    return take(pasted);
}

QStringList FormDock::take(const PastedRequest& request) {
    const std::string experiment = request.experiment.empty() ? m_current : request.experiment;
    if (!m_bench.experiment(experiment))
        return {tr("The experiment %1 is not here: its plugin is absent or cannot be used.")
                    .arg(QString::fromStdString(experiment))};
    if (experiment != m_current) {
        setExperiment(experiment);
        Q_EMIT experimentPasted(QString::fromStdString(experiment));
    }
    QStringList sentences = form()->take(request);
    if (request.threads && *request.threads > m_threads->maximum())
        sentences << tr("%1 threads were asked for; this machine has %2.")
                         .arg(*request.threads)
                         .arg(m_threads->maximum());
    if (request.threads && *request.threads > 0) m_threads->setValue(*request.threads);
    return sentences;
}

void FormDock::takePasted(const PastedRequest& request) {
    const QStringList sentences = take(request);
    if (!sentences.isEmpty()) Q_EMIT message(sentences.join(QLatin1Char(' ')));
}

void FormDock::run() {
    if (const QString why = hindrance(); !why.isEmpty()) {
        if (form()) form()->focusFirstError();
        return Q_EMIT message(why);
    }
    engine::RunOrder order;
    order.experiment = m_current;
    order.preset = form()->preset().toStdString();
    order.assignments = form()->assignments();
    order.runs = m_bench.workspace() / "runs";
    order.threads = m_threads->value();
    m_starting = true;
    Q_EMIT readyChanged();
    const QString experiment = QString::fromStdString(m_current);
    m_bench.jobs().add(order, [this, experiment](engine::Result<std::filesystem::path> made) {
        m_starting = false;
        Q_EMIT readyChanged();
        if (!made) return Q_EMIT message(QString::fromStdString(made.error().message));
        Q_EMIT started(experiment, *made);
    });
}

QVariantMap FormDock::viewState() const {
    QVariantMap all = m_saved;
    for (const auto& [id, made] : m_forms) all[QString::fromStdString(id)] = packed(made->state());
    all[QStringLiteral("@threads")] = m_threads->value();
    return all;
}

void FormDock::setViewState(const QVariantMap& state) {
    m_saved = state;
    dropForms([](const std::string&) { return true; });  // they hold the values of another workspace
    m_threads->setValue(state.value(QStringLiteral("@threads"), 1).toInt());
    setExperiment(m_current);
}

}  // namespace latent::desktop
