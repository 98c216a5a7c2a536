// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/first_scan.hpp"

#include <QCoreApplication>
#include <QEventLoop>
#include <QFrame>
#include <QGuiApplication>
#include <QLabel>
#include <QProgressBar>
#include <QScreen>
#include <QTimer>
#include <QVBoxLayout>
#include <optional>
#include <thread>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kPatience_ms = 400;  ///< a start with known plugins shows nothing

class Card : public QFrame {
    Q_DECLARE_TR_FUNCTIONS(latent::desktop::FirstScan)
  public:
    Card() : QFrame(nullptr, Qt::SplashScreen) {
        setProperty("look", "card");
        setAccessibleName(tr("Latent Workbench is starting"));
        auto* head = new QLabel(tr("Latent Workbench"), this);
        head->setProperty("look", "heading");
        auto* words = new QLabel(
            tr("Looking at the plugins. Each one that is new is tried once, in a process of its own."), this);
        words->setProperty("look", "muted");
        words->setWordWrap(true);
        auto* bar = new QProgressBar(this);
        bar->setRange(0, 0);
        bar->setTextVisible(false);
        bar->setAccessibleName(words->text());
        auto* column = new QVBoxLayout(this);
        column->setContentsMargins(2 * space::groups, 2 * space::groups, 2 * space::groups,
                                   2 * space::groups);
        column->setSpacing(space::between);
        for (QWidget* part :
             {static_cast<QWidget*>(head), static_cast<QWidget*>(words), static_cast<QWidget*>(bar)})
            column->addWidget(part);
        setFixedWidth(380);
        adjustSize();
        if (const QScreen* screen = QGuiApplication::primaryScreen())
            move(screen->availableGeometry().center() - rect().center());
    }
};

}  // namespace

engine::PluginCatalog scanPluginsAtStart(bool safeMode) {
    std::optional<engine::PluginCatalog> found;
    QEventLoop loop;
    std::thread looking([&] {
        found = engine::PluginCatalog::scan(engine::CatalogSettings::standard(safeMode));
        QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
    });
    std::optional<Card> card;
    QTimer::singleShot(kPatience_ms, &loop, [&] { card.emplace().show(); });
    loop.exec();
    looking.join();
    return *std::move(found);
}

}  // namespace latent::desktop
