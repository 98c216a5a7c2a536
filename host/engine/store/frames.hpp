// SPDX-License-Identifier: Apache-2.0
#pragma once
// The frames between a parent and its reader child: a JSON header and raw bytes, each with its length (4 and
// 8 bytes, little endian), over one socket. Only for store/reader_*.cpp.
//
//     LATENT_CHECK(sendFrame(socket, header, bytes, deadline));
//     LATENT_TRY(Frame frame, receiveFrame(socket, deadline, limits));

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "engine/result.hpp"

namespace latent::engine {

using Deadline = std::chrono::steady_clock::time_point;

struct Frame {
    nlohmann::json header;
    std::string bytes;
};

struct FrameLimits {
    std::uint32_t header = 128u << 20;
    std::uint64_t bytes = 1ull << 30;
};

/// Errors begin with "closed", "late" or "malformed": the caller makes the sentence.
Status sendFrame(int socket, const nlohmann::json& header, std::string_view bytes, Deadline deadline);
Result<Frame> receiveFrame(int socket, Deadline deadline, FrameLimits limits = {});

}  // namespace latent::engine
