// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A user with folders of their own, the plugins of the build, and the real window; for the tests that drive it with keys and
// clicks. One a test program: it sets the environment of the process.
//
//     WindowHome home;
//     home.open();                                   // the window, shown and restored
//     home.click(home.button("Take the tour"));
//     QVERIFY(home.until([&] { return !home.window().bench().jobs().jobs().empty(); }));

#include <signal.h>

#include <QAbstractButton>
#include <QApplication>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <functional>
#include <memory>

#include "desktop/around/settings.hpp"
#include "desktop/around/share_folder.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/theme/theme.hpp"
#include "desktop/window/main_window.hpp"
#include "engine/jobs/start.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/reader_child.hpp"

namespace latent::desktop {

constexpr int kPatience_ms = 180'000;  ///< far above what anything takes; waiting ends as soon as it is so

class WindowHome {
  public:
    WindowHome() {
        const std::filesystem::path home = m_folder.path().toStdString();
        qputenv("HOME", home.c_str());
        for (const char* kind : {"CONFIG", "STATE", "CACHE", "DATA"})
            qputenv((std::string("XDG_") + kind + "_HOME").c_str(),
                    (home / QByteArray(kind).toLower().toStdString()).c_str());
        qputenv("OMP_NUM_THREADS", "1");
        const QString program = qEnvironmentVariable("LATENT_PROGRAM");
        qputenv("LATENT_PLUGIN_PATH", qgetenv("LATENT_TEST_PLUGINS"));
        setShareFolder(qEnvironmentVariable("LATENT_SHARE"));
        LatentCommand::setProgram(program);
        engine::setWorkerCommand({program.toStdString(), "worker"});
        engine::setReaderChildCommand({program.toStdString(), "reader-child"});
        // The plugins of the build are trusted by the program beside them; this test program lies elsewhere.
        m_ready = latent({QStringLiteral("plugins"), QStringLiteral("trust"),
                          QStringLiteral("concept_space")}) == 0;
    }
    ~WindowHome() {
        close();
        killAll();  // no worker outlives the test
    }

    bool isReady() const { return m_ready; }
    std::filesystem::path folder() const { return m_folder.path().toStdString(); }
    std::filesystem::path workspace() const { return folder() / "workspace"; }

    void open() {
        std::filesystem::create_directories(workspace());
        ThemeManager::instance().install(*qApp);
        m_settings = std::make_unique<Settings>();
        m_settings->applyLook();
        m_window = std::make_unique<MainWindow>(WindowOrder{m_opened.empty() ? workspace() : m_opened, false},
                                                *m_settings);
        m_window->restore();
        m_window->show();
        m_window->activateWindow();
        QVERIFY2(QTest::qWaitForWindowExposed(m_window.get()), "The window did not appear.");
    }
    /// As a person closes it; the next open() shows the same workspace.
    void close() {
        if (!m_window) return;
        m_opened = m_window->bench().workspace();
        m_window->close();
        m_window.reset();
        m_settings.reset();
    }
    MainWindow& window() { return *m_window; }
    Settings& settings() { return *m_settings; }

    /// Events run on while it waits.
    static bool until(const std::function<bool()>& so, int patience_ms = kPatience_ms) {
        return QTest::qWaitFor(so, patience_ms);
    }

    /// The first visible, enabled button whose words or accessible name begin so; null: none yet.
    QAbstractButton* button(const QString& words, QWidget* in = nullptr) {
        for (QAbstractButton* one : (in ? in : m_window.get())->findChildren<QAbstractButton*>())
            if (one->isVisible() && one->isEnabled() &&
                (one->text().startsWith(words) || one->accessibleName().startsWith(words)))
                return one;
        return nullptr;
    }
    static void click(QWidget* widget) { QTest::mouseClick(widget, Qt::LeftButton); }
    /// To whatever has the focus, as a keyboard does.
    void key(Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier) {
        QTest::keyClick(focus(), key, with);
    }
    void type(const QString& words) { QTest::keyClicks(focus(), words); }
    QWidget* focus() {
        if (QWidget* popup = QApplication::activePopupWidget())
            return popup->focusWidget() ? popup->focusWidget() : popup;
        if (QWidget* modal = QApplication::activeModalWidget())
            return modal->focusWidget() ? modal->focusWidget() : modal;
        QWidget* held = m_window->focusWidget();
        return held ? held : m_window.get();
    }

    int latent(const QStringList& words) const {
        QProcess process;
        process.start(LatentCommand::program(), words);
        if (!process.waitForFinished(kPatience_ms)) return -1;
        return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    }

    /// Worker and computing child of a run, as after a power cut.
    static void kill(const std::filesystem::path& run) {
        const auto lease = engine::probeLease(run);
        if (!lease || lease->liveness != engine::Liveness::Alive) return;
        const auto supervisor = static_cast<pid_t>(lease->pid);
        QFile children(QStringLiteral("/proc/%1/task/%1/children").arg(supervisor));
        const QByteArray computing = children.open(QIODevice::ReadOnly) ? children.readAll() : QByteArray();
        ::kill(supervisor, SIGKILL);
        for (const QByteArray& child : computing.simplified().split(' '))
            if (const pid_t id = child.toInt(); id > 0) ::kill(id, SIGKILL);
    }
    void killAll() const {
        std::error_code none;
        for (auto entry = std::filesystem::recursive_directory_iterator(workspace(), none);
             entry != std::filesystem::recursive_directory_iterator(); entry.increment(none))
            if (entry->path().filename() == "worker.json") kill(entry->path().parent_path());
    }

  private:
    QTemporaryDir m_folder;
    std::filesystem::path m_opened;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<MainWindow> m_window;
    bool m_ready = false;
};

}  // namespace latent::desktop
