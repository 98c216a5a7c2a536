// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/unet/weights_file.hpp"

#include <nlohmann/json.hpp>

#include "../transformer/named_weights.hpp"

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

Weights weightsOf(const SafeTensors& file, const Shape& shape) {
    return learn::detail::namedWeights<Weights>(file, shape, [&](const std::string& name, const Weights&) {
        learn::detail::refuseArchitecture(file, "it has '" + name + "' as well");
    });
}

}  // namespace

void writeWeights(const std::filesystem::path& path, const Weights& weights) {
    writeSafetensors(path, learn::detail::namedFloats(weights),
                     {{"format", "pt"}, {kShapeKey, textOf(weights.shape())}});
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
