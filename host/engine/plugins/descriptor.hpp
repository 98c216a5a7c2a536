// SPDX-License-Identifier: Apache-2.0
#pragma once
// The descriptor of a library, copied out of it, and whether this host can live with it.
//
// Checked twice with the same function: in the admission child before the first C++ call, and against the manifest
// when a cached admission is used. Pure values; any thread.
//
//     LATENT_TRY(DescriptorFacts facts, readDescriptor(*raw, path));
//     LATENT_CHECK(checkDescriptor(facts, {manifest.id, manifest.version, torchVersion, path}));

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/result.hpp"
#include "latent/abi/descriptor.h"

namespace latent::engine {

struct DescriptorFacts {
    int abiMajor = 0;
    int abiMinor = 0;
    std::uint32_t qtVersion = 0;
    std::string id;
    std::string version;
    std::string toolchain;
    std::string torchVersion;  ///< empty: the library does not use LibTorch
    std::string sdkVersion;
};

struct DescriptorExpected {
    std::string id;
    std::string version;
    std::string torchVersion;  ///< of this installation; empty: not known, not compared
    std::filesystem::path library;
    std::uint32_t qtVersion = 0;  ///< of this process, 0x060402 for 6.4.2, when a panel is expected; 0: no Qt allowed
};

/// Magic, size and ABI first (nothing behind them is touched when they are wrong), then the texts.
Result<DescriptorFacts> readDescriptor(const latent_descriptor& raw, const std::filesystem::path& library);
Status checkDescriptor(const DescriptorFacts& facts, const DescriptorExpected& expected);

nlohmann::json toJson(const DescriptorFacts& facts);
Result<DescriptorFacts> descriptorFromJson(const nlohmann::json& json, const std::string& what);

}  // namespace latent::engine
