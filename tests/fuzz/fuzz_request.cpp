// SPDX-License-Identifier: Apache-2.0
// Requests, provenance and user notes. A request carries its own hash, which no mutation keeps right; so what is accepted
// as a document is made into a request too, which then has to read back the same.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "engine/json/bounded.hpp"
#include "engine/store/request.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;

namespace {

void use(const Request& request) {
    static_cast<void>(request.experiment());
    static_cast<void>(request.parameters().size());
    static_cast<void>(request.seed());
    static_cast<void>(request.device());
    static_cast<void>(request.threads());
    static_cast<void>(request.plugin());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScratchFolder folder;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto request = Request::parse(text, "The request")) use(*request);
    if (const auto document = parseJson(text, "The document")) {
        if (const auto made = Request::make(*document)) {
            use(*made);
            const auto back = Request::parse(made->document().dump(), "The request");
            require(back && back->sha256() == made->sha256(), "a request that was made reads back");
        }
    }
    folder.write("user.json", text);
    folder.write("provenance.json", text);
    static_cast<void>(readUserNotes(folder.path()));
    const auto provenance = readProvenance(folder.path());
    require(!provenance || provenance->is_object(), "provenance is an object");
    return 0;
}
