// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/run_source.hpp"

#include <QCoreApplication>
#include <QDateTime>
#include <optional>

#include "desktop/live/file_thread.hpp"
#include "desktop/live/run_title.hpp"
#include "desktop/theme/icon.hpp"
#include "engine/index/run_index.hpp"

namespace latent::desktop {
namespace {

/// With a context that lupdate knows.
class RunSourceWords {
    Q_DECLARE_TR_FUNCTIONS(RunSource)
};

using Runs = std::vector<engine::IndexedRun>;

}  // namespace

/// Opened by its first question, on the thread; a workspace without an index yet has no answer.
struct OpenIndex {
    std::filesystem::path workspace;
    std::optional<engine::RunIndex> index;

    Runs ask(const std::string& words) {
        if (!index) {
            auto opened = engine::RunIndex::open(workspace);
            if (!opened) return {};
            index.emplace(*std::move(opened));
        }
        auto found = index->listRuns(words, {}, RunSource::kMost);
        // A word that is no condition yet ("mu>") is not an error while it is typed.
        return found ? *std::move(found) : Runs{};
    }
};

namespace {

PaletteEntry entryOf(const engine::IndexedRun& run, const std::function<void(const QString&)>& open) {
    const QDateTime created = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(run.created));
    QStringList about{QString::fromStdString(run.state),
                      created.toString(QStringLiteral("yyyy-MM-dd HH:mm"))};
    for (const std::string& tag : run.tags) about << QString::fromStdString(tag);
    const QString folder = QString::fromStdString(run.folder.string());
    PaletteEntry entry;
    entry.id = QStringLiteral("run:") + QString::fromStdString(run.id);
    entry.title = RunTitles::title(run);
    entry.detail = (about << QString::fromStdString(run.id)).join(QStringLiteral(" · "));
    entry.group = RunSourceWords::tr("Runs");
    entry.icon = icon(run.star ? QStringLiteral("star-filled") : QStringLiteral("runs"));
    entry.run = [open, folder] { open(folder); };
    entry.ranked = true;
    return entry;
}

}  // namespace

struct RunSource::Parts {
    std::function<void(const QString&)> open;
    std::shared_ptr<OpenIndex> index;
    FileThread files;
};

RunSource::RunSource(std::function<void(const QString&)> open) : m_parts(std::make_unique<Parts>()) {
    m_parts->open = std::move(open);
}
RunSource::~RunSource() = default;

void RunSource::setWorkspace(const std::filesystem::path& workspace) {
    m_parts->index = std::make_shared<OpenIndex>(OpenIndex{workspace, std::nullopt});
}

void RunSource::find(const QString& words, Reply reply) {
    if (!m_parts->index) return reply({});
    m_parts->files.run([index = m_parts->index, text = words.toStdString()] { return index->ask(text); },
                       [open = m_parts->open, reply = std::move(reply)](Runs runs) {
                           std::vector<PaletteEntry> entries;
                           for (const engine::IndexedRun& run : runs) entries.push_back(entryOf(run, open));
                           reply(std::move(entries));
                       });
}

}  // namespace latent::desktop
