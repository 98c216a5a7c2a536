// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The first page: what this is, where to begin, workspaces that were open lately, and studies that come with the program.
//
// It does nothing itself but to look whether folders are still there (on a thread) and to forget a workspace on demand;
// everything else is asked of the window by signals. Folders and files may be dropped on it. UI thread only.
//
//     auto* welcome = new WelcomePage(settings, tabs);
//     connect(welcome, &WelcomePage::workspaceChosen, this, &Window::openWorkspace);

#include <QScrollArea>
#include <QStringList>
#include <memory>
#include <vector>

namespace latent::desktop {

class Settings;
struct RecentWorkspace;

/// A study that comes with the program: a sweep in a file, and what its first comment says.
struct Sample {
    QString name;   ///< "sim/swing_by"
    QString title;  ///< "Swing by"
    QString summary;
    QString file;
};
/// Sorted by name. Reads files: any thread but the UI thread.
std::vector<Sample> readSamples(const QString& folder);

class WelcomePage : public QScrollArea {
    Q_OBJECT
  public:
    explicit WelcomePage(Settings& settings, QWidget* parent = nullptr);
    ~WelcomePage() override;

  Q_SIGNALS:
    void tourRequested();
    void openWorkspaceRequested();
    void workspaceChosen(const QString& folder);
    void sampleChosen(const QString& file);
    void manualRequested(const QString& page);
    void dropped(const QStringList& paths);

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    void fillRecent();
    void showRecent(const std::vector<RecentWorkspace>& recent, const QStringList& missing);
    void showSamples(const std::vector<Sample>& samples);
    void setDropping(bool dropping);
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
