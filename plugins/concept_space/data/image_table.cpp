// SPDX-License-Identifier: Apache-2.0
#include "data/image_table.hpp"

#include <algorithm>
#include <latent/error.hpp>
#include <string_view>

#include "data/attribute_names.hpp"

namespace concept_space {
namespace {

constexpr std::size_t kMostRows = 2'000'000, kMostColumns = 1000;
constexpr std::size_t kLongestLine = 1 << 16;

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

std::filesystem::path tableOf(const std::filesystem::path& folder) {
    std::error_code error;
    for (const char* name : {"labels.csv", "list_attr_celeba.txt", "list_attr_celeba.csv"})
        if (std::filesystem::is_regular_file(folder / name, error)) return folder / name;
    return {};  // none: what is no ordinary file is not opened, as a pipe would block for ever
}

/// What CelebA's first line is.
std::optional<std::size_t> countIn(const std::vector<std::string>& cells) {
    if (cells.size() != 1 || cells[0].empty() || cells[0].size() > 9 ||
        cells[0].find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return static_cast<std::size_t>(std::stoul(cells[0]));
}

}  // namespace

ImageTable::ImageTable(const std::filesystem::path& folder)
    : m_images(folder), m_path(tableOf(folder)), m_file(m_path, std::ios::binary) {
    if (!m_file)
        throw latent::RunError(
            "The folder '" + folder.string() +
            "' has no table 'labels.csv' (nor CelebA's 'list_attr_celeba.txt') that can be "
            "read: a first column of file names and one of 0 and 1 for each attribute.");
    std::error_code error;
    if (m_path.stem() == "list_attr_celeba" &&
        std::filesystem::is_directory(folder / "img_align_celeba", error))
        m_images = folder / "img_align_celeba";
    const bool any = nextLine();
    m_rows = countIn(m_cells);
    if (!any || (m_rows && !nextLine())) refuse("must name the attributes");
    m_attributes.assign(m_cells.begin() + (m_rows ? 0 : 1), m_cells.end());
    if (m_attributes.size() < 2)
        refuse(m_rows ? "must name two attributes" : "must name the file and two attributes");
}

bool ImageTable::nextLine() {
    for (m_cells.clear(); m_cells.empty();) {
        std::string line;
        if (m_file.peek() == std::ifstream::traits_type::eof()) return false;
        for (char c = 0; m_file.get(c) && c != '\n'; line += c)
            if (line.size() >= kLongestLine) refuse("is too long");
        if (++m_line > kMostRows) refuse("is one too many");
        m_cells = cellsOf(line);
        if (m_cells.size() > kMostColumns) refuse("has more columns than are read");
    }
    return true;
}

bool ImageTable::next() {
    if (!nextLine()) {
        if (m_rows && m_row < *m_rows)
            throw latent::RunError("'" + m_path.string() + "' has " + std::to_string(*m_rows) +
                                   " images by its first line and ends after " + std::to_string(m_row) +
                                   "; complete the table, or correct the number.");
        return false;
    }
    ++m_row;
    if (m_rows && m_row > *m_rows)
        refuse("is one more than the " + std::to_string(*m_rows) + " images that the first line counts");
    if (m_cells.size() != m_attributes.size() + 1)
        refuse("has " + std::to_string(m_cells.size()) + " columns and the " +
               (m_rows ? "names of attributes take " : std::string("first line ")) +
               std::to_string(m_attributes.size() + 1));
    return true;
}

std::size_t ImageTable::attribute(const std::string& name) const {
    if (const auto found = findAttribute(m_attributes, name)) return *found;
    refuse("names no attribute '" + name + "'; there are: " + listOfAttributes(m_attributes));
}

std::filesystem::path ImageTable::file() const {
    const std::filesystem::path name = std::filesystem::u8path(m_cells.front());
    if (name.empty() || name.is_absolute() ||
        std::any_of(name.begin(), name.end(), [](const auto& part) { return part == ".."; }))
        refuse("names no file inside of the folder: '" + m_cells.front() + "'");
    return m_images / name;
}

bool ImageTable::isYes(std::size_t attribute) const {
    if (const auto value = yesOrNo(m_cells[attribute + 1])) return *value;
    refuse("has no 0, 1 or −1 in column " + std::to_string(attribute + 2));
}

void ImageTable::refuse(const std::string& why) const {
    throw latent::RunError("Line " + std::to_string(m_line) + " of '" + m_path.string() + "' " + why + ".");
}

}  // namespace concept_space
