// SPDX-License-Identifier: Apache-2.0
#pragma once
// The reply that a probe's answer() fills: abi::IReply1 over a message to be sent.
//
// Arrays are checked against what outputs() declared and copied before the call returns. Each part, partial or last,
// holds everything so far, so that a client may skip parts. A plugin that swallows an error still fails (`firstError`).
// Main thread of the probe server, for one question.
//
//     HostReply reply(outputs, question.arrays, unwanted, send);
//     const std::int32_t status = probe->answer(&parameters, &reply, &sentence);
//     ProbeMessage last = reply.message();

#include <functional>
#include <optional>
#include <vector>

#include "engine/probe/message.hpp"
#include "engine/views/outputs_model.hpp"
#include "latent/abi/host.hpp"

namespace latent::engine {

class HostReply final : public abi::IReply1 {
  public:
    using Unwanted = std::function<bool()>;
    using SendPart = std::function<void(const ProbeMessage&)>;
    HostReply(const OutputsModel& outputs, const std::vector<ProbeArray>& inputs, Unwanted unwanted,
              SendPart sendPart);

    int32_t LATENT_CALL array(const abi::Text* name, const abi::Array* array,
                              abi::ISink* error) noexcept override;
    int32_t LATENT_CALL values(const abi::Text* json, abi::ISink* error) noexcept override;
    void LATENT_CALL flush() noexcept override;
    int32_t LATENT_CALL cancelled() noexcept override;
    int32_t LATENT_CALL input(const abi::Text* name, abi::Array* out) noexcept override;

    /// What there is: "values" in the header, and the arrays.
    const ProbeMessage& message() const { return m_message; }
    const std::optional<Error>& firstError() const { return m_firstError; }

  private:
    Status take(const std::string& name, const abi::Array& array);
    Status merge(std::string_view json);
    int32_t report(const Status& status, abi::ISink* error);

    const OutputsModel& m_outputs;
    const std::vector<ProbeArray>& m_inputs;
    std::vector<std::vector<std::int64_t>> m_inputShapes;
    Unwanted m_unwanted;
    SendPart m_sendPart;
    ProbeMessage m_message;
    std::optional<Error> m_firstError;
};

}  // namespace latent::engine
