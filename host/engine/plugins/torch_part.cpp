// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/torch_part.hpp"

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "engine/files/folders.hpp"
#include "engine/files/operations.hpp"
#include "engine/json/bounded.hpp"
#include "engine/plugins/catalog.hpp"
#include "engine/plugins/search.hpp"
#include "engine/plugins/trust.hpp"
#include "latent/abi/torch_part.hpp"
#include "latent/boundary.hpp"

namespace latent::engine {
namespace {

std::string whose(const PartOwner& owner) { return "The LibTorch part of the plugin \"" + owner.id + "\""; }

Status checkTrust(const PartOwner& owner, const std::filesystem::path& library, const std::string& sha256,
                  const PartTrust& where) {
    std::vector<std::string> messages;  // the catalog reads the same files and tells of them
    const TrustStore trust(where.stateFolder, where.bundled, messages);
    if (trust.isOurs(library, sha256)) return ok();
    const Trust known = trust.of(torchTrustId(owner.id), sha256);
    if (known == Trust::Trusted) return ok();
    const bool changed = known == Trust::Changed;
    return refused(whose(owner) + " at " + library.string() +
                   (changed ? " has changed since you trusted it; if that is right"
                            : " is not trusted yet; if you know where it comes from") +
                   ", run \"latent plugins trust " + owner.id + "\".");
}

class PartServices final : public abi::IHost1, public abi::ITorchPart1 {
  public:
    explicit PartServices(PartOwner owner) : m_owner(std::move(owner)) {}
    void* LATENT_CALL query(const abi::Text* service) noexcept override {
        return abi::view(*service) == abi::kTorchPartService ? static_cast<abi::ITorchPart1*>(this) : nullptr;
    }
    void* LATENT_CALL make(const abi::Text* interfaceId, abi::ISink* error) noexcept override {
        void* made = nullptr;
        boundary::guarded(error, [&] {
            if (!m_part) m_part = loadTorchPart(m_owner, PartTrust::standard());
            if (!*m_part) throw RunError(m_part->error().message);
            const Result<void*> object = (*m_part)->make(abi::view(*interfaceId), {});
            if (!object) throw RunError(object.error().message);
            made = *object;
            return abi::kOk;
        });
        return made;
    }

  private:
    PartOwner m_owner;
    std::optional<Result<LoadedPlugin>> m_part;
};

}  // namespace

abi::IHost1* partServicesFor(PartOwner owner) {
    static auto* const all =
        new std::vector<std::unique_ptr<PartServices>>;  // never destroyed, like libraries
    all->push_back(std::make_unique<PartServices>(std::move(owner)));
    return all->back().get();
}

PartOwner ownerOf(const PluginEntry& entry) { return {entry.id, entry.version, entry.library.parent_path()}; }

std::filesystem::path torchPartOf(const PartOwner& owner) { return owner.folder / (owner.id + "_torch.so"); }

PartTrust PartTrust::standard() {
    return {latent::engine::stateFolder(), bundledPluginFolder(programFile())};
}

Result<LoadedPlugin> loadTorchPart(const PartOwner& owner, const PartTrust& trust) {
    const std::filesystem::path library = torchPartOf(owner);
    if (!fileExists(library))
        return badRequest("This build has no LibTorch part for the plugin \"" + owner.id + "\" (" +
                          library.string() +
                          "); build it with LibTorch, or leave the device out to compute on the CPU.");
    LATENT_TRY(LibraryFile file, LibraryFile::open(library));
    LATENT_TRY(const std::string sha256, file.sha256());
    LATENT_CHECK(checkTrust(owner, library, sha256, trust));
    LATENT_TRY(LoadingLibrary loading,
               LoadingLibrary::load(std::move(file), {owner.id, owner.version, {}, library}));
    return loading.create();
}

Result<int> cudaDevicesOf(LoadedPlugin& part) {
    LATENT_TRY(const std::string text, part.describe());
    LATENT_TRY(const nlohmann::json said, parseJson(text, "The description of a LibTorch part"));
    const auto devices = said.is_object() ? said.find("cuda_devices") : said.end();
    if (devices == said.end() || !devices->is_number_integer())
        return refused(part.descriptor().id +
                       "_torch.so does not say how many GPUs it sees; does its source end with "
                       "LATENT_TORCH_PART?");
    return devices->get<int>();
}

Status checkCudaDevice(LoadedPlugin& part, const std::string& device) {
    LATENT_TRY(const int devices, cudaDevicesOf(part));
    const int wanted = device.rfind("cuda:", 0) == 0 ? std::stoi(device.substr(5)) : 0;
    if (wanted < devices) return ok();
    const std::string seen =
        devices == 0 ? "no GPU"
        : devices == 1
            ? "one GPU, cuda:0,"
            : std::to_string(devices) + " GPUs, cuda:0 to cuda:" + std::to_string(devices - 1) + ",";
    return badRequest("\"" + device + "\" was asked for, but LibTorch sees " + seen +
                      " on this machine; leave the device out to compute on the CPU.");
}

}  // namespace latent::engine
