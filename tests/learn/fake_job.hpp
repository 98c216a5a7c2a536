// SPDX-License-Identifier: Apache-2.0
#pragma once
// A job without an engine, for tests of sdk/learn and of experiments: it keeps metrics, the log, what was published last under each
// name, and the last checkpoint in memory, and can ask for a pause at a given look. One thread.
//
//     FakeJob host; host.pauseAfter = 7;
//     latent::Job job(&host);

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <latent/latent.hpp>
#include <limits>
#include <map>
#include <string>
#include <vector>

class FakeJob final : public latent::abi::IJob1 {
  public:
    std::map<std::string, std::vector<double>> metrics;
    std::vector<std::string> logs;
    std::string state;
    struct Kept {
        std::vector<char> bytes;
        std::vector<int64_t> shape;
        int32_t dtype;
    };
    std::map<std::string, Kept> arrays;     ///< of the last checkpoint
    std::map<std::string, Kept> published;  ///< the last rows of each array
    /// Everything published under each name, one after the other; a resume takes back what came after the last checkpoint.
    std::map<std::string, std::vector<char>> rows;
    ~FakeJob() {
        std::error_code ignored;
        std::filesystem::remove_all(m_files, ignored);
    }
    bool resumes = false;
    int threads = 1;  ///< that the experiment may use
    std::string device = "cpu";
    int pauseAfter = std::numeric_limits<int>::max();

    int32_t environment(latent::abi::ISink* json) noexcept override {
        latent::boundary::send(
            json,
            nlohmann::json{
                {"threads", threads}, {"device", device}, {"deterministic", true}, {"files", m_files.string()}}
                .dump());
        return latent::abi::kOk;
    }
    void progress(uint64_t, uint64_t, const latent::abi::Text*) noexcept override {}
    void log(int32_t, const latent::abi::Text* text) noexcept override {
        logs.emplace_back(latent::abi::view(*text));
    }
    void metric(const latent::abi::Text* name, int64_t, double value) noexcept override {
        metrics[std::string(latent::abi::view(*name))].push_back(value);
    }
    int32_t publish(const latent::abi::Text* name, const latent::abi::Array* array,
                    latent::abi::ISink*) noexcept override {
        const std::string key(latent::abi::view(*name));
        published[key] = kept(*array);
        rows[key].insert(rows[key].end(), published[key].bytes.begin(), published[key].bytes.end());
        return latent::abi::kOk;
    }
    int32_t create(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return latent::abi::kOk;
    }
    int32_t write(const latent::abi::Text*, const int64_t*, const latent::abi::Array*,
                  latent::abi::ISink*) noexcept override {
        return latent::abi::kOk;
    }
    int32_t figure(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return latent::abi::kOk;
    }
    int32_t stopRequested() noexcept override { return --pauseAfter < 0 ? 1 : 0; }
    int32_t checkpointDue() noexcept override { return 0; }
    int32_t checkpoint(int64_t, const latent::abi::Text* json, const latent::abi::NamedArray* named,
                       uint64_t count, int32_t, latent::abi::ISink*) noexcept override {
        state = std::string(latent::abi::view(*json));
        arrays.clear();
        for (uint64_t i = 0; i < count; ++i)
            arrays[std::string(latent::abi::view(named[i].name))] = kept(named[i].array);
        m_committed = rows;
        return latent::abi::kOk;
    }
    int32_t resumedState(latent::abi::ISink* json) noexcept override {
        if (!resumes) return latent::abi::kNothing;
        rows = m_committed;
        latent::boundary::send(json, state);
        return latent::abi::kOk;
    }
    int32_t resumedArray(const latent::abi::Text* name, latent::abi::Array* out,
                         latent::abi::ISink*) noexcept override {
        const auto found = arrays.find(std::string(latent::abi::view(*name)));
        if (found == arrays.end()) return latent::abi::kNothing;
        Kept& kept = found->second;
        *out = {kept.bytes.data(),
                kept.shape.data(),
                nullptr,
                nullptr,
                nullptr,
                kept.dtype,
                static_cast<int32_t>(kept.shape.size())};
        return latent::abi::kOk;
    }
    int32_t input(const latent::abi::Text*, latent::abi::ISink*, latent::abi::ISink*) noexcept override {
        return latent::abi::kError;
    }
    latent::abi::IRun1* inputRun(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return nullptr;
    }

  private:
    std::map<std::string, std::vector<char>> m_committed;
    /// Where Job::file() writes; made with the first one.
    const std::filesystem::path m_files =
        std::filesystem::temp_directory_path() / ("latent-fake-job-" + std::to_string(::getpid()) + "-" +
                                                  std::to_string(reinterpret_cast<std::uintptr_t>(this)));

    static Kept kept(const latent::abi::Array& a) {
        std::size_t bytes = latent::sizeOf(static_cast<latent::DType>(a.dtype));
        for (int32_t d = 0; d < a.ndim; ++d) bytes *= static_cast<std::size_t>(a.shape[d]);
        const char* from = static_cast<const char*>(a.data);
        return {{from, from + bytes}, {a.shape, a.shape + a.ndim}, a.dtype};
    }
};
