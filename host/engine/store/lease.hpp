// SPDX-License-Identifier: Apache-2.0
#pragma once
// The lease: the proof that one worker, and only one, computes a run.
//
// Attempt n owns worker.json (n = 1) or worker-000n.json, made exclusively (link of a complete file that is
// locked already). The lock (flock) belongs to the open descriptor, which the supervisor's child inherits: it
// is free only when both are gone, however they went. Another host cannot see the lock, so there the
// heartbeat counter in the events decides (the reader's clock). A Lease lives in the supervisor; probing is
// for anybody, any thread.
//
//     LATENT_TRY(Lease lease, Lease::take(folder));       // refused (exit 3) while another worker lives
//     LATENT_TRY(LeaseProbe probe, probeLease(folder));   // Vacant | Alive | Dead | Elsewhere

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/files/operations.hpp"
#include "engine/result.hpp"

namespace latent::engine {

enum class Liveness {
    Vacant,    ///< no worker ever took this run
    Alive,     ///< a worker on this host holds the lock
    Dead,      ///< the last worker was on this host and is gone
    Elsewhere  ///< the last worker is on another host: judge by its heartbeat
};

struct LeaseProbe {
    Liveness liveness = Liveness::Vacant;
    int attempt = 0;
    std::string host;
    std::int64_t pid = 0;
    double since = 0;  ///< unix seconds, the worker's clock
};

Result<LeaseProbe> probeLease(const std::filesystem::path& run);

class Lease {
  public:
    /// Takes the next attempt. With `despiteElsewhere` a worker on another host is taken for lost (the caller
    /// has watched its heartbeat stand still).
    static Result<Lease> take(const std::filesystem::path& run, bool despiteElsewhere = false);

    int attempt() const { return m_attempt; }
    /// To be inherited by the child; closing all copies releases the lease.
    int descriptor() const { return m_file.descriptor(); }

  private:
    Lease(File file, int attempt) : m_file(std::move(file)), m_attempt(attempt) {}
    File m_file;
    int m_attempt = 0;
};

}  // namespace latent::engine
