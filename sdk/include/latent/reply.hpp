// SPDX-License-Identifier: Apache-2.0
#pragma once
// The answer to a probe's question or a data source's preview. Borrowed: valid until answer() returns, on its thread.
// Arrays are those that outputs() declares, sent whole; flush() shows what there is so far; cancelled() says that a newer
// question waits, and what has not been sent is then not wanted.
//
//     void answer(const latent::Parameters& p, latent::Reply& reply) override {
//         reply.array("ood_loss", loss);
//         reply.values({{"swing_by", 0.089}});
//         if (reply.cancelled()) return;

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "latent/abi/host.hpp"
#include "latent/array.hpp"
#include "latent/boundary.hpp"

namespace latent {

class Reply {
  public:
    explicit Reply(abi::IReply1* raw) : m_raw(raw) {}

    void array(const std::string& name, const ArrayView& array) {
        const abi::Text text = abi::text(name);
        const abi::Array raw = array.raw();
        boundary::StringSink error;
        boundary::require(m_raw->array(&text, &raw, &error), error);
    }
    /// Single numbers and words, as a JSON object.
    void values(const nlohmann::json& object) {
        const std::string json = object.dump();
        const abi::Text text = abi::text(json);
        boundary::StringSink error;
        boundary::require(m_raw->values(&text, &error), error);
    }
    void flush() { m_raw->flush(); }
    bool cancelled() const { return m_raw->cancelled() == 1; }
    /// An array that came with the question: a painted mask, an edge list. Borrowed memory.
    std::optional<Array> input(const std::string& name) const {
        const abi::Text text = abi::text(name);
        abi::Array raw{};
        if (m_raw->input(&text, &raw) != abi::kOk) return std::nullopt;
        return Array(raw);
    }

  private:
    abi::IReply1* m_raw;
};

}  // namespace latent
