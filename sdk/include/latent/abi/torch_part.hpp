// SPDX-License-Identifier: Apache-2.0
#pragma once
// A service of the host: the second library of a plugin, X_torch.so, which computes with LibTorch. The plugin asks
// IHost1::query("latent.torch_part/1") for it. The host looks for the library beside the plugin's own, checks and loads it at
// the first call, and keeps it until the process ends. The host owns the service. [any], one thread at a time.
//
//     auto* part = static_cast<ITorchPart1*>(host->query(&service));
//     void* trainer = part->make(&interfaceId, &error);

#include "latent/abi/host.hpp"

namespace latent::abi {

inline constexpr const char* kTorchPartService = "latent.torch_part/1";

class ITorchPart1 {
  public:
    /// An object of an interface that the plugin and its part agree on; both are built together, so it may be any C++
    /// class. The caller owns it. Null with a sentence when there is no such library or it may not be loaded.
    virtual void* LATENT_CALL make(const Text* interfaceId, ISink* error) noexcept = 0;

  protected:
    ~ITorchPart1() = default;
};

}  // namespace latent::abi
