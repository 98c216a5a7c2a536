// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a panel may ask of the desktop; `host()` inside a Panel. UI thread only; nothing here blocks.
//
//     const int64_t frame = host().cursor("frame").value_or(frames - 1);     // not moved: at the end
//     host().setCursor("frame", frame + 1);                                   // all linked views follow
//     m_question = host().ask("sim/solve", {{"mu", {1.0, 2.5}}});             // see Panel::answered
//     host().log(latent::panel::Level::Warning, "The run has no node losses.");

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "latent/boundary.hpp"
#include "latent/panel/abi/panel.hpp"
#include "latent/panel/data.hpp"
#include "latent/panel/theme.hpp"

namespace latent::panel {

enum class Level : int32_t { Debug = 0, Information = 1, Warning = 2, Error = 3 };

class Host {
  public:
    explicit Host(abi::IPanelHost1* raw) : m_raw(raw) {}

    /// {"folder","id","experiment","plugin","parameters":{…}}; null when what is shown is no run.
    nlohmann::json run() const {
        boundary::StringSink json;
        return m_raw->run(&json) == abi::kOk ? nlohmann::json::parse(json.text) : nlohmann::json();
    }
    /// The arrays as they are now; Panel::dataChanged gets the same.
    Data data() const { return Data(m_raw); }
    Theme theme() const {
        boundary::StringSink json;
        m_raw->theme(&json);
        return Theme::fromJson(nlohmann::json::parse(json.text));
    }

    /// Where a shared cursor stands; nothing when it is at the end of its dimension and follows it.
    std::optional<int64_t> cursor(const std::string& name) const {
        const abi::Text text = abi::text(name);
        int64_t index = 0;
        if (m_raw->cursor(&text, &index) != abi::kOk) return std::nullopt;
        return index;
    }
    /// Moves it for all views; Panel::cursorChanged of this panel is called before it returns.
    void setCursor(const std::string& name, int64_t index) {
        const abi::Text text = abi::text(name);
        m_raw->setCursor(&text, index);
    }

    /// Asks a probe of the run with what differs from its defaults; the answer comes to Panel::answered under this number.
    /// A newer question to the same probe makes an older one void. Throws RunError when no question can be asked.
    uint64_t ask(const std::string& probe, const nlohmann::json& parameters) {
        const std::string json = parameters.dump();
        const abi::Text name = abi::text(probe), text = abi::text(json);
        uint64_t question = 0;
        boundary::StringSink error;
        boundary::require(m_raw->ask(&name, &text, &question, &error), error);
        return question;
    }
    void cancel(uint64_t question) { m_raw->cancel(question); }

    void log(Level level, const std::string& message) {
        const abi::Text text = abi::text(message);
        m_raw->log(static_cast<int32_t>(level), &text);
    }
    /// For what went wrong outside the members of Panel, in a slot or an event: ends this panel after the current event, and
    /// the sentence stands in its place.
    void giveUp(const std::string& sentence) {
        const abi::Text text = abi::text(sentence);
        m_raw->giveUp(&text);
    }

  private:
    abi::IPanelHost1* m_raw;
};

}  // namespace latent::panel
