// SPDX-License-Identifier: Apache-2.0
#pragma once
// The small change of the boundary, for the wrappers and adapters of this SDK only: a sink that collects text, a guard
// that turns exceptions into sentences. Authors do not include this. Any thread; plain values.
//
//     StringSink sentence;
//     if (job.publish(&name, &raw, &sentence) != abi::kOk) throw RunError(sentence.text);

#include <exception>
#include <string>
#include <utility>

#include "latent/abi/types.hpp"
#include "latent/error.hpp"

namespace latent::boundary {

/// Collects what the other side writes.
class StringSink final : public abi::ISink {
  public:
    void LATENT_CALL write(const char* data, uint64_t size) noexcept override {
        try {
            text.append(data, static_cast<std::size_t>(size));
        } catch (...) {  // out of memory: the text stays short
        }
    }
    std::string text;
};

inline void send(abi::ISink* sink, std::string_view text) noexcept {
    if (sink) sink->write(text.data(), text.size());
}

/// Throws the sentence of a call that failed.
inline void require(int32_t status, const StringSink& sentence) {
    if (status != abi::kOk)
        throw RunError(sentence.text.empty() ? "The host refused a call." : sentence.text);
}

/// Runs `body` and never lets an exception out: it becomes a sentence and kError.
template <class Body>
int32_t guarded(abi::ISink* error, Body&& body) noexcept {
    try {
        return std::forward<Body>(body)();
    } catch (const std::exception& e) {
        send(error, e.what());
    } catch (...) {
        send(error, "The plugin threw something that is not a std::exception.");
    }
    return abi::kError;
}

}  // namespace latent::boundary
