// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Does small jobs with files on a thread of its own, in order, and brings their results back to the UI thread.
//
// For what a click causes: a control request, a star, a folder to the trash. A slow disk delays the answer, never the
// window. What was asked for before the destruction is still done (nobody loses a "stop" by closing the window); its answer
// is dropped. UI thread only.
//
//     FileThread files;
//     files.run([=] { return writeNotes(run, notes); }, [this](engine::Status done) { if (!done) say(done.error().message); });

#include <QObject>
#include <QThread>
#include <memory>
#include <utility>

namespace latent::desktop {

class FileThread : public QObject {
    Q_OBJECT
  public:
    explicit FileThread(QObject* parent = nullptr);
    ~FileThread() override;

    /// `work` runs on the thread; `then` gets its result on the UI thread.
    template <class Work, class Then>
    void run(Work work, Then then) {
        QMetaObject::invokeMethod(
            m_inside,
            [this, work = std::move(work), then = std::move(then)]() mutable {
                auto result = std::make_shared<decltype(work())>(work());
                QMetaObject::invokeMethod(
                    this, [result, then = std::move(then)]() mutable { then(std::move(*result)); },
                    Qt::QueuedConnection);
            },
            Qt::QueuedConnection);
    }

  private:
    QThread m_thread;
    QObject* m_inside;  ///< lives on m_thread
};

}  // namespace latent::desktop
