// SPDX-License-Identifier: Apache-2.0
#include "engine/store/frames.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/json/bounded.hpp"

namespace latent::engine {
namespace {

/// Waits until the socket is ready; false when the time is up.
bool waitFor(int socket, short events, Deadline deadline) {
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd entry{socket, events, 0};
        const int ready =
            ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 1'000'000)));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return true;  // let the call that follows say what is wrong
    }
}

Status sendAll(int socket, std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        if (!waitFor(socket, POLLOUT, deadline)) return failed("late");
        const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (sent <= 0) return failed("closed");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return ok();
}

Status receiveAll(int socket, char* bytes, std::size_t count, Deadline deadline) {
    while (count > 0) {
        if (!waitFor(socket, POLLIN, deadline)) return failed("late");
        const ssize_t got = ::recv(socket, bytes, count, MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return failed("closed");
        bytes += got;
        count -= static_cast<std::size_t>(got);
    }
    return ok();
}

}  // namespace

Status sendFrame(int socket, const nlohmann::json& header, std::string_view bytes, Deadline deadline) {
    const std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::string head(12, '\0');
    const auto textBytes = static_cast<std::uint32_t>(text.size());
    const auto bodyBytes = static_cast<std::uint64_t>(bytes.size());
    std::memcpy(head.data(), &textBytes, 4);
    std::memcpy(head.data() + 4, &bodyBytes, 8);
    LATENT_CHECK(sendAll(socket, head + text, deadline));
    return sendAll(socket, bytes, deadline);
}

Result<Frame> receiveFrame(int socket, Deadline deadline, FrameLimits limits) {
    char head[12];
    LATENT_CHECK(receiveAll(socket, head, sizeof head, deadline));
    std::uint32_t textBytes = 0;
    std::uint64_t bodyBytes = 0;
    std::memcpy(&textBytes, head, 4);
    std::memcpy(&bodyBytes, head + 4, 8);
    if (textBytes > limits.header || bodyBytes > limits.bytes)
        return failed("malformed: a frame is too long");
    std::string text(textBytes, '\0');
    LATENT_CHECK(receiveAll(socket, text.data(), text.size(), deadline));
    Frame frame;
    LATENT_TRY(frame.header, parseJson(text, "malformed: a header", {.bytes = limits.header}));
    frame.bytes.resize(static_cast<std::size_t>(bodyBytes));
    LATENT_CHECK(receiveAll(socket, frame.bytes.data(), frame.bytes.size(), deadline));
    return frame;
}

}  // namespace latent::engine
