// SPDX-License-Identifier: Apache-2.0
#pragma once
// The second library of a plugin, X_torch.so beside X.so, which computes with LibTorch.
//
// It is checked when it is opened, not when plugins are listed: owner and mode, then its SHA-256 (ours are listed in
// plugins.sha256, others are trusted together with their plugin), then id, version and toolchain. It is loaded from the
// descriptor that was hashed, in the process that computes or in a child that only asks it, and stays until that ends.
// Opening LibTorch takes a second or more. One thread at a time.
//
//     LATENT_TRY(LoadedPlugin part, loadTorchPart(ownerOf(entry), PartTrust::standard()));
//     LATENT_TRY(int devices, cudaDevicesOf(part));

#include <filesystem>
#include <string>

#include "engine/plugins/loaded_plugin.hpp"

namespace latent::engine {

/// The plugin that a part belongs to.
struct PartOwner {
    std::string id, version;
    std::filesystem::path folder;
};
PartOwner ownerOf(const PluginEntry& entry);
/// Where its part lies, if it has one.
std::filesystem::path torchPartOf(const PartOwner& owner);

/// Where it stands whom the user trusts.
struct PartTrust {
    std::filesystem::path stateFolder, bundled;
    /// The folders of this user and this program.
    static PartTrust standard();
};

/// Exit 2 when there is no such library, 3 when it may not be loaded, 5 when the system cannot (a missing dependency).
Result<LoadedPlugin> loadTorchPart(const PartOwner& owner, const PartTrust& trust);

/// What a plugin is given to open its part with: the part is loaded at the first question, and a refusal stands until the
/// process ends. Lives as long as the process.
abi::IHost1* partServicesFor(PartOwner owner);

/// How many GPUs the LibTorch of a part sees here.
Result<int> cudaDevicesOf(LoadedPlugin& part);

/// Whether the part sees the device "cuda" or "cuda:N"; exit 2 with a sentence when it does not.
Status checkCudaDevice(LoadedPlugin& part, const std::string& device);

}  // namespace latent::engine
