// SPDX-License-Identifier: Apache-2.0
#include "engine/index/run_index.hpp"

#include <sys/vfs.h>

#include <chrono>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "engine/files/folders.hpp"
#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/index/run_filter.hpp"
#include "engine/index/sqlite.hpp"
#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
using Path = std::filesystem::path;

constexpr int kFormat = 4;
constexpr std::size_t kMostMessages = 100;
constexpr std::size_t kAskEvery = 64;  ///< rows read between two questions whether to stop

constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, experiment TEXT, plugin TEXT, kind TEXT, state "
    "TEXT, reason TEXT,"
    " created REAL, ended REAL, fraction REAL, parameters TEXT, metrics TEXT, tags TEXT, notes TEXT, star "
    "INTEGER, sweep TEXT, preset TEXT, name TEXT,"
    " search TEXT, said TEXT, events_offset INTEGER, events_size INTEGER, events_time INTEGER, user_size "
    "INTEGER,"
    " user_time INTEGER, heartbeat INTEGER, heartbeat_seen REAL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS by_created ON runs (created);";
constexpr const char* kColumns =
    "id, experiment, plugin, kind, state, reason, created, ended, fraction, parameters, metrics, tags, "
    "notes, star, sweep, preset, name, said,"
    " events_offset, events_size, events_time, user_size, user_time, heartbeat, heartbeat_seen";

double unixNow() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// File systems that other machines write too: SQLite's locks do not hold there.
bool isOnNetwork(const Path& folder) {
    struct statfs info {};
    if (::statfs(folder.c_str(), &info) != 0) return false;
    static const std::unordered_set<unsigned long> kNetwork{
        0x6969 /* NFS */,      0x517B /* SMB */,        0xFF534D42 /* CIFS */,
        0xFE534D42 /* SMB2 */, 0x0BD00BD0 /* Lustre */, 0x47504653 /* GPFS */,
        0x00C36400 /* Ceph */, 0x19830326 /* BeeGFS */, 0x5346414F /* AFS */};
    return kNetwork.count(static_cast<unsigned long>(info.f_type)) != 0;
}

json parsed(const std::string& text, json otherwise) {
    json value = json::parse(text, nullptr, false);
    return value.type() == otherwise.type() ? value : otherwise;
}

std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

void bindRow(Statement& statement, const IndexedRun& row) {
    int at = 0;
    for (const std::string& text : {row.id, row.experiment, row.plugin, row.kind, row.state, row.reason})
        statement.bind(++at, text);
    for (const double number : {row.created, row.ended, row.fraction}) statement.bind(++at, number);
    for (const std::string& text :
         {dumped(row.parameters), dumped(row.metrics), dumped(json(row.tags)), row.notes})
        statement.bind(++at, text);
    statement.bind(++at, std::int64_t{row.star});
    for (const std::string& text : {row.sweep, row.preset, row.name, row.said}) statement.bind(++at, text);
    for (const std::int64_t number :
         {static_cast<std::int64_t>(row.eventsOffset), row.eventsSize, row.eventsTime, row.userSize,
          row.userTime, static_cast<std::int64_t>(row.heartbeat)})
        statement.bind(++at, number);
    statement.bind(++at, row.heartbeatSeen);
    statement.bind(++at, searchText(row));
}

IndexedRun rowOf(const Statement& statement, const Path& runs) {
    IndexedRun row;
    int at = 0;
    for (std::string* text : {&row.id, &row.experiment, &row.plugin, &row.kind, &row.state, &row.reason})
        *text = statement.text(at++);
    for (double* number : {&row.created, &row.ended, &row.fraction}) *number = statement.number(at++);
    row.parameters = parsed(statement.text(at++), json::object());
    row.metrics = parsed(statement.text(at++), json::object());
    for (const json& tag : parsed(statement.text(at++), json::array()))
        if (tag.is_string()) row.tags.push_back(tag);
    row.notes = statement.text(at++);
    row.star = statement.whole(at++) != 0;
    row.sweep = statement.text(at++);
    row.preset = statement.text(at++);
    row.name = statement.text(at++);
    row.said = statement.text(at++);
    row.eventsOffset = static_cast<std::uint64_t>(statement.whole(at++));
    for (std::int64_t* number : {&row.eventsSize, &row.eventsTime, &row.userSize, &row.userTime})
        *number = statement.whole(at++);
    row.heartbeat = static_cast<std::uint64_t>(statement.whole(at++));
    row.heartbeatSeen = statement.number(at++);
    row.folder = runs / row.id;
    return row;
}

void bindValues(Statement& statement, int& at, const RunFilter& filter) {
    for (const auto& value : filter.values) {
        if (const auto* text = std::get_if<std::string>(&value))
            statement.bind(++at, *text);
        else
            statement.bind(++at, std::get<double>(value));
    }
}

}  // namespace

struct RunIndex::State {
    Path runs, file;
    std::optional<Database> database;
    std::vector<std::string> messages;
    std::unordered_map<std::string, IndexedRunPtr> known;  ///< what the table holds, by id; of `knownVersion`
    std::optional<std::int64_t> knownVersion;              ///< nothing: to be read
    std::string lookedFrom;  ///< by a refresh that was interrupted: names from here on

    /// Opens the file and makes sure that it is a whole database of this format.
    Result<bool> openFile() {
        LATENT_TRY(Database opened, Database::open(file));
        database = std::move(opened);
        knownVersion.reset();
        const auto whole = [&]() -> Status {
            LATENT_CHECK(database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"));
            LATENT_TRY(Statement check, database->prepare("PRAGMA quick_check(1)"));
            if (check.step() != Step::Row) return database->error();
            if (const std::string said = check.text(0); said != "ok")
                return failed("The index " + file.string() + " is damaged: " + said + ".");
            check.reset();  // an open statement keeps the table from being dropped
            LATENT_TRY(Statement version, database->prepare("PRAGMA user_version"));
            if (version.step() != Step::Row) return database->error();
            const std::int64_t format = version.whole(0);
            version.reset();
            if (format != 0 && format != kFormat)
                LATENT_CHECK(database->execute("DROP TABLE IF EXISTS runs;"));
            LATENT_CHECK(database->execute(kTable));
            LATENT_TRY(const Statement columns,
                       database->prepare(std::string("SELECT ") + kColumns + ", search FROM runs LIMIT 0"));
            return database->execute("PRAGMA user_version = " + std::to_string(kFormat) + ";");
        };
        const Status status = whole();
        if (status) return true;
        messages.push_back(status.error().message);
        return false;
    }

    Status openAnywhere(bool inMemory) {
        if (!inMemory && file.has_parent_path()) {
            if (const Status made = makeFolders(file.parent_path()); !made) {
                messages.push_back(made.error().message + " The index is kept in memory.");
                inMemory = true;
            } else if (isOnNetwork(file.parent_path())) {
                messages.push_back(
                    "The cache folder is on a network file system; the index is kept in memory.");
                inMemory = true;
            }
        }
        if (inMemory) file.clear();
        auto good = openFile();
        if (good && *good) return ok();
        if (file.empty()) return good ? Status(failed(messages.back())) : Status(good.error());
        setAside();
        good = openFile();
        if (good && *good) return ok();
        messages.push_back("The index " + file.string() + " cannot be used and is kept in memory.");
        file.clear();
        LATENT_TRY(const bool inMemoryGood, openFile());
        return inMemoryGood ? ok() : Status(failed(messages.back()));
    }

    /// A damaged index is kept beside the new one, for whoever wants to know.
    void setAside() {
        database.reset();
        const Path aside = file.string() + ".damaged";
        std::error_code ignored;
        std::filesystem::rename(file, aside, ignored);
        for (const char* companion : {"-wal", "-shm"})
            std::filesystem::remove(file.string() + companion, ignored);
        messages.push_back("The damaged index was set aside as " + aside.string() + " and is made anew.");
    }

    /// Runs something on the database; if that shows it to be damaged, once more on a new one that was filled again.
    template <class T, class Action>
    Result<T> guarded(Action&& action) {
        Result<T> result = action();
        if (result || !database->damaged() || file.empty()) return result;
        setAside();
        LATENT_CHECK(openAnywhere(false));
        if constexpr (!std::is_same_v<T, RefreshReport>) {
            LATENT_TRY([[maybe_unused]] const RefreshReport report, refresh({}));
        }
        return action();
    }

    /// Another one whenever something else than this object has written the file.
    Result<std::int64_t> dataVersion() {
        LATENT_TRY(Statement version, database->prepare("PRAGMA data_version"));
        if (version.step() != Step::Row) return database->error();
        return version.whole(0);
    }

    /// Reads the rows again if somebody else wrote them; parsing ten thousand takes longer than all the rest.
    Status readRows() {
        LATENT_TRY(const std::int64_t version, dataVersion());
        if (knownVersion == version) return ok();
        LATENT_TRY(Statement select, database->prepare(std::string("SELECT ") + kColumns + " FROM runs"));
        std::unordered_map<std::string, IndexedRunPtr> all;
        Step step;
        while ((step = select.step()) == Step::Row) {
            auto row = std::make_shared<const IndexedRun>(rowOf(select, runs));
            all.emplace(row->id, std::move(row));
        }
        if (step == Step::Broken) return database->error();
        known = std::move(all);
        knownVersion = version;
        return ok();
    }

    Result<RefreshReport> refresh(const std::function<bool()>& isInterrupted) {
        RefreshReport report;
        LATENT_TRY(const std::vector<std::string> names, listFolder(runs));
        LATENT_CHECK(database->execute("BEGIN IMMEDIATE"));
        const Status status = refreshInside(names, report, isInterrupted);
        if (!status) {  // they hold what is rolled back
            knownVersion.reset();
            lookedFrom.clear();
        }
        LATENT_CHECK(database->execute(status ? "COMMIT" : "ROLLBACK"));
        if (!status) return status.error();
        return report;
    }

    Status refreshInside(const std::vector<std::string>& names, RefreshReport& report,
                         const std::function<bool()>& isInterrupted) {
        LATENT_CHECK(readRows());
        std::string marks;
        for (const char c : std::string_view(kColumns)) marks += c == ',' ? "?, " : "";
        marks += "?, ?";  // the last of them, and the text to search
        LATENT_TRY(Statement put, database->prepare(std::string("INSERT OR REPLACE INTO runs (") + kColumns +
                                                    ", search) VALUES (" + marks + ")"));
        LATENT_TRY(Statement forget, database->prepare("DELETE FROM runs WHERE id = ?"));
        const double now = unixNow();
        std::unordered_set<std::string> there;
        for (auto name = names.rbegin(); name != names.rend(); ++name) {
            const auto found = known.find(*name);
            const bool wasLookedAt = !lookedFrom.empty() && *name >= lookedFrom;
            if (found != known.end() && (wasLookedAt || !mayHaveChanged(*found->second))) {
                there.insert(*name);
                ++report.runs;
                continue;
            }
            const Path folder = runs / *name;
            if (found == known.end() && !fileExists(layout::request(folder)))
                continue;  // not a run, or not one yet
            IndexedRun row = found != known.end() ? *found->second : IndexedRun{};
            row.id = *name;
            row.folder = folder;
            const Result<bool> changed = refreshRow(row, now);
            if (!changed) {
                if (report.messages.size() < kMostMessages)
                    report.messages.push_back(changed.error().message);
                if (found != known.end() && !fileExists(layout::request(folder)))
                    continue;  // gone: dropped below
                if (row.experiment.empty()) continue;
            }
            there.insert(*name);
            ++report.runs;
            if (changed && !*changed) continue;
            ++report.read;
            bindRow(put, row);
            if (put.step() != Step::End) return database->error();
            known[*name] = std::make_shared<const IndexedRun>(std::move(row));
            if (report.read % kAskEvery == 0 && isInterrupted && isInterrupted()) {
                report.isWhole = false;
                lookedFrom = *name;
                return ok();
            }
        }
        lookedFrom.clear();
        for (auto row = known.begin(); row != known.end();) {
            if (there.count(row->first) != 0) {
                ++row;
                continue;
            }
            forget.bind(1, row->first);
            if (forget.step() != Step::End) return database->error();
            ++report.removed;
            row = known.erase(row);
        }
        return ok();
    }

    Result<std::vector<IndexedRunPtr>> shared(const RunFilter& filter, const RunFilter& order) {
        LATENT_CHECK(readRows());
        LATENT_TRY(Statement select,
                   database->prepare("SELECT id FROM runs WHERE " + filter.sql + " ORDER BY " + order.sql));
        int at = 0;
        bindValues(select, at, filter);
        bindValues(select, at, order);
        std::vector<IndexedRunPtr> found;
        Step step;
        while ((step = select.step()) == Step::Row)
            if (const auto row = known.find(select.text(0)); row != known.end())
                found.push_back(row->second);  // else written a moment ago
        if (step == Step::Broken) return database->error();
        return found;
    }

    Result<std::vector<IndexedRun>> list(const RunFilter& filter, const RunFilter& order, std::size_t limit) {
        const std::string sql = std::string("SELECT ") + kColumns + " FROM runs WHERE " + filter.sql +
                                " ORDER BY " + order.sql +
                                (limit > 0 ? " LIMIT " + std::to_string(limit) : "");
        LATENT_TRY(Statement select, database->prepare(sql));
        int at = 0;
        bindValues(select, at, filter);
        bindValues(select, at, order);
        std::vector<IndexedRun> rows;
        Step step;
        while ((step = select.step()) == Step::Row) rows.push_back(rowOf(select, runs));
        if (step == Step::Broken) return database->error();
        return rows;
    }
};

RunIndex::RunIndex(std::unique_ptr<State> state) : m_state(std::move(state)) {}
RunIndex::RunIndex(RunIndex&&) noexcept = default;
RunIndex& RunIndex::operator=(RunIndex&&) noexcept = default;
RunIndex::~RunIndex() = default;

const Path& RunIndex::file() const { return m_state->file; }
const std::vector<std::string>& RunIndex::messages() const { return m_state->messages; }

Path indexFile(const Path& workspace, const Path& cacheFolder) {
    std::error_code ignored;
    Path absolute = std::filesystem::weakly_canonical(workspace, ignored);
    if (ignored) absolute = std::filesystem::absolute(workspace);
    return cacheFolder / "index" / (sha256Hex(absolute.string()).substr(0, 24) + ".sqlite");
}

Result<RunIndex> RunIndex::open(const Path& workspace, IndexSettings settings) {
    auto state = std::make_unique<State>();
    state->runs = std::filesystem::absolute(workspace) / "runs";
    state->file = indexFile(workspace, settings.cacheFolder.empty() ? cacheFolder() : settings.cacheFolder);
    LATENT_CHECK(state->openAnywhere(settings.inMemory));
    return RunIndex(std::move(state));
}

Result<RefreshReport> RunIndex::refresh(const std::function<bool()>& isInterrupted) {
    return m_state->guarded<RefreshReport>([&] { return m_state->refresh(isInterrupted); });
}

Result<RefreshReport> RunIndex::rebuild() {
    return m_state->guarded<RefreshReport>([&]() -> Result<RefreshReport> {
        LATENT_CHECK(m_state->database->execute("DELETE FROM runs"));
        m_state->knownVersion.reset();
        m_state->lookedFrom.clear();
        return m_state->refresh({});
    });
}

Result<std::vector<IndexedRun>> RunIndex::listRuns(std::string_view filter, std::string_view sort,
                                                   std::size_t limit) {
    LATENT_TRY(const RunFilter condition, RunFilter::parse(filter));
    LATENT_TRY(const RunFilter order, RunFilter::order(sort));
    return m_state->guarded<std::vector<IndexedRun>>([&] { return m_state->list(condition, order, limit); });
}

Result<std::vector<IndexedRunPtr>> RunIndex::sharedRuns(std::string_view filter, std::string_view sort) {
    LATENT_TRY(const RunFilter condition, RunFilter::parse(filter));
    LATENT_TRY(const RunFilter order, RunFilter::order(sort));
    return m_state->guarded<std::vector<IndexedRunPtr>>([&] { return m_state->shared(condition, order); });
}

Result<std::size_t> RunIndex::count(std::string_view filter) {
    LATENT_TRY(const RunFilter condition, RunFilter::parse(filter));
    return m_state->guarded<std::size_t>([&]() -> Result<std::size_t> {
        LATENT_TRY(Statement select,
                   m_state->database->prepare("SELECT count(*) FROM runs WHERE " + condition.sql));
        int at = 0;
        bindValues(select, at, condition);
        if (select.step() != Step::Row) return m_state->database->error();
        return static_cast<std::size_t>(select.whole(0));
    });
}

}  // namespace latent::engine
