// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A home with panel libraries for one test: plugin folders, state and cache in a temporary folder, and offers to open.
//
//     PanelHome home;
//     home.addPanel("moody");                                  // copied and trusted
//     PanelFrame frame(home.offer("moody", "good"), source, {});
//     QVERIFY(settled(frame));

#include <QTest>

#include "desktop/live/figure_source.hpp"
#include "desktop/panels/open_panel.hpp"
#include "engine/plugins/plugin_home.hpp"

namespace latent::test {

using desktop::FigureSource;
using desktop::PanelFrame;
using desktop::PanelLibraries;
using desktop::PanelOffer;
using desktop::PanelSettings;

class PanelHome : public PluginHome {
  public:
    PanelHome() { use(settings()); }

    static void use(const PanelSettings& settings) { PanelLibraries::instance().setSettings(settings); }
    PanelSettings settings() const {
        PanelSettings settings = PanelSettings::standard();
        settings.bundled = bundled();
        settings.stateFolder = state();
        settings.cacheFolder = cache();
        settings.admission.program = kFixtures / "latent_panel_admission_helper";
        settings.admission.timeout = std::chrono::seconds(60);  // a busy machine is not a hanging panel
        return settings;
    }
    fs::path panelLibrary(const std::string& id) const { return library(id + "_panel"); }
    void copyPanel(const std::string& id) const { copy(id, user()); }
    void addPanel(const std::string& id) const {
        copyPanel(id);
        trust(id + "_panel");
    }
    PanelOffer offer(const std::string& id, const std::string& name = "only") const {
        return {id + "/" + name, id, QString::fromStdString(name), {}, user() / (id + ".json"), {}};
    }
};

/// Waits until it is known what became of the panel.
inline bool settled(const PanelFrame& frame) {
    return QTest::qWaitFor([&] { return frame.state() != PanelFrame::State::Checking; }, 120'000);
}

/// node_loss over 2^s combinations, `rows` of them, with time and the names of the combinations.
inline engine::figures::ArraySet nodeLosses(int concepts, const std::vector<std::vector<double>>& rows,
                                            const std::vector<double>& time) {
    const auto array = [](std::string name, std::vector<std::string> dims, engine::Shape shape,
                          const std::vector<double>& values, std::string label,
                          std::vector<std::string> categories) {
        engine::figures::LoadedArray a;
        a.name = std::move(name);
        a.units = "1";
        a.label = std::move(label);
        a.dims = std::move(dims);
        a.categories = std::move(categories);
        a.values = {engine::DType::F64, std::move(shape),
                    std::string(reinterpret_cast<const char*>(values.data()), values.size() * 8)};
        return std::make_shared<const engine::figures::LoadedArray>(std::move(a));
    };
    std::vector<std::string> names;
    std::vector<double> indices, all;
    for (std::size_t node = 0; node < std::size_t{1} << concepts; ++node) {
        std::string name;
        for (int p = 0; p < concepts; ++p) name += node >> p & 1 ? '1' : '0';
        names.push_back(name);
        indices.push_back(static_cast<double>(node));
    }
    for (const auto& row : rows) all.insert(all.end(), row.begin(), row.end());
    engine::figures::ArraySet set;
    set.put(array("time", {"time"}, {time.size()}, time, "gradient-flow time", {}));
    set.put(array("node", {"node"}, {names.size()}, indices, "combination", names));
    set.put(array("node_loss", {"time", "node"}, {rows.size(), names.size()}, all, "loss", {}));
    return set;
}

/// A view that makes `frame` a cursor along time, as those of the experiments do.
inline std::vector<json> frameView() {
    return {json{{"kind", "lines"},
                 {"name", "node_losses"},
                 {"title", "x"},
                 {"x", {{"array", "time"}}},
                 {"series", json::array({json{{"y", {{"array", "node_loss"}, {"select", {{"node", 0}}}}}}})},
                 {"cursors", json::array({json{{"name", "frame"}, {"dimension", "time"}}})}}};
}

}  // namespace latent::test
