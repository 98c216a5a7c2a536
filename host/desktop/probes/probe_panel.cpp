// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/probes/probe_panel.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "desktop/form/parameter_form.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/probes/conversation.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/figures/load.hpp"

namespace latent::desktop {

struct ProbePanel::Parts {
    explicit Parts(const engine::PluginCatalog& all) : catalog(all) {}
    const engine::PluginCatalog& catalog;
    FigureSource figures;
    std::unique_ptr<Conversation> talk;
    std::vector<std::string> probes;
    std::filesystem::path run;
    std::string current;
    QComboBox* choice = nullptr;
    QLabel *summary = nullptr, *words = nullptr;
    QPushButton* restart = nullptr;
    ParameterForm* form = nullptr;
    QVBoxLayout* column = nullptr;
    bool needsRun = false, asked = false;
};

namespace {

engine::Result<engine::PluginCatalog::Found> found(const engine::PluginCatalog& catalog, const std::string& id) {
    auto probe = catalog.probe(id);
    return probe ? probe : catalog.dataSource(id) ? catalog.dataSource(id) : probe;
}

}  // namespace

ProbePanel::ProbePanel(const engine::PluginCatalog& catalog, QWidget* parent) : QWidget(parent), m_parts(std::make_unique<Parts>(catalog)) {
    Parts& p = *m_parts;
    setMinimumWidth(260);
    p.choice = new QComboBox(this);
    p.choice->setAccessibleName(tr("Question"));
    p.summary = new QLabel(this);
    p.summary->setProperty("look", "small");
    p.summary->setWordWrap(true);
    p.form = new ParameterForm(this);
    p.form->setLive(true);
    p.words = new QLabel(this);
    p.words->setWordWrap(true);
    p.words->setProperty("look", "small");
    p.restart = new QPushButton(icon(QStringLiteral("reset")), tr("Restart"), this);
    p.restart->hide();
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(space::groups, 0, space::groups, space::inside);
    foot->addWidget(p.words, 1);
    foot->addWidget(p.restart);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(space::groups, space::between, space::groups, 0);
    head->addWidget(p.choice);
    head->addWidget(p.summary);
    p.column = new QVBoxLayout(this);
    p.column->setContentsMargins(0, 0, 0, 0);
    p.column->setSpacing(space::inside);
    p.column->addLayout(head);
    p.column->addWidget(p.form, 1);
    p.column->addLayout(foot);
    connect(p.choice, &QComboBox::activated, this, [this](int index) { choose(m_parts->choice->itemData(index).toString().toStdString()); });
    connect(p.form, &ParameterForm::valuesChanged, this, &ProbePanel::askNow);
    connect(p.restart, &QPushButton::clicked, this, &ProbePanel::restart);
}

ProbePanel::~ProbePanel() = default;

FigureSource& ProbePanel::figures() { return m_parts->figures; }
ParameterForm* ProbePanel::form() const { return m_parts->form; }
QString ProbePanel::probe() const { return QString::fromStdString(m_parts->current); }

void ProbePanel::setProbes(const std::vector<std::string>& probes, const std::filesystem::path& run) {
    Parts& p = *m_parts;
    if (p.probes == probes && p.run == run) return;
    const bool sameProbes = p.probes == probes;
    p.probes = probes;
    p.run = run;
    p.talk.reset();  // a server knows one run
    if (sameProbes) return p.asked && isVisible() ? askNow() : void(p.asked = false);
    {
        const QSignalBlocker quiet(p.choice);
        p.choice->clear();
        for (const std::string& id : probes)
            if (const auto one = found(p.catalog, id)) p.choice->addItem(QString::fromStdString(one->contribution->title), QString::fromStdString(id));
    }
    p.choice->setVisible(p.choice->count() > 1);
    if (!probes.empty()) choose(probes.front());
}

void ProbePanel::choose(const std::string& id) {
    Parts& p = *m_parts;
    const auto one = found(p.catalog, id);
    if (!one) return say(QString::fromStdString(one.error().message), "bad");
    auto schema = engine::SchemaModel::fromJson(one->contribution->description->value("schema", nlohmann::json::object()), "The parameters of " + id);
    if (!schema) return say(QString::fromStdString(schema.error().message), "bad");
    p.current = id;
    p.needsRun = one->contribution->kind == "probe" && one->contribution->description->value("needs_run", true);
    p.choice->setCurrentIndex(p.choice->findData(QString::fromStdString(id)));
    p.summary->setText(QString::fromStdString(one->contribution->summary));
    p.asked = false;
    p.form->setSchema(*schema, QString::fromStdString(id));
}

/// Nothing is asked, and no process started, before somebody looks.
void ProbePanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (!m_parts->asked) askNow();
}

void ProbePanel::ask(const QString& probe, const nlohmann::json& parameters) {
    Parts& p = *m_parts;
    if (probe.toStdString() != p.current) choose(probe.toStdString());
    for (const auto& [name, value] : parameters.items()) p.form->setValue(QString::fromStdString(name), value);
}

void ProbePanel::restart() {
    m_parts->talk.reset();
    askNow();
}

void ProbePanel::askNow() {
    Parts& p = *m_parts;
    if (p.current.empty() || !isVisible()) return;
    if (!p.form->resolution().valid()) return say(tr("Mend the marked field: the last good answer stays."), "small");
    if (p.needsRun && p.run.empty()) return say(tr("This question is about a run. Open one that is done."), "small");
    if (!p.talk) {
        engine::ProbeClientOptions options;
        options.command = {LatentCommand::program().toStdString(), "probe-server"};
        if (!p.run.empty() && p.needsRun) options.run = p.run;
        options.probes = {p.current};
        for (const std::string& other : p.probes)
            if (other != p.current) options.probes.push_back(other);
        p.talk = std::make_unique<Conversation>(std::move(options));
        connect(p.talk.get(), &Conversation::answered, this, [this](const engine::ProbeReply& reply) {
            std::vector<nlohmann::json> views;
            for (const nlohmann::json& view : reply.outputs.value("figures", nlohmann::json::array())) views.push_back(view);
            m_parts->figures.setData(engine::figures::arraysOf(reply), std::move(views), std::chrono::steady_clock::now());
            m_parts->restart->hide();
            QStringList words;
            for (const auto& [name, value] : reply.values.items())
                if (value.is_number()) words << QStringLiteral("%1 %2").arg(QString::fromStdString(name)).arg(value.get<double>(), 0, 'g', 4);
            words << tr("%1 ms").arg(reply.elapsed_ms, 0, 'f', reply.elapsed_ms < 10 ? 1 : 0);
            say(words.join(QStringLiteral(" · ")), "small");
            Q_EMIT answered(reply.elapsed_ms);
        });
        connect(p.talk.get(), &Conversation::failed, this, [this](const QString& sentence, const std::vector<engine::FieldError>&) {
            say(sentence, "bad");
            m_parts->restart->show();
        });
    }
    if (!p.asked) say(tr("Asking…"), "small");
    p.asked = true;
    p.talk->ask(p.current, p.form->resolution().values);
}

void ProbePanel::say(const QString& words, const char* look) {
    QLabel* label = m_parts->words;
    label->setText(words);
    if (label->property("look").toString() == QLatin1String(look)) return;
    label->setProperty("look", QLatin1String(look));
    label->setStyleSheet(label->styleSheet());
}

}  // namespace latent::desktop
