// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Knows at the next start that the window died, and in whose code.
//
// While the program runs, a file in the state folder says so, locked with flock: the kernel frees the lock whatever way the
// process ends, so a file without a holder is a death, and several windows do not confuse each other. Plugins whose panel
// code runs are written into it before each step, as one write, so that the file names them after a crash. It is removed at
// a clean end; an end of the session, SIGTERM or SIGHUP, is one too. UI thread only.
//
//     StartRecord record = StartRecord::begin(engine::stateFolder());     // first thing in main()
//     PanelLibraries::instance().setCulpritRecorder([&](const QStringList& p) { record.setRunningPlugins(p); });
//     window.show(); record.setOpen();                                    // it got as far as a usable window
//     return application.exec();                                          // ~StartRecord removes the file

#include <QDateTime>
#include <QString>
#include <QStringList>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "engine/result.hpp"

namespace latent::desktop {

/// An earlier process that did not end properly.
struct DeadStart {
    qint64 pid = 0;
    QDateTime started;
    bool wasStarting = false;  ///< it never came to a usable window
    QStringList plugins;       ///< whose panel code ran, the newest last; empty: none of them did
};

class StartRecord {
  public:
    /// Never fails: where nothing can be written, a death cannot be told later, and `message` says so.
    static StartRecord begin(const std::filesystem::path& stateFolder);
    StartRecord(StartRecord&&) noexcept;
    StartRecord& operator=(StartRecord&&) = delete;
    ~StartRecord();

    /// Deaths found at begin(), the newest last. They are told again at the next start unless forget() was called.
    const std::vector<DeadStart>& deaths() const;
    void forgetDeaths();
    const QString& message() const;

    void setOpen();
    /// On disk when it returns. Before a panel library is loaded, and whenever the set changes.
    void setRunningPlugins(const QStringList& plugins);
    /// The session ends: the process may be killed from now on.
    void setEnding();
    bool isEnding() const;

  private:
    struct Parts;
    explicit StartRecord(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

/// SIGTERM, SIGINT and SIGHUP close the window as a click would; the end of the session counts as a clean end. Call after
/// the application was made; `record` outlives it.
void endProperlyOnSignals(StartRecord& record);

}  // namespace latent::desktop
