// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <memory>

#include "desktop/around/manual.hpp"
#include "desktop/live/file_thread.hpp"
#include "desktop/theme/icon.hpp"

namespace latent::desktop {

struct ManualSource::Parts {
    QString folder;
    std::function<void(const QString&, const QString&)> show;
    std::shared_ptr<ManualPages> pages;  ///< read by the first question; used on the thread only
    FileThread files;
};

ManualSource::ManualSource(const QString& folder, std::function<void(const QString&, const QString&)> show)
    : m_parts(std::make_unique<Parts>()) {
    m_parts->folder = folder;
    m_parts->show = std::move(show);
    m_parts->pages = std::make_shared<ManualPages>();
}

ManualSource::~ManualSource() = default;

void ManualSource::find(const QString& words, Reply reply) {
    constexpr int kMost = 20;
    const auto look = [folder = m_parts->folder, pages = m_parts->pages, words] {
        if (pages->pages().empty()) *pages = ManualPages::read(folder);
        if (!ManualPages::wordsOf(words).isEmpty()) return pages->search(words, kMost);
        std::vector<ManualHit> all;
        for (const ManualPage& page : pages->pages()) all.push_back({page.id, page.title, {}, {}, {}, 0});
        return all;
    };
    m_parts->files.run(look, [show = m_parts->show, reply = std::move(reply)](std::vector<ManualHit> hits) {
        std::vector<PaletteEntry> entries;
        for (const ManualHit& hit : hits) {
            PaletteEntry entry;
            entry.id = QStringLiteral("manual:") + hit.page + QLatin1Char('#') + hit.anchor;
            entry.title = hit.section.isEmpty() ? hit.title : hit.section;
            entry.detail =
                hit.section.isEmpty() ? hit.excerpt : hit.title + QStringLiteral(" · ") + hit.excerpt;
            entry.group = QCoreApplication::translate("ManualSource", "Manual");
            entry.icon = icon(QStringLiteral("manual"));
            entry.run = [show, page = hit.page, anchor = hit.anchor] { show(page, anchor); };
            entry.ranked = true;
            entries.push_back(std::move(entry));
        }
        reply(std::move(entries));
    });
}

}  // namespace latent::desktop
