// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Every action of a window by an id, so that menus, palette, shortcuts and their overview come from one list.
//
// The QActions belong to the window; their shortcuts work wherever the focus is in it (or, with a `context`, within that
// widget). A person may change shortcuts; what differs from the default is kept in the settings, and kept also for actions
// that are absent this time. UI thread only; one registry for each window.
//
//     ActionRegistry actions(settings.store(), window);
//     actions.add({.id = "run.start", .title = tr("Run"), .group = tr("Run"), .icon = "play", .shortcut = QKeySequence("F5"), .run = [this] { start(); }});
//     menu->addAction(actions["run.start"]);
//     actions.allow("run.start", false, tr("Choose an experiment first."));

#include <QAction>
#include <QKeySequence>
#include <QObject>
#include <QPointer>
#include <functional>
#include <vector>

#include "desktop/around/palette_source.hpp"

class QSettings;

namespace latent::desktop {

struct ActionSpec {
    QString id{};             ///< "run.start": lower case, a dot after the group
    QString title{};          ///< "Run", without a mnemonic; also the accessible name
    QString group{};          ///< heading of the overview: "Run", "View", …
    QString icon{};           ///< of resources/icons; empty: none
    QString detail{};         ///< a sentence for tooltip and palette; may be empty
    QKeySequence shortcut{};  ///< the default
    QWidget* context =
        nullptr;  ///< the shortcut works only when the focus is in this widget; null: in the whole window
    bool checkable = false;
    bool inPalette = true;
    std::function<void()> run{};  ///< may be empty when the caller connects to the QAction itself
};

class ActionRegistry : public QObject, public PaletteSource {
    Q_OBJECT
  public:
    ActionRegistry(QSettings& store, QWidget* window);

    QAction* add(const ActionSpec& spec);
    /// On, or off with the reason in a sentence ("Choose two runs first."), which the palette then shows.
    void allow(const QString& id, bool isPossible, const QString& whyNot);
    /// Must exist: an unknown id is a mistake of the caller.
    QAction* operator[](const QString& id) const;
    /// Null when there is none.
    QAction* action(const QString& id) const;

    struct Entry {
        QString id, title, group, detail;
        QPointer<QAction> action;
        QPointer<QWidget> context;
        QKeySequence standard;
        bool inPalette = true;
        QString whyNot{};
    };
    /// In the order of adding.
    const std::vector<Entry>& entries() const { return m_entries; }

    /// Which other action answers to this shortcut; empty: none.
    QString holderOf(const QKeySequence& shortcut, const QString& except = {}) const;
    /// Kept from now on. The caller has settled conflicts (a shortcut that two have works for neither).
    void setShortcut(const QString& id, const QKeySequence& shortcut);
    void resetShortcuts();

    /// Palette: all of them, those that are off with the reason.
    void find(const QString& words, Reply reply) override;

  protected:
    /// Line edits would take many of the window's shortcuts (Ctrl+E is their "end of the line"): what a person presses is the
    /// action that the menu shows. Copying, pasting, undoing and the keys without Ctrl or Alt stay the field's.
    bool eventFilter(QObject* object, QEvent* event) override;

  Q_SIGNALS:
    void shortcutsChanged();

  private:
    void apply(Entry& entry, const QKeySequence& shortcut);
    QSettings& m_store;
    QWidget* m_window;
    std::vector<Entry> m_entries;
};

}  // namespace latent::desktop
