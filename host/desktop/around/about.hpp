// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What this program is, which version, under which licences, and what it is made of; a description of the system to paste
// into a report of a fault. UI thread only.
//
//     AboutDialog(window).exec();

#include <QDialog>
#include <QString>
#include <vector>

namespace latent::desktop {

struct UsedLibrary {
    QString name, version, licence, purpose;
};
/// With the version found at run time where the library tells it, else the one built with.
std::vector<UsedLibrary> usedLibraries();
/// Program, libraries, system and screen, a line each; no names of people, machines or folders.
QString systemDescription();

class AboutDialog : public QDialog {
    Q_OBJECT
  public:
    explicit AboutDialog(QWidget* parent = nullptr);
};

}  // namespace latent::desktop
