// SPDX-License-Identifier: Apache-2.0
#include "engine/probe/host_reply.hpp"

#include "engine/jobs/boundary_arrays.hpp"
#include "engine/json/bounded.hpp"
#include "engine/json/nearest_name.hpp"
#include "latent/boundary.hpp"

namespace latent::engine {
namespace {

/// Type, rank and fixed sizes are as declared; the growing dimension may have any.
Status asDeclared(const ArrayModel& declared, const ArrayView& given) {
    const std::string who = "The probe's array \"" + declared.name + "\"";
    if (declared.dtype != given.dtype)
        return badRequest(who + " is declared as " + std::string(nameOf(declared.dtype)) + ", not as " +
                          std::string(nameOf(given.dtype)) + ".");
    bool fits = declared.dims.size() == given.shape.size();
    std::string wanted;
    for (std::size_t axis = 0; axis < declared.dims.size(); ++axis) {
        const DimensionModel& dim = declared.dims[axis];
        wanted += (axis ? " x " : "") + (dim.size ? std::to_string(*dim.size) : dim.name);
        fits = fits && (!dim.size || static_cast<std::uint64_t>(*dim.size) == given.shape[axis]);
    }
    if (fits) return ok();
    return badRequest(who + " is declared as " + (wanted.empty() ? "one number" : wanted) + ", not as " +
                      shapeText(given.shape) + ".");
}

}  // namespace

HostReply::HostReply(const OutputsModel& outputs, const std::vector<ProbeArray>& inputs, Unwanted unwanted,
                     SendPart sendPart)
    : m_outputs(outputs), m_inputs(inputs), m_unwanted(std::move(unwanted)), m_sendPart(std::move(sendPart)) {
    m_message.header["values"] = nlohmann::json::object();
    for (const ProbeArray& input : inputs)
        m_inputShapes.emplace_back(input.data.shape.begin(), input.data.shape.end());
}

int32_t HostReply::report(const Status& status, abi::ISink* error) {
    if (status) return abi::kOk;
    if (!m_firstError) m_firstError = status.error();
    boundary::send(error, status.error().message);
    return abi::kError;
}

int32_t HostReply::array(const abi::Text* name, const abi::Array* array, abi::ISink* error) noexcept {
    return boundary::guarded(error,
                             [&] { return report(take(std::string(abi::view(*name)), *array), error); });
}

Status HostReply::take(const std::string& name, const abi::Array& array) {
    LATENT_TRY(const Borrowed borrowed, borrow(array, "the array \"" + name + "\""));
    const ArrayView& view = borrowed.view();
    const ArrayModel* declared = nullptr;
    std::vector<std::string> names;
    for (const ArrayModel& model : m_outputs.arrays()) {
        names.push_back(model.name);
        if (model.name == name) declared = &model;
    }
    if (!declared)
        return badRequest("The probe declares no array \"" + name + "\"" + didYouMean(name, names) + ".");
    LATENT_CHECK(asDeclared(*declared, view));
    std::uint64_t others = 0;
    ProbeArray* place = nullptr;
    for (ProbeArray& have : m_message.arrays) {
        if (have.name == name)
            place = &have;
        else
            others += have.data.bytes.size();
    }
    LATENT_CHECK(fitsMessage(name, view.bytes(), others));
    if (!place) place = &m_message.arrays.emplace_back(ProbeArray{name, {}});
    place->data.dtype = view.dtype;
    place->data.shape = view.shape;
    place->data.bytes.assign(view.raw());
    return ok();
}

int32_t HostReply::values(const abi::Text* json, abi::ISink* error) noexcept {
    return boundary::guarded(error, [&] { return report(merge(abi::view(*json)), error); });
}

Status HostReply::merge(std::string_view json) {
    LATENT_TRY(const nlohmann::json given, parseJson(json, "The values of the probe", {.bytes = 512u << 10}));
    if (!given.is_object()) return badRequest("The values of the probe are not a JSON object.");
    m_message.header["values"].update(given);
    return ok();
}

void HostReply::flush() noexcept {
    boundary::guarded(nullptr, [&] {
        if (!m_unwanted() && !m_firstError) m_sendPart(m_message);
        return abi::kOk;
    });
}

int32_t HostReply::cancelled() noexcept { return m_unwanted() ? 1 : 0; }

int32_t HostReply::input(const abi::Text* name, abi::Array* out) noexcept {
    for (std::size_t i = 0; i < m_inputs.size(); ++i) {
        if (m_inputs[i].name != abi::view(*name)) continue;
        const Array& data = m_inputs[i].data;
        const auto code = static_cast<int32_t>(data.dtype);
        *out = {data.bytes.data(),
                m_inputShapes[i].data(),
                nullptr,
                nullptr,
                nullptr,
                code,
                static_cast<int32_t>(data.shape.size())};
        return abi::kOk;
    }
    return abi::kNothing;
}

}  // namespace latent::engine
