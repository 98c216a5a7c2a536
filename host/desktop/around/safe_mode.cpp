// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/safe_mode.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <cerrno>
#include <string>

#include "engine/files/operations.hpp"

namespace latent::desktop {
namespace fs = std::filesystem;
namespace {

// Every write replaces the whole record in one call, padded to one size, so that no death leaves half of two of them.
constexpr std::size_t kRecordBytes = 4096;
constexpr const char *kEnding = ".start.json", *kStarting = "starting", *kOpen = "open", *kEnds = "ending";
constexpr std::size_t kMostFiles = 1000;

/// A machine that went down took the window along; no plugin is to blame for that.
QString bootId() {
    QFile file(QStringLiteral("/proc/sys/kernel/random/boot_id"));  // says that it is empty, and is not
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.read(100)).trimmed() : QString();
}

}  // namespace

struct StartFile {
    qint64 pid = 0;
    QString started, state = QLatin1String(kStarting), boot;
    QStringList plugins;

    std::string text() const {
        QJsonObject object{{QStringLiteral("pid"), pid},
                           {QStringLiteral("started"), started},
                           {QStringLiteral("state"), state},
                           {QStringLiteral("boot"), boot}};
        QStringList names = plugins;
        QByteArray bytes;
        do {
            object[QStringLiteral("plugins")] = QJsonArray::fromStringList(names);
            bytes = QJsonDocument(object).toJson(QJsonDocument::Compact);
            if (!names.isEmpty()) names.removeFirst();  // the newest are those to be blamed
        } while (bytes.size() > static_cast<qsizetype>(kRecordBytes) && !names.isEmpty());
        std::string padded = bytes.toStdString();
        padded.resize(kRecordBytes, ' ');
        return padded;
    }
};

namespace {

/// A process that is gone and said nothing of an end; nothing when it ended with the session or with the machine.
std::optional<DeadStart> readDeath(int descriptor) {
    QByteArray bytes(static_cast<qsizetype>(kRecordBytes), '\0');
    const ssize_t got = ::pread(descriptor, bytes.data(), kRecordBytes, 0);
    if (got <= 0) return std::nullopt;
    const QJsonObject object = QJsonDocument::fromJson(bytes.left(got).trimmed()).object();
    if (object.isEmpty() || object[QLatin1String("state")].toString() == QLatin1String(kEnds))
        return std::nullopt;
    if (object[QLatin1String("boot")].toString() != bootId()) return std::nullopt;
    DeadStart death;
    death.pid = static_cast<qint64>(object[QLatin1String("pid")].toDouble());
    death.started = QDateTime::fromString(object[QLatin1String("started")].toString(), Qt::ISODate);
    death.wasStarting = object[QLatin1String("state")].toString() == QLatin1String(kStarting);
    for (const QJsonValue& name : object[QLatin1String("plugins")].toArray())
        death.plugins << name.toString().left(64);
    return death;
}

}  // namespace

struct StartRecord::Parts {
    int descriptor = -1;
    fs::path file;
    StartFile record;
    QString message;
    std::vector<DeadStart> deaths;
    struct Left {
        int descriptor;
        fs::path file;
    };
    std::vector<Left>
        left;  ///< files of the dead, locked, so that two programs that start now do not both ask

    ~Parts() {
        for (const Left& one : left) ::close(one.descriptor);
        if (descriptor < 0) return;
        ::unlink(file.c_str());  // before the lock is free, so that nobody takes it for a death
        ::close(descriptor);
    }
    void write() const {
        if (descriptor < 0) return;
        const std::string text = record.text();
        // What the kernel has survives this process; it need not reach the disk for that.
        [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, text.data(), text.size(), 0);
    }
    void findDeaths(const fs::path& folder);
    engine::Status make(const fs::path& folder);
};

void StartRecord::Parts::findDeaths(const fs::path& folder) {
    const auto names = engine::listFolder(folder, kMostFiles);
    if (!names) return;
    for (const std::string& name : *names) {
        const bool isTemporary = engine::isTemporaryName(name);
        if (!isTemporary && !name.ends_with(kEnding)) continue;
        const fs::path path = folder / name;
        const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (opened < 0) continue;
        struct stat info {};
        // Locked: its process lives, or another one that starts now has found it first. Without a name: it ended just now.
        const bool isDead =
            ::flock(opened, LOCK_EX | LOCK_NB) == 0 && ::fstat(opened, &info) == 0 && info.st_nlink > 0;
        const auto death = isDead && !isTemporary ? readDeath(opened) : std::nullopt;
        if (death) {
            deaths.push_back(*death);
            left.push_back({opened, path});
            continue;
        }
        // A temporary one may be about to be locked; a minute is long enough for that.
        if (isDead && (!isTemporary || ::time(nullptr) - info.st_mtime > 60)) ::unlink(path.c_str());
        ::close(opened);
    }
    std::sort(deaths.begin(), deaths.end(),
              [](const DeadStart& a, const DeadStart& b) { return a.started < b.started; });
}

engine::Status StartRecord::Parts::make(const fs::path& folder) {
    // Locked before it has its name, so that nobody ever sees it without a holder.
    const fs::path name = folder / (std::to_string(::getpid()) + "-" + std::to_string(::time(nullptr)) + "-" +
                                    engine::randomHex(4) + kEnding);
    const fs::path temporary = engine::temporaryBeside(name);
    descriptor = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return engine::fileError("write", name, errno);
    file = temporary;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return engine::fileError("lock", name, errno);
    const std::string text = record.text();
    const ssize_t written = ::pwrite(descriptor, text.data(), text.size(), 0);
    if (written != static_cast<ssize_t>(text.size()))
        return engine::fileError("write", name, written < 0 ? errno : ENOSPC);
    if (::rename(temporary.c_str(), name.c_str()) != 0) return engine::fileError("write", name, errno);
    file = name;
    return engine::ok();
}

StartRecord StartRecord::begin(const fs::path& stateFolder) {
    auto parts = std::make_unique<Parts>();
    const fs::path folder = stateFolder / "windows";
    engine::Status made = engine::makeFolders(folder, 0700);
    if (made) {
        parts->findDeaths(folder);
        parts->record.pid = ::getpid();
        parts->record.started = QDateTime::currentDateTimeUtc().toString(Qt::ISODate);
        parts->record.boot = bootId();
        made = parts->make(folder);
    }
    if (!made)
        parts->message = QCoreApplication::translate(
                             "StartRecord", "A crash of this window could not be explained afterwards: %1")
                             .arg(QString::fromStdString(made.error().message));
    return StartRecord(std::move(parts));
}

StartRecord::StartRecord(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}
StartRecord::StartRecord(StartRecord&&) noexcept = default;
StartRecord::~StartRecord() = default;

const std::vector<DeadStart>& StartRecord::deaths() const { return m_parts->deaths; }
const QString& StartRecord::message() const { return m_parts->message; }

void StartRecord::forgetDeaths() {
    for (const Parts::Left& one : m_parts->left) {
        ::unlink(one.file.c_str());
        ::close(one.descriptor);
    }
    m_parts->left.clear();
    m_parts->deaths.clear();
}

void StartRecord::setOpen() {
    m_parts->record.state = QLatin1String(kOpen);
    m_parts->write();
}

void StartRecord::setRunningPlugins(const QStringList& plugins) {
    m_parts->record.plugins = plugins;
    m_parts->write();
}

bool StartRecord::isEnding() const { return m_parts->record.state == QLatin1String(kEnds); }

void StartRecord::setEnding() {
    m_parts->record.state = QLatin1String(kEnds);
    m_parts->write();
}

}  // namespace latent::desktop
