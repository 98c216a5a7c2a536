// SPDX-License-Identifier: Apache-2.0
#pragma once
// Units that ought to count for a claim and cannot be measured: those that diverged, or were too slow.
//
// Their claim is then not measured. To leave them out and judge the others would be to choose by the outcome: of
// those that learn within a short training, only the fast ones. What the parameters alone decide (a model, a method,
// frames too few) is no such choice; such runs are passed over without this.
//
// One thread.
//
//     Unmeasurable lost;
//     lost.add(run, "seed 3", "did not learn its slowest concept within the training", "train longer");
//     if (lost.tell("trained_follows_theory", out)) return;

#include <latent/latent.hpp>
#include <limits>
#include <string>
#include <vector>

namespace concept_space {

class Unmeasurable {
  public:
    /// `what` goes on after the unit's name; `advice` is what to do.
    void add(const latent::Run& run, const std::string& unit, const std::string& what,
             const std::string& advice) {
        if (m_count++ > 0) return;
        m_first = "'" + unit + "' of the run " + run.id() + " " + what;
        m_advice = advice;
    }
    /// Says of the claim that it is not measured, and why; false when there is no reason to. Each lost unit is given without
    /// a number, so that the claim keeps its place in Holm's correction.
    bool tell(const std::string& claim, latent::Evidence& out) const {
        if (m_count == 0) return false;
        const std::string others =
            m_count == 1   ? ""
            : m_count == 2 ? ", and one more could not be measured"
                           : ", and " + std::to_string(m_count - 1) + " more could not be measured";
        out.notMeasured(claim, m_first + others + ": " + m_advice +
                                   ". To judge the others alone would be to choose by the outcome.");
        out.claim(claim).values(std::vector<double>(m_count, std::numeric_limits<double>::quiet_NaN()));
        return true;
    }

  private:
    std::size_t m_count = 0;
    std::string m_first, m_advice;
};

}  // namespace concept_space
