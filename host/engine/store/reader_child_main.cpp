// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <unistd.h>

#include <new>
#include <nlohmann/json.hpp>

#include "engine/crash_signals.hpp"
#include "engine/sanitized.hpp"
#include "engine/store/frames.hpp"
#include "engine/store/reader_child.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

Deadline never() { return std::chrono::steady_clock::now() + std::chrono::hours(24 * 365); }

void limit(__rlimit_resource resource, std::uint64_t value) {
    if (value == 0) return;
    const rlimit both{static_cast<rlim_t>(value), static_cast<rlim_t>(value)};
    ::setrlimit(resource, &both);
}

json inventoryOf(const h5::Source& source) {
    json list = json::array();
    for (const h5::DatasetInfo& info : source.datasets()) {
        list.push_back({{"name", info.name},
                        {"dtype", nameOf(info.dtype)},
                        {"shape", info.shape},
                        {"dims", info.dims},
                        {"texts", info.texts},
                        {"numbers", info.numbers}});
    }
    return {{"datasets", list}, {"texts", source.texts()}};
}

json errorOf(const Error& error) {
    return {{"error", error.message}, {"exit", static_cast<int>(error.exit)}};
}

class Child {
  public:
    Frame answer(const json& request) {
        const std::string op = request.value("op", std::string());
        if (op == "open") return open(request);
        if (op == "read" && m_source) {
            auto array =
                m_source->read(request.at("name").get<std::string>(), request.at("start").get<Shape>(),
                               request.at("count").get<Shape>(), request.at("stride").get<Shape>());
            if (!array) return {errorOf(array.error()), {}};
            return {json::object(), std::move(array->bytes)};
        }
        return {errorOf(badRequest("The reader child does not know this request.")), {}};
    }

  private:
    Frame open(const json& request) {
        letCrashesShow();
        if constexpr (!kSanitized) limit(RLIMIT_AS, request.value("memory", std::uint64_t(0)));
        limit(RLIMIT_CPU, request.value("seconds", std::uint64_t(0)));
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
        ::setrlimit(RLIMIT_FSIZE, &none);
        h5::Limits limits;
        limits.objects = request.value("objects", limits.objects);
        limits.readBytes = request.value("read_bytes", limits.readBytes);
        limits.allTextBytes = request.value("text_bytes", limits.allTextBytes);
        std::string path;
        for (const json& byte : request.at("path")) path += static_cast<char>(byte.get<int>());
        auto source = h5::openReader(std::filesystem::path(path), limits);
        if (!source) return {errorOf(source.error()), {}};
        m_source = *std::move(source);
        return {inventoryOf(*m_source), {}};
    }

    std::unique_ptr<h5::Source> m_source;
};

}  // namespace

int readerChildMain(int in, int out) {
    try {
        Child child;
        while (true) {
            const auto request = receiveFrame(in, never());
            if (!request) return 0;
            const Frame answer = child.answer(request->header);
            if (!sendFrame(out, answer.header, answer.bytes, never())) return 0;
        }
    } catch (const std::bad_alloc&) {
        ::_exit(12);
    } catch (const std::exception&) {
        ::_exit(1);
    }
}

}  // namespace latent::engine
