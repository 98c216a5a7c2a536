// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/transformer/shape.hpp"

#include <cmath>
#include <latent/error.hpp>

namespace latent::learn::transformer {
namespace {

constexpr int kLongestContext = 1 << 16;
constexpr std::int64_t kMostParameters = std::int64_t{1}
                                         << 31;  // 8 GiB; three times that with AdamW's moments

std::string number(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

/// Parameters in floating point, where a product of absurd sizes cannot overflow.
double countedRoughly(const Shape& s) {
    const double d = s.width, m = s.mlpRatio * d;
    return (s.inputs() + (s.tiedHead ? 0.0 : s.vocabulary) +
            (s.positions == Positions::Learned ? s.context : 0.0)) *
               d +
           s.layers * (4 * d * d + 2 * d * m);
}

}  // namespace

std::vector<std::string> Shape::validate() const {
    std::vector<std::string> wrong;
    const auto atLeast = [&](const char* name, int value, int least) {
        if (value < least)
            wrong.push_back(std::string(name) + " is " + std::to_string(value) + "; it must be at least " +
                            std::to_string(least) + ".");
    };
    atLeast("The vocabulary", vocabulary, 2);
    atLeast("The context", context, 1);
    if (context > kLongestContext)
        wrong.push_back("The context is " + std::to_string(context) + "; at most " +
                        std::to_string(kLongestContext) + " are possible.");
    atLeast("The width", width, 1);
    atLeast("The number of heads", heads, 1);
    atLeast("The number of layers", layers, 1);
    if (inputVocabulary < 0 || (inputVocabulary > 0 && tiedHead && inputVocabulary < vocabulary))
        wrong.push_back("The input vocabulary is " + std::to_string(inputVocabulary) +
                        "; with a tied head it must be 0 or at least the vocabulary, " +
                        std::to_string(vocabulary) + ".");
    if (!std::isfinite(mlpRatio) || mlpRatio < 0 || mlpRatio > 1024)
        wrong.push_back("The MLP ratio is " + number(mlpRatio) + "; it must be between 0 (no MLP) and 1024.");
    if (!std::isfinite(rotaryBase) || rotaryBase <= 1)
        wrong.push_back("The rotary base is " + number(rotaryBase) + "; it must be greater than 1.");
    if (!wrong.empty()) return wrong;
    if (width % heads != 0)
        wrong.push_back("The width, " + std::to_string(width) +
                        ", is not a multiple of the number of heads, " + std::to_string(heads) + ".");
    else if (positions == Positions::Rotary && headWidth() % 2 != 0)
        wrong.push_back("Rotary positions turn pairs, but a head is " + std::to_string(headWidth()) +
                        " wide; take another width or learned positions.");
    const double exact = mlpRatio * width;
    if (mlpRatio > 0 && (exact < 1 || std::abs(exact - std::round(exact)) > 1e-6))
        wrong.push_back("The MLP would be " + number(exact) +
                        " wide; ratio times width must be a whole number.");
    if (countedRoughly(*this) > static_cast<double>(kMostParameters))
        wrong.push_back("The model would have about " + number(std::round(countedRoughly(*this))) +
                        " parameters; at most 2^31 are possible.");
    return wrong;
}

std::int64_t Shape::parameterCount() const {
    const Tensor last = tensorsOf(*this).back();
    return static_cast<std::int64_t>(last.offset + last.size);
}

double Shape::flopsPerSequence(int length) const {
    const double l = length, d = width, h = heads, r = mlpRatio;
    return layers * (6 * l * d * d + 4 * l * l * d + 3 * h * l * l + 2 * l * d * d + 4 * l * d * d * r);
}

std::vector<Tensor> tensorsOf(const Shape& shape) {
    if (const auto wrong = shape.validate(); !wrong.empty()) throw UsageError(wrong.front());
    std::vector<Tensor> all;
    std::size_t offset = 0;
    const auto add = [&](std::string name, std::vector<std::int64_t> dims) {
        std::size_t size = 1;
        for (const std::int64_t n : dims) size *= static_cast<std::size_t>(n);
        all.push_back({std::move(name), std::move(dims), offset, size});
        offset += size;
    };
    const auto addLinear = [&](const std::string& name, int out, int in) {
        add(name + ".weight", {out, in});
        if (shape.bias) add(name + ".bias", {out});
    };
    const auto addNorm = [&](const std::string& name) {
        add(name + ".weight", {shape.width});
        if (shape.bias) add(name + ".bias", {shape.width});
    };
    const int d = shape.width, m = shape.hidden();
    add("transformer.wte.weight", {shape.inputs(), d});
    if (shape.positions == Positions::Learned) add("transformer.wpe.weight", {shape.context, d});
    for (int i = 0; i < shape.layers; ++i) {
        const std::string layer = "transformer.h." + std::to_string(i) + ".";
        addNorm(layer + "ln_1");
        addLinear(layer + "attn.c_attn", 3 * d, d);
        addLinear(layer + "attn.c_proj", d, d);
        if (m == 0) continue;
        addNorm(layer + "ln_2");
        addLinear(layer + "mlp.c_fc", m, d);
        addLinear(layer + "mlp.c_proj", d, m);
    }
    addNorm("transformer.ln_f");
    if (!shape.tiedHead) add("lm_head.weight", {shape.vocabulary, d});
    return all;
}

}  // namespace latent::learn::transformer
