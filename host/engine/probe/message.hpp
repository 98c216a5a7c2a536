// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a probe server and its client say to each other: a JSON header and raw arrays.
//
// On the wire: the header's length (8 bytes, little endian), the header (a JSON object), then the bytes of each array that
// the header lists under "arrays" ({"name","dtype","shape","bytes"}), one after the other, in this machine's byte order.
// Either side takes the other for hostile: nothing is allocated before its size is known to be allowed, and then only as
// bytes arrive. A stream that broke a rule is void; there is no way back into step. Plain values; one thread at a time.
//
//     LATENT_TRY(std::string bytes, encodeMessage({{{"ask", 1}, {"probe", "sim/solve"}}, {}}));
//     ProbeMessageReader reader;
//     while (!arrived.empty()) {
//         LATENT_TRY(std::optional<ProbeMessage> message, reader.next(arrived));
//         if (message) handle(*message);
//     }

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/h5/array.hpp"
#include "engine/result.hpp"

namespace latent::engine {

struct ProbeLimits {
    std::uint64_t header = 1u << 20;
    std::uint64_t array = 64u << 20;
    std::uint64_t message = 256u << 20;  ///< all arrays of one message
    std::size_t arrays = 256;
};

struct ProbeArray {
    std::string name;
    Array data;
};

struct ProbeMessage {
    nlohmann::json header = nlohmann::json::object();
    std::vector<ProbeArray> arrays;
};

/// The bytes of a message ("arrays" in the header is filled in); refused when it is over a limit.
Result<std::string> encodeMessage(const ProbeMessage& message, const ProbeLimits& limits = {});

/// Its beginning alone, for those who write the arrays from where they lie: the bytes of each follow, in order.
Result<std::string> encodeHead(const nlohmann::json& header, const std::vector<ProbeArray>& arrays,
                               const ProbeLimits& limits = {});

/// Whether `size` more bytes for the array `name` keep the limits; `total` is what the message holds without it.
Status fitsMessage(const std::string& name, std::uint64_t size, std::uint64_t total,
                   const ProbeLimits& limits = {});

class ProbeMessageReader {
  public:
    explicit ProbeMessageReader(ProbeLimits limits = {}) : m_limits(limits) {}
    /// Takes from the front of `bytes` until a message is complete or nothing is left. After an error every call fails.
    Result<std::optional<ProbeMessage>> next(std::string_view& bytes);

  private:
    Status readHeader();
    Status listArray(const nlohmann::json& entry, std::uint64_t& total);
    Error breaks(std::string sentence);

    ProbeLimits m_limits;
    std::string m_head;                     ///< length and header, as far as they have come
    std::optional<std::uint64_t> m_length;  ///< of the header
    bool m_inArrays = false;
    ProbeMessage m_message;
    std::vector<std::uint64_t> m_sizes;
    std::size_t m_array = 0;  ///< the one that bytes go to
    std::optional<Error> m_broken;
};

}  // namespace latent::engine
