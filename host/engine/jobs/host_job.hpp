// SPDX-License-Identifier: Apache-2.0
#pragma once
// The job that a plugin's run() talks to: abi::IJob1 over a RunWriter, in the computing child.
//
// A pulse thread of its own commits what is due and reads control requests, so that the data of a plugin that computes for
// minutes without a call still reach the disk. Everything else happens on the plugin's threads; stopRequested() and
// checkpointDue() read one atomic each. The first error of the store is kept (`firstError`): a plugin that swallows it
// still ends as failed. A call that makes no sense is answered by a sentence, and where there is no way back (a metric),
// the log of the run gets it.
//
//     HostJob job(*writer, settings, leave);
//     const int32_t status = experiment->run(&request, &job, &sentence);
//     const JobEnd end = job.finish();                   // stops the pulse

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/jobs/host_run.hpp"
#include "engine/jobs/limits.hpp"
#include "engine/store/control.hpp"
#include "engine/store/run_writer.hpp"
#include "engine/views/outputs_model.hpp"
#include "latent/abi/host.hpp"

namespace latent::engine {

struct JobSettings {
    std::filesystem::path run;
    int attempt = 1;
    nlohmann::json environment;  ///< what IJob1::environment answers
    nlohmann::json inputs;       ///< {parameter: {"path","sha256",…}}
    OutputsModel outputs;        ///< of one cell: what figures may draw
    Limits limits;
    double checkpoint_interval_s = 30;
    double checkpoint_share =
        1 / 150.;  ///< of the time; longer checkpoints are made less often. 0: always by the interval
    std::function<void()> stopAsked;  ///< told once, from the pulse: a pause or stop waits
    std::function<void(const std::string& reason)> giveUp;  ///< ends the process; does not return
};

struct JobEnd {
    /// What was asked and what the plugin saw: a plugin that was told to stop has left early.
    std::optional<ControlAction> left;
    bool savedAfterStop = false;  ///< it made a checkpoint after it was told
    std::optional<Error> firstError;
};

class HostJob final : public abi::IJob1 {
  public:
    HostJob(RunWriter& writer, JobSettings settings);
    ~HostJob();
    /// Stops the pulse and answers the control requests that are still open.
    JobEnd finish();

    int32_t LATENT_CALL environment(abi::ISink* json) noexcept override;
    void LATENT_CALL progress(uint64_t done, uint64_t total, const abi::Text* message) noexcept override;
    void LATENT_CALL log(int32_t level, const abi::Text* message) noexcept override;
    void LATENT_CALL metric(const abi::Text* name, int64_t step, double value) noexcept override;
    int32_t LATENT_CALL publish(const abi::Text* name, const abi::Array* array,
                                abi::ISink* error) noexcept override;
    int32_t LATENT_CALL create(const abi::Text* name, abi::ISink* error) noexcept override;
    int32_t LATENT_CALL write(const abi::Text* name, const int64_t* offset, const abi::Array* slab,
                              abi::ISink* error) noexcept override;
    int32_t LATENT_CALL figure(const abi::Text* viewJson, abi::ISink* error) noexcept override;
    int32_t LATENT_CALL stopRequested() noexcept override;
    int32_t LATENT_CALL checkpointDue() noexcept override;
    int32_t LATENT_CALL checkpoint(int64_t step, const abi::Text* stateJson, const abi::NamedArray* arrays,
                                   uint64_t count, int32_t keep, abi::ISink* error) noexcept override;
    int32_t LATENT_CALL resumedState(abi::ISink* stateJson) noexcept override;
    int32_t LATENT_CALL resumedArray(const abi::Text* name, abi::Array* out,
                                     abi::ISink* error) noexcept override;
    int32_t LATENT_CALL input(const abi::Text* parameter, abi::ISink* json,
                              abi::ISink* error) noexcept override;
    abi::IRun1* LATENT_CALL inputRun(const abi::Text* parameter, abi::ISink* error) noexcept override;

  private:
    void pulse();
    void readControls();
    void answerControls(bool checkpointed);
    int32_t report(const Status& status, abi::ISink* error) noexcept;
    bool remember(const Error& error) noexcept;

    RunWriter& m_writer;
    JobSettings m_settings;
    ControlWatch m_watch;
    std::vector<ControlRequest> m_open;  ///< given out, not yet answered; under m_mutex

    std::atomic<int32_t> m_stop{0};
    std::atomic<bool> m_stopSeen{false};
    std::atomic<bool> m_savedAfterStop{false};
    std::atomic<bool> m_checkpointDue{false};
    std::atomic<double> m_logBytes{0};
    std::atomic<double> m_lastCheckpoint{0};
    std::atomic<double> m_checkpointPause{0};  ///< what the last checkpoint asks for before the next, seconds

    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_ending = false;
    std::optional<Error> m_firstError;
    bool m_metricRefused = false;  ///< said once, under m_mutex
    std::vector<std::unique_ptr<HostRunSet>> m_inputRuns;
    std::thread m_pulse;
};

}  // namespace latent::engine
