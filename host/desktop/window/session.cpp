// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/session.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>
#include <algorithm>

namespace latent::desktop {
namespace {

constexpr qint64 kMostBytes = 16 << 20;
constexpr int kMostSessions = 50;  ///< that are looked through for a folder that was moved
constexpr const char* kKind = "latent-workbench-session";

/// With a context that lupdate knows.
class Words {
    Q_DECLARE_TR_FUNCTIONS(SessionFile)
};

/// From version n to n + 1, one step at a time. There is only one version so far.
QVariantMap migrated(QVariantMap state, int from) {
    Q_UNUSED(from);
    return state;
}

/// Whether the parts are of the kinds that the window asks for: what only looks like JSON is damage too.
bool isSound(const QJsonObject& state) {
    const auto is = [&](const char* key, QJsonValue::Type type) {
        const QJsonValue value = state[QLatin1String(key)];
        return value.isUndefined() || value.type() == type;
    };
    const auto isPage = [](const QJsonValue& page) {
        return page.isObject() && page[QLatin1String("kind")].isString();
    };
    const QJsonArray pages = state[QLatin1String("pages")].toArray();
    return is("pages", QJsonValue::Array) && is("current", QJsonValue::Double) &&
           is("geometry", QJsonValue::String) && is("docks", QJsonValue::String) &&
           is("form", QJsonValue::Object) && is("runs", QJsonValue::Object) &&
           is("panes", QJsonValue::Array) && std::all_of(pages.begin(), pages.end(), isPage);
}

/// What stays of a folder when it is moved within its file system; empty where it is not there, or where the file
/// system does not tell when it was made: numbers of folders that are gone are given to new ones.
QString identityOf(const QString& folder) {
    struct statx s {};
    if (::statx(AT_FDCWD, QFile::encodeName(folder).constData(), 0, STATX_INO | STATX_BTIME, &s) != 0 ||
        (s.stx_mask & STATX_BTIME) == 0)
        return {};
    return QStringLiteral("%1:%2:%3:%4.%5")
        .arg(s.stx_dev_major)
        .arg(s.stx_dev_minor)
        .arg(s.stx_ino)
        .arg(s.stx_btime.tv_sec)
        .arg(s.stx_btime.tv_nsec);
}

/// Every path below `from` is one below `to`.
QJsonValue rebased(const QJsonValue& value, const QString& from, const QString& to) {
    if (value.isString()) {
        const QString text = value.toString();
        const bool isBelow = text == from || text.startsWith(from + QLatin1Char('/'));
        return isBelow ? QJsonValue(to + text.mid(from.size())) : value;
    }
    if (value.isArray()) {
        QJsonArray array;
        for (const QJsonValue& one : value.toArray()) array.append(rebased(one, from, to));
        return array;
    }
    if (!value.isObject()) return value;
    QJsonObject object = value.toObject();
    for (auto entry = object.begin(); entry != object.end(); ++entry)
        entry.value() = rebased(entry.value(), from, to);
    return object;
}

}  // namespace

SessionFile::SessionFile(const std::filesystem::path& workspace)
    : m_workspace(QString::fromStdString(workspace.lexically_normal().string())),
      m_identity(identityOf(m_workspace)) {
    const QString folder =
        QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) + QStringLiteral("/sessions");
    const QByteArray hash =
        QCryptographicHash::hash(m_workspace.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    m_path = folder + QLatin1Char('/') + QLatin1String(hash) + QStringLiteral(".json");
}

/// The session of the folder that is here now and was elsewhere when it was written; a copy of a folder has none.
void SessionFile::adoptMoved() const {
    if (m_identity.isEmpty() || QFile::exists(m_path)) return;
    const QDir folder = QFileInfo(m_path).dir();
    const QFileInfoList all = folder.entryInfoList({QStringLiteral("*.json")}, QDir::Files, QDir::Time);
    for (const QFileInfo& one : all.mid(0, kMostSessions)) {
        QFile file(one.filePath());
        if (one.size() > kMostBytes || !file.open(QIODevice::ReadOnly)) continue;
        QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
        const QString before = object[QLatin1String("workspace")].toString();
        if (object[QLatin1String("folder")].toString() != m_identity || identityOf(before) == m_identity)
            continue;
        object = rebased(object, before, m_workspace).toObject();
        if (write(QJsonDocument(object).toJson()).isEmpty()) file.remove();
        return;
    }
}

SessionFile::Loaded SessionFile::load(bool isOurs) const {
    if (isOurs) adoptMoved();
    const Read found = read();
    if (found.why.isEmpty()) return {found.state, {}};
    const QString other = nameAside();
    const bool isMoved = isOurs && QFile::rename(m_path, other);
    return {{},
            isMoved
                ? Words::tr(
                      "The layout of this workspace %1 It was set aside as %2, and the window starts afresh.")
                      .arg(found.why, other)
                : Words::tr("The layout of this workspace %1 The window starts afresh.").arg(found.why)};
}

QString SessionFile::setAsideDamaged() const {
    const QString why = read().why;
    if (why.isEmpty()) return {};
    const QString other = nameAside();
    return QFile::rename(m_path, other)
               ? Words::tr("The layout that another window kept of this workspace %1 It was set aside as %2.")
                     .arg(why, other)
               : Words::tr("The layout that another window kept of this workspace %1").arg(why);
}

SessionFile::Read SessionFile::read() const {
    QFile file(m_path);
    if (!file.exists()) return {};
    if (!file.open(QIODevice::ReadOnly) || file.size() > kMostBytes)
        return {{}, Words::tr("cannot be read.")};
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &error);
    if (!document.isObject() || document[QLatin1String("kind")].toString() != QLatin1String(kKind))
        return {{}, Words::tr("is damaged.")};
    const int version = document[QLatin1String("version")].toInt(-1);
    if (version > kVersion) return {{}, Words::tr("was written by a newer version of the program.")};
    if (version < 1) return {{}, Words::tr("is damaged.")};
    const QJsonValue state = document[QLatin1String("state")];
    if (!state.isObject() || !isSound(state.toObject())) return {{}, Words::tr("is damaged.")};
    return {migrated(state.toObject().toVariantMap(), version), {}};
}

QString SessionFile::nameAside() const {
    const QString stem = m_path + QStringLiteral(".aside-") +
                         QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMddTHHmmss"));
    QString name = stem;
    for (int i = 2; QFile::exists(name); ++i) name = stem + QLatin1Char('-') + QString::number(i);
    return name;
}

QString SessionFile::copyAside(const QString& why) const {
    const QString other = nameAside();
    return QFile::copy(m_path, other)
               ? Words::tr("%1 The layout as it was is kept as %2, and the window uses the rest of it.")
                     .arg(why, other)
               : Words::tr("%1 The window uses the rest of the layout.").arg(why);
}

QByteArray SessionFile::bytes(const QVariantMap& state) const {
    const QJsonObject object{{QStringLiteral("kind"), QLatin1String(kKind)},
                             {QStringLiteral("version"), kVersion},
                             {QStringLiteral("program"), QCoreApplication::applicationVersion()},
                             {QStringLiteral("workspace"), m_workspace},
                             {QStringLiteral("folder"), m_identity},
                             {QStringLiteral("state"), QJsonObject::fromVariantMap(state)}};
    return QJsonDocument(object).toJson();
}

QString SessionFile::write(const QByteArray& bytes) const {
    QDir().mkpath(QFileInfo(m_path).absolutePath());
    QSaveFile file(m_path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) < 0 || !file.commit())
        return Words::tr("The layout could not be saved to %1: %2.").arg(m_path, file.errorString());
    return {};
}

}  // namespace latent::desktop
