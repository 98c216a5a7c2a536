// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/settings.hpp"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <algorithm>

#include "engine/files/folders.hpp"

namespace latent::desktop {
namespace {

constexpr const char* kVersionKey = "version";
constexpr const char* kWorkspaces = "workspaces";
constexpr qint64 kMostSettingsBytes = 1 << 20;

/// From any earlier version to this one, a step at a time. A step never removes what it does not understand.
void migrate(QSettings& store, int from) {
    if (from < 2) {
        // Version 1 kept the theme as a number and workspaces as a plain list of folders.
        const int number = store.value(QStringLiteral("theme")).toInt();
        if (store.contains(QStringLiteral("theme"))) {
            store.setValue(QStringLiteral("look/theme"), number == 1   ? QStringLiteral("light")
                                                         : number == 2 ? QStringLiteral("dark")
                                                                       : QStringLiteral("system"));
            store.remove(QStringLiteral("theme"));
        }
        const QStringList folders = store.value(QStringLiteral("recent")).toStringList();
        if (!folders.isEmpty()) {
            store.beginWriteArray(QLatin1String(kWorkspaces), static_cast<int>(folders.size()));
            for (int i = 0; i < folders.size(); ++i) {
                store.setArrayIndex(i);
                store.setValue(QStringLiteral("folder"), folders[i]);
            }
            store.endArray();
            store.remove(QStringLiteral("recent"));
        }
    }
    store.setValue(QLatin1String(kVersionKey), Settings::kVersion);
}

/// What is wrong with the file before QSettings, which forgives too much, reads it; empty: nothing.
QString faultOf(const QString& path) {
    QFile file(path);
    if (!file.exists() || file.size() == 0) return {};
    if (file.size() > kMostSettingsBytes || !file.open(QIODevice::ReadOnly))
        return Settings::tr("cannot be read.");
    const QByteArray bytes = file.readAll();
    if (bytes.contains('\0') || !bytes.contains('[')) return Settings::tr("is damaged.");
    QSettings probe(path, QSettings::IniFormat);
    bool isNumber = false;
    const int version = probe.value(QLatin1String(kVersionKey)).toInt(&isNumber);
    if (probe.status() != QSettings::NoError || !isNumber || version < 1) return Settings::tr("is damaged.");
    if (version > Settings::kVersion) return Settings::tr("were written by a newer version of the program.");
    return {};
}

}  // namespace

QString Settings::standardFile() {
    return QString::fromStdString((engine::configFolder() / "workbench.ini").string());
}

Settings::Settings(const QString& file, QObject* parent) : QObject(parent) {
    open(file);
    // A change of one window reaches the others at their next look; here it is at once.
    connect(this, &Settings::themeChanged, this, [this] {
        if (m_applies) ThemeManager::instance().choose(theme());
    });
    connect(this, &Settings::textScaleChanged, this, [this] {
        if (m_applies) ThemeManager::instance().setTextScale(textScale());
    });
}

void Settings::open(const QString& file) {
    if (const QString fault = faultOf(file); !fault.isEmpty()) {
        const QString aside = file + QStringLiteral(".aside-") +
                              QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMddTHHmmss"));
        m_message =
            QFile::rename(file, aside)
                ? tr("The settings in %1 %2 They were set aside as %3, and the program starts with its own.")
                      .arg(file, fault, aside)
                : tr("The settings in %1 %2 The program starts with its own and does not keep them.")
                      .arg(file, fault);
    }
    m_store = std::make_unique<QSettings>(file, QSettings::IniFormat);
    const int version = m_store->value(QLatin1String(kVersionKey), 0).toInt();
    if (version == 0)
        m_store->setValue(QLatin1String(kVersionKey), kVersion);  // a new file
    else if (version < kVersion)
        migrate(*m_store, version);
}

ThemeManager::Choice Settings::theme() const {
    const QString word = m_store->value(QStringLiteral("look/theme")).toString();
    if (word == QLatin1String("light")) return ThemeManager::Choice::Light;
    return word == QLatin1String("dark") ? ThemeManager::Choice::Dark : ThemeManager::Choice::System;
}

void Settings::setTheme(ThemeManager::Choice choice) {
    if (choice == theme()) return;
    const char* word = choice == ThemeManager::Choice::Light  ? "light"
                       : choice == ThemeManager::Choice::Dark ? "dark"
                                                              : "system";
    m_store->setValue(QStringLiteral("look/theme"), QLatin1String(word));
    Q_EMIT themeChanged();
}

double Settings::textScale() const {
    bool isNumber = false;
    const double scale = m_store->value(QStringLiteral("look/text_scale"), 1.0).toDouble(&isNumber);
    return isNumber ? std::clamp(scale, 0.8, 1.6) : 1.0;
}

void Settings::setTextScale(double scale) {
    if (std::clamp(scale, 0.8, 1.6) == textScale()) return;
    m_store->setValue(QStringLiteral("look/text_scale"), std::clamp(scale, 0.8, 1.6));
    Q_EMIT textScaleChanged();
}

int Settings::coreBudget() const {
    return std::max(0, m_store->value(QStringLiteral("jobs/core_budget"), 0).toInt());
}

void Settings::setCoreBudget(int cores) {
    if (cores == coreBudget()) return;
    m_store->setValue(QStringLiteral("jobs/core_budget"), std::max(0, cores));
    Q_EMIT coreBudgetChanged(coreBudget());
}

std::vector<RecentWorkspace> Settings::recentWorkspaces() const {
    std::vector<RecentWorkspace> all;
    const int size = std::min(m_store->beginReadArray(QLatin1String(kWorkspaces)), kMostWorkspaces);
    for (int i = 0; i < size; ++i) {
        m_store->setArrayIndex(i);
        const QString folder = m_store->value(QStringLiteral("folder")).toString();
        if (!folder.isEmpty())
            all.push_back({folder, QDateTime::fromString(m_store->value(QStringLiteral("opened")).toString(),
                                                         Qt::ISODate)});
    }
    m_store->endArray();
    return all;
}

void Settings::keep(const std::vector<RecentWorkspace>& workspaces) {
    m_store->remove(QLatin1String(kWorkspaces));
    m_store->beginWriteArray(QLatin1String(kWorkspaces), static_cast<int>(workspaces.size()));
    for (int i = 0; i < static_cast<int>(workspaces.size()); ++i) {
        m_store->setArrayIndex(i);
        m_store->setValue(QStringLiteral("folder"), workspaces[static_cast<std::size_t>(i)].folder);
        m_store->setValue(QStringLiteral("opened"),
                          workspaces[static_cast<std::size_t>(i)].opened.toUTC().toString(Qt::ISODate));
    }
    m_store->endArray();
    Q_EMIT recentWorkspacesChanged();
}

void Settings::rememberWorkspace(const QString& folder) {
    m_store->sync();  // another window may have opened one meanwhile
    std::vector<RecentWorkspace> all = recentWorkspaces();
    std::erase_if(all, [&](const RecentWorkspace& one) { return one.folder == folder; });
    all.insert(all.begin(), {folder, QDateTime::currentDateTimeUtc()});
    if (all.size() > kMostWorkspaces) all.resize(kMostWorkspaces);
    keep(all);
}

void Settings::forgetWorkspace(const QString& folder) {
    m_store->sync();
    std::vector<RecentWorkspace> all = recentWorkspaces();
    std::erase_if(all, [&](const RecentWorkspace& one) { return one.folder == folder; });
    keep(all);
}

void Settings::applyLook() {
    m_applies = true;
    ThemeManager::instance().setTextScale(textScale());
    ThemeManager::instance().choose(theme());
}

}  // namespace latent::desktop
