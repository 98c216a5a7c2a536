// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/catalog_scan.hpp"

#include <optional>

#include "engine/plugins/child_process.hpp"
#include "engine/plugins/lock_file.hpp"

namespace latent::engine {
namespace {

using Outcome = Admission::Outcome;

void set(PluginEntry& entry, PluginState state, std::string sentence) {
    entry.state = state;
    entry.sentence = std::move(sentence);
}

std::string inQuotes(const std::string& text) { return "\"" + text + "\""; }

}  // namespace

CatalogScan::CatalogScan(const CatalogSettings& settings)
    : m_settings(settings),
      m_trust(settings.stateFolder, settings.bundled, messages),
      m_quarantine(settings.stateFolder, messages),
      m_hashes(settings.cacheFolder / "plugins" / "hashes.json", settings.hashSettle),
      m_cache(settings.cacheFolder, settings.admission.torchVersion) {}

void CatalogScan::run() {
    takeLeftovers();
    for (const Candidate& candidate : findCandidates(m_settings.folders, messages)) examine(candidate);
    settleContributions();
    m_hashes.save();
    librariesRead = m_hashes.filesRead();
}

void CatalogScan::takeLeftovers() {
    for (const LockedPlugin& dead : takeLeftoverLocks(m_settings.stateFolder)) {
        const std::string sentence =
            "The plugin " + inQuotes(dead.id) +
            " was being loaded when the program last died; it is quarantined until you run "
            "\"latent plugins release " +
            dead.id + "\".";
        if (const Status kept = m_quarantine.add(dead.sha256, dead.id, dead.library, sentence); !kept)
            messages.push_back(kept.error().message);
    }
}

void CatalogScan::examine(const Candidate& candidate) {
    PluginEntry entry;
    entry.id = candidate.name;
    entry.manifest = candidate.folder / (candidate.name + ".json");
    entry.library = candidate.folder / (candidate.name + ".so");
    if (!candidate.hasManifest) {
        set(entry, PluginState::Refused,
            entry.library.string() + " has no manifest " + entry.manifest.filename().string() +
                " beside it.");
    } else if (const Result<Manifest> manifest = readManifest(entry.manifest); !manifest) {
        set(entry, PluginState::Refused, manifest.error().message);
    } else {
        entry.version = manifest->version;
        entry.title = manifest->title;
        entry.summary = manifest->summary;
        entry.declared = manifest->declared;
        entry.opens = manifest->opens;
        entry.cuda = manifest->cuda;
        if (candidate.hasLibrary)
            examineLibrary(entry, *manifest);
        else
            set(entry, PluginState::Refused,
                entry.manifest.string() + " has no library " + entry.library.filename().string() +
                    " beside it.");
    }
    plugins.push_back(std::move(entry));
}

void CatalogScan::examineLibrary(PluginEntry& entry, const Manifest& manifest) {
    // In safe mode what is not ours does not even take an id, so that it cannot hide ours.
    if (m_settings.safeMode && entry.library.parent_path() != m_settings.bundled)
        return set(entry, PluginState::Disabled,
                   "The plugin " + inQuotes(entry.id) +
                       " is not used in safe mode, which takes bundled plugins only.");
    const auto [owner, first] = m_owners.insert({entry.id, entry.library});
    if (!first)
        return set(
            entry, PluginState::Refused,
            entry.library.string() + " is not used, because " + owner->second.string() + " was found first.");
    entry.panels = manifest.panels;
    const Result<LibraryFile> file = LibraryFile::open(entry.library);
    if (!file) return set(entry, PluginState::Refused, file.error().message);
    const Result<std::string> sha256 = m_hashes.of(*file);
    if (!sha256) return set(entry, PluginState::Refused, sha256.error().message);
    entry.sha256 = *sha256;
    entry.ours = m_trust.isOurs(entry.library, entry.sha256);

    if (m_trust.isDisabled(entry.id))
        return set(entry, PluginState::Disabled,
                   "The plugin " + inQuotes(entry.id) + " is disabled; \"latent plugins enable " + entry.id +
                       "\" brings it back.");
    if (m_settings.safeMode && !entry.ours)
        return set(entry, PluginState::Disabled,
                   "The plugin " + inQuotes(entry.id) +
                       " is not used in safe mode, which takes bundled plugins only.");
    const Trust trust = entry.ours ? Trust::Trusted : m_trust.of(entry.id, entry.sha256);
    if (trust == Trust::Changed)
        return set(entry, PluginState::Untrusted,
                   "The plugin " + inQuotes(entry.id) + " at " + entry.library.string() +
                       " has changed since you trusted it; if that is right, run \"latent plugins trust " +
                       entry.id + "\".");
    if (trust == Trust::Unknown)
        return set(entry, PluginState::Untrusted,
                   "The plugin " + inQuotes(entry.id) + " at " + entry.library.string() +
                       " is not trusted yet; if you know where it comes from, run \"latent plugins trust " +
                       entry.id + "\".");
    if (const auto reason = m_quarantine.reason(entry.sha256))
        return set(entry, PluginState::Quarantined, *reason);

    std::optional<Admission> admission = m_cache.find(manifest, entry.sha256);
    if (!admission) admission = admitNow(entry, manifest, *file);
    switch (admission->outcome) {
        case Outcome::Accepted:
            entry.state = PluginState::Usable;
            entry.descriptor = std::move(admission->descriptor);
            entry.contributions = std::move(admission->contributions);
            return;
        case Outcome::Refused:
        case Outcome::NotNow:
            return set(entry, PluginState::Refused, admission->sentence);
        case Outcome::Crashed:
        case Outcome::Hung:
            return set(entry, PluginState::Quarantined, admission->sentence);
    }
}

Admission CatalogScan::admitNow(const PluginEntry& entry, const Manifest& manifest, const LibraryFile& file) {
    const InterruptHold hold;  // outlives the lock file: Ctrl-C here must not look like a death in the plugin
    const Result<LockFile> lock =
        LockFile::hold(m_settings.stateFolder, {entry.id, entry.library, entry.sha256});
    if (!lock) messages.push_back(lock.error().message);  // a full disk is no reason to refuse every plugin
    Admission admission = admit(file, manifest, entry.sha256, m_settings.admission);
    childrenStarted += admission.childrenStarted;
    m_cache.keep(manifest, entry.sha256, admission);
    if (admission.outcome == Outcome::Crashed || admission.outcome == Outcome::Hung)
        if (const Status kept = m_quarantine.add(entry.sha256, entry.id, entry.library, admission.sentence);
            !kept)
            messages.push_back(kept.error().message);
    return admission;
}

void CatalogScan::settleContributions() {
    std::map<std::pair<std::string, std::string>, std::string> taken;  // kind, id → plugin
    for (PluginEntry& plugin : plugins) {
        for (Contribution& c : plugin.contributions) {
            if (!c.refusal.empty()) continue;
            const auto [owner, first] = taken.insert({{c.kind, c.id}, plugin.id});
            if (!first)
                c.refusal = inQuotes(c.id) + " of the plugin " + inQuotes(plugin.id) +
                            " is not used, because the plugin " + inQuotes(owner->second) +
                            " has one of that name and was found first.";
        }
    }
}

}  // namespace latent::engine
