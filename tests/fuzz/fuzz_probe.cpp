// SPDX-License-Identifier: Apache-2.0
// Probe messages: a stream of bytes in pieces. What is accepted can be encoded again, to a message that reads back the same.
#include <algorithm>
#include <cstdint>

#include "engine/probe/message.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;

namespace {

const ProbeLimits kLimits{.header = 1 << 16, .array = 1 << 16, .message = 1 << 17, .arrays = 8};

void check(const ProbeMessage& message) {
    const auto bytes = encodeMessage(message, kLimits);
    if (!bytes) return;  // the header may grow a little in our spelling, over the limit
    ProbeMessageReader reader(kLimits);
    std::string_view rest = *bytes;
    const auto back = reader.next(rest);
    require(back && *back && rest.empty(), "an encoded message is read");
    require((*back)->header == message.header && (*back)->arrays.size() == message.arrays.size(),
            "header and arrays");
    for (std::size_t i = 0; i < message.arrays.size(); ++i) {
        const ProbeArray &a = message.arrays[i], &b = (*back)->arrays[i];
        require(a.name == b.name && a.data.dtype == b.data.dtype && a.data.shape == b.data.shape &&
                    a.data.bytes == b.data.bytes,
                "an array");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    ProbeMessageReader reader(kLimits);
    // The first byte says how the stream falls into pieces; the rest is the stream.
    const std::size_t piece = size == 0 || data[0] == 0 ? size + 1 : data[0];
    for (std::size_t at = 1; at < size; at += piece) {
        std::string_view arrived = all.substr(at, piece);
        while (!arrived.empty()) {
            const std::size_t before = arrived.size();
            const auto message = reader.next(arrived);
            if (!message) {
                require(!reader.next(arrived), "a broken stream stays broken");
                return 0;
            }
            if (*message) check(**message);
            require(arrived.size() < before, "bytes are taken");
        }
    }
    return 0;
}
