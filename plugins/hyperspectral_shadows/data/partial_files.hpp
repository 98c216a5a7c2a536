// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names of result files until they are finished: each writer has its own, also of two runs at once on the same
// input and folder. What a killed run left behind is removed by the next run of that input, a day later.
//
//     const PartialFiles partial("/data/granule.nc");
//     partial.removeAbandoned(path);
//     std::ofstream file(partial.of(path));   // PATH.TAG.NUMBER.partial

#include <string>

namespace hyperspectral_shadows {

class PartialFiles {
  public:
    /// `origin`: what the files are a result of; may be empty.
    explicit PartialFiles(const std::string& origin);
    std::string of(const std::string& path) const;
    /// Removes unfinished files of this path and origin to which nothing was written for a day.
    void removeAbandoned(const std::string& path) const;

  private:
    std::string
        m_before;  ///< what stands before the number: a dot, and the tag of the origin where there is one
    std::string m_number;  ///< of this writer: eight digits by chance
};

}  // namespace hyperspectral_shadows
