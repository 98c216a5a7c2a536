// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The application, with one addition: an exception that leaves an event handler of a plugin's panel ends that panel, with
// its sentence in the panel's place. One of our own goes on to where it would have gone without this class.
//
//     GuardedApplication application(argc, argv);

#include <QApplication>

namespace latent::desktop {

class GuardedApplication : public QApplication {
    Q_OBJECT
  public:
    using QApplication::QApplication;
    bool notify(QObject* receiver, QEvent* event) override;
};

}  // namespace latent::desktop
