// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/live/run_service.hpp"

#include "desktop/live/run_reader_worker.hpp"

namespace latent::desktop {

RunService::RunService(QObject* parent) : QObject(parent), m_worker(new RunReaderWorker) {
    qRegisterMetaType<RunSnapshotPtr>();
    m_thread.setObjectName(QStringLiteral("runs"));
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    connect(m_worker, &RunReaderWorker::looked, this, &RunService::receive, Qt::QueuedConnection);
    m_thread.start();
}

RunService::~RunService() {
    m_thread.quit();
    m_thread.wait();
}

void RunService::open(const std::filesystem::path& run, Depth depth) {
    Opened& opened = m_opened[run];
    const bool wasFollowed = opened.count[0] + opened.count[1] > 0, hadArrays = opened.count[1] > 0;
    ++opened.count[static_cast<std::size_t>(depth)];
    const bool arrays = opened.count[1] > 0;
    if (wasFollowed && arrays == hadArrays) return;
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, run, arrays] { worker->follow(run, arrays); }, Qt::QueuedConnection);
}

void RunService::close(const std::filesystem::path& run, Depth depth) {
    const auto found = m_opened.find(run);
    if (found == m_opened.end()) return;
    auto& count = found->second.count;
    int& one = count[static_cast<std::size_t>(depth)];
    if (one == 0) return;
    --one;
    if (count[0] + count[1] == 0) {
        m_opened.erase(found);
        QMetaObject::invokeMethod(
            m_worker, [worker = m_worker, run] { worker->leave(run); }, Qt::QueuedConnection);
    } else if (depth == Depth::Arrays && one == 0) {
        QMetaObject::invokeMethod(
            m_worker, [worker = m_worker, run] { worker->follow(run, false); }, Qt::QueuedConnection);
    }
}

RunSnapshotPtr RunService::latest(const std::filesystem::path& run) const {
    const auto found = m_opened.find(run);
    return found == m_opened.end() ? nullptr : found->second.latest;
}

void RunService::poke() {
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker] { worker->poke(); }, Qt::QueuedConnection);
}

void RunService::readFor(const std::filesystem::path& run, const nlohmann::json& view,
                         const engine::figures::Cursors& cursors,
                         const engine::figures::ResolveOptions& options, Answer answer) {
    QMetaObject::invokeMethod(
        m_worker,
        [this, worker = m_worker, run, view, cursors, options, answer = std::move(answer)] {
            // The service outlives its thread, so it is there to be told.
            auto parts = std::make_shared<const engine::Result<engine::figures::ArraySet>>(
                worker->readFor(run, view, cursors, options));
            QMetaObject::invokeMethod(
                this, [answer, parts] { answer(*parts); }, Qt::QueuedConnection);
        },
        Qt::QueuedConnection);
}

void RunService::receive(const RunSnapshotPtr& received) {
    m_worker->taken(received->folder);
    const auto found = m_opened.find(received->folder);
    if (found == m_opened.end()) return;  // closed while it was on its way
    found->second.latest = received;
    Q_EMIT snapshot(received);
}

}  // namespace latent::desktop
