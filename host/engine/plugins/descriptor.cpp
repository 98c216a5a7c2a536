// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/descriptor.hpp"

#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/json/bounded.hpp"
#include "latent/abi/sentinels.hpp"
#include "latent/version.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
constexpr std::size_t kMaxText = 256;

std::optional<std::string> boundedText(const char* text) {
    if (!text) return std::nullopt;
    const std::size_t length = ::strnlen(text, kMaxText + 1);
    if (length > kMaxText || !isUtf8({text, length})) return std::nullopt;
    return std::string(text, length);
}

std::string qtText(std::uint32_t version) {
    return std::to_string(version >> 16) + "." + std::to_string(version >> 8 & 0xff);
}

/// A panel shares the Qt of this process: C++ classes of the same major version, and none that came later.
Status checkQt(const DescriptorFacts& facts, std::uint32_t ours, const std::string& what) {
    if (ours == 0)
        return facts.qtVersion == 0
                   ? ok()
                   : Status(refused(what + " uses Qt, which a compute library must not; only a panel may."));
    if (facts.qtVersion == 0)
        return refused(
            what +
            " does not say which Qt it uses, which a panel has to (does its source end with LATENT_PANEL?).");
    const bool sameMajor = facts.qtVersion >> 16 == ours >> 16;
    if (!sameMajor || facts.qtVersion >> 8 > ours >> 8)
        return refused(what + " was built with Qt " + qtText(facts.qtVersion) + ", and this program has Qt " +
                       qtText(ours) + "; build it again with that Qt or " +
                       (sameMajor ? "an older one." : "another of the same major version."));
    return ok();
}

std::string abiText(int major, int minor) { return std::to_string(major) + "." + std::to_string(minor); }

}  // namespace

Result<DescriptorFacts> readDescriptor(const latent_descriptor& raw, const std::filesystem::path& library) {
    const std::string what = library.string();
    if (raw.magic != LATENT_MAGIC)
        return refused(what + " is not a plugin: its descriptor has the wrong mark.");
    DescriptorFacts facts;
    facts.abiMajor = raw.abi_major;
    facts.abiMinor = raw.abi_minor;
    if (facts.abiMajor != static_cast<int>(LATENT_ABI_MAJOR) ||
        facts.abiMinor > static_cast<int>(LATENT_ABI_MINOR))
        return refused(what + " was built for version " + abiText(facts.abiMajor, facts.abiMinor) +
                       " of the plugin interface, and this program has " +
                       abiText(LATENT_ABI_MAJOR, LATENT_ABI_MINOR) +
                       "; it has to be built again with the SDK " + LATENT_SDK_VERSION + ".");
    if (raw.struct_size != sizeof(latent_descriptor))
        return refused(what + " is not a plugin: its descriptor has " + std::to_string(raw.struct_size) +
                       " bytes instead of " + std::to_string(sizeof(latent_descriptor)) + ".");
    facts.qtVersion = raw.qt_version;
    const struct {
        const char* from;
        std::string& to;
    } texts[] = {{raw.id, facts.id},
                 {raw.version, facts.version},
                 {raw.toolchain, facts.toolchain},
                 {raw.torch_version, facts.torchVersion},
                 {raw.sdk_version, facts.sdkVersion}};
    for (const auto& text : texts) {
        const auto value = boundedText(text.from);
        if (!value)
            return refused(what + " is not a plugin: a text of its descriptor is missing or damaged.");
        text.to = *value;
    }
    if (!raw.create) return refused(what + " is not a plugin: its descriptor has no create function.");
    return facts;
}

Status checkDescriptor(const DescriptorFacts& facts, const DescriptorExpected& expected) {
    const std::string what = expected.library.string();
    if (facts.toolchain != LATENT_TOOLCHAIN)
        return refused(what + " was built with another toolchain (" + facts.toolchain + " instead of " +
                       LATENT_TOOLCHAIN + ").");
    if (facts.id != expected.id)
        return refused(what + " says that it is the plugin \"" + facts.id + "\", but its manifest says \"" +
                       expected.id + "\".");
    if (facts.version != expected.version)
        return refused(what + " says that its version is " + facts.version + ", but its manifest says " +
                       expected.version + ".");
    LATENT_CHECK(checkQt(facts, expected.qtVersion, what));
    if (!facts.torchVersion.empty() && !expected.torchVersion.empty() &&
        facts.torchVersion != expected.torchVersion)
        return refused(what + " was built with LibTorch " + facts.torchVersion +
                       ", and this installation has " + expected.torchVersion +
                       "; the two have to be the same.");
    return ok();
}

json toJson(const DescriptorFacts& facts) {
    return {{"abi_major", facts.abiMajor},
            {"abi_minor", facts.abiMinor},
            {"qt_version", facts.qtVersion},
            {"id", facts.id},
            {"version", facts.version},
            {"toolchain", facts.toolchain},
            {"torch_version", facts.torchVersion},
            {"sdk_version", facts.sdkVersion}};
}

Result<DescriptorFacts> descriptorFromJson(const json& value, const std::string& what) {
    try {
        DescriptorFacts facts;
        facts.abiMajor = value.at("abi_major");
        facts.abiMinor = value.at("abi_minor");
        facts.qtVersion = value.at("qt_version");
        facts.id = value.at("id");
        facts.version = value.at("version");
        facts.toolchain = value.at("toolchain");
        facts.torchVersion = value.at("torch_version");
        facts.sdkVersion = value.at("sdk_version");
        return facts;
    } catch (const json::exception&) {
        return refused(what + " holds an incomplete descriptor.");
    }
}

}  // namespace latent::engine
