// SPDX-License-Identifier: Apache-2.0
#include "engine/index/run_index.hpp"

#include <sys/vfs.h>

#include <chrono>
#include <map>
#include <optional>
#include <set>

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

constexpr int kFormat = 1;
constexpr std::size_t kMostMessages = 100;

constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, experiment TEXT, plugin TEXT, kind TEXT, state TEXT, reason TEXT,"
    " created REAL, ended REAL, fraction REAL, parameters TEXT, metrics TEXT, tags TEXT, notes TEXT, star INTEGER, sweep TEXT,"
    " search TEXT, said TEXT, events_offset INTEGER, events_size INTEGER, events_time INTEGER, user_size INTEGER,"
    " user_time INTEGER, heartbeat INTEGER, heartbeat_seen REAL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS by_created ON runs (created);";
constexpr const char* kColumns =
    "id, experiment, plugin, kind, state, reason, created, ended, fraction, parameters, metrics, tags, notes, star, sweep, said,"
    " events_offset, events_size, events_time, user_size, user_time, heartbeat, heartbeat_seen";

double unixNow() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// File systems that other machines write too: SQLite's locks do not hold there.
bool isOnNetwork(const Path& folder) {
    struct statfs info {};
    if (::statfs(folder.c_str(), &info) != 0) return false;
    static const std::set<unsigned long> kNetwork{0x6969 /* NFS */,      0x517B /* SMB */,        0xFF534D42 /* CIFS */,
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
    for (const std::string& text : {row.id, row.experiment, row.plugin, row.kind, row.state, row.reason}) statement.bind(++at, text);
    for (const double number : {row.created, row.ended, row.fraction}) statement.bind(++at, number);
    for (const std::string& text : {dumped(row.parameters), dumped(row.metrics), dumped(json(row.tags)), row.notes}) statement.bind(++at, text);
    statement.bind(++at, std::int64_t{row.star});
    for (const std::string& text : {row.sweep, row.said}) statement.bind(++at, text);
    for (const std::int64_t number : {static_cast<std::int64_t>(row.eventsOffset), row.eventsSize, row.eventsTime, row.userSize,
                                      row.userTime, static_cast<std::int64_t>(row.heartbeat)})
        statement.bind(++at, number);
    statement.bind(++at, row.heartbeatSeen);
    statement.bind(++at, searchText(row));
}

IndexedRun rowOf(const Statement& statement, const Path& runs) {
    IndexedRun row;
    int at = 0;
    for (std::string* text : {&row.id, &row.experiment, &row.plugin, &row.kind, &row.state, &row.reason}) *text = statement.text(at++);
    for (double* number : {&row.created, &row.ended, &row.fraction}) *number = statement.number(at++);
    row.parameters = parsed(statement.text(at++), json::object());
    row.metrics = parsed(statement.text(at++), json::object());
    for (const json& tag : parsed(statement.text(at++), json::array()))
        if (tag.is_string()) row.tags.push_back(tag);
    row.notes = statement.text(at++);
    row.star = statement.whole(at++) != 0;
    row.sweep = statement.text(at++);
    row.said = statement.text(at++);
    row.eventsOffset = static_cast<std::uint64_t>(statement.whole(at++));
    for (std::int64_t* number : {&row.eventsSize, &row.eventsTime, &row.userSize, &row.userTime}) *number = statement.whole(at++);
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

    /// Opens the file and makes sure that it is a whole database of this format.
    Result<bool> openFile() {
        LATENT_TRY(Database opened, Database::open(file));
        database = std::move(opened);
        const auto whole = [&]() -> Status {
            LATENT_CHECK(database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"));
            LATENT_TRY(Statement check, database->prepare("PRAGMA quick_check(1)"));
            if (check.step() != Step::Row) return database->error();
            if (const std::string said = check.text(0); said != "ok") return failed("The index " + file.string() + " is damaged: " + said + ".");
            LATENT_TRY(Statement version, database->prepare("PRAGMA user_version"));
            if (version.step() != Step::Row) return database->error();
            const std::int64_t format = version.whole(0);
            version.reset();
            if (format != 0 && format != kFormat) LATENT_CHECK(database->execute("DROP TABLE IF EXISTS runs;"));
            LATENT_CHECK(database->execute(kTable));
            LATENT_TRY(const Statement columns, database->prepare(std::string("SELECT ") + kColumns + ", search FROM runs LIMIT 0"));
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
                messages.push_back("The cache folder is on a network file system; the index is kept in memory.");
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
        for (const char* companion : {"-wal", "-shm"}) std::filesystem::remove(file.string() + companion, ignored);
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
            LATENT_TRY([[maybe_unused]] const RefreshReport report, refresh());
        }
        return action();
    }

    Result<std::map<std::string, IndexedRun>> known() {
        LATENT_TRY(Statement select, database->prepare(std::string("SELECT ") + kColumns + " FROM runs"));
        std::map<std::string, IndexedRun> rows;
        Step step;
        while ((step = select.step()) == Step::Row) {
            IndexedRun row = rowOf(select, runs);
            std::string id = row.id;
            rows.emplace(std::move(id), std::move(row));
        }
        if (step == Step::Broken) return database->error();
        return rows;
    }

    Result<RefreshReport> refresh() {
        RefreshReport report;
        LATENT_TRY(auto rows, known());
        LATENT_TRY(const std::vector<std::string> names, listFolder(runs));
        LATENT_CHECK(database->execute("BEGIN IMMEDIATE"));
        const Status status = refreshInside(rows, names, report);
        LATENT_CHECK(database->execute(status ? "COMMIT" : "ROLLBACK"));
        if (!status) return status.error();
        return report;
    }

    Status refreshInside(std::map<std::string, IndexedRun>& rows, const std::vector<std::string>& names, RefreshReport& report) {
        std::string marks;
        for (int i = 0; i < 24; ++i) marks += i == 0 ? "?" : ", ?";
        LATENT_TRY(Statement put, database->prepare(std::string("INSERT OR REPLACE INTO runs (") + kColumns + ", search) VALUES (" + marks + ")"));
        LATENT_TRY(Statement forget, database->prepare("DELETE FROM runs WHERE id = ?"));
        const double now = unixNow();
        const auto drop = [&](const std::string& id) -> Status {
            forget.bind(1, id);
            if (forget.step() != Step::End) return database->error();
            ++report.removed;
            return ok();
        };
        std::set<std::string> there;
        for (const std::string& name : names) {
            const Path folder = runs / name;
            const auto found = rows.find(name);
            if (found == rows.end() && !fileExists(layout::request(folder))) continue;  // not a run, or not one yet
            IndexedRun row = found != rows.end() ? std::move(found->second) : IndexedRun{};
            row.id = name;
            row.folder = folder;
            const Result<bool> changed = refreshRow(row, now);
            if (!changed) {
                if (report.messages.size() < kMostMessages) report.messages.push_back(changed.error().message);
                if (found != rows.end() && !fileExists(layout::request(folder))) continue;  // gone: dropped below
                if (row.experiment.empty()) continue;
            }
            there.insert(name);
            ++report.runs;
            if (changed && !*changed) continue;
            ++report.read;
            bindRow(put, row);
            if (put.step() != Step::End) return database->error();
        }
        for (const auto& [id, row] : rows)
            if (there.count(id) == 0) LATENT_CHECK(drop(id));
        return ok();
    }

    Result<std::vector<IndexedRun>> list(const RunFilter& filter, const RunFilter& order, std::size_t limit) {
        const std::string sql = std::string("SELECT ") + kColumns + " FROM runs WHERE " + filter.sql + " ORDER BY " + order.sql +
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

Result<RefreshReport> RunIndex::refresh() {
    return m_state->guarded<RefreshReport>([&] { return m_state->refresh(); });
}

Result<RefreshReport> RunIndex::rebuild() {
    return m_state->guarded<RefreshReport>([&]() -> Result<RefreshReport> {
        LATENT_CHECK(m_state->database->execute("DELETE FROM runs"));
        return m_state->refresh();
    });
}

Result<std::vector<IndexedRun>> RunIndex::listRuns(std::string_view filter, std::string_view sort, std::size_t limit) {
    LATENT_TRY(const RunFilter condition, RunFilter::parse(filter));
    LATENT_TRY(const RunFilter order, RunFilter::order(sort));
    return m_state->guarded<std::vector<IndexedRun>>([&] { return m_state->list(condition, order, limit); });
}

Result<std::size_t> RunIndex::count(std::string_view filter) {
    LATENT_TRY(const RunFilter condition, RunFilter::parse(filter));
    return m_state->guarded<std::size_t>([&]() -> Result<std::size_t> {
        LATENT_TRY(Statement select, m_state->database->prepare("SELECT count(*) FROM runs WHERE " + condition.sql));
        int at = 0;
        bindValues(select, at, condition);
        if (select.step() != Step::Row) return m_state->database->error();
        return static_cast<std::size_t>(select.whole(0));
    });
}

}  // namespace latent::engine
