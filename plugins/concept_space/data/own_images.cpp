// SPDX-License-Identifier: Apache-2.0
#include "data/own_images.hpp"

#include <algorithm>
#include <fstream>
#include <latent/error.hpp>

#include "data/images.hpp"
#include "data/png_image.hpp"

namespace concept_space {
namespace {

constexpr std::size_t kMostRows = 2'000'000, kMostColumns = 1000;
constexpr std::size_t kLongestLine = 1 << 16;
constexpr int kFewest = 8;  // images of each class: some to learn from, some to test with

std::vector<std::string> cellsOf(const std::string& line) {
    std::vector<std::string> cells;
    const char* separators = line.find_first_of(",;\t") == std::string::npos ? " \t" : ",;\t";
    const bool blanks = separators[0] == ' ';
    std::string cell;
    for (const char c : line + separators[0]) {
        if (c == '\r') continue;
        if (std::string_view(separators).find(c) == std::string_view::npos) {
            cell += c;
            continue;
        }
        if (!blanks || !cell.empty()) cells.push_back(cell);
        cell.clear();
    }
    for (std::string& one : cells) {
        const auto first = one.find_first_not_of(" \""), last = one.find_last_not_of(" \"");
        one = first == std::string::npos ? "" : one.substr(first, last - first + 1);
    }
    return cells;
}

/// The table, line by line.
class Table {
  public:
    explicit Table(const std::filesystem::path& folder)
        : m_path(folder / "labels.csv"), m_file(m_path, std::ios::binary) {
        if (!m_file)
            throw latent::RunError("The folder '" + folder.string() +
                                   "' has no table 'labels.csv' that can be read: a first column of file "
                                   "names and one of 0 and 1 for each attribute.");
    }
    /// False at the end.
    bool next(std::vector<std::string>& cells) {
        for (cells.clear(); cells.empty();) {
            std::string line;
            if (m_file.peek() == std::ifstream::traits_type::eof()) return false;
            for (char c = 0; m_file.get(c) && c != '\n'; line += c)
                if (line.size() >= kLongestLine) refuse("is too long");
            if (++m_line > kMostRows) refuse("is one too many");
            cells = cellsOf(line);
            if (cells.size() > kMostColumns) refuse("has more columns than are read");
        }
        return true;
    }
    [[noreturn]] void refuse(const std::string& why) const {
        throw latent::RunError("Line " + std::to_string(m_line) + " of '" + m_path.string() + "' " + why +
                               ".");
    }

  private:
    std::filesystem::path m_path;
    std::ifstream m_file;
    std::size_t m_line = 0;
};

std::size_t columnOf(const Table& table, const std::vector<std::string>& header, const std::string& name,
                     std::size_t otherwise) {
    if (name.empty() && otherwise < header.size()) return otherwise;
    for (std::size_t i = 1; i < header.size(); ++i)
        if (header[i] == name) return i;
    std::string known;
    for (std::size_t i = 1; i < header.size() && i <= 40; ++i) known += (i > 1 ? ", " : "") + header[i];
    table.refuse(name.empty() ? "names fewer than two attributes"
                              : "names no attribute '" + name + "'; there are: " + known);
}

int valueOf(const Table& table, const std::vector<std::string>& cells, std::size_t column) {
    const std::string cell = column < cells.size() ? cells[column] : "";
    if (cell == "1" || cell == "1.0" || cell == "true") return 1;
    if (cell == "0" || cell == "-1" || cell == "0.0" || cell == "false") return 0;
    table.refuse("has no 0, 1 or −1 in column " + std::to_string(column + 1));
}

}  // namespace

void OwnSpec::validate() const {
    if (side < 4 || side > 64)
        throw latent::UsageError("'side' is " + std::to_string(side) +
                                 "; own images are made 4 to 64 pixels wide.");
    // All are kept, and three of the four classes once more as the training set.
    if (mostPerClass < kFewest || 7.0 * mostPerClass * side * side * 3 > kMostFloats)
        throw latent::UsageError("'samples_per_class' is " + std::to_string(mostPerClass) +
                                 "; own images need 8 or more of each class, and not more than fit in 8 "
                                 "gigabytes together with the training set.");
    if (!first.empty() && first == second)
        throw latent::UsageError("The two attributes are the same: '" + first + "'.");
}

std::vector<std::string> ownClassNames(const std::string& first, const std::string& second) {
    std::vector<std::string> names;
    for (int c = 0; c < 4; ++c)
        names.push_back((c & 2 ? "" : "not ") + first + ", " + (c & 1 ? "" : "not ") + second);
    return names;
}

OwnImages readOwnImages(const OwnSpec& spec) {
    spec.validate();
    Table table(spec.folder);
    std::vector<std::string> header, cells;
    if (!table.next(header) || header.size() < 3) table.refuse("must name the file and two attributes");
    const std::size_t first = columnOf(table, header, spec.first, 1),
                      second = columnOf(table, header, spec.second, first == 1 ? 2 : 1);
    if (first == second) table.refuse("gives both attributes by '" + header[first] + "'; name two");
    OwnImages own{.side = spec.side, .attributes = {header[first], header[second]}, .classes = {}};
    const auto isFull = [&](const auto& itsClass) {
        return itsClass.size() >= static_cast<std::size_t>(spec.mostPerClass);
    };
    while (!std::all_of(own.classes.begin(), own.classes.end(), isFull) && table.next(cells)) {
        if (cells.size() != header.size())
            table.refuse("has " + std::to_string(cells.size()) + " columns and the first line " +
                         std::to_string(header.size()));
        const std::filesystem::path name = std::filesystem::u8path(cells.front());
        if (name.empty() || name.is_absolute() ||
            std::any_of(name.begin(), name.end(), [](const auto& part) { return part == ".."; }))
            table.refuse("names no file inside of the folder: '" + cells.front() + "'");
        const auto itsClass =
            static_cast<std::size_t>(2 * valueOf(table, cells, first) + valueOf(table, cells, second));
        if (isFull(own.classes[itsClass])) continue;
        const Picture picture = readPng(spec.folder / name);
        if (std::min(picture.width, picture.height) < spec.side)
            throw latent::RunError("'" + (spec.folder / name).string() + "' has " +
                                   std::to_string(picture.width) + " × " + std::to_string(picture.height) +
                                   " pixels, fewer than 'side' asks for; lower it.");
        own.classes[itsClass].push_back(squareOf(picture, spec.side));
    }
    for (std::size_t c = 0; c < 4; ++c)
        if (own.classes[c].size() < kFewest)
            throw latent::RunError("'" + spec.folder.string() + "' has " +
                                   std::to_string(own.classes[c].size()) + " images that are '" +
                                   ownClassNames(own.attributes[0], own.attributes[1])[c] +
                                   "'; each of the four combinations needs 8 or more.");
    return own;
}

}  // namespace concept_space
