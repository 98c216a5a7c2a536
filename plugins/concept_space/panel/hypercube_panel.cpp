// SPDX-License-Identifier: GPL-3.0-or-later
// The panel sim/hypercube: losses of all combinations of concepts on the cube of the combinations, over time.
#include <latent/panel.hpp>

#include "panel/hypercube_widget.hpp"

namespace concept_space {
namespace {

constexpr const char* kCursor = "frame";
constexpr double kLearned = 0.9;  // of its target; the parameter `learned` of both experiments
/// Above rounding and far below anything drawn; of trained networks, minibatch noise below this is no order. Those are also
/// the tolerances of the claims.
constexpr double kExactTolerance = 1e-9, kTrainedTolerance = 1e-4;

class HypercubePanel final : public latent::panel::Panel {
  public:
    static latent::panel::About about() {
        return {"sim/hypercube", "Hypercube of combinations",
                "The loss of every combination of concepts over time, what is learned when, and where the "
                "order of subsets is broken."};
    }

    QWidget* widget(QWidget* parent) override {
        QObject::connect(&m_state, &HypercubeState::frameAsked, &m_state,
                         [this](qint64 frame) { host().setCursor(kCursor, frame); });
        m_state.setFrame(host().cursor(kCursor));
        return new HypercubeWidget(m_state, parent);
    }
    void dataChanged(const latent::panel::Data& data) override {
        const nlohmann::json run = host().run();
        const bool trained = run.is_object() && run.value("experiment", "") == "sim/train";
        double learned = kLearned;
        if (run.is_object() && run.at("parameters").contains("learned"))
            learned = run.at("parameters").at("learned").get<double>();
        m_state.setData(NodeLosses::read(data), learned, trained ? kTrainedTolerance : kExactTolerance);
    }
    void cursorChanged(const std::string& name, int64_t) override {
        // Asked for anew: a cursor at the end has no index, and so follows the rows that come.
        if (name == kCursor) m_state.setFrame(host().cursor(kCursor));
    }
    void themeChanged(const latent::panel::Theme& theme) override { m_state.setTheme(theme); }

    nlohmann::json state() const override {
        nlohmann::json kept{{"logarithmic", m_state.logarithmic()}, {"chosen", m_state.chosen()}};
        if (m_state.selected()) kept["selected"] = *m_state.selected();
        return kept;
    }
    void restore(const nlohmann::json& kept) override {
        m_state.setLogarithmic(kept.value("logarithmic", true));
        if (kept.contains("selected")) m_state.setSelected(kept.at("selected").get<std::size_t>());
        const auto chosen = kept.value("chosen", std::vector<std::size_t>{});
        for (std::size_t i = 0; i < chosen.size(); ++i) m_state.choose(i, chosen[i]);
    }

  private:
    HypercubeState m_state;
};

}  // namespace
}  // namespace concept_space

LATENT_PANEL(concept_space::HypercubePanel);
