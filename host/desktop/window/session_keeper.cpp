// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/session_keeper.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QThreadPool>
#include <cerrno>
#include <mutex>
#include <utility>

namespace latent::desktop {
namespace {

constexpr int kSoon_ms = 1500, kEvery_ms = 30'000;

}  // namespace

/// A lock beside the session: whatever way the window ends, the kernel frees it.
class SessionKeeper::Hold {
  public:
    explicit Hold(const QString& session) : m_path(QFile::encodeName(session + QStringLiteral(".lock"))) {
        QDir().mkpath(QFileInfo(session).absolutePath());
    }
    ~Hold() { release(); }
    /// False: another window holds it. True also where nobody could: in a folder that cannot be written, or on a file
    /// system without locks, every window keeps its session, and the last one counts.
    bool take() {
        if (m_descriptor >= 0) return true;
        const int opened = ::open(m_path.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (opened < 0) return true;
        if (::flock(opened, LOCK_EX | LOCK_NB) == 0) {
            m_descriptor = opened;
            return true;
        }
        const bool isOthers = errno == EWOULDBLOCK;
        ::close(opened);
        return !isOthers;
    }
    void release() {
        if (m_descriptor >= 0) ::close(m_descriptor);
        m_descriptor = -1;
    }

  private:
    QByteArray m_path;
    int m_descriptor = -1;
};

/// Which of the states that were to be written is in the file: an older one that comes late is dropped.
struct SessionKeeper::Written {
    std::mutex mutex;
    quint64 asked = 0, newest = 0;
    QString write(const SessionFile& file, const QByteArray& bytes, quint64 number) {
        const std::lock_guard guard(mutex);
        if (number < newest) return {};
        newest = number;
        return file.write(bytes);
    }
};

SessionKeeper::SessionKeeper(std::function<QVariantMap()> state, QObject* parent)
    : QObject(parent), m_state(std::move(state)) {
    m_soon.setSingleShot(true);
    setPace(kSoon_ms, kEvery_ms);
    connect(&m_soon, &QTimer::timeout, this, &SessionKeeper::look);
    connect(&m_every, &QTimer::timeout, this, &SessionKeeper::look);
}

SessionKeeper::~SessionKeeper() = default;

void SessionKeeper::setPace(int soon_ms, int every_ms) {
    m_soon.setInterval(soon_ms);
    m_every.setInterval(every_ms);
}

bool SessionKeeper::open(const std::filesystem::path& workspace) {
    m_file.emplace(workspace);
    m_hold = std::make_unique<Hold>(m_file->path());
    m_written = std::make_shared<Written>();
    m_last.clear();
    m_hasFailed = false;
    m_every.start();
    m_isSecond = !m_hold->take();
    return !m_isSecond;
}

void SessionKeeper::changed() {
    if (m_every.isActive() && !m_soon.isActive()) m_soon.start();
}

void SessionKeeper::look() {
    if (!m_file || !m_hold->take()) return;
    if (std::exchange(m_isSecond, false)) {
        Q_EMIT alone();
        if (const QString sentence = m_file->setAsideDamaged(); !sentence.isEmpty()) Q_EMIT problem(sentence);
    }
    const QVariantMap state = m_state();
    if (state.isEmpty()) return;
    QByteArray bytes = m_file->bytes(state);
    if (bytes == m_last) return;
    m_last = bytes;
    QThreadPool::globalInstance()->start([self = QPointer<SessionKeeper>(this), file = *m_file,
                                          written = m_written, bytes = std::move(bytes),
                                          number = ++m_written->asked] {
        const QString sentence = written->write(file, bytes, number);
        if (sentence.isEmpty()) return;
        QMetaObject::invokeMethod(qApp, [self, sentence] {
            if (!self) return;
            self->m_last.clear();  // tried again at the next look
            if (std::exchange(self->m_hasFailed, true)) return;
            Q_EMIT self->problem(sentence);
        });
    });
}

QString SessionKeeper::close(const QVariantMap& state) {
    m_soon.stop();
    m_every.stop();
    QString sentence;
    if (m_file && m_hold->take()) {
        if (std::exchange(m_isSecond, false))
            if (const QString aside = m_file->setAsideDamaged(); !aside.isEmpty()) Q_EMIT problem(aside);
        sentence = m_written->write(*m_file, m_file->bytes(state), ++m_written->asked);
    }
    if (m_hold) m_hold->release();
    return sentence;
}

}  // namespace latent::desktop
