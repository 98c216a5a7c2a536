// SPDX-License-Identifier: Apache-2.0
#include "engine/store/request.hpp"

#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/json/bounded.hpp"
#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;
constexpr const char* kFormat = "latent-request/1";

/// The fields every worker relies on; the rest belongs to those who read it.
Status checkForm(const json& document, const std::string& what) {
    const auto complain = [&](const char* sentence) { return refused(what + " " + sentence); };
    if (!document.is_object()) return complain("is not a JSON object.");
    const auto text = [&](const char* key) { return document.contains(key) && document[key].is_string(); };
    if (!text("experiment")) return complain("names no experiment.");
    if (!document.contains("parameters") || !document["parameters"].is_object())
        return complain("has no parameters.");
    if (!document.contains("seed") || !document["seed"].is_number_integer())
        return complain("has no whole-number seed.");
    if (document.contains("device") && !text("device")) return complain("has a device that is not text.");
    if (document.contains("plugin") && !document["plugin"].is_object())
        return complain("has a plugin that is no object.");
    if (document.contains("threads")) {
        const json& threads = document["threads"];
        if (!threads.is_number_integer() || threads.get<double>() < 1 || threads.get<double>() > 4096) {
            return complain("asks for a number of threads that is not between 1 and 4096.");
        }
    }
    return ok();
}

Result<std::string> hashOf(json document, const std::string& what) {
    document.erase("sha256");
    LATENT_TRY(const std::string text, canonicalJson(document, what));
    return sha256Hex(text);
}

Result<json> readSmallJson(const std::filesystem::path& path, std::uint64_t limit, const std::string& what) {
    if (!fileExists(path)) return json::object();
    LATENT_TRY(const std::string text, readFile(path, limit));
    LATENT_TRY(json value, parseJson(text, what + path.string(), {.bytes = static_cast<std::size_t>(limit)}));
    if (!value.is_object()) return refused(what + path.string() + " is not a JSON object.");
    return value;
}

}  // namespace

Result<Request> Request::make(json document) {
    const std::string what = "The request";
    if (Status form = checkForm(document, what); !form) return badRequest(form.error().message);
    document["format"] = kFormat;
    LATENT_TRY(std::string hash, hashOf(document, what));
    document["sha256"] = hash;
    Request request;
    request.m_document = std::make_shared<const json>(std::move(document));
    request.m_sha256 = std::move(hash);
    return request;
}

Result<Request> Request::parse(std::string_view text, const std::string& what) {
    LATENT_TRY(json document, parseJson(text, what, {.bytes = kMaxRequestBytes}));
    LATENT_CHECK(checkForm(document, what));
    if (document.value("format", json()) != kFormat) {
        return refused(what + " is not in the form " + kFormat + " that this version reads.");
    }
    LATENT_TRY(std::string hash, hashOf(document, what));
    if (document.value("sha256", json()) != hash) {
        return refused(what + " was changed after it was written: its hash does not fit its content.");
    }
    Request request;
    request.m_document = std::make_shared<const json>(std::move(document));
    request.m_sha256 = std::move(hash);
    return request;
}

std::string Request::experiment() const { return (*m_document)["experiment"].get<std::string>(); }
const json& Request::parameters() const { return (*m_document)["parameters"]; }
std::int64_t Request::seed() const { return (*m_document)["seed"].get<std::int64_t>(); }
std::string Request::device() const { return m_document->value("device", std::string("cpu")); }
int Request::threads() const { return m_document->value("threads", 1); }
json Request::plugin() const { return m_document->value("plugin", json::object()); }

Status writeRequest(const std::filesystem::path& run, const Request& request) {
    const std::string text = request.document().dump(2) + "\n";
    if (text.size() > kMaxRequestBytes) {
        return badRequest("The request is longer than " + std::to_string(kMaxRequestBytes >> 20) + " MB.");
    }
    LATENT_TRY(const bool made, createExclusive(layout::request(run), text));
    if (!made)
        return badRequest("The run " + run.string() + " has a request already; a request is never changed.");
    return ok();
}

Result<Request> readRequest(const std::filesystem::path& run) {
    const auto path = layout::request(run);
    if (!fileExists(path)) {
        return refused(run.string() + " is not a run: it has no request.json.");
    }
    LATENT_TRY(const std::string text, readFile(path, kMaxRequestBytes));
    return Request::parse(text, "The request " + path.string());
}

Status writeProvenance(const std::filesystem::path& run, const json& provenance) {
    LATENT_CHECK(canonicalJson(provenance, "The provenance"));
    return writeNew(layout::provenance(run), provenance.dump(2) + "\n");
}

Result<json> readProvenance(const std::filesystem::path& run) {
    return readSmallJson(layout::provenance(run), kMaxProvenanceBytes, "The provenance ");
}

Result<UserNotes> readUserNotes(const std::filesystem::path& run) {
    LATENT_TRY(const json value, readSmallJson(layout::user(run), kMaxUserBytes, "The notes "));
    UserNotes notes;
    if (value.contains("tags") && value["tags"].is_array()) {
        for (const json& tag : value["tags"]) {
            if (tag.is_string()) notes.tags.push_back(tag.get<std::string>());
        }
    }
    if (value.contains("notes") && value["notes"].is_string())
        notes.notes = value["notes"].get<std::string>();
    if (value.contains("star") && value["star"].is_boolean()) notes.star = value["star"].get<bool>();
    return notes;
}

Status writeUserNotes(const std::filesystem::path& run, const UserNotes& notes) {
    LATENT_TRY(json value, readSmallJson(layout::user(run), kMaxUserBytes, "The notes "));
    value["tags"] = notes.tags;
    value["notes"] = notes.notes;
    value["star"] = notes.star;
    LATENT_CHECK(canonicalJson(value, "The notes"));
    const std::string text = value.dump(2) + "\n";
    if (text.size() > kMaxUserBytes) return badRequest("The notes are longer than 1 MB.");
    return writeNew(layout::user(run), text);
}

}  // namespace latent::engine
