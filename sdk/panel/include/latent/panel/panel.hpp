// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A plugin's own widget: derive from Panel, name the class in LATENT_PANEL, build it with latent_add_panel().
//
// Take a panel when no figure of the view vocabulary shows what you mean; figures also open without your plugin, export, and
// draw off-screen, panels do not. The desktop makes one object for each run that is shown; all members are called on its UI
// thread and should return within 50 ms. Members may throw: the sentence takes the panel's place. The widget belongs to its
// parent, which deletes it before this object; keep a bare pointer. Do no work in static initialisers.
//
//     struct Level final : latent::panel::Panel {
//         static latent::panel::About about() { return {"demo/level", "Level", "The last loss as a bar."}; }
//         QWidget* widget(QWidget* parent) override { return m_bar = new QProgressBar(parent); }
//         void dataChanged(const latent::panel::Data& data) override { m_bar->setValue(percentOf(data)); }
//         QProgressBar* m_bar = nullptr;
//     };
//     LATENT_PANEL(Level);

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "latent/panel/host.hpp"

class QWidget;

namespace latent::panel {

/// Identity of a panel: its id in the manifest, a title for menus, and one line of what it shows.
struct About {
    std::string id;
    std::string title;
    std::string summary;
};

class Panel {
  public:
    virtual ~Panel() = default;

    /// Makes the widget as a child of `parent`; called once, host() is there already.
    virtual QWidget* widget(QWidget* parent) = 0;
    /// More rows or other arrays: once after widget(), then at most ten times a second, and only while the panel is visible.
    virtual void dataChanged(const Data& data) = 0;
    /// A shared cursor stands elsewhere, whoever moved it. Called only for those that were moved.
    virtual void cursorChanged(const std::string& name, int64_t index) { (void)name, (void)index; }
    /// Once after widget(), then whenever the window changes its theme.
    virtual void themeChanged(const Theme& theme) { (void)theme; }
    /// The answer to `host().ask(…)`: `whole` false for parts, each of which holds everything so far. `values` are its
    /// numbers and words.
    virtual void answered(uint64_t question, bool whole, const Data& data, const nlohmann::json& values) {
        (void)question, (void)whole, (void)data, (void)values;
    }
    /// The question could not be answered; the default logs the sentence.
    virtual void notAnswered(uint64_t question, const std::string& sentence) {
        (void)question;
        host().log(Level::Warning, sentence);
    }
    /// What the person chose here, for the session; and the same back, perhaps from an older build: check what you read.
    virtual nlohmann::json state() const { return nlohmann::json::object(); }
    virtual void restore(const nlohmann::json& state) { (void)state; }

    /// Not for authors: the adapter calls it before widget().
    void setHost(abi::IPanelHost1* raw) { m_host = std::make_unique<Host>(raw); }

  protected:
    Host& host() const { return *m_host; }

  private:
    std::unique_ptr<Host> m_host;
};

}  // namespace latent::panel
