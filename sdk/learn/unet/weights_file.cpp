// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/unet/weights_file.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/safetensors.hpp>
#include <nlohmann/json.hpp>

namespace latent::learn::unet {
namespace {

constexpr const char* kShapeKey = "latent.unet";

std::string textOf(const Shape& s) {
    return nlohmann::json{
        {"height", s.height},
        {"width", s.width},
        {"channels", s.channels},
        {"widths", s.widths},
        {"blocks", s.blocks},
        {"attention", s.attention},
        {"heads", s.heads},
        {"groups", s.groups},
        {"conditions", s.conditions},
        {"sinusoids", s.sinusoids},
        {"time_width", s.timeWidth},
        {"embedding_width", s.embeddingWidth},
        {"conditioning", s.conditioning == Conditioning::SeparateMlps ? "sep_mlp" : "common_linear"},
        {"padding", s.padding == Padding::Zero ? "zero" : "circular"}}
        .dump();
}

Shape shapeOf(const SafeTensors& file) {
    const auto found = file.metadata.find(kShapeKey);
    if (found == file.metadata.end())
        throw RunError("'" + file.path.string() + "' does not say which U-Net it holds.");
    Shape s;
    try {
        const auto json = nlohmann::json::parse(found->second);
        const auto whole = [&](const nlohmann::json& value) {
            if (!value.is_number_integer() || value.get<std::int64_t>() < 0 ||
                value.get<std::int64_t>() > 1 << 20)
                throw RunError("");
            return value.get<int>();
        };
        s.height = whole(json.at("height"));
        s.width = whole(json.at("width"));
        s.channels = whole(json.at("channels"));
        s.widths.clear();
        if (!json.at("widths").is_array() || json.at("widths").size() > 8) throw RunError("");
        for (const auto& width : json.at("widths")) s.widths.push_back(whole(width));
        s.blocks = whole(json.at("blocks"));
        s.attention = json.at("attention").get<bool>();
        s.heads = whole(json.at("heads"));
        s.groups = whole(json.at("groups"));
        s.conditions = whole(json.at("conditions"));
        s.sinusoids = whole(json.at("sinusoids"));
        s.timeWidth = whole(json.at("time_width"));
        s.embeddingWidth = whole(json.at("embedding_width"));
        const auto conditioning = json.at("conditioning").get<std::string>(),
                   padding = json.at("padding").get<std::string>();
        if ((conditioning != "sep_mlp" && conditioning != "common_linear") ||
            (padding != "zero" && padding != "circular"))
            throw RunError("");
        s.conditioning = conditioning == "sep_mlp" ? Conditioning::SeparateMlps : Conditioning::CommonLinear;
        s.padding = padding == "zero" ? Padding::Zero : Padding::Circular;
    } catch (const std::exception&) {
        s.widths.clear();
    }
    if (!s.validate().empty())
        throw RunError("'" + file.path.string() + "' describes a U-Net that cannot be: " + found->second +
                       ".");
    return s;
}

std::string sizes(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t n : shape) text += (text.empty() ? "" : ", ") + std::to_string(n);
    return "[" + text + "]";
}

Weights weightsOf(const SafeTensors& file, const Shape& shape) {
    const auto refuse = [&](const std::string& why) {
        throw RunError("'" + file.path.string() + "' holds another architecture: " + why + ".");
    };
    // As many parameters as the file has elements, before anything is allocated for them.
    if (static_cast<double>(shape.parameterCount()) * sizeof(float) > static_cast<double>(file.bytes.size()))
        refuse("it has " + std::to_string(file.bytes.size() / sizeof(float)) + " elements where " +
               std::to_string(shape.parameterCount()) + " are needed");
    Weights weights(shape);
    for (const Tensor& tensor : weights.tensors()) {
        const auto found = file.tensors.find(tensor.name);
        if (found == file.tensors.end()) refuse("it has no '" + tensor.name + "'");
        if (found->second.shape != tensor.shape)
            refuse("'" + tensor.name + "' is " + sizes(found->second.shape) + ", not " + sizes(tensor.shape));
        const std::vector<float> values = file.floats(tensor.name);
        if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); }))
            throw RunError("The tensor '" + tensor.name + "' of '" + file.path.string() +
                           "' holds values that are not finite.");
        std::copy(values.begin(), values.end(),
                  weights.flat().begin() + static_cast<std::ptrdiff_t>(tensor.offset));
    }
    for (const auto& [name, tensor] : file.tensors)
        if (std::none_of(weights.tensors().begin(), weights.tensors().end(),
                         [&](const Tensor& t) { return t.name == name; }))
            refuse("it has '" + name + "' as well");
    return weights;
}

}  // namespace

void writeWeights(const std::filesystem::path& path, const Weights& weights) {
    std::vector<NamedFloats> tensors;
    for (const Tensor& tensor : weights.tensors())
        tensors.push_back({tensor.name, tensor.shape, weights.flat().subspan(tensor.offset, tensor.size)});
    writeSafetensors(path, tensors, {{"format", "pt"}, {kShapeKey, textOf(weights.shape())}});
}

Weights readWeights(const std::filesystem::path& path) {
    const SafeTensors file = readSafetensors(path);
    return weightsOf(file, shapeOf(file));
}

Weights readWeights(const std::filesystem::path& path, const Shape& shape) {
    const SafeTensors file = readSafetensors(path);
    if (!(shapeOf(file) == shape))
        throw RunError("'" + path.string() +
                       "' holds a U-Net of another shape: " + file.metadata.at(kShapeKey) + ".");
    return weightsOf(file, shape);
}

}  // namespace latent::learn::unet
