// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/live/figure_source.hpp"

#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <mutex>
#include <set>

namespace latent::desktop {

using namespace engine::figures;
using nlohmann::json;

namespace {

constexpr std::uint64_t kAtOnce =
    20'000;  ///< numbers in the selected arrays; up to here a figure is resolved within 1 ms

struct Answer {
    FigurePtr figure;
    QString sentence;
};

Answer answer(const json& view, const ArraySet& arrays, const Cursors& cursors, const ResolveOptions& options,
              const FigureSource::Finish& finish) {
    auto figure = resolveFigure(view, arrays, cursors, options);
    if (!figure) return {nullptr, QString::fromStdString(figure.error().message)};
    if (finish) finish(*figure, cursors);
    return {std::make_shared<const Figure>(*std::move(figure)), {}};
}

/// Arrays that a view is made of: those it names and the coordinates of their dimensions.
std::set<const LoadedArray*> materialOf(const json& view, const ArraySet& arrays) {
    std::set<const LoadedArray*> material;
    for (const std::string& name : arraysOf(view)) {
        // A coordinate that differs between the cells of a sweep has another name.
        const LoadedArray* array = arrays.find(name) ? arrays.find(name) : arrays.find(name + "_values");
        if (!array) continue;
        material.insert(array);
        for (const std::string& dimension : array->dims)
            for (const std::string& coordinate : {dimension, dimension + "_values"})
                if (const LoadedArray* along = arrays.find(coordinate)) material.insert(along);
    }
    return material;
}

}  // namespace

/// One figure: who wants it, what was asked for, what came. Shared with the pool thread that works for it, which reaches
/// the source only under the mutex and only while it is there.
struct FigureSource::Job {
    std::mutex mutex;
    FigureSource* source = nullptr;

    // Of the UI thread:
    int wanted = 0;
    bool isStale = true;      ///< its arrays, cursors or view changed since the last wish
    bool isRunning = false;   ///< on a pool thread; the next wish waits for it
    std::uint64_t wish = 0;   ///< number of the last wish
    std::uint64_t shown = 0;  ///< number of the wish that `figure` answers
    FigurePtr figure;
    std::set<const LoadedArray*> material;
    std::vector<std::uint64_t> cursorSizes;

    /// True when its figure is made of other things than before.
    bool renew(const json& view, const ArraySet& arrays) {
        std::set<const LoadedArray*> others = materialOf(view, arrays);
        std::vector<std::uint64_t> sizes;
        for (const auto& [cursor, dimension] : cursorsOf(view, arrays))
            sizes.push_back(arrays.extentOf(dimension));
        const bool isNew = others != material || sizes != cursorSizes;
        material = std::move(others);
        cursorSizes = std::move(sizes);
        return isNew;
    }
    void leave() {
        const std::lock_guard guard(mutex);
        source = nullptr;
    }
};

FigureSource::FigureSource(QObject* parent) : QObject(parent) {}

FigureSource::~FigureSource() {
    for (const auto& [name, job] : m_jobs) job->leave();
}

const json* FigureSource::view(const QString& name) const {
    const auto found =
        std::find_if(m_views.begin(), m_views.end(), [&, text = name.toStdString()](const json& view) {
            return view.is_object() && view.contains("name") && view["name"] == text;
        });
    return found == m_views.end() ? nullptr : &*found;
}

FigurePtr FigureSource::figure(const QString& name) const {
    const auto found = m_jobs.find(name);
    return found == m_jobs.end() ? nullptr : found->second->figure;
}

void FigureSource::setData(ArraySet arrays, std::vector<json> views,
                           std::chrono::steady_clock::time_point read, const ArraySet& outlines) {
    const ArraySet before = std::exchange(m_arrays, std::move(arrays));
    const ArraySet known = std::exchange(m_known, m_arrays);  // keeps the old arrays' addresses taken
    m_outlines = outlines;
    for (const auto& [name, outline] : outlines.all()) m_known.put(outline);
    m_read = read;
    bool otherViews = false;
    if (views != m_views) {
        otherViews = true;
        const std::vector<json> old = std::exchange(m_views, std::move(views));
        for (auto& [name, job] : m_jobs) {
            const json* now = view(name);
            const auto was =
                std::find_if(old.begin(), old.end(), [&](const json& one) { return now && one == *now; });
            if (was != old.end()) continue;
            // Another view of this name, or none: what is under way for the old one must not be shown.
            auto fresh = std::make_shared<Job>();
            fresh->source = this;
            fresh->wanted = job->wanted;
            job->leave();
            job = std::move(fresh);
        }
    }
    m_cursorDimensions.clear();
    for (const json& one : m_views)
        for (const auto& [cursor, dimension] : cursorsOf(one, m_known))
            m_cursorDimensions.emplace(cursor, dimension);
    for (auto& [name, job] : m_jobs) {
        const json* now = view(name);
        if (!now) continue;
        if (job->renew(*now, m_known) || job->wish == 0) job->isStale = true;
    }
    const QPointer<FigureSource> self(this);
    if (before.all() != m_arrays.all()) Q_EMIT dataChanged();
    if (self && otherViews) Q_EMIT viewsChanged();
    if (self) resolveStale();
}

void FigureSource::want(const QString& name, bool wanted) {
    auto& job = m_jobs[name];
    if (!job) {
        job = std::make_shared<Job>();
        job->source = this;
        if (const json* one = view(name)) job->renew(*one, m_known);
    }
    job->wanted = std::max(0, job->wanted + (wanted ? 1 : -1));
    if (job->wanted > 0 && job->isStale) resolve(name);
}

void FigureSource::fix(const std::map<std::string, std::int64_t, std::less<>>& fixed) {
    if (fixed == m_options.fixed) return;
    m_options.fixed = fixed;
    for (const auto& [name, job] : m_jobs) job->isStale = true;
    resolveStale();
}

void FigureSource::setFinish(Finish finish) {
    m_finish = std::move(finish);
    for (const auto& [name, job] : m_jobs) job->isStale = true;
    resolveStale();
}

Cursors FigureSource::allCursors() const {
    Cursors all = m_cursors;
    for (const auto& [cursor, dimension] : m_cursorDimensions)
        all.try_emplace(cursor, restOf(dimension, m_known));
    return all;
}

void FigureSource::setCursor(const QString& name, qint64 index) {
    const std::string cursor = name.toStdString();
    const auto dimension = m_cursorDimensions.find(cursor);
    const auto size = dimension == m_cursorDimensions.end()
                          ? qint64{0}
                          : static_cast<qint64>(m_known.extentOf(dimension->second));
    const auto known = m_cursors.find(cursor);
    // A cursor at rest is absent; before the data it keeps what it is told.
    const bool atEnd = index < 0 || (size > 0 && index >= size - 1);
    if (atEnd) index = size > 0 ? size - 1 : -1;
    const std::int64_t rest = dimension == m_cursorDimensions.end() ? -1 : restOf(dimension->second, m_known);
    const bool atRest = rest < 0 ? atEnd : index == rest;
    if (known == m_cursors.end() ? atRest : !atRest && known->second == index) return;
    if (atRest)
        m_cursors.erase(cursor);
    else
        m_cursors[cursor] = index;
    for (const auto& [figure, job] : m_jobs)
        if (const json* one = view(figure); one && cursorsOf(*one, m_known).contains(cursor))
            job->isStale = true;
    const QPointer<FigureSource> self(this);
    Q_EMIT cursorChanged(name, std::max<qint64>(index, 0));
    if (self) resolveStale();
}

/// Signals go out in between, and whoever hears them may want other figures, set other data, or delete this.
void FigureSource::resolveStale() {
    std::vector<QString> names;
    for (const auto& [name, job] : m_jobs) names.push_back(name);
    const QPointer<FigureSource> self(this);
    for (const QString& name : names) {
        if (!self) return;
        if (const auto job = m_jobs.find(name);
            job != m_jobs.end() && job->second->wanted > 0 && job->second->isStale)
            resolve(name);
    }
}

void FigureSource::resolve(const QString& name) {
    const std::shared_ptr<Job> job = m_jobs.at(name);
    const json* one = view(name);
    if (!one) return;
    const bool inParts = isInParts(*one), atOnce = !inParts && isSmall(*one);
    if (job->isRunning && !atOnce) return;  // it stays stale: goOn() takes it up
    job->isStale = false;
    const std::uint64_t wish = ++job->wish;
    if (atOnce) {
        Answer now = answer(*one, m_arrays, m_cursors, m_options, m_finish);
        finish(name, wish, std::move(now.figure), now.sentence);
        return;
    }
    job->isRunning = true;
    inParts ? resolveInParts(name, job, wish)
            : resolveOnPool(name, job, wish, m_arrays, m_cursors, m_options);
}

void FigureSource::resolveOnPool(const QString& name, const std::shared_ptr<Job>& job, std::uint64_t wish,
                                 ArraySet arrays, const Cursors& cursors, const ResolveOptions& options) {
    QThreadPool::globalInstance()->start([job, name, wish, view = *view(name), arrays = std::move(arrays),
                                          cursors, options, finish = m_finish] {
        Answer made = answer(view, arrays, cursors, options, finish);
        const std::lock_guard guard(job->mutex);
        if (!job->source) return;
        QMetaObject::invokeMethod(
            job->source,
            [job, name, wish, made = std::move(made), source = job->source] {
                // The view of this name may be another one by now, with a job of its own.
                const auto current = source->m_jobs.find(name);
                if (current == source->m_jobs.end() || current->second != job) return;
                const QPointer<FigureSource> self(source);
                source->finish(name, wish, made.figure, made.sentence);
                if (self) source->goOn(job);
            },
            Qt::QueuedConnection);
    });
}

/// What is read is shown, with the cursors that it was read for. If they have moved meanwhile, or more has come, it is
/// asked for anew after that: a run that goes on would otherwise never show anything.
void FigureSource::resolveInParts(const QString& name, const std::shared_ptr<Job>& job, std::uint64_t wish) {
    m_readParts(*view(name), m_cursors, m_options,
                [self = QPointer<FigureSource>(this), name, job, wish, cursors = m_cursors,
                 options = m_options](const engine::Result<ArraySet>& parts) {
                    if (!self) return;
                    const auto current = self->m_jobs.find(name);
                    if (current == self->m_jobs.end() || current->second != job) return;
                    if (parts) return self->resolveOnPool(name, job, wish, *parts, cursors, options);
                    self->finish(name, wish, nullptr, QString::fromStdString(parts.error().message));
                    if (self) self->goOn(job);
                });
}

void FigureSource::goOn(const std::shared_ptr<Job>& job) {
    job->isRunning = false;
    resolveStale();
}

bool FigureSource::isInParts(const json& view) const {
    if (!m_readParts || m_outlines.all().empty()) return false;
    const std::vector<std::string> names = arraysOf(view);
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return m_outlines.find(name) != nullptr; });
}

bool FigureSource::isSmall(const json& view) const {
    std::uint64_t numbers = 0;
    for (const LoadedArray* array : materialOf(view, m_arrays)) numbers += array->values.view().elements();
    return numbers < kAtOnce;
}

void FigureSource::finish(const QString& name, std::uint64_t wish, FigurePtr figure,
                          const QString& sentence) {
    const std::shared_ptr<Job> job = m_jobs.at(name);
    if (wish <= job->shown) return;  // a newer wish was answered first
    job->shown = wish;
    if (job->wanted == 0) job->isStale = true;
    if (!figure) {
        Q_EMIT failed(name, sentence);
        return;
    }
    job->figure = figure;
    if (job->wanted > 0) Q_EMIT resolved(name, figure);
}

}  // namespace latent::desktop
