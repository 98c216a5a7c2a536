// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A person's home for tests of the whole window: settings, state, plugins and a workspace with finished runs, all in a
// temporary folder, and the environment that leads this process and its children there.
//
//     DeskHome home;                                        // before the first window
//     const QString run = home.run({"--preset", "smoke"});  // by `latent run sim/theory`
//     home.add("wrong_abi");                                // a fixture, as a plugin of the person

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest/QtTest>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/files/sha256.hpp"
#include "engine/plugins/plugin_home.hpp"

namespace latent::test {

inline const QString kLatent = QStringLiteral(LATENT_BINARY_DIR "/bin/latent"),
                     kWorkbench = QStringLiteral(LATENT_BINARY_DIR "/bin/latent-workbench");

class DeskHome {
  public:
    DeskHome() {
        for (const auto& [name, folder] : {std::pair{"XDG_CONFIG_HOME", "config"},
                                           {"XDG_STATE_HOME", "state"},
                                           {"XDG_CACHE_HOME", "cache"},
                                           {"XDG_DATA_HOME", "data"}}) {
            QDir(m_folder.path()).mkpath(QLatin1String(folder));
            qputenv(name, m_folder.filePath(QLatin1String(folder)).toUtf8());
        }
        for (const fs::path& folder : {plugins(), state()}) {
            fs::create_directories(folder);
            fs::permissions(folder, fs::perms::owner_all);
        }
        for (const char* name : {"LATENT_PLUGIN_PATH", "LATENT_WORKSPACE"}) qunsetenv(name);
        QDir().mkpath(workspace());
    }
    fs::path root() const { return m_folder.path().toStdString(); }
    fs::path state() const { return root() / "state" / "latent"; }
    fs::path plugins() const { return root() / "data" / "latent" / "plugins"; }
    QString workspace() const { return m_folder.filePath(QStringLiteral("workspace")); }

    /// Copies a fixture to the person's plugins, without trust.
    void add(const std::string& fixture) const {
        for (const auto& file : fs::directory_iterator(kFixtures / fixture)) {
            const fs::path target = plugins() / file.path().filename();
            fs::copy_file(file.path(), target, fs::copy_options::overwrite_existing);
            fs::permissions(target, kReadable);
        }
    }
    /// Trusts a library of that name ("moody_panel"), as the dialog would.
    void trust(const std::string& id) const {
        const fs::path library = plugins() / (id + ".so"), file = state() / "trust.json";
        json all = fs::exists(file) ? json::parse(textOf(file)) : json::object();
        all["trusted"][id] = {
            {"path", library.string()}, {"sha256", engine::sha256Hex(textOf(library))}, {"since", 0}};
        put(file, all.dump());
    }
    /// The folder of a run of sim/theory that has ended; empty when it failed.
    QString run(const QStringList& more = {}) const {
        QProcess program;
        program.start(kLatent, QStringList{QStringLiteral("-w"), workspace(), QStringLiteral("run"),
                                           QStringLiteral("sim/theory"), QStringLiteral("--preset"),
                                           QStringLiteral("smoke")} +
                                   more);
        if (!program.waitForFinished(120'000) || program.exitCode() != 0)
            qWarning("%s", program.readAllStandardError().constData());
        // "Done: <folder>": names of one second sort by chance.
        const QString last = QString::fromUtf8(program.readAllStandardOutput())
                                 .section(QStringLiteral("Done: "), -1)
                                 .trimmed();
        return program.exitCode() == 0 && QFile::exists(last + QStringLiteral("/request.json")) ? last
                                                                                                : QString();
    }

  private:
    QTemporaryDir m_folder;
};

}  // namespace latent::test
