// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/panel_host.hpp"

#include "desktop/panels/lent_arrays.hpp"
#include "desktop/panels/theme_tokens.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/figures/load.hpp"
#include "latent/boundary.hpp"

namespace latent::desktop {
namespace {

using boundary::guarded;
using boundary::send;
using nlohmann::json;
using Kind = engine::ProbeReply::Kind;

QString words(const abi::Text* text) {
    return QString::fromUtf8(text->data, static_cast<qsizetype>(text->size));
}

std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// What a panel looks at inside IPanel1::answered.
class PanelAnswer final : public abi::IPanelAnswer1 {
  public:
    explicit PanelAnswer(const engine::ProbeReply& reply)
        : m_values(reply.values), m_arrays(engine::figures::arraysOf(reply)) {}
    int32_t LATENT_CALL values(abi::ISink* out) noexcept override {
        return guarded(nullptr,
                       [&] { return send(out, m_values.is_object() ? dumped(m_values) : "{}"), abi::kOk; });
    }
    int32_t LATENT_CALL arrays(abi::ISink* out) noexcept override {
        return guarded(nullptr, [&] { return send(out, dumped(listArrays(m_arrays))), abi::kOk; });
    }
    int32_t LATENT_CALL array(const abi::Text* name, abi::Array* out, abi::ISink* error) noexcept override {
        return guarded(
            error, [&] { return lendArray(m_arrays, abi::view(*name), *out) ? abi::kOk : abi::kNothing; });
    }

  private:
    const json& m_values;
    engine::figures::ArraySet m_arrays;
};

json aboutRun(const std::filesystem::path& run, const json& request) {
    if (!request.is_object()) return nullptr;
    const json plugin = request.value("plugin", json::object());
    return {{"folder", run.string()},
            {"id", run.filename().string()},
            {"experiment", request.value("experiment", "")},
            {"plugin", plugin.is_object() ? plugin.value("id", "") : ""},
            {"parameters", request.value("parameters", json::object())}};
}

}  // namespace

PanelHost::PanelHost(FigureSource& source, const std::filesystem::path& run, const json& request)
    : m_source(&source), m_run(aboutRun(run, request)), m_questions(run) {}

const engine::figures::ArraySet& PanelHost::shown() const {
    static const engine::figures::ArraySet none;
    return m_source ? m_source->arrays() : none;
}

int32_t PanelHost::run(abi::ISink* out) noexcept {
    if (m_run.is_null()) return abi::kNothing;
    return guarded(nullptr, [&] { return send(out, dumped(m_run)), abi::kOk; });
}

int32_t PanelHost::arrays(abi::ISink* out) noexcept {
    return guarded(nullptr, [&] { return send(out, dumped(listArrays(shown()))), abi::kOk; });
}

int32_t PanelHost::array(const abi::Text* name, abi::Array* out, abi::ISink* error) noexcept {
    return guarded(error,
                   [&] { return lendArray(shown(), abi::view(*name), *out) ? abi::kOk : abi::kNothing; });
}

int32_t PanelHost::cursor(const abi::Text* name, int64_t* index) noexcept {
    return guarded(nullptr, [&] {
        if (!m_source) return abi::kNothing;
        const auto all = m_source->allCursors();
        const auto found = all.find(abi::view(*name));
        if (found == all.end() || found->second < 0) return abi::kNothing;
        *index = found->second;
        return abi::kOk;
    });
}

void PanelHost::setCursor(const abi::Text* name, int64_t index) noexcept {
    guarded(nullptr, [&] {
        if (m_source) m_source->setCursor(words(name), index);
        return abi::kOk;
    });
}

int32_t PanelHost::theme(abi::ISink* out) noexcept {
    return guarded(nullptr, [&] { return send(out, dumped(themeTokens(desktop::theme()))), abi::kOk; });
}

int32_t PanelHost::ask(const abi::Text* probe, const abi::Text* parametersJson, uint64_t* question,
                       abi::ISink* error) noexcept {
    return guarded(error, [&] {
        const auto asked = m_questions.ask(
            std::string(abi::view(*probe)), json::parse(abi::view(*parametersJson)),
            [this](std::uint64_t id, const engine::ProbeReply& reply) { receive(id, reply); });
        if (!asked) return send(error, asked.error().message), abi::kError;
        *question = *asked;
        return abi::kOk;
    });
}

void PanelHost::cancel(uint64_t question) noexcept {
    guarded(nullptr, [&] { return m_questions.cancel(question), abi::kOk; });
}

void PanelHost::log(int32_t level, const abi::Text* message) noexcept {
    guarded(nullptr, [&] {
        if (onLog) onLog(std::clamp(level, 0, 3), words(message));
        return abi::kOk;
    });
}

void PanelHost::giveUp(const abi::Text* sentence) noexcept {
    guarded(nullptr, [&] {
        if (onGiveUp) onGiveUp(words(sentence));
        return abi::kOk;
    });
}

void PanelHost::receive(std::uint64_t question, const engine::ProbeReply& reply) {
    if (!onAnswer) return;
    if (reply.kind != Kind::Partial && reply.kind != Kind::Answer)
        return onAnswer(question, abi::kFailedAnswer, nullptr, reply.error.message);
    PanelAnswer answer(reply);
    onAnswer(question, reply.kind == Kind::Answer ? abi::kWholeAnswer : abi::kPartialAnswer, &answer, {});
}

}  // namespace latent::desktop
