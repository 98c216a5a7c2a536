// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/live/file_thread.hpp"

namespace latent::desktop {

FileThread::FileThread(QObject* parent) : QObject(parent), m_inside(new QObject) {
    m_thread.setObjectName(QStringLiteral("files"));
    m_inside->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_inside, &QObject::deleteLater);
    m_thread.start();
}

FileThread::~FileThread() {
    // Queued behind everything that was asked for.
    QMetaObject::invokeMethod(m_inside, [this] { m_thread.quit(); }, Qt::QueuedConnection);
    m_thread.wait();
}

}  // namespace latent::desktop
