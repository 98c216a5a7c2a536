// SPDX-License-Identifier: Apache-2.0
#pragma once
// What stands for the host in tests of the experiments: a job that keeps what is published, a reply that keeps
// what is answered, a run to be asked, and what of it was not declared.
#include <QString>
#include <QStringList>
#include <latent/latent.hpp>
#include <map>
#include <string>
#include <vector>

#include "experiments/remove.hpp"
#include "learn/fake_job.hpp"

using hyperspectral_shadows::Remove;
using Values = std::vector<std::pair<std::string, nlohmann::json>>;

struct FakeReply final : latent::abi::IReply1 {
    std::map<std::string, std::vector<double>> arrays;
    std::map<std::string, std::vector<int64_t>> shapes;
    nlohmann::json said;

    int32_t array(const latent::abi::Text* name, const latent::abi::Array* a,
                  latent::abi::ISink*) noexcept override {
        latent::abi::Array copy = *a;
        copy.release = nullptr;
        const latent::Array view(copy);
        arrays[std::string(latent::abi::view(*name))] = view.toDoubles();
        shapes[std::string(latent::abi::view(*name))] = view.shape();
        return latent::abi::kOk;
    }
    int32_t values(const latent::abi::Text* json, latent::abi::ISink*) noexcept override {
        said = nlohmann::json::parse(latent::abi::view(*json));
        return latent::abi::kOk;
    }
    void flush() noexcept override {}
    int32_t cancelled() noexcept override { return 0; }
    int32_t input(const latent::abi::Text*, latent::abi::Array*) noexcept override {
        return latent::abi::kNothing;
    }
};

/// A job that also knows its input, and keeps the slabs of large arrays.
struct Job final : latent::abi::IJob1 {
    FakeJob kept;
    std::map<std::string, std::vector<float>> large;
    int32_t environment(latent::abi::ISink* s) noexcept override { return kept.environment(s); }
    void progress(uint64_t, uint64_t, const latent::abi::Text*) noexcept override {}
    void log(int32_t, const latent::abi::Text*) noexcept override {}
    void metric(const latent::abi::Text*, int64_t, double) noexcept override {}
    int32_t publish(const latent::abi::Text* n, const latent::abi::Array* a,
                    latent::abi::ISink* e) noexcept override {
        return kept.publish(n, a, e);
    }
    int32_t create(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return latent::abi::kOk;
    }
    int32_t write(const latent::abi::Text* n, const int64_t*, const latent::abi::Array* a,
                  latent::abi::ISink*) noexcept override {
        latent::abi::Array copy = *a;
        copy.release = nullptr;
        const latent::Array view(copy);
        auto& to = large[std::string(latent::abi::view(*n))];
        to.insert(to.end(), view.as<float>().begin(), view.as<float>().end());
        return latent::abi::kOk;
    }
    int32_t figure(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return latent::abi::kOk;
    }
    int32_t stopRequested() noexcept override { return kept.stopRequested(); }
    int32_t checkpointDue() noexcept override { return 0; }
    int32_t checkpoint(int64_t s, const latent::abi::Text* j, const latent::abi::NamedArray* n, uint64_t c,
                       int32_t k, latent::abi::ISink* e) noexcept override {
        return kept.checkpoint(s, j, n, c, k, e);
    }
    int32_t resumedState(latent::abi::ISink* s) noexcept override { return kept.resumedState(s); }
    int32_t resumedArray(const latent::abi::Text* n, latent::abi::Array* o,
                         latent::abi::ISink* e) noexcept override {
        return kept.resumedArray(n, o, e);
    }
    int32_t input(const latent::abi::Text*, latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::boundary::send(json, R"({"path":"x","sha256":"0"})");
        return latent::abi::kOk;
    }
    latent::abi::IRun1* inputRun(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return nullptr;
    }
};

inline latent::Parameters with(const latent::Schema& schema, const Values& values) {
    nlohmann::json json = latent::Parameters::defaultsOf(schema).json();
    for (const auto& [name, value] : values) {
        if (!json.contains(name)) qFatal("no parameter %s", name.c_str());
        json[name] = value;
    }
    return latent::Parameters::fromJson(json);
}

inline latent::Parameters removal(Values more = {}) {
    Values values = {{"lines", 40}, {"samples", 36}, {"bands", 24}, {"training_pixels", 1500}};
    values.insert(values.end(), more.begin(), more.end());
    return with(Remove::parameters(), values);
}

/// Names whose published shape is not the declared one, and names that were published without a declaration.
inline QStringList wrong(const latent::Outputs& outputs,
                         const std::map<std::string, std::vector<int64_t>>& shapes, bool all) {
    QStringList list;
    std::map<std::string, nlohmann::json> declared;
    const nlohmann::json json = outputs.toJson();
    for (const auto& array : json.at("arrays")) declared[array.at("name").get<std::string>()] = array;
    for (const auto& [name, shape] : shapes) {
        if (!declared.count(name)) {
            list << QString::fromStdString(name) + " is not declared";
            continue;
        }
        const auto& dims = declared[name].at("dims");
        bool fits = shape.size() == dims.size();
        for (std::size_t d = 0; fits && d < shape.size(); ++d)
            fits = dims[d].at("size").is_null() || dims[d].at("size") == shape[d];
        if (!fits) list << QString::fromStdString(name);
    }
    for (const auto& [name, array] : declared)
        if (all && !shapes.count(name) && !array.value("large", false))
            list << QString::fromStdString(name) + " is missing";
    return list;
}

inline std::map<std::string, std::vector<int64_t>> shapesOf(const FakeJob& job) {
    std::map<std::string, std::vector<int64_t>> shapes;
    for (const auto& [name, kept] : job.published) shapes[name] = kept.shape;
    return shapes;
}

template <class T>
std::vector<T> published(const FakeJob& job, const std::string& name) {
    const auto& bytes = job.published.at(name).bytes;
    return {reinterpret_cast<const T*>(bytes.data()),
            reinterpret_cast<const T*>(bytes.data()) + bytes.size() / sizeof(T)};
}

template <class Body>
QString refusal(Body body) {
    try {
        body();
    } catch (const latent::RunError& error) {
        return error.what();
    }
    return {};
}

/// A finished run of shadows/remove, for the probe.
struct FakeRun final : latent::abi::IRun1 {
    latent::Parameters p;
    std::string experiment = "shadows/remove";
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        latent::boundary::send(json, nlohmann::json{{"id", "run"},
                                                    {"experiment", experiment},
                                                    {"parameters", p.json()},
                                                    {"arrays", nlohmann::json::object()}}
                                         .dump());
        return latent::abi::kOk;
    }
    int32_t read(const latent::abi::Text*, const int64_t*, const int64_t*, latent::abi::Array*,
                 latent::abi::ISink*) noexcept override {
        return latent::abi::kNothing;
    }
};
