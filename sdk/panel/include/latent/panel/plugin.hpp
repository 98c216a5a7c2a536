// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// LATENT_PANEL(Classes…): everything that makes a library a panel library. Put it once, at the end of one source file. It
// exports the C descriptor and adapts each class to "latent.panel/1"; no exception leaves the adapters. Id and version come
// from latent_add_panel() (the plugin's manifest). The window's thread loads the library and makes, calls and releases panels.
//
//     #include <latent/panel.hpp>
//     struct Level final : latent::panel::Panel { … };
//     LATENT_PANEL(Level);

#include <QtGlobal>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>

#include "latent/abi/descriptor.h"
#include "latent/abi/plugin.hpp"
#include "latent/panel/abi/sentinels.hpp"
#include "latent/panel/panel.hpp"
#include "latent/version.hpp"

namespace latent::panel::adapters {

using boundary::guarded;
using boundary::send;

template <class T>
class PanelAdapter final : public abi::IPanel1 {
  public:
    void LATENT_CALL release() noexcept override { delete this; }
    int32_t LATENT_CALL open(abi::IPanelHost1* host, abi::ISink* error) noexcept override {
        return done(error, [&] { (m_host = host), m_it.setHost(host); });
    }
    QWidget* LATENT_CALL widget(QWidget* parent, abi::ISink* error) noexcept override {
        QWidget* made = nullptr;
        const int32_t status = done(error, [&] { made = m_it.widget(parent); });
        if (status == abi::kOk && !made) send(error, "The panel made no widget.");
        return made;
    }
    int32_t LATENT_CALL dataChanged(abi::ISink* error) noexcept override {
        return done(error, [&] { m_it.dataChanged(Data(m_host)); });
    }
    int32_t LATENT_CALL cursorChanged(const abi::Text* name, int64_t index,
                                      abi::ISink* error) noexcept override {
        return done(error, [&] { m_it.cursorChanged(std::string(abi::view(*name)), index); });
    }
    int32_t LATENT_CALL themeChanged(abi::ISink* error) noexcept override {
        return done(error, [&] { m_it.themeChanged(Host(m_host).theme()); });
    }
    int32_t LATENT_CALL answered(uint64_t question, int32_t state, abi::IPanelAnswer1* answer,
                                 const abi::Text* sentence, abi::ISink* error) noexcept override {
        return done(error, [&] {
            if (state == abi::kFailedAnswer || !answer)
                return m_it.notAnswered(question,
                                        sentence ? std::string(abi::view(*sentence)) : std::string());
            boundary::StringSink values;
            answer->values(&values);
            m_it.answered(question, state == abi::kWholeAnswer, Data(answer),
                          nlohmann::json::parse(values.text));
        });
    }
    int32_t LATENT_CALL saveState(abi::ISink* json, abi::ISink* error) noexcept override {
        return done(error, [&] { send(json, m_it.state().dump()); });
    }
    int32_t LATENT_CALL restoreState(const abi::Text* json, abi::ISink* error) noexcept override {
        return done(error, [&] { m_it.restore(nlohmann::json::parse(abi::view(*json))); });
    }

  private:
    template <class Body>
    static int32_t done(abi::ISink* error, Body&& body) noexcept {
        return guarded(error, [&] {
            body();
            return abi::kOk;
        });
    }
    T m_it;
    abi::IPanelHost1* m_host = nullptr;
};

template <class... Classes>
class PanelLibraryAdapter final : public abi::IPlugin1 {
    static_assert((std::is_base_of_v<Panel, Classes> && ...),
                  "LATENT_PANEL takes classes derived from latent::panel::Panel.");

  public:
    void LATENT_CALL release() noexcept override { delete this; }
    int32_t LATENT_CALL describe(abi::ISink* json, abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            nlohmann::json all = nlohmann::json::array();
            (all.push_back(entry(Classes::about())), ...);
            send(json, all.dump());
            return abi::kOk;
        });
    }
    void* LATENT_CALL make(const abi::Text* interfaceId, const abi::Text* id,
                           abi::ISink* error) noexcept override {
        void* made = nullptr;
        guarded(error, [&] {
            if (abi::view(*interfaceId) == "latent.panel/1")
                ((made = made ? made : makeIf<Classes>(id)), ...);
            if (!made)
                send(error, "The panel library has no '" + std::string(abi::view(*id)) +
                                "' with the interface " + std::string(abi::view(*interfaceId)) + ".");
            return abi::kOk;
        });
        return made;
    }

  private:
    static nlohmann::json entry(const About& about) {
        return {{"kind", "panel"},
                {"interface", "latent.panel/1"},
                {"id", about.id},
                {"title", about.title},
                {"summary", about.summary}};
    }
    template <class T>
    static void* makeIf(const abi::Text* id) {
        return abi::view(*id) == T::about().id ? static_cast<abi::IPanel1*>(new PanelAdapter<T>) : nullptr;
    }
};

}  // namespace latent::panel::adapters

#define LATENT_PANEL(...)                                                                \
    extern "C" LATENT_EXPORT const latent_descriptor* latent_plugin_descriptor(void) {   \
        static const latent_descriptor descriptor{                                       \
            LATENT_MAGIC,                                                                \
            sizeof(latent_descriptor),                                                   \
            LATENT_ABI_MAJOR,                                                            \
            LATENT_ABI_MINOR,                                                            \
            QT_VERSION,                                                                  \
            LATENT_PLUGIN_ID,                                                            \
            LATENT_PLUGIN_VERSION,                                                       \
            LATENT_TOOLCHAIN,                                                            \
            "",                                                                          \
            LATENT_SDK_VERSION,                                                          \
            [](void*, void* error) -> void* {                                            \
                void* plugin = nullptr;                                                  \
                latent::boundary::guarded(static_cast<latent::abi::ISink*>(error), [&] { \
                    plugin = static_cast<latent::abi::IPlugin1*>(                        \
                        new latent::panel::adapters::PanelLibraryAdapter<__VA_ARGS__>);  \
                    return latent::abi::kOk;                                             \
                });                                                                      \
                return plugin;                                                           \
            },                                                                           \
            nullptr};                                                                    \
        return &descriptor;                                                              \
    }                                                                                    \
    static_assert(true, "a semicolon may follow")
