// SPDX-License-Identifier: Apache-2.0
#include "engine/index/sqlite.hpp"

namespace latent::engine {

void Statement::bind(int at, std::string_view text) {
    sqlite3_bind_text64(m_statement.get(), at, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}
void Statement::bind(int at, std::int64_t number) { sqlite3_bind_int64(m_statement.get(), at, number); }
void Statement::bind(int at, double number) { sqlite3_bind_double(m_statement.get(), at, number); }
void Statement::bindNull(int at) { sqlite3_bind_null(m_statement.get(), at); }

Step Statement::step() {
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW) return Step::Row;
    sqlite3_reset(m_statement.get());
    return code == SQLITE_DONE ? Step::End : Step::Broken;
}

void Statement::reset() { sqlite3_reset(m_statement.get()); }

std::string Statement::text(int column) const {
    const auto* bytes = sqlite3_column_text(m_statement.get(), column);
    if (!bytes) return {};
    return {reinterpret_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column))};
}

Result<Database> Database::open(const std::filesystem::path& path) {
    Database database;
    database.m_name = path.empty() ? "in memory" : path.string();
    sqlite3* connection = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path.empty() ? ":memory:" : path.c_str(), &connection, flags, nullptr);
    database.m_connection.reset(connection);
    if (code != SQLITE_OK) return database.error();
    sqlite3_extended_result_codes(connection, 0);
    sqlite3_busy_timeout(connection, 10'000);
    sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, 64 << 20);
    return database;
}

Result<Statement> Database::prepare(const std::string& sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(m_connection.get(), sql.c_str(), static_cast<int>(sql.size()) + 1, &raw,
                           nullptr) != SQLITE_OK)
        return error();
    Statement statement;
    statement.m_statement.reset(raw);
    return statement;
}

Status Database::execute(const std::string& sql) {
    if (sqlite3_exec(m_connection.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return error();
    return ok();
}

Error Database::error() const {
    return failed("Cannot use the index " + m_name + ": " + sqlite3_errmsg(m_connection.get()) + ".");
}

bool Database::damaged() const {
    const int code = sqlite3_errcode(m_connection.get()) & 0xFF;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_FORMAT;
}

}  // namespace latent::engine
