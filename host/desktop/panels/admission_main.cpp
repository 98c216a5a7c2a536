// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/admission_main.hpp"

#include <QApplication>
#include <QWidget>
#include <clocale>
#include <cstdio>
#include <cstdlib>

#include "desktop/live/figure_source.hpp"
#include "desktop/panels/panel_host.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/plugins/admission_child.hpp"
#include "engine/plugins/loaded_plugin.hpp"
#include "latent/boundary.hpp"

namespace latent::desktop {
namespace {

/// Makes and draws the widget of one panel, without data. What it throws is its own business, later and for this panel
/// alone; what matters here is that it neither crashes nor hangs.
void drawOnce(engine::LoadedPlugin& library, const std::string& id) {
    const auto made = library.make("latent.panel/1", id);
    if (!made) return;
    auto* panel = static_cast<abi::IPanel1*>(*made);
    FigureSource nothing;
    PanelHost host(nothing, {}, nullptr);
    boundary::StringSink error;
    if (panel->open(&host, &error) == abi::kOk) {
        QWidget parent;
        QWidget* widget = panel->widget(&parent, &error);
        if (widget && panel->themeChanged(&error) == abi::kOk && panel->dataChanged(&error) == abi::kOk) {
            widget->resize(640, 480);
            widget->grab();
        }
    }
    panel->release();
}

/// The last line on stderr becomes part of the sentence about a crash; what Qt remarks about this machine has no place there.
void keepQtQuiet(QtMsgType type, const QMessageLogContext&, const QString& text) {
    if (type == QtCriticalMsg || type == QtFatalMsg) std::fprintf(stderr, "%s\n", qPrintable(text));
    if (type == QtFatalMsg) std::abort();
}

void rehearse(engine::LoadedPlugin& library, const std::vector<engine::Contribution>& contributions) {
    for (const engine::Contribution& contribution : contributions) {
        try {
            drawOnce(library, contribution.id);
        } catch (...) {  // out of an event handler
        }
    }
}

}  // namespace

int panelAdmissionMain(int argc, char** argv) {
    // No display, and nothing that a desktop environment would add to the process.
    qputenv("QT_QPA_PLATFORM", "offscreen");
    for (const char* name : {"QT_QPA_PLATFORMTHEME", "QT_STYLE_OVERRIDE", "SESSION_MANAGER"}) qunsetenv(name);
    qInstallMessageHandler(keepQtQuiet);
    int none = 1;
    QApplication application(none, argv);
    std::setlocale(LC_NUMERIC, "C");  // as the window has it, where the panels will live
    ThemeManager::instance().install(application);
    return engine::admissionChildMain(argc, argv, {}, rehearse);
}

}  // namespace latent::desktop
