// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Asks the program `latent` for what must not happen in the desktop's process: everything that loads a plugin (preparing a
// run, measuring claims, writing a report), as a child process that may take its time or crash.
//
// The child's answer is its JSON on stdout; its sentence on stderr becomes the error, with the exit code's meaning. The
// program is found beside this one. Handlers are called on the UI thread, never after the owner has been destroyed.
//
//     LatentCommand::run(this, {"claims", "--json", folder}, [](Result<QByteArray> out) { if (!out) say(out.error().message); });

#include <QByteArray>
#include <QObject>
#include <QStringList>
#include <functional>

#include "engine/result.hpp"

namespace latent::desktop {

class LatentCommand {
  public:
    using Handler = std::function<void(engine::Result<QByteArray>)>;
    static void run(QObject* owner, const QStringList& words, Handler handler);
    /// Path of `latent`; the tests may set another.
    static QString program();
    static void setProgram(const QString& path);
    /// Makes the engine start workers and readers of foreign files as this program too. Once, before the first of them.
    static void serveEngine();
};

}  // namespace latent::desktop
