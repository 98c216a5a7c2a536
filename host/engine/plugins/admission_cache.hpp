// SPDX-License-Identifier: Apache-2.0
#pragma once
// What admission found out, kept by the hash of the library, so that a start loads nothing and starts no child.
//
// The key also holds the manifest's hash, the version and toolchain of this host and its LibTorch and Qt versions: a new
// host asks again. Only answers that the same bytes would give again are kept. A damaged entry is as good as none. One thread
// at a time; several processes may write the same entry.
//
//     AdmissionCache cache(cacheFolder(), torchVersion);
//     if (auto known = cache.find(manifest, sha256)) return *known;
//     cache.keep(manifest, sha256, admit(…));

#include <filesystem>
#include <optional>
#include <string>

#include "engine/plugins/admission.hpp"

namespace latent::engine {

class AdmissionCache {
  public:
    /// `qtVersion`: as in AdmissionSettings.
    AdmissionCache(const std::filesystem::path& cacheFolder, std::string torchVersion,
                   std::uint32_t qtVersion = 0);

    std::optional<Admission> find(const Manifest& manifest, const std::string& sha256) const;
    /// Keeps accepted and refused ones; ignores others. A cache that cannot be written is no error.
    void keep(const Manifest& manifest, const std::string& sha256, const Admission& admission) const;
    void forget(const Manifest& manifest, const std::string& sha256) const;

  private:
    std::filesystem::path fileOf(const Manifest& manifest, const std::string& sha256) const;
    std::filesystem::path m_folder;
    std::string m_torchVersion;
    std::uint32_t m_qtVersion;
};

}  // namespace latent::engine
