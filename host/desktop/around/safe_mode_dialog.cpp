// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/safe_mode_dialog.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include "desktop/around/card_button.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/plugins/library_file.hpp"
#include "engine/plugins/manifest.hpp"
#include "engine/plugins/quarantine.hpp"
#include "engine/plugins/search.hpp"

namespace latent::desktop {
namespace {

using engine::Result;
using engine::Status;

/// Plugins whose code ran at the last death that names any: the newest of them is the first suspect.
QStringList culprits(const std::vector<DeadStart>& deaths) {
    for (auto death = deaths.rbegin(); death != deaths.rend(); ++death)
        if (!death->plugins.isEmpty()) return death->plugins;
    return {};
}

Result<engine::Manifest> manifestOf(const std::string& plugin, const engine::CatalogSettings& settings) {
    std::vector<std::string> messages;
    for (const engine::Candidate& candidate : engine::findCandidates(settings.folders, messages))
        if (candidate.name == plugin && candidate.hasManifest)
            return engine::readManifest(candidate.folder / (plugin + ".json"));
    return engine::refused(SafeModeDialog::tr("The plugin “%1” was not found any more.")
                               .arg(QString::fromStdString(plugin))
                               .toStdString());
}

QString quoted(const QStringList& plugins) {
    QStringList all;
    for (const QString& plugin : plugins) all << QStringLiteral("“%1”").arg(plugin);
    return all.join(QStringLiteral(", "));
}

}  // namespace

bool isWorthAsking(const std::vector<DeadStart>& deaths) {
    return std::any_of(deaths.begin(), deaths.end(),
                       [](const DeadStart& death) { return death.wasStarting || !death.plugins.isEmpty(); });
}

QString sentenceAbout(const std::vector<DeadStart>& deaths) {
    if (deaths.empty()) return {};
    const DeadStart& last = deaths.back();
    const QString when = QLocale().toString(last.started.toLocalTime(), QLocale::ShortFormat);
    const QStringList names = culprits(deaths);
    if (!names.isEmpty())
        return SafeModeDialog::tr(
                   "The window that was opened on %1 did not end properly. Code of the plugin %2 was running "
                   "in it. Jobs are not affected.")
            .arg(when, quoted(names));
    return last.wasStarting
               ? SafeModeDialog::tr("The program was started on %1 and did not come to a window.").arg(when)
               : SafeModeDialog::tr(
                     "The window that was opened on %1 did not end properly. Jobs went on without it, and "
                     "nothing is lost.")
                     .arg(when);
}

Status leaveOutPanels(const QString& plugin, const engine::CatalogSettings& settings) {
    const std::string id = plugin.toStdString();
    LATENT_TRY(const engine::Manifest manifest, manifestOf(id, settings));
    LATENT_TRY(const engine::LibraryFile file, engine::LibraryFile::open(manifest.panelLibrary));
    LATENT_TRY(const std::string sha256, file.sha256());
    std::vector<std::string> messages;
    engine::Quarantine quarantine(settings.stateFolder, messages);
    const std::string sentence =
        SafeModeDialog::tr("The panels of the plugin \"%1\" were running when the window crashed; they are "
                           "quarantined until you release them in the plugin manager or run \"latent plugins "
                           "release %1\".")
            .arg(plugin)
            .toStdString();
    return quarantine.add(sha256, id, manifest.panelLibrary, sentence);
}

StartChoice askHowToStart(const std::vector<DeadStart>& deaths, const engine::CatalogSettings& settings,
                          QString* message, const std::function<bool()>& isEnding) {
    if (!isWorthAsking(deaths)) return StartChoice::Normal;
    SafeModeDialog dialog(deaths);
    dialog.exec();
    if (isEnding && isEnding()) return StartChoice::Normal;
    if (dialog.choice() != StartChoice::LeaveOut) return dialog.choice();
    for (const QString& plugin : culprits(deaths))
        if (const Status done = leaveOutPanels(plugin, settings); !done && message)
            *message = QString::fromStdString(done.error().message);
    return StartChoice::LeaveOut;
}

SafeModeDialog::SafeModeDialog(const std::vector<DeadStart>& deaths, QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("Latent Workbench"));
    const QStringList names = culprits(deaths);
    if (!names.isEmpty()) m_choice = StartChoice::LeaveOut;
    auto* mark = new QLabel(this);
    mark->setPixmap(iconPixmap(QStringLiteral("warning"), theme().warning, 32, devicePixelRatioF()));
    auto* title =
        new QLabel(names.isEmpty() ? tr("The last start failed") : tr("The last window crashed"), this);
    title->setProperty("look", "title");
    auto* words = new QLabel(sentenceAbout(deaths), this);
    words->setObjectName(QStringLiteral("words"));
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);

    auto* column = new QVBoxLayout;
    column->setSpacing(space::between);
    column->addWidget(title);
    column->addWidget(words);
    column->addSpacing(space::inside);
    const auto offer = [&](const char* name, const QString& what, const QString& detail, StartChoice choice) {
        auto* button = new CardButton(CardButton::Look::Choice, {}, what, detail, this);
        button->setObjectName(QLatin1String(name));
        connect(button, &QAbstractButton::clicked, this, [this, choice] {
            m_choice = choice;
            accept();
        });
        column->addWidget(button);
        return button;
    };
    CardButton* first = nullptr;
    if (!names.isEmpty())
        first =
            offer("leaveOut",
                  names.size() == 1 ? tr("Start without the panels of %1").arg(quoted(names))
                                    : tr("Start without their panels"),
                  tr("Its experiments and figures go on working. The plugin manager brings the panels back. "
                     "Closing this question means the same."),
                  StartChoice::LeaveOut);
    auto* safe =
        offer("safe", tr("Start in safe mode"),
              tr("This time only the plugins that came with the program, and no panels. Nothing is removed."),
              StartChoice::Safe);
    offer("normal", tr("Start as always"),
          names.isEmpty()
              ? tr("If it happens again, you are asked again.")
              : tr("Pages open on their figures, so that nothing falls before you look at the panel "
                   "again."),
          StartChoice::Normal);
    (first ? first : safe)->setFocus();

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::groups + space::inside, space::groups + space::inside,
                            space::groups + space::inside, space::groups + space::inside);
    row->setSpacing(space::groups);
    row->addWidget(mark, 0, Qt::AlignTop);
    row->addLayout(column, 1);
    setMinimumWidth(520);
}

}  // namespace latent::desktop
