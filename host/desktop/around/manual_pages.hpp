// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The pages of the manual as text: Markdown files of one folder, their headings, and a search over all of them.
//
// Ids are paths without the ending: "index", "sweeps", "plugins/concept_space". Headings have anchors as on the web
// ("Exit codes" → "exit-codes"). Read once; plain values after that; any thread.
//
//     const ManualPages pages = ManualPages::read(shareFolder() + QStringLiteral("/manual"));
//     for (const ManualHit& hit : pages.search(QStringLiteral("resume checkpoint"))) show(hit.page, hit.anchor, hit.excerpt);

#include <QString>
#include <QStringList>
#include <vector>

namespace latent::desktop {

struct ManualHeading {
    int level = 1;
    QString title, anchor;
    int line = 0;  ///< in the page's Markdown
};

struct ManualPage {
    QString id, title, file, markdown;
    std::vector<ManualHeading> headings;
    bool isPlugin = false;  ///< the README of a plugin
};

struct ManualHit {
    QString page, title;      ///< of the page
    QString anchor, section;  ///< the heading that it stands under; empty: before the first
    QString excerpt;          ///< plain text around the first word found
    double score = 0;
};

class ManualPages {
  public:
    ManualPages() = default;
    /// Pages larger than 4 MB are left out; a missing folder gives no page.
    static ManualPages read(const QString& folder);

    const std::vector<ManualPage>& pages() const { return m_pages; }
    const ManualPage* find(const QString& id) const;
    /// Sections that hold all the words (the last may be unfinished), best first; at most `most`.
    std::vector<ManualHit> search(const QString& words, int most = 40) const;
    /// The words of a search, as they are looked for and highlighted.
    static QStringList wordsOf(const QString& words);

  private:
    std::vector<ManualPage> m_pages;
};

/// "Exit codes of `latent`" → "exit-codes-of-latent".
QString manualAnchor(const QString& heading);

}  // namespace latent::desktop
