// SPDX-License-Identifier: Apache-2.0
#pragma once
// The job: a run's line to the host. run() receives one; it reports, publishes, checkpoints and asks whether to stop.
//
// Borrowed: valid until run() returns. progress, log, metric, publish, write and stopRequested may be called from any
// thread of the worker; create and checkpoint on the thread of run() only. Nothing is lost once checkpoint() returned;
// what came after the last checkpoint is made again by a resume. A call that fails throws RunError with the host's
// sentence (a full disk, an array that outputs() does not declare). Of progress, log and metric the host reports nothing
// back: when the disk fails under one of these, the run has failed once run() returns.
//
//     int64_t step = job.resumed() ? restore(*job.resumed()) : 0;
//     for (; step < steps && !job.stopRequested(); ++step) {
//         job.metric("train_loss", step, trainStep());
//         if (job.checkpointDue()) job.checkpoint(step + 1, save());
//     }
//     if (step < steps) job.checkpoint(step, save());        // paused or stopped: keep what was done

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "latent/abi/host.hpp"
#include "latent/array.hpp"
#include "latent/boundary.hpp"
#include "latent/detail/names.hpp"
#include "latent/run_set.hpp"

namespace latent {

enum class Level : int32_t { Debug = 0, Information = 1, Warning = 2, Error = 3 };
enum class Stop : int32_t { No = 0, Pause = 1, Stop = 2 };
enum class Keep : int32_t { LastTwo = 0, Forever = 1 };

/// What a checkpoint holds: small values as JSON, tensors and generator states as named arrays (borrowed).
struct State {
    nlohmann::json values = nlohmann::json::object();
    std::vector<std::pair<std::string, ArrayView>> arrays;

    /// Takes in what a part of the experiment keeps; its names must be its own. `State{{}, arrays}` keeps no values.
    void add(State part) {
        if (values.is_null()) values = nlohmann::json::object();
        if (!part.values.is_null()) values.update(part.values);
        for (auto& array : part.arrays) arrays.push_back(std::move(array));
    }
};

/// The checkpoint that this attempt continues from.
class Resumed {
  public:
    Resumed(abi::IJob1* job, nlohmann::json values) : m_job(job), m_values(std::move(values)) {
        if (m_values.is_null()) m_values = nlohmann::json::object();
    }
    /// An object, empty when the checkpoint was made without values.
    const nlohmann::json& values() const { return m_values; }
    /// Throws RunError when the checkpoint has no such array.
    Array array(const std::string& name) const {
        const abi::Text text = abi::text(name);
        abi::Array raw{};
        boundary::StringSink error;
        const int32_t status = m_job->resumedArray(&text, &raw, &error);
        if (status == abi::kNothing) throw RunError("The checkpoint has no array '" + name + "'.");
        boundary::require(status, error);
        return Array(raw);
    }

  private:
    abi::IJob1* m_job;
    nlohmann::json m_values;
};

class Job {
  public:
    explicit Job(abi::IJob1* raw) : m_raw(raw) {
        boundary::StringSink json;
        if (m_raw->environment(&json) == abi::kOk) m_environment = nlohmann::json::parse(json.text);
    }

    int threads() const { return m_environment.value("threads", 1); }
    std::string device() const { return m_environment.value("device", "cpu"); }
    bool deterministic() const { return m_environment.value("deterministic", true); }

    /// `done` of `total` in any unit (steps, cells); shown with rate and time left.
    void progress(int64_t done, int64_t total, const std::string& message = {}) {
        const abi::Text text = abi::text(message);
        m_raw->progress(static_cast<uint64_t>(done), static_cast<uint64_t>(total), &text);
    }
    void log(const std::string& message, Level level = Level::Information) {
        const abi::Text text = abi::text(message);
        m_raw->log(static_cast<int32_t>(level), &text);
    }
    /// One value of a scalar curve. All are kept (arrays metrics/<name>/step and /value). A name is made of letters,
    /// digits, '_', '-', '.' and '/', as "loss/test"; another throws UsageError.
    void metric(const std::string& name, int64_t step, double value) {
        if (!detail::isMetricName(name))
            throw UsageError("Job::metric: '" + name +
                             "' is no name of a metric: use letters, digits, '_', '-', '.' and '/'.");
        const abi::Text text = abi::text(name);
        m_raw->metric(&text, step, value);
    }
    /// Appends rows to an array that grows, or sets a fixed one whole. Copied before it returns.
    void publish(const std::string& name, const ArrayView& array) {
        const abi::Text text = abi::text(name);
        const abi::Array raw = array.raw();
        boundary::StringSink error;
        boundary::require(m_raw->publish(&text, &raw, &error), error);
    }
    /// Makes a large array that outputs() declared; write() then fills it by slab.
    void create(const std::string& name) {
        const abi::Text text = abi::text(name);
        boundary::StringSink error;
        boundary::require(m_raw->create(&text, &error), error);
    }
    void write(const std::string& name, const std::vector<int64_t>& offset, const ArrayView& slab) {
        const abi::Text text = abi::text(name);
        const abi::Array raw = slab.raw();
        boundary::StringSink error;
        if (offset.size() != slab.shape().size())
            throw UsageError("Job::write: '" + name + "' needs one offset per dimension.");
        boundary::require(m_raw->write(&text, offset.data(), &raw, &error), error);
    }
    /// A figure that is known only now; those of outputs() need no call. It draws what outputs() declares.
    void figure(const nlohmann::json& view) {
        const std::string json = view.dump();
        const abi::Text text = abi::text(json);
        boundary::StringSink error;
        boundary::require(m_raw->figure(&text, &error), error);
    }

    /// Pause and stop both mean: checkpoint, then return from run().
    Stop stop() const { return static_cast<Stop>(m_raw->stopRequested()); }
    bool stopRequested() const { return stop() != Stop::No; }
    /// True when one was asked for, or enough time has passed since the last.
    bool checkpointDue() const { return m_raw->checkpointDue() == 1; }
    /// The commit point. `step` is kept in it; the files are numbered in the order they are made (checkpoints/000001.h5).
    void checkpoint(int64_t step, const State& state, Keep keep = Keep::LastTwo) {
        const std::string json = state.values.is_null() ? "{}" : state.values.dump();
        const abi::Text text = abi::text(json);
        std::vector<abi::NamedArray> arrays;
        arrays.reserve(state.arrays.size());
        for (const auto& [name, array] : state.arrays) arrays.push_back({abi::text(name), array.raw()});
        boundary::StringSink error;
        boundary::require(
            m_raw->checkpoint(step, &text, arrays.data(), arrays.size(), static_cast<int32_t>(keep), &error),
            error);
    }
    /// What to continue from, when this attempt resumes.
    std::optional<Resumed> resumed() const {
        boundary::StringSink json;
        if (m_raw->resumedState(&json) != abi::kOk) return std::nullopt;
        return Resumed(m_raw, nlohmann::json::parse(json.text));
    }

    /// Where to write a file of this run for programs that read no run: weights as safetensors, a table for a colleague. It
    /// lies in the run's folder `files`, which is made, and `latent export` takes it along. Of letters, digits, '_', '-' and
    /// '.', not with a '.' first; several cells in one run each need a name of their own. Write it whole and rename it, as
    /// learn::writeSafetensors does: a run may be killed at any moment. What others shall plot belongs into arrays.
    std::filesystem::path file(const std::string& name) const {
        const bool isPlain =
            !name.empty() && name.size() <= 200 && name.front() != '.' &&
            name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
                std::string::npos;
        if (!isPlain) throw UsageError("Job::file: '" + name + "' is no plain name of a file.");
        const std::filesystem::path folder = m_environment.value("files", "");
        if (folder.empty())
            throw RunError("This host has no place for files of a run: " + name + " cannot be written.");
        std::error_code failed;
        std::filesystem::create_directories(folder, failed);
        if (failed)
            throw RunError("The folder " + folder.string() + " cannot be made: " + failed.message() + ".");
        return folder / name;
    }

    /// What a path parameter resolved to: {"path","bytes","sha256"}, for files above 1 GiB "sampled_sha256" instead. Of
    /// a run, checkpoint or dataset parameter "path" is the folder of the run, with "experiment", of a RUN#2 "cell", and
    /// of a RUN@000003 "checkpoint", the name of the file in the folder "checkpoints".
    nlohmann::json input(const std::string& parameter) const {
        const abi::Text text = abi::text(parameter);
        boundary::StringSink json, error;
        boundary::require(m_raw->input(&text, &json, &error), error);
        return nlohmann::json::parse(json.text);
    }
    /// The run that a run, checkpoint or dataset parameter names, or its cell (RUN#2): what it published. The state in a
    /// checkpoint is for the program that wrote it; input() says where it lies.
    Run inputRun(const std::string& parameter) const {
        const abi::Text text = abi::text(parameter);
        boundary::StringSink error;
        abi::IRun1* run = m_raw->inputRun(&text, &error);
        if (!run) throw RunError(error.text);
        return Run(run);
    }

  private:
    abi::IJob1* m_raw;
    nlohmann::json m_environment = nlohmann::json::object();
};

}  // namespace latent
