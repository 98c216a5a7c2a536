// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the person chose once for all windows: theme, text size, core budget, recent workspaces; also shortcuts and the
// palette's recent entries, which their owners keep in store().
//
// One INI file in the configuration folder with a version; an older one is migrated by one function, a newer or damaged one
// set aside under another name with a sentence, never lost. Several windows may write at once. UI thread only.
//
//     Settings settings;
//     if (!settings.message().isEmpty()) bar->say(MessageBar::Level::Warning, settings.message());
//     settings.applyLook();                       // theme and text size, and again whenever they change
//     settings.rememberWorkspace(folder);

#include <QDateTime>
#include <QObject>
#include <QSettings>
#include <QString>
#include <memory>
#include <vector>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {

struct RecentWorkspace {
    QString folder;
    QDateTime opened;
};

class Settings : public QObject {
    Q_OBJECT
  public:
    static constexpr int kVersion = 2;
    static constexpr int kMostWorkspaces = 12;
    static QString standardFile();  ///< workbench.ini in the configuration folder
    explicit Settings(const QString& file = standardFile(), QObject* parent = nullptr);

    /// What was set aside, and where; empty when all is well.
    const QString& message() const { return m_message; }
    QSettings& store() { return *m_store; }

    ThemeManager::Choice theme() const;
    void setTheme(ThemeManager::Choice choice);
    /// 0.8 to 1.6; 1 is the size of the look.
    double textScale() const;
    void setTextScale(double scale);
    /// Cores that jobs may use together; 0: all of the machine.
    int coreBudget() const;
    void setCoreBudget(int cores);

    /// The newest first.
    std::vector<RecentWorkspace> recentWorkspaces() const;
    void rememberWorkspace(const QString& folder);
    void forgetWorkspace(const QString& folder);

    /// Gives theme and text size to the ThemeManager, now and on every change.
    void applyLook();

  Q_SIGNALS:
    void themeChanged();
    void textScaleChanged();
    void coreBudgetChanged(int cores);
    void recentWorkspacesChanged();

  private:
    void open(const QString& file);
    void keep(const std::vector<RecentWorkspace>& workspaces);
    std::unique_ptr<QSettings> m_store;
    QString m_message;
    bool m_applies = false;
};

}  // namespace latent::desktop
