// SPDX-License-Identifier: Apache-2.0
#pragma once
// Plain tables for terminals: columns as wide as their widest cell, two blanks between, no lines.
//
//     Table table({"experiment", "title"});
//     table.row({"sim/theory", "SIM: exact dynamics"});
//     table.print(std::cout);

#include <ostream>
#include <string>
#include <vector>

namespace latent::cli {

class Table {
  public:
    explicit Table(std::vector<std::string> titles) : m_titles(std::move(titles)) {}
    void row(std::vector<std::string> cells) { m_rows.push_back(std::move(cells)); }
    void print(std::ostream& out) const;

  private:
    std::vector<std::string> m_titles;
    std::vector<std::vector<std::string>> m_rows;
};

/// "1.5 s", "2 min 05 s", "3 h 10 min".
std::string duration(double seconds);
/// Text from files of others, with control characters replaced: a terminal must not obey it.
std::string printable(const std::string& text);

}  // namespace latent::cli
