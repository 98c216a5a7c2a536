// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One field that finds everything: actions, experiments, runs and pages of the manual, by a few of their letters.
//
// It lies over the upper middle of its window until something is chosen or Escape is pressed. With nothing typed, what was
// chosen last comes first (kept in the settings). A first letter narrows it: > actions, # runs, ? manual. Keys: up, down,
// page up and down, Enter; the mouse works too. It never waits for a source. UI thread only; owned by its window.
//
//     auto* palette = new CommandPalette(settings.store(), window);
//     palette->addSource(&actions, QLatin1Char('>'));
//     palette->addSource(&experiments, {});
//     actions.add({.id = "view.palette", .title = tr("Find anything"), .shortcut = QKeySequence("Ctrl+K"), .run = [=] { palette->open(); }});

#include <QFrame>
#include <memory>

#include "desktop/around/palette_source.hpp"

class QSettings;

namespace latent::desktop {

class CommandPalette : public QFrame {
    Q_OBJECT
  public:
    CommandPalette(QSettings& store, QWidget* window);
    ~CommandPalette() override;

    /// `prefix`: the letter that shows this source alone; null: it is asked only without a prefix.
    void addSource(PaletteSource* source, QChar prefix);
    /// Titles in the order shown, for the tests.
    QStringList shownTitles() const;

  public Q_SLOTS:
    /// Shows it with these words already typed ("#" for the runs).
    void open(const QString& words = {});
    void dismiss();

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void ask();
    void rank();
    void choose(int row);
    void place();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
