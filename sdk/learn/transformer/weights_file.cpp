// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/transformer/weights_file.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "latent/learn/safetensors.hpp"

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

std::string sizes(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t n : shape) text += (text.empty() ? "" : ", ") + std::to_string(n);
    return "[" + text + "]";
}

Weights weightsOf(SafeTensors file, const Shape& shape) {
    const auto refuse = [&](const std::string& why) {
        throw RunError("'" + file.path.string() + "' holds another architecture: " + why + ".");
    };
    std::map<std::string, SafeTensor> plain;
    for (auto& [name, tensor] : file.tensors) plain.emplace(plainName(name), std::move(tensor));
    if (plain.size() != file.tensors.size()) refuse("a tensor is there twice, with and without a prefix");
    file.tensors = std::move(plain);

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
    const auto isOurs = [&](const std::string& name) {
        return std::any_of(weights.tensors().begin(), weights.tensors().end(),
                           [&](const Tensor& t) { return t.name == name; });
    };
    for (const auto& [name, tensor] : file.tensors) {
        if (isOurs(name) || name.ends_with(".attn.bias"))
            continue;  // the latter is the mask of older nanoGPTs
        if (name != kHead || !shape.tiedHead) refuse("it has '" + name + "' as well");
        const std::vector<float> head = file.floats(name);
        const auto tokens = weights.view("transformer.wte.weight");
        if (head.size() > tokens.size() || !std::equal(head.begin(), head.end(), tokens.begin()))
            refuse("its head is not tied to the embedding");
    }
    return weights;
}

}  // namespace

void writeWeights(const std::filesystem::path& path, const Weights& weights) {
    std::vector<NamedFloats> tensors;
    for (const Tensor& tensor : weights.tensors())
        tensors.push_back({tensor.name, tensor.shape, weights.flat().subspan(tensor.offset, tensor.size)});
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
    return weightsOf(readSafetensors(path), shape);
}

}  // namespace latent::learn::transformer
