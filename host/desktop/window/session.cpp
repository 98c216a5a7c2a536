// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/session.hpp"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>

namespace latent::desktop {
namespace {

constexpr qint64 kMostBytes = 16 << 20;
constexpr const char* kKind = "latent-workbench-session";

QString tr(const char* text) { return QCoreApplication::translate("SessionFile", text); }

/// From version n to n + 1, one step at a time. There is only one version so far.
QVariantMap migrated(QVariantMap state, int from) {
    Q_UNUSED(from);
    return state;
}

}  // namespace

SessionFile::SessionFile(const std::filesystem::path& workspace)
    : m_workspace(QString::fromStdString(workspace.lexically_normal().string())) {
    const QString folder =
        QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) + QStringLiteral("/sessions");
    const QByteArray hash =
        QCryptographicHash::hash(m_workspace.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    m_path = folder + QLatin1Char('/') + QLatin1String(hash) + QStringLiteral(".json");
}

SessionFile::Loaded SessionFile::load() const {
    QFile file(m_path);
    if (!file.exists()) return {};
    const auto setAside = [this](const QString& why) -> Loaded {
        const QString other = m_path + QStringLiteral(".aside-") +
                              QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMddTHHmmss"));
        const bool moved = QFile::rename(m_path, other);
        return {
            {},
            moved
                ? tr("The layout of this workspace %1 It was set aside as %2, and the window starts afresh.")
                      .arg(why, other)
                : tr("The layout of this workspace %1 The window starts afresh.").arg(why)};
    };
    if (!file.open(QIODevice::ReadOnly) || file.size() > kMostBytes) return setAside(tr("cannot be read."));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &error);
    if (!document.isObject() || document[QLatin1String("kind")].toString() != QLatin1String(kKind))
        return setAside(tr("is damaged."));
    const int version = document[QLatin1String("version")].toInt(-1);
    if (version > kVersion) return setAside(tr("was written by a newer version of the program."));
    if (version < 1) return setAside(tr("is damaged."));
    return {migrated(document[QLatin1String("state")].toObject().toVariantMap(), version), {}};
}

QString SessionFile::save(const QVariantMap& state) const {
    const QJsonObject object{{QStringLiteral("kind"), QLatin1String(kKind)},
                             {QStringLiteral("version"), kVersion},
                             {QStringLiteral("program"), QCoreApplication::applicationVersion()},
                             {QStringLiteral("workspace"), m_workspace},
                             {QStringLiteral("state"), QJsonObject::fromVariantMap(state)}};
    QDir().mkpath(QFileInfo(m_path).absolutePath());
    QSaveFile file(m_path);
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(object).toJson()) < 0 || !file.commit())
        return tr("The layout could not be saved to %1: %2.").arg(m_path, file.errorString());
    return {};
}

}  // namespace latent::desktop
