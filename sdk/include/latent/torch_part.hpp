// SPDX-License-Identifier: Apache-2.0
#pragma once
// A second library for what computes with LibTorch, so that the plugin itself loads fast and works without it.
//
// X_torch.so lies beside X.so (CMake: latent_add_torch_part). The plugin opens it when a job asks for a GPU, in the worker's
// process; until then no byte of LibTorch is read. The host checks it like the plugin: owner, mode, trusted hash, id, version.
// The interface between the two is an abstract class of the plugin's with a virtual destructor and `kInterface`, a name
// with a number to raise when the class changes; both libraries are built together, so std types and exceptions derived
// from std::exception may pass. A class of the part needs a constructor without arguments. One thread at a time.
//
//     struct Decoder { static constexpr const char* kInterface = "mine.decoder/1"; virtual ~Decoder() = default; … };
//     std::unique_ptr<Decoder> decoder = latent::openTorchPart<Decoder>();      // in X.so; throws RunError with a sentence
//     LATENT_TORCH_PART(Decoder, DecoderOnDevice);                              // at the end of one source of X_torch.so

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "latent/abi/torch_part.hpp"
#include "latent/plugin.hpp"

namespace latent::boundary {

/// The host of this library; LATENT_PLUGIN defines it. Null where there is none: in a test that links the plugin's code.
extern __attribute__((weak, visibility("hidden"))) abi::IHost1* pluginHost;

inline abi::IHost1* hostOfPlugin() {
    abi::IHost1* const* const known = &pluginHost;
    return known ? *known : nullptr;
}

}  // namespace latent::boundary

namespace latent {

/// Throws RunError with a sentence when this build has no such part, or when it may not or cannot be loaded.
template <class Interface>
std::unique_ptr<Interface> openTorchPart() {
    abi::IHost1* host = boundary::hostOfPlugin();
    const abi::Text service = abi::text(abi::kTorchPartService), wanted = abi::text(Interface::kInterface);
    auto* part = host ? static_cast<abi::ITorchPart1*>(host->query(&service)) : nullptr;
    if (!part)
        throw RunError(
            "This host opens no LibTorch parts of plugins; use a newer one, or compute on the CPU.");
    boundary::StringSink error;
    void* made = part->make(&wanted, &error);
    if (!made) throw RunError(error.text.empty() ? "The LibTorch part could not be opened." : error.text);
    return std::unique_ptr<Interface>(static_cast<Interface*>(made));
}

}  // namespace latent

namespace latent::adapters {

/// A part as the host sees it: it says how many GPUs its LibTorch sees, and makes one kind of object.
template <class Interface, class T, auto cudaDevices>
class TorchPartAdapter final : public abi::IPlugin1 {
  public:
    void LATENT_CALL release() noexcept override { delete this; }
    int32_t LATENT_CALL describe(abi::ISink* json, abi::ISink* error) noexcept override {
        return guarded(error, [&] {
            send(json, nlohmann::json{{"cuda_devices", cudaDevices()}}.dump());
            return abi::kOk;
        });
    }
    void* LATENT_CALL make(const abi::Text* interfaceId, const abi::Text*,
                           abi::ISink* error) noexcept override {
        void* made = nullptr;
        guarded(error, [&] {
            if (abi::view(*interfaceId) == Interface::kInterface)
                made = static_cast<Interface*>(new T);
            else
                send(error, "The LibTorch part of this plugin has " + std::string(Interface::kInterface) +
                                ", not " + std::string(abi::view(*interfaceId)) +
                                "; build the plugin and its part together.");
            return abi::kOk;
        });
        return made;
    }
};

}  // namespace latent::adapters

/// Where <latent/learn/torch/torch.hpp> is included: everything that makes a library the LibTorch part of its plugin.
#define LATENT_TORCH_PART(Interface, Class)                                                    \
    static int latent_cuda_devices() { return static_cast<int>(torch::cuda::device_count()); } \
    LATENT_DESCRIPTOR(latent::adapters::TorchPartAdapter<Interface, Class, &latent_cuda_devices>)
