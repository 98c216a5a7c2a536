// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/loaded_plugin.hpp"

#include <dlfcn.h>
#include <link.h>

#include <boost/dll/shared_library.hpp>
#include <utility>
#include <vector>

#include "engine/plugins/catalog.hpp"
#include "engine/plugins/torch_part.hpp"
#include "latent/boundary.hpp"

namespace latent::engine {
namespace {

using boundary::StringSink;
namespace dll = boost::dll;

/// For libraries that are only looked at, and for panels: no service.
class NoServices final : public abi::IHost1 {
  public:
    void* LATENT_CALL query(const abi::Text*) noexcept override { return nullptr; }
};

abi::IHost1& noServices() {
    static NoServices host;
    return host;
}

/// Libraries live here until the process ends. The object is never destroyed.
void keepForever(dll::shared_library library) {
    static auto* const loaded = new std::vector<dll::shared_library>;
    loaded->push_back(std::move(library));
}

/// dlsym also searches the dependencies of a library; a descriptor found there is somebody else's.
bool livesIn(const dll::shared_library& library, const void* symbol) {
    Dl_info info{};
    link_map* its = nullptr;
    link_map* own = nullptr;
    return ::dladdr1(symbol, &info, reinterpret_cast<void**>(&its), RTLD_DL_LINKMAP) != 0 &&
           ::dlinfo(library.native(), RTLD_DI_LINKMAP, &own) == 0 && its == own;
}

/// What the loader says, with the plugin's own path in place of the descriptor's.
std::string loaderSentence(const std::string& opened, const std::string& path) {
    const char* said = ::dlerror();
    std::string text = said ? said : "the loader gave no reason";
    for (std::size_t at; opened != path && (at = text.find(opened)) != std::string::npos;)
        text.replace(at, opened.size(), path);
    if (text.starts_with(path + ": ")) text.erase(0, path.size() + 2);
    return text;
}

// Plugin code that lets an exception out of a C function ends the process here, not in the middle of ours.
const latent_descriptor* descriptorOf(latent_plugin_descriptor_fn function) noexcept { return function(); }
abi::IPlugin1* createPlugin(const latent_descriptor& raw, abi::IHost1& host, abi::ISink* error) noexcept {
    return static_cast<abi::IPlugin1*>(raw.create(&host, error));
}

Error sentenceOf(const StringSink& error, const std::string& otherwise) {
    return failed(error.text.empty() ? otherwise : error.text);
}

template <class Call>
Result<std::string> textFrom(const char* what, Call&& call) {
    StringSink json, error;
    if (call(&json, &error) != abi::kOk)
        return sentenceOf(error, std::string("The plugin gave no ") + what + ".");
    return std::move(json.text);
}

template <class Interface>
Result<std::string> outputsText(Interface& object, std::string_view parametersJson) {
    const abi::Text parameters = abi::text(parametersJson);
    return textFrom("outputs",
                    [&](auto* json, auto* error) { return object.outputs(&parameters, json, error); });
}

}  // namespace

Result<LoadingLibrary> LoadingLibrary::load(LibraryFile file, const DescriptorExpected& expected) {
    const std::string path = file.path().string();
    // The descriptor is the file that was hashed, whatever the path leads to by now. A library that looks for its
    // dependencies beside itself has to be opened by its path; nobody but the user and root can change that.
    LATENT_TRY(const bool byPath, file.usesOrigin());
    if (byPath && !file.stillAtPath())
        return failed(path + " was changed while it was being checked; try again.");
    const std::string opened = byPath ? path : "/proc/self/fd/" + std::to_string(file.descriptor());

    dll::shared_library library;
    dll::fs::error_code error;
    library.load(opened, error, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
    if (error || !library.is_loaded())
        return failed(path + " cannot be loaded: " + loaderSentence(opened, path) + ".");
    // The loader knows libraries by name: this number must never name another file.
    file.take();
    latent_plugin_descriptor_fn describe = nullptr;
    if (library.has(LATENT_DESCRIPTOR_SYMBOL))
        describe = &library.get<const latent_descriptor*()>(LATENT_DESCRIPTOR_SYMBOL);
    const bool own = describe && livesIn(library, reinterpret_cast<const void*>(describe));
    keepForever(std::move(library));
    if (!describe)
        return refused(path + " is not a plugin: it has no function " LATENT_DESCRIPTOR_SYMBOL
                              " (does its source end with LATENT_PLUGIN?).");
    if (!own) return refused(path + " is not a plugin: its descriptor belongs to another library.");

    const latent_descriptor* raw = descriptorOf(describe);
    if (!raw) return refused(path + " is not a plugin: it gives no descriptor.");
    LATENT_TRY(DescriptorFacts facts, readDescriptor(*raw, file.path()));
    LATENT_CHECK(checkDescriptor(facts, expected));
    return LoadingLibrary(std::move(facts), raw);
}

Result<LoadedPlugin> LoadingLibrary::create(abi::IHost1* host) {
    StringSink error;
    abi::IPlugin1* plugin = createPlugin(*m_raw, host ? *host : noServices(), &error);
    if (!plugin)  // its own words, perhaps about a momentary lack: no lasting verdict
        return failed("The plugin \"" + m_facts.id +
                      "\" could not be set up: " + (error.text.empty() ? "it gave no reason." : error.text));
    return LoadedPlugin(m_facts, plugin);
}

Result<std::string> LoadedPlugin::describe() {
    return textFrom("description", [&](auto* json, auto* error) { return m_plugin->describe(json, error); });
}

Result<void*> LoadedPlugin::make(std::string_view interfaceId, std::string_view id) {
    const abi::Text interfaceText = abi::text(interfaceId);
    const abi::Text idText = abi::text(id);
    StringSink error;
    void* object = m_plugin->make(&interfaceText, &idText, &error);
    if (!object)
        return sentenceOf(error,
                          "The plugin \"" + m_facts.id + "\" could not make \"" + std::string(id) + "\".");
    return object;
}

Result<ExperimentHandle> LoadedPlugin::makeExperiment(std::string_view id) {
    LATENT_TRY(void* object, make("latent.experiment/1", id));
    return ExperimentHandle(static_cast<abi::IExperiment1*>(object));
}

Result<ProbeHandle> LoadedPlugin::makeProbe(std::string_view id) {
    LATENT_TRY(void* object, make("latent.probe/1", id));
    return ProbeHandle(static_cast<abi::IProbe1*>(object));
}

Result<DataSourceHandle> LoadedPlugin::makeDataSource(std::string_view id) {
    LATENT_TRY(void* object, make("latent.data_source/1", id));
    return DataSourceHandle(static_cast<abi::IDataSource1*>(object));
}

Result<LoadedPlugin> loadPlugin(const PluginEntry& entry, const std::string& torchVersion) {
    if (entry.state != PluginState::Usable) return refused(entry.sentence);
    LATENT_TRY(LibraryFile file, LibraryFile::open(entry.library));
    LATENT_TRY(const std::string sha256, file.sha256());
    if (sha256 != entry.sha256)
        return refused("The plugin \"" + entry.id + "\" at " + entry.library.string() +
                       " has changed since it was checked; start again, so that it is checked anew.");
    LATENT_TRY(LoadingLibrary library,
               LoadingLibrary::load(std::move(file), {entry.id, entry.version, torchVersion, entry.library}));
    return library.create(partServicesFor(ownerOf(entry)));
}

Result<std::string> outputsOf(abi::IExperiment1& experiment, std::string_view parametersJson) {
    return outputsText(experiment, parametersJson);
}
Result<std::string> outputsOf(abi::IProbe1& probe, std::string_view parametersJson) {
    return outputsText(probe, parametersJson);
}
Result<std::string> outputsOf(abi::IDataSource1& source, std::string_view parametersJson) {
    return outputsText(source, parametersJson);
}

Result<std::string> outputsOf(LoadedPlugin& plugin, const Contribution& contribution,
                              std::string_view parametersJson) {
    if (contribution.kind == "data_source") {
        LATENT_TRY(const DataSourceHandle source, plugin.makeDataSource(contribution.id));
        return outputsOf(*source, parametersJson);
    }
    if (contribution.kind == "probe") {
        LATENT_TRY(const ProbeHandle probe, plugin.makeProbe(contribution.id));
        boundary::StringSink why;
        if (probe->open(nullptr, &why) != abi::kOk) return failed(why.text);
        return outputsOf(*probe, parametersJson);
    }
    LATENT_TRY(const ExperimentHandle experiment, plugin.makeExperiment(contribution.id));
    return outputsOf(*experiment, parametersJson);
}

Result<std::string> batchKeyOf(abi::IExperiment1& experiment, std::string_view parametersJson) {
    const abi::Text parameters = abi::text(parametersJson);
    return textFrom("batch key",
                    [&](auto* key, auto* error) { return experiment.batchKey(&parameters, key, error); });
}

Result<std::string> evidenceOf(abi::IExperiment1& experiment, abi::IRunSet1& runs) {
    return textFrom("evidence",
                    [&](auto* json, auto* error) { return experiment.measure(&runs, json, error); });
}

}  // namespace latent::engine
