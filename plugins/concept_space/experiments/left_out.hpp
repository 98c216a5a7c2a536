// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stored runs whose parameters cannot be read, such as those of another version: they are left out, and the others
// judged.
//
// One thread.
//
//     LeftOut leftOut;
//     for (const latent::Run& run : set) leftOut.orElse(run, [&] { all.push_back(readOf(run)); });
//     leftOut.tell(out);                                 // adds why to what could not be measured

#include <latent/latent.hpp>
#include <string>

namespace concept_space {

class LeftOut {
  public:
    /// Calls `read`; where it throws, the run is left out.
    template <class Read>
    void orElse(const latent::Run& run, const Read& read) {
        try {
            read();
        } catch (const std::exception& e) {
            if (m_count++ == 0) m_first = run.id() + ": " + e.what();
        }
    }
    /// Adds to each sentence that says why a claim was not measured.
    void tell(latent::Evidence& out) const {
        if (m_count == 0) return;
        const std::string words =
            " Left out of all claims: " + std::to_string(m_count) +
            (m_count == 1 ? " run that cannot be read, " : " runs that cannot be read, first ") + m_first;
        for (const auto& [id, claim] : out.claims())
            if (!claim.whyNotMeasured().empty()) out.notMeasured(id, claim.whyNotMeasured() + words);
    }

  private:
    int m_count = 0;
    std::string m_first;
};

}  // namespace concept_space
