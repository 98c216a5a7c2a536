// SPDX-License-Identifier: Apache-2.0
// Bounded JSON: what is accepted has one canonical spelling, and reads back the same.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "engine/json/bounded.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = parseJson(text, "The input");
    if (!value) {
        require(value.error().exit == Exit::RefusedInput && value.error().message.starts_with("The input"),
                "refusal");
        return 0;
    }
    require(isUtf8(text), "only UTF-8 is accepted");
    const auto spelled = canonicalJson(*value, "The value");
    require(bool(spelled), "what was parsed can be written");
    const auto again = parseJson(*spelled, "The canonical text");
    require(again && *canonicalJson(*again, "The value") == *spelled, "the canonical text is stable");
    return 0;
}
