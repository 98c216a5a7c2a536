// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/guarded_application.hpp"

#include <QPointer>

#include "desktop/panels/panel_frame.hpp"

namespace latent::desktop {

bool GuardedApplication::notify(QObject* receiver, QEvent* event) {
    // Found before the event: the receiver may be gone after it.
    const QPointer<PanelFrame> frame = PanelFrame::around(receiver);
    if (!frame || frame == receiver) return QApplication::notify(receiver, event);
    QString reason;
    try {
        return QApplication::notify(receiver, event);
    } catch (const std::exception& e) {
        reason = QString::fromUtf8(e.what());
    } catch (...) {
        reason = tr("it threw something that is not a std::exception.");
    }
    if (frame) frame->end(tr("The panel “%1” failed: %2").arg(frame->offer().title, reason));
    return true;
}

}  // namespace latent::desktop
