// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/transformer/weights_file.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "named_weights.hpp"

namespace latent::learn::transformer {
namespace {

constexpr const char* kShapeKey = "latent.transformer";
constexpr const char* kHead = "lm_head.weight";
/// Before the names of a compiled model, and of one inside of another (the paper's code).
constexpr std::string_view kPrefixes[] = {"_orig_mod.", "transformer."};

std::string plainName(std::string name) {
    for (const std::string_view prefix : kPrefixes) {
        const std::string rest = name.substr(std::min(prefix.size(), name.size()));
        if (name.starts_with(prefix) &&
            (prefix != kPrefixes[1] || rest.starts_with("transformer.") || rest.starts_with("lm_head.")))
            name = rest;
    }
    return name;
}

std::string textOf(const Shape& s) {
    return nlohmann::json{{"vocabulary", s.vocabulary},
                          {"input_vocabulary", s.inputVocabulary},
                          {"context", s.context},
                          {"width", s.width},
                          {"heads", s.heads},
                          {"layers", s.layers},
                          {"mlp_ratio", s.mlpRatio},
                          {"positions", s.positions == Positions::Rotary ? "rotary" : "learned"},
                          {"rotary_base", s.rotaryBase},
                          {"bias", s.bias},
                          {"tied_head", s.tiedHead}}
        .dump();
}

Shape shapeOf(const SafeTensors& file) {
    const auto found = file.metadata.find(kShapeKey);
    if (found == file.metadata.end())
        throw RunError(
            "'" + file.path.string() +
            "' does not say which architecture it holds; give the shape of the transformer with it.");
    Shape s;
    try {
        const auto json = nlohmann::json::parse(found->second);
        const auto whole = [&](const char* key) {
            const auto value = json.at(key).is_number_integer() ? json.at(key).get<std::int64_t>() : -1;
            return value >= 0 && value <= std::numeric_limits<int>::max() ? static_cast<int>(value) : -1;
        };
        const auto positions = json.at("positions").get<std::string>();
        s = {.vocabulary = positions == "learned" || positions == "rotary" ? whole("vocabulary") : -1,
             .inputVocabulary = whole("input_vocabulary"),
             .context = whole("context"),
             .width = whole("width"),
             .heads = whole("heads"),
             .layers = whole("layers"),
             .mlpRatio = json.at("mlp_ratio").get<double>(),
             .positions = positions == "learned" ? Positions::Learned : Positions::Rotary,
             .rotaryBase = json.at("rotary_base").get<double>(),
             .bias = json.at("bias").get<bool>(),
             .tiedHead = json.at("tied_head").get<bool>()};
    } catch (const nlohmann::json::exception&) {
        s.vocabulary = -1;
    }
    if (!s.validate().empty())
        throw RunError("'" + file.path.string() +
                       "' describes a transformer that cannot be: " + found->second + ".");
    return s;
}

Weights weightsOf(SafeTensors file, const Shape& shape) {
    std::map<std::string, SafeTensor> plain;
    for (auto& [name, tensor] : file.tensors) plain.emplace(plainName(name), std::move(tensor));
    if (plain.size() != file.tensors.size())
        learn::detail::refuseArchitecture(file, "a tensor is there twice, with and without a prefix");
    file.tensors = std::move(plain);
    return learn::detail::namedWeights<Weights>(
        file, shape, [&](const std::string& name, const Weights& weights) {
            if (name.ends_with(".attn.bias")) return;  // the mask of older nanoGPTs
            if (name != kHead || !shape.tiedHead)
                learn::detail::refuseArchitecture(file, "it has '" + name + "' as well");
            const std::vector<float> head = file.floats(name);
            const auto tokens = weights.view("transformer.wte.weight");
            if (head.size() > tokens.size() || !std::equal(head.begin(), head.end(), tokens.begin()))
                learn::detail::refuseArchitecture(file, "its head is not tied to the embedding");
        });
}

}  // namespace

void writeWeights(const std::filesystem::path& path, const Weights& weights) {
    std::vector<NamedFloats> tensors = learn::detail::namedFloats(weights);
    const Shape& shape = weights.shape();
    if (shape.tiedHead)
        tensors.push_back({kHead, {shape.inputs(), shape.width}, weights.view("transformer.wte.weight")});
    writeSafetensors(path, tensors, {{"format", "pt"}, {kShapeKey, textOf(shape)}});
}

Weights readWeights(const std::filesystem::path& path) {
    SafeTensors file = readSafetensors(path);
    const Shape shape = shapeOf(file);
    return weightsOf(std::move(file), shape);
}

Weights readWeights(const std::filesystem::path& path, const Shape& shape) {
    SafeTensors file = readSafetensors(path);
    if (file.metadata.contains(kShapeKey)) {  // what the shapes of tensors do not tell
        const Shape said = shapeOf(file);
        if (said.heads != shape.heads)
            learn::detail::refuseArchitecture(file, "its layers have " + std::to_string(said.heads) +
                                                        " heads, not " + std::to_string(shape.heads));
        if (shape.positions == Positions::Rotary && said.rotaryBase != shape.rotaryBase)
            learn::detail::refuseArchitecture(file, "its rotary base is another one");
    }
    return weightsOf(std::move(file), shape);
}

}  // namespace latent::learn::transformer
