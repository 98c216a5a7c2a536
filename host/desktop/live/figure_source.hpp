// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The figures of one thing (a run, a probe's answer, a cell of a sweep) as they change: arrays come in, resolved figures
// come out, cursors are shared between them.
//
// Figures are resolved on pool threads, the latest wish wins, and small ones (a scrub through 10⁴ numbers) at once, so that
// the picture follows the mouse. Only figures that somebody wants are resolved. UI thread only.
//
//     FigureSource source;
//     connect(&source, &FigureSource::resolved, card, &FigureCard::show);
//     source.setData(snapshot->arrays, snapshot->views, snapshot->read);
//     source.want("losses", true);
//     source.setCursor("frame", 17);

#include <QObject>
#include <QString>
#include <QStringList>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <vector>

#include "desktop/views/canvas.hpp"
#include "engine/figures/array_set.hpp"
#include "engine/figures/resolve.hpp"
#include "engine/result.hpp"

namespace latent::desktop {

class FigureSource : public QObject {
    Q_OBJECT
  public:
    explicit FigureSource(QObject* parent = nullptr);
    ~FigureSource() override;

    /// New arrays or views; what is wanted is resolved anew. `outlines`: arrays that exist but are too large to
    /// be here, without numbers; figures over them are made from what `ReadParts` gives.
    void setData(engine::figures::ArraySet arrays, std::vector<nlohmann::json> views,
                 std::chrono::steady_clock::time_point read, const engine::figures::ArraySet& outlines = {});
    /// Reads the part of large arrays that a view selects, and answers once, later, on the UI thread.
    using ReadParts =
        std::function<void(const nlohmann::json& view, const engine::figures::Cursors& cursors,
                           const engine::figures::ResolveOptions& options,
                           std::function<void(const engine::Result<engine::figures::ArraySet>&)> answer)>;
    void setReadParts(ReadParts read) { m_readParts = std::move(read); }
    const engine::figures::ArraySet& arrays() const { return m_arrays; }
    /// Of a dimension, also where only large arrays have it; 0: none has it yet.
    std::uint64_t extentOf(std::string_view dimension) const { return m_known.extentOf(dimension); }
    const std::vector<nlohmann::json>& views() const { return m_views; }
    const nlohmann::json* view(const QString& name) const;
    /// Counts: a figure is resolved as long as it is wanted once more often than not. It may be wanted before its view is
    /// there.
    void want(const QString& name, bool wanted);
    /// The newest resolved figure; null before the first.
    FigurePtr figure(const QString& name) const;

    /// Cursors that were moved away from where they rest (engine::figures::Cursors). One at rest is absent: at the end it
    /// follows the rows that come.
    const engine::figures::Cursors& cursors() const { return m_cursors; }
    /// Every cursor of the views where it stands, at rest or moved; -1 is the end.
    engine::figures::Cursors allCursors() const;
    /// When the data last changed; the age that views show.
    std::chrono::steady_clock::time_point read() const { return m_read; }
    /// What is done to every figure once it is resolved (something laid under it); called on any thread. Null: nothing.
    using Finish = std::function<void(engine::figures::Figure&, const engine::figures::Cursors&)>;
    void setFinish(Finish finish);
    /// Index of leading axes of a sweep ("mu" → 2) that views do not name.
    void fix(const std::map<std::string, std::int64_t, std::less<>>& fixed);
    const std::map<std::string, std::int64_t, std::less<>>& fixed() const { return m_options.fixed; }

  public Q_SLOTS:
    /// Clamped to its dimension; a negative index is the end.
    void setCursor(const QString& name, qint64 index);

  Q_SIGNALS:
    /// Other arrays or more rows, before anything is resolved from them: for a plugin's own panel.
    void dataChanged();
    /// Other views than before.
    void viewsChanged();
    void resolved(const QString& name, latent::desktop::FigurePtr figure);
    /// A view that does not fit its arrays, in a sentence.
    void failed(const QString& name, const QString& sentence);
    void cursorChanged(const QString& name, qint64 index);

  private:
    struct Job;
    void resolve(const QString& name);
    void resolveStale();
    void resolveOnPool(const QString& name, const std::shared_ptr<Job>& job, std::uint64_t wish,
                       engine::figures::ArraySet arrays, const engine::figures::Cursors& cursors,
                       const engine::figures::ResolveOptions& options);
    void resolveInParts(const QString& name, const std::shared_ptr<Job>& job, std::uint64_t wish);
    void goOn(const std::shared_ptr<Job>& job);
    bool isSmall(const nlohmann::json& view) const;
    bool isInParts(const nlohmann::json& view) const;
    void finish(const QString& name, std::uint64_t wish, FigurePtr figure, const QString& sentence);

    engine::figures::ArraySet m_arrays, m_outlines;
    engine::figures::ArraySet m_known;  ///< both: tells how far dimensions go
    std::vector<nlohmann::json> m_views;
    ReadParts m_readParts;
    engine::figures::Cursors m_cursors;
    engine::figures::ResolveOptions m_options;
    Finish m_finish;
    std::map<std::string, std::string, std::less<>> m_cursorDimensions;  ///< of the cursors of all views
    std::chrono::steady_clock::time_point m_read{};
    std::map<QString, std::shared_ptr<Job>> m_jobs;
};

}  // namespace latent::desktop
