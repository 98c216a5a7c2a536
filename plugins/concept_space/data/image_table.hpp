// SPDX-License-Identifier: Apache-2.0
#pragma once
// The table of a folder of images, row by row: `labels.csv`, or CelebA's own `list_attr_celeba.txt` (or .csv).
//
// The first line names every column, the first column names the files, the others are attributes; columns are
// separated by commas, semicolons, tabs or blanks. Where the first line is nothing but a number, as CelebA's,
// it counts the rows, and the second line names the attributes only. Images lie in the folder, or CelebA's in
// its `img_align_celeba`.
//
// Tables are untrusted: lines, columns and rows are counted, and names that are absolute or hold ".." refused, with
// a RunError that says which line. Symbolic links are followed wherever they lead, but a pipe is no table. One thread.
//
//     ImageTable table("faces");
//     const std::size_t male = table.attribute("Male");
//     while (table.next()) if (table.isYes(male)) readPicture(table.file());

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace concept_space {

class ImageTable {
  public:
    explicit ImageTable(const std::filesystem::path& folder);

    const std::vector<std::string>& attributes() const { return m_attributes; }
    /// Refuses an attribute that is not there.
    std::size_t attribute(const std::string& name) const;
    /// The next row; false at the end.
    bool next();
    /// Of this row.
    std::filesystem::path file() const;
    bool isYes(std::size_t attribute) const;

    [[noreturn]] void refuse(const std::string& why) const;

  private:
    /// The cells of the next line that is not empty; false at the end.
    bool nextLine();

    std::filesystem::path m_images, m_path;
    std::ifstream m_file;
    std::size_t m_line = 0, m_row = 0;
    std::optional<std::size_t> m_rows;  ///< as CelebA's first line says
    std::vector<std::string> m_attributes, m_cells;
};

}  // namespace concept_space
