// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/panel_frame.hpp"

#include <QStackedLayout>
#include <QThreadPool>

#include "desktop/live/figure_source.hpp"
#include "desktop/panels/open_panel.hpp"
#include "desktop/panels/panel_host.hpp"
#include "desktop/panels/panel_notice.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/store/request.hpp"
#include "latent/boundary.hpp"

namespace latent::desktop {
namespace {

using boundary::StringSink;
using nlohmann::json;

constexpr std::string_view kPanelInterface = "latent.panel/1";
const QString kStateKey = QStringLiteral("panel");

/// Null when there is none or it cannot be read: the panel then knows the arrays only.
json requestOf(const std::filesystem::path& run) {
    if (run.empty()) return nullptr;
    const auto request = engine::readRequest(run);
    return request ? request->document() : json();
}

}  // namespace

PanelFrame* openPanel(const PanelOffer& offer, FigureSource& source, QWidget* parent,
                      const std::filesystem::path& run) {
    return new PanelFrame(offer, source, run, parent);
}

PanelFrame::PanelFrame(const PanelOffer& offer, FigureSource& source, const std::filesystem::path& run,
                       QWidget* parent)
    : QWidget(parent),
      m_offer(offer),
      m_source(&source),
      m_run(run),
      m_notice(new PanelNotice(this)),
      m_layout(new QStackedLayout(this)) {
    setAccessibleName(offer.title);
    setAccessibleDescription(offer.summary);
    m_layout->addWidget(m_notice);
    // A page may destroy its source before its widgets; the panel goes with the source.
    connect(&source, &QObject::destroyed, this, [this] {
        m_ending = true;
        takeDown();
    });
    begin();
}

PanelFrame::~PanelFrame() { takeDown(); }

void PanelFrame::begin() {
    m_state = State::Checking;
    m_ending = false;
    m_sentence.clear();
    m_notice->say(PanelNotice::Kind::Waiting, tr("Checking the panel “%1” …").arg(m_offer.title), {});
    m_layout->setCurrentWidget(m_notice);
    if (!m_offer.sentence.isEmpty()) return refuse(m_offer.sentence);
    const int round = ++m_round;
    PanelLibraries::instance().load(
        m_offer, this, [this, round](engine::Result<engine::LoadedPlugin*> library) {
            if (round != m_round) return;
            if (!library) return refuse(QString::fromStdString(library.error().message));
            QThreadPool::globalInstance()->start(
                [guard = QPointer<PanelFrame>(this), round, run = m_run, library = *library] {
                    // Posted to the libraries, which outlive every frame; the frame is looked for on the UI thread.
                    QMetaObject::invokeMethod(
                        &PanelLibraries::instance(),
                        [guard, round, library, request = requestOf(run)] {
                            if (guard && guard->m_round == round) guard->build(*library, request);
                        },
                        Qt::QueuedConnection);
                });
        });
}

void PanelFrame::setRun(const std::filesystem::path& run) {
    if (run == m_run) return;
    m_run = run;
    m_savedState = viewState().value(kStateKey).toString().toStdString();
    takeDown();
    begin();
}

void PanelFrame::build(engine::LoadedPlugin& library, const json& request) {
    if (!m_source) return;
    m_code = std::make_shared<PanelCode>(QString::fromStdString(m_offer.plugin));
    auto made = library.make(kPanelInterface, m_offer.id);
    if (!made) return refuse(QString::fromStdString(made.error().message));
    m_panel = static_cast<abi::IPanel1*>(*made);
    m_host = std::make_unique<PanelHost>(*m_source, m_run, request);
    m_host->onLog = [this](int level, const QString& message) { Q_EMIT logged(level, message); };
    m_host->onGiveUp = [this](const QString& sentence) {
        end(tr("The panel “%1” gave up: %2").arg(m_offer.title, sentence));
    };
    m_host->onAnswer = [this](std::uint64_t question, std::int32_t state, abi::IPanelAnswer1* answer,
                              const std::string& words) {
        const abi::Text sentence = abi::text(words);
        call([&](abi::ISink* error) { return m_panel->answered(question, state, answer, &sentence, error); });
    };
    call([&](abi::ISink* error) { return m_panel->open(m_host.get(), error); });
    makeWidget();
}

void PanelFrame::makeWidget() {
    if (m_ending) return;
    StringSink error;
    m_content = m_panel->widget(this, &error);
    if (!m_content)
        return end(tr("The panel “%1” could not be made: %2")
                       .arg(m_offer.title, QString::fromStdString(error.text)));
    m_layout->addWidget(m_content);
    call([&](abi::ISink* sink) { return m_panel->themeChanged(sink); });
    giveData();
    if (!m_savedState.empty()) {
        const abi::Text state = abi::text(m_savedState);
        call([&](abi::ISink* sink) { return m_panel->restoreState(&state, sink); });
    }
    connect(&ThemeManager::instance(), &ThemeManager::changed, this,
            [this] { call([&](abi::ISink* sink) { return m_panel->themeChanged(sink); }); });
    connect(m_source, &FigureSource::dataChanged, this,
            [this] { isVisible() ? giveData() : void(m_dataWaits = true); });
    connect(m_source, &FigureSource::cursorChanged, this, [this](const QString& name, qint64 index) {
        const std::string text = name.toStdString();
        const abi::Text word = abi::text(text);
        call([&](abi::ISink* sink) { return m_panel->cursorChanged(&word, index, sink); });
    });
    if (m_ending) return;
    m_layout->setCurrentWidget(m_content);
    setFocusProxy(m_content);
    m_state = State::Shown;
    Q_EMIT shown();
}

template <class Call>
void PanelFrame::call(Call&& what) {
    if (!m_panel || m_ending) return;
    StringSink error;
    if (what(&error) == abi::kOk) return;
    // With its class: lupdate takes the parameter of the template for it.
    end(PanelFrame::tr("The panel “%1” failed: %2")
            .arg(m_offer.title, error.text.empty() ? PanelFrame::tr("it gave no reason.")
                                                   : QString::fromStdString(error.text)));
}

void PanelFrame::giveData() {
    m_dataWaits = false;
    call([&](abi::ISink* error) { return m_panel->dataChanged(error); });
}

void PanelFrame::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_dataWaits) giveData();
}

void PanelFrame::end(const QString& sentence) {
    if (m_ending) return;
    m_ending = true;
    // The panel may be in the middle of a call or an event of its own.
    QMetaObject::invokeMethod(
        this,
        [this, sentence, round = m_round] {
            if (round == m_round) refuse(sentence);
        },
        Qt::QueuedConnection);
}

void PanelFrame::refuse(const QString& sentence) {
    m_ending = true;
    takeDown();
    m_sentence = sentence;
    m_state = State::Refused;
    m_notice->say(PanelNotice::Kind::Refused, tr("“%1” is not shown").arg(m_offer.title), sentence);
    m_layout->setCurrentWidget(m_notice);
    Q_EMIT ended(sentence);
}

void PanelFrame::takeDown() {
    if (m_source) {
        disconnect(m_source, &FigureSource::dataChanged, this, nullptr);
        disconnect(m_source, &FigureSource::cursorChanged, this, nullptr);
    }
    ThemeManager::instance().disconnect(this);
    setFocusProxy(nullptr);
    delete std::exchange(m_content, nullptr);
    if (abi::IPanel1* panel = std::exchange(m_panel, nullptr)) panel->release();
    m_host.reset();
    m_code.reset();
}

QVariantMap PanelFrame::viewState() const {
    std::string text = m_savedState;
    if (m_panel && !m_ending) {
        StringSink json, error;
        if (m_panel->saveState(&json, &error) == abi::kOk) text = json.text;
    }
    return text.empty() ? QVariantMap() : QVariantMap{{kStateKey, QString::fromStdString(text)}};
}

void PanelFrame::setViewState(const QVariantMap& state) {
    m_savedState = state.value(kStateKey).toString().toStdString();
    if (m_savedState.empty() || !m_content) return;
    const abi::Text text = abi::text(m_savedState);
    call([&](abi::ISink* error) { return m_panel->restoreState(&text, error); });
}

PanelFrame* PanelFrame::around(QObject* object) {
    for (; object; object = object->parent())
        if (auto* frame = qobject_cast<PanelFrame*>(object)) return frame;
    return nullptr;
}

}  // namespace latent::desktop
