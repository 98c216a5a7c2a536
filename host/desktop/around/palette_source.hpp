// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the command palette finds, and where it looks for it.
//
// A source answers words with entries, at once or later, on the UI thread; what comes after the person typed on is dropped.
// It may answer with more than fits: the palette ranks and highlights. A source whose set is too large for that (runs of a
// workspace) looks the words up itself and says so with `ranked`. UI thread only; sources outlive the palette.
//
//     ListSource experiments([&bench] { return entriesOf(bench.experiments()); });
//     palette->addSource(&experiments, {});
//     palette->addSource(&runs, QLatin1Char('#'));

#include <QIcon>
#include <QString>
#include <functional>
#include <vector>

namespace latent::desktop {

struct PaletteEntry {
    QString id{};  ///< stable between starts: "action:run.start", "run:2026-…"; recent ones are known by it
    QString title{};     ///< what is matched first
    QString detail{};    ///< a second, muted line; matched too
    QString group{};     ///< "Actions", "Runs": told at the right of the line
    QString shortcut{};  ///< in the system's words; empty: none
    QIcon icon{};
    std::function<void()> run{};
    bool isOff = false;  ///< cannot be chosen now; the detail says why
    bool ranked =
        false;  ///< the source has found it by other means than its letters: keep it, in the source's order
};

class PaletteSource {
  public:
    using Reply = std::function<void(std::vector<PaletteEntry>)>;
    virtual ~PaletteSource() = default;
    /// `words` without the prefix; empty: everything, or the newest.
    virtual void find(const QString& words, Reply reply) = 0;
};

/// A source that makes all its entries each time.
class ListSource final : public PaletteSource {
  public:
    explicit ListSource(std::function<std::vector<PaletteEntry>()> entries) : m_entries(std::move(entries)) {}
    void find(const QString&, Reply reply) override { reply(m_entries()); }

  private:
    std::function<std::vector<PaletteEntry>()> m_entries;
};

}  // namespace latent::desktop
