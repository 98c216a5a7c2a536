// SPDX-License-Identifier: Apache-2.0
#pragma once
// SQLite as objects: a connection, a prepared statement with bound values. Only for index/*.cpp.
//
// Every text goes in through a bound value, never into the statement. An error keeps SQLite's code, because a damaged
// file is treated otherwise than a busy one. One thread.
//
//     LATENT_TRY(Database db, Database::open(path));
//     LATENT_TRY(Statement s, db.prepare("SELECT name FROM runs WHERE state = ?"));
//     s.bind(1, "done");
//     while (s.step() == Step::Row) use(s.text(0));

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engine/result.hpp"

namespace latent::engine {

enum class Step { Row, End, Broken };

class Statement {
  public:
    void bind(int at, std::string_view text);
    void bind(int at, std::int64_t number);
    void bind(int at, double number);
    void bindNull(int at);
    /// Broken: the database says what is wrong. After End or Broken the statement can be bound anew.
    Step step();
    void reset();

    std::string text(int column) const;
    std::int64_t whole(int column) const { return sqlite3_column_int64(m_statement.get(), column); }
    double number(int column) const { return sqlite3_column_double(m_statement.get(), column); }
    bool isNull(int column) const { return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL; }

  private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

class Database {
  public:
    /// An empty path is a database in memory.
    static Result<Database> open(const std::filesystem::path& path);

    Result<Statement> prepare(const std::string& sql);
    Status execute(const std::string& sql);
    /// "Cannot use the index FILE: <SQLite's reason>." for the last call.
    Error error() const;
    /// The last call failed because the file is no database or is damaged.
    bool damaged() const;

  private:
    struct Close {
        void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
    };
    std::unique_ptr<sqlite3, Close> m_connection;
    std::string m_name;
};

}  // namespace latent::engine
