// SPDX-License-Identifier: Apache-2.0
#pragma once
// What was asked: request.json, written once and never changed, with its own hash inside; and the two other
// small JSON files of a run, provenance.json (where it was computed, with what) and user.json (what a person
// adds to it).
//
// A Request is an immutable value. `"sha256"` is taken over the canonical JSON of the document without that
// key, so the same question has the same hash everywhere. Any thread.
//
//     LATENT_TRY(Request request, Request::make({{"experiment", "sim/theory"}, {"parameters", {…}}, {"seed", 0}}));
//     LATENT_CHECK(writeRequest(folder, request));
//     LATENT_TRY(Request back, readRequest(folder));  // refused when the hash does not fit

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

/// Key of a sweep and its batches: true when all their cells declare the same outputs.
inline constexpr const char* kAlikeOutputs = "alike_outputs";

class Request {
  public:
    /// Adds `"format": "latent-request/1"` and the hash. `experiment` (text), `parameters` (object) and
    /// `seed` (integer) are required; `plugin` (object), `device` (text) and `threads` (integer) are what a
    /// worker reads.
    static Result<Request> make(nlohmann::json document);
    /// Checks text from outside; `what` names it in errors.
    static Result<Request> parse(std::string_view text, const std::string& what);

    const nlohmann::json& document() const { return *m_document; }
    const std::string& sha256() const { return m_sha256; }
    std::string experiment() const;
    const nlohmann::json& parameters() const;
    std::int64_t seed() const;
    std::string device() const;     ///< "cpu" when not given
    int threads() const;            ///< 1 when not given
    nlohmann::json plugin() const;  ///< an empty object when not given

  private:
    std::shared_ptr<const nlohmann::json> m_document;
    std::string m_sha256;
};

/// Fails (exit 2) when the directory already has a request.
Status writeRequest(const std::filesystem::path& run, const Request& request);
Result<Request> readRequest(const std::filesystem::path& run);

Status writeProvenance(const std::filesystem::path& run, const nlohmann::json& provenance);
/// An empty object when there is none.
Result<nlohmann::json> readProvenance(const std::filesystem::path& run);

struct UserNotes {
    std::vector<std::string> tags;
    std::string notes;
    bool star = false;
};

/// Keys that this version does not know are kept by writeUserNotes.
Result<UserNotes> readUserNotes(const std::filesystem::path& run);
Status writeUserNotes(const std::filesystem::path& run, const UserNotes& notes);

}  // namespace latent::engine
