// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/panels/lent_arrays.hpp"

#include <nlohmann/json.hpp>

namespace latent::desktop {
namespace {

using engine::figures::LoadedArray;
using nlohmann::json;
constexpr std::string_view kSteps = "/step";

/// Keeps an array and its shape for as long as a panel looks at it.
struct Lent {
    std::shared_ptr<const LoadedArray> array;
    std::vector<std::int64_t> shape;
};

void lend(std::shared_ptr<const LoadedArray> array, const void* data, DType dtype,
          std::vector<std::int64_t> shape, abi::Array& out) {
    auto* lent = new Lent{std::move(array), std::move(shape)};
    out = {data,
           lent->shape.data(),
           nullptr,
           lent,
           [](abi::Array* self) {
               delete static_cast<Lent*>(self->owner);
               self->release = nullptr;
           },
           static_cast<std::int32_t>(dtype),
           static_cast<std::int32_t>(lent->shape.size())};
}

json describe(const LoadedArray& array) {
    return {{"name", array.name},
            {"dtype", nameOf(array.values.dtype)},
            {"dims", array.dims},
            {"shape", array.values.shape},
            {"units", array.units},
            {"label", array.label},
            {"description", array.description},
            {"categories", array.categories}};
}

}  // namespace

json listArrays(const engine::figures::ArraySet& arrays) {
    json all = json::array();
    for (const auto& [name, array] : arrays.all()) {
        all.push_back(describe(*array));
        if (array->steps.empty()) continue;
        all.push_back({{"name", name + std::string(kSteps)},
                       {"dtype", "i64"},
                       {"dims", array->dims},
                       {"shape", {array->steps.size()}},
                       {"units", "1"},
                       {"label", "step"},
                       {"description", ""},
                       {"categories", json::array()}});
    }
    return all;
}

bool lendArray(const engine::figures::ArraySet& arrays, std::string_view name, abi::Array& out) {
    if (const auto found = arrays.all().find(name); found != arrays.all().end()) {
        const auto& array = found->second;
        lend(array, array->values.bytes.data(), array->values.dtype,
             {array->values.shape.begin(), array->values.shape.end()}, out);
        return true;
    }
    if (!name.ends_with(kSteps)) return false;
    const auto metric = arrays.all().find(name.substr(0, name.size() - kSteps.size()));
    if (metric == arrays.all().end() || metric->second->steps.empty()) return false;
    const std::vector<std::int64_t>& steps = metric->second->steps;
    lend(metric->second, steps.data(), DType::I64, {static_cast<std::int64_t>(steps.size())}, out);
    return true;
}

}  // namespace latent::desktop
