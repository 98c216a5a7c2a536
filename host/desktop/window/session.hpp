// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the window looked like: docks, pages, zooms, form values; one JSON file for each workspace in the
// user's configuration folder.
//
// The file has a version. An older one is migrated by one function; one that is newer, damaged or from
// somewhere else is set aside under another name and told about, never lost and never the reason why the
// window does not open. A part that turns out to be useless only when it is put to use leaves a copy of the
// whole file. A workspace that was moved within its file system keeps its session. Any thread.
//
//     SessionFile file(workspace);
//     auto [state, message] = file.load();
//     file.save({{"pages", pages}, …});

#include <QByteArray>
#include <QString>
#include <QVariantMap>
#include <filesystem>

namespace latent::desktop {

class SessionFile {
  public:
    static constexpr int kVersion = 1;
    explicit SessionFile(const std::filesystem::path& workspace);

    struct Loaded {
        QVariantMap state;  ///< empty when there is none
        QString message;    ///< what was set aside and where; empty when all is well
    };
    /// `isOurs`: false where another window holds the file, which then stays where it is, damaged or not.
    Loaded load(bool isOurs = true) const;
    /// Sets the file aside where load() would, before it is written over; the sentence that says so.
    QString setAsideDamaged() const;
    /// A sentence when it could not be saved.
    QString save(const QVariantMap& state) const { return write(bytes(state)); }
    QByteArray bytes(const QVariantMap& state) const;
    QString write(const QByteArray& bytes) const;
    /// Keeps the file as it is under another name, because the window could not use a part of it ("The places
    /// of the docks could not be read."). Says where.
    QString copyAside(const QString& why) const;
    const QString& path() const { return m_path; }

  private:
    /// What the file holds, or what is wrong with it ("is damaged."); nothing of either where there is none.
    struct Read {
        QVariantMap state;
        QString why;
    };
    Read read() const;
    QString nameAside() const;
    void adoptMoved() const;
    QString m_workspace, m_identity, m_path;
};

}  // namespace latent::desktop
