// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Sentences for the person above the window's centre: level by icon, word and colour, an action, copy and dismiss.
//
// Never modal. Information goes by itself after a while (not while the mouse or the focus is on it); warnings and errors
// stay until they are dismissed. The same sentence twice is one line with a count; the oldest make room beyond kMost. Takes
// no space while there is nothing to say. UI thread only.
//
//     bar->say(Level::Error, engineError.message);
//     bar->say(Level::Info, tr("The run is queued."), tr("Show"), [this] { showJobs(); });

#include <QWidget>
#include <functional>
#include <memory>

namespace latent::desktop {

class MessageLine;

class MessageBar : public QWidget {
    Q_OBJECT
  public:
    enum class Level { Info, Warning, Error };
    Q_ENUM(Level)
    static constexpr int kMost = 3;
    explicit MessageBar(QWidget* parent = nullptr);
    ~MessageBar() override;

    void say(Level level, const QString& sentence, const QString& actionTitle = {},
             std::function<void()> action = {});
    /// What is no longer so goes by itself.
    void withdraw(const QString& sentence);
    QStringList sentences() const;
    /// Milliseconds after which information goes; the tests shorten it.
    void setInfoDuration_ms(int duration_ms);

  public Q_SLOTS:
    void clear();

  private:
    void remove(MessageLine* line);
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
