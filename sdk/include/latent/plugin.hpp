// SPDX-License-Identifier: Apache-2.0
#pragma once
// LATENT_PLUGIN(Classes…): everything that makes a library a plugin. Put it once, at the end of one source file, after
// the classes' definitions. It exports the C descriptor and adapts each class to the interfaces of <latent/abi/…>; no
// exception leaves it. The plugin's id and version come from latent_add_plugin() (its manifest).
// The descriptor is read by one thread when the library is loaded; objects of the classes are made anew for each job or
// question, and belong to the caller, who releases them.
//
//     #include <latent/latent.hpp>
//     struct Walk final : latent::Experiment { … };
//     struct Ask final : latent::Probe { … };
//     LATENT_PLUGIN(Walk, Ask);

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>

#include "latent/abi/sentinels.hpp"
#include "latent/boundary.hpp"
#include "latent/experiment.hpp"
#include "latent/version.hpp"

namespace latent::adapters {

using boundary::guarded;
using boundary::send;

inline nlohmann::json parse(const abi::Text* text) { return nlohmann::json::parse(abi::view(*text)); }
inline Parameters parametersOf(const abi::Text* text) { return Parameters::fromJson(parse(text)); }

/// The cells of a run request as parameter sets.
inline std::vector<Parameters> cellsOf(const abi::Text* request) {
    const nlohmann::json document = parse(request);
    std::vector<Parameters> cells;
    for (const nlohmann::json& cell : document.at("cells")) cells.push_back(Parameters::fromJson(cell));
    if (cells.empty()) throw UsageError("A run request has no cells.");
    return cells;
}

template <class T>
class ExperimentAdapter final : public abi::IExperiment1 {
  public:
    void LATENT_CALL release() noexcept override { delete this; }
    int32_t LATENT_CALL outputs(const abi::Text* parameters, abi::ISink* json,
                                abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            send(json, m_it.outputs(parametersOf(parameters)).toJson().dump());
            return abi::kOk;
        });
    }
    int32_t LATENT_CALL batchKey(const abi::Text* parameters, abi::ISink* key,
                                 abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            send(key, m_it.batchKey(parametersOf(parameters)));
            return abi::kOk;
        });
    }
    int32_t LATENT_CALL run(const abi::Text* request, abi::IJob1* raw, abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            const std::vector<Parameters> cells = cellsOf(request);
            Job job(raw);
            if (parse(request).value("batch", false))
                m_it.runBatch(cells, job);
            else
                m_it.run(cells.front(), job);
            return abi::kOk;
        });
    }
    int32_t LATENT_CALL measure(abi::IRunSet1* runs, abi::ISink* json, abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            Evidence evidence;
            m_it.measure(RunSet(runs), evidence);
            send(json, evidence.toJson().dump());
            return abi::kOk;
        });
    }

  private:
    T m_it;
};

template <class T>
class ProbeAdapter final : public abi::IProbe1 {
  public:
    void LATENT_CALL release() noexcept override { delete this; }
    int32_t LATENT_CALL open(abi::IRun1* run, abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            if (run) m_run = std::make_unique<Run>(run);
            m_it.open(m_run.get());
            return abi::kOk;
        });
    }
    int32_t LATENT_CALL outputs(const abi::Text* parameters, abi::ISink* json,
                                abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            send(json, m_it.outputs(parametersOf(parameters)).toJson().dump());
            return abi::kOk;
        });
    }
    int32_t LATENT_CALL answer(const abi::Text* parameters, abi::IReply1* raw,
                               abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            Reply reply(raw);
            m_it.answer(parametersOf(parameters), reply);
            return abi::kOk;
        });
    }

  private:
    std::unique_ptr<Run> m_run;
    T m_it;
};

template <class T>
class DataSourceAdapter final : public abi::IDataSource1 {
  public:
    void LATENT_CALL release() noexcept override { delete this; }
    int32_t LATENT_CALL outputs(const abi::Text* parameters, abi::ISink* json,
                                abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            send(json, m_it.outputs(parametersOf(parameters)).toJson().dump());
            return abi::kOk;
        });
    }
    int32_t LATENT_CALL preview(const abi::Text* parameters, abi::IReply1* raw,
                                abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            Reply reply(raw);
            m_it.preview(parametersOf(parameters), reply);
            return abi::kOk;
        });
    }
    int32_t LATENT_CALL run(const abi::Text* request, abi::IJob1* raw, abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            Job job(raw);
            m_it.run(cellsOf(request).front(), job);
            return abi::kOk;
        });
    }

  private:
    T m_it;
};

template <class T>
inline constexpr bool isExperiment = std::is_base_of_v<Experiment, T>;
template <class T>
inline constexpr bool isProbe = std::is_base_of_v<Probe, T>;

template <class T>
constexpr const char* interfaceOf() {
    static_assert(
        isExperiment<T> || isProbe<T> || std::is_base_of_v<DataSource, T>,
        "LATENT_PLUGIN takes classes derived from latent::Experiment, latent::Probe or latent::DataSource.");
    return isExperiment<T> ? "latent.experiment/1" : isProbe<T> ? "latent.probe/1" : "latent.data_source/1";
}

template <class T>
nlohmann::json describe() {
    const About about = T::about();
    nlohmann::json it{{"kind", isExperiment<T> ? "experiment"
                               : isProbe<T>    ? "probe"
                                               : "data_source"},
                      {"interface", interfaceOf<T>()},
                      {"id", about.id},
                      {"title", about.title},
                      {"summary", about.summary},
                      {"schema", T::parameters().toJson()}};
    if constexpr (isExperiment<T>) {
        it["claims"] = nlohmann::json::array();
        for (const Claim& claim : T::claims()) it["claims"].push_back(claim.toJson());
    }
    if constexpr (isProbe<T>) it["needs_run"] = T::needsRun();
    return it;
}

template <class T>
void* makeOne() {
    if constexpr (isExperiment<T>)
        return static_cast<abi::IExperiment1*>(new ExperimentAdapter<T>);
    else if constexpr (isProbe<T>)
        return static_cast<abi::IProbe1*>(new ProbeAdapter<T>);
    else
        return static_cast<abi::IDataSource1*>(new DataSourceAdapter<T>);
}

template <class... Classes>
class PluginAdapter final : public abi::IPlugin1 {
  public:
    void LATENT_CALL release() noexcept override { delete this; }
    int32_t LATENT_CALL describe(abi::ISink* json, abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            nlohmann::json all = nlohmann::json::array();
            (all.push_back(adapters::describe<Classes>()), ...);
            send(json, all.dump());
            return abi::kOk;
        });
    }
    void* LATENT_CALL make(const abi::Text* interfaceId, const abi::Text* id,
                           abi::ISink* error) noexcept override {
        void* made = nullptr;
        guarded(error, [&] {
            ((made = made ? made : matches<Classes>(interfaceId, id) ? makeOne<Classes>() : nullptr), ...);
            if (!made)
                send(error, "The plugin has no '" + std::string(abi::view(*id)) + "' with the interface " +
                                std::string(abi::view(*interfaceId)) + ".");
            return abi::kOk;
        });
        return made;
    }

  private:
    template <class T>
    static bool matches(const abi::Text* interfaceId, const abi::Text* id) {
        return abi::view(*interfaceId) == interfaceOf<T>() && abi::view(*id) == T::about().id;
    }
};

}  // namespace latent::adapters

#ifndef LATENT_TORCH_VERSION  // Latent::learn_torch defines it for what links it
#define LATENT_TORCH_VERSION ""
#endif

/// The exported descriptor, for a class that implements abi::IPlugin1; at global scope. What the host gives stays at hand.
#define LATENT_DESCRIPTOR(...)                                                           \
    namespace latent::boundary {                                                         \
    __attribute__((visibility("hidden"))) abi::IHost1* pluginHost = nullptr;             \
    }                                                                                    \
    extern "C" LATENT_EXPORT const latent_descriptor* latent_plugin_descriptor(void) {   \
        static const latent_descriptor descriptor{                                       \
            LATENT_MAGIC,                                                                \
            sizeof(latent_descriptor),                                                   \
            LATENT_ABI_MAJOR,                                                            \
            LATENT_ABI_MINOR,                                                            \
            0,                                                                           \
            LATENT_PLUGIN_ID,                                                            \
            LATENT_PLUGIN_VERSION,                                                       \
            LATENT_TOOLCHAIN,                                                            \
            LATENT_TORCH_VERSION,                                                        \
            LATENT_SDK_VERSION,                                                          \
            [](void* host, void* error) -> void* {                                       \
                latent::boundary::pluginHost = static_cast<latent::abi::IHost1*>(host);  \
                void* plugin = nullptr;                                                  \
                latent::boundary::guarded(static_cast<latent::abi::ISink*>(error), [&] { \
                    plugin = static_cast<latent::abi::IPlugin1*>(new __VA_ARGS__);       \
                    return latent::abi::kOk;                                             \
                });                                                                      \
                return plugin;                                                           \
            },                                                                           \
            nullptr};                                                                    \
        return &descriptor;                                                              \
    }                                                                                    \
    static_assert(true, "a semicolon may follow")

#define LATENT_PLUGIN(...) LATENT_DESCRIPTOR(latent::adapters::PluginAdapter<__VA_ARGS__>)
