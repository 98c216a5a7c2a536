// SPDX-License-Identifier: Apache-2.0
#pragma once
// A plugin in this process: loaded once, never unloaded.
//
// Only workers and the admission child load; the desktop loads panel libraries. The library is mapped from the very descriptor that was hashed
// (/proc/self/fd/N), with its symbols local. Unloading does not work on Linux (unique symbols pin LibTorch), so the
// library and its descriptor stay until the process ends; LoadedPlugin releases the plugin object only. Calls go on the
// main thread of the worker; no exception leaves these functions: errors are sentences with the plugin's id.
//
//     LATENT_TRY(LoadedPlugin plugin, loadPlugin(entry));
//     LATENT_TRY(ExperimentHandle experiment, plugin.makeExperiment("sim/theory"));
//     LATENT_TRY(std::string outputs, outputsOf(*experiment, parametersJson));

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engine/plugins/descriptor.hpp"
#include "engine/plugins/library_file.hpp"
#include "engine/result.hpp"
#include "latent/abi/plugin.hpp"

namespace latent::engine {

struct Released {
    template <class Interface>
    void operator()(Interface* object) const noexcept {
        object->release();
    }
};
using ExperimentHandle = std::unique_ptr<abi::IExperiment1, Released>;
using ProbeHandle = std::unique_ptr<abi::IProbe1, Released>;
using DataSourceHandle = std::unique_ptr<abi::IDataSource1, Released>;

class LoadedPlugin {
  public:
    const DescriptorFacts& descriptor() const { return m_facts; }
    abi::IPlugin1& plugin() { return *m_plugin; }

    /// The description as JSON text.
    Result<std::string> describe();
    Result<ExperimentHandle> makeExperiment(std::string_view id);
    Result<ProbeHandle> makeProbe(std::string_view id);
    Result<DataSourceHandle> makeDataSource(std::string_view id);
    /// Of an interface that this library does not name (the desktop makes panels); the caller knows how to release it.
    Result<void*> make(std::string_view interfaceId, std::string_view id);

  private:
    friend class LoadingLibrary;
    LoadedPlugin(DescriptorFacts facts, abi::IPlugin1* plugin)
        : m_facts(std::move(facts)), m_plugin(plugin) {}

    DescriptorFacts m_facts;
    std::unique_ptr<abi::IPlugin1, Released> m_plugin;
};

/// The two steps of a load, apart so that the admission child can say in which one a plugin died.
class LoadingLibrary {
  public:
    /// Maps the library (its static constructors run) and checks the descriptor. An error with Exit::Failed means that
    /// the system could not load it (a missing dependency), with Exit::RefusedInput that it is no plugin for this host.
    static Result<LoadingLibrary> load(LibraryFile file, const DescriptorExpected& expected);
    const DescriptorFacts& descriptor() const { return m_facts; }
    /// Calls create() with the services of a host, which have to live until the process ends; null: none.
    Result<LoadedPlugin> create(abi::IHost1* host = nullptr);

  private:
    LoadingLibrary(DescriptorFacts facts, const latent_descriptor* raw)
        : m_facts(std::move(facts)), m_raw(raw) {}
    DescriptorFacts m_facts;
    const latent_descriptor* m_raw;
};

struct Contribution;
struct PluginEntry;
/// Loads a usable plugin of the catalog: opens and hashes it again, and refuses bytes other than those admitted. It may
/// open its LibTorch part.
Result<LoadedPlugin> loadPlugin(const PluginEntry& entry, const std::string& torchVersion = {});

/// Of whatever kind; a probe is opened without a run first.
Result<std::string> outputsOf(LoadedPlugin& plugin, const Contribution& contribution,
                              std::string_view parametersJson);
Result<std::string> outputsOf(abi::IExperiment1& experiment, std::string_view parametersJson);
Result<std::string> outputsOf(abi::IProbe1& probe, std::string_view parametersJson);
Result<std::string> outputsOf(abi::IDataSource1& source, std::string_view parametersJson);
Result<std::string> batchKeyOf(abi::IExperiment1& experiment, std::string_view parametersJson);
Result<std::string> evidenceOf(abi::IExperiment1& experiment, abi::IRunSet1& runs);

}  // namespace latent::engine
