// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Keeps the session of one window on disk while the window is open, so that a window that is killed comes back
// as it was: soon after something changed, and every half minute.
//
// Files are written on a thread, and only when they would say something else. Of two windows on one workspace
// one holds the session; the other writes it only when it has become the last, and sets aside what the first
// has left damaged. UI thread only.
//
//     SessionKeeper keeper([this] { return state(); });
//     keeper.open(workspace);
//     connect(form, &FormDock::readyChanged, &keeper, &SessionKeeper::changed);
//     keeper.close(state());     // writes what is so now, and ends

#include <QByteArray>
#include <QObject>
#include <QTimer>
#include <QVariantMap>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "desktop/window/session.hpp"

namespace latent::desktop {

class SessionKeeper : public QObject {
    Q_OBJECT
  public:
    /// Of an empty `state` nothing is written: the window is being put back.
    explicit SessionKeeper(std::function<QVariantMap()> state, QObject* parent = nullptr);
    ~SessionKeeper() override;

    /// From now on of this workspace. False: another window has it open too, and holds the session.
    bool open(const std::filesystem::path& workspace);
    /// Writes `state` before it returns, unless another window holds the session, and ends. A sentence when it
    /// could not; of what was damaged and is set aside problem() tells, as while the window is open.
    QString close(const QVariantMap& state);
    bool isOpen() const { return m_file.has_value(); }
    /// Milliseconds after a change, and between two looks; the tests shorten them.
    void setPace(int soon_ms, int every_ms);

  public Q_SLOTS:
    /// Something that a session keeps is different now.
    void changed();

  Q_SIGNALS:
    /// It could not be written, in a sentence, told once; or what the other window left was set aside.
    void problem(const QString& sentence);
    /// The other window, which had it open too, is gone.
    void alone();

  private:
    class Hold;
    struct Written;
    void look();
    std::function<QVariantMap()> m_state;
    std::optional<SessionFile> m_file;
    std::unique_ptr<Hold> m_hold;
    std::shared_ptr<Written> m_written;
    QByteArray m_last;
    QTimer m_soon, m_every;
    bool m_hasFailed = false;
    bool m_isSecond = false;  ///< another window holds the session, or did until a moment ago
};

}  // namespace latent::desktop
