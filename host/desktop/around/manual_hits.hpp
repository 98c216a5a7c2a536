// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a search of the manual found, a hit in three lines: section, page, and the words around the first match.
//
// UI thread only.
//
//     hits->setHits(pages.search(words), ManualPages::wordsOf(words));
//     connect(hits, &ManualHits::chosen, view, &ManualView::showPage);

#include <QListWidget>
#include <vector>

#include "desktop/around/manual_pages.hpp"

namespace latent::desktop {

class ManualHits : public QListWidget {
    Q_OBJECT
  public:
    explicit ManualHits(QWidget* parent = nullptr);
    void setHits(std::vector<ManualHit> hits, const QStringList& words);
    const std::vector<ManualHit>& hits() const { return m_hits; }
    const QStringList& words() const { return m_words; }

  Q_SIGNALS:
    void chosen(const QString& page, const QString& anchor);

  private:
    std::vector<ManualHit> m_hits;
    QStringList m_words;
};

}  // namespace latent::desktop
