// SPDX-License-Identifier: Apache-2.0
// Models in one GGUF file (versions 2 and 3), architecture "llama".
#include <algorithm>
#include <cmath>
#include <cstring>
#include <latent/error.hpp>
#include <latent/learn/arrays/raw_bytes.hpp>
#include <set>
#include <variant>

#include "decoder/load.hpp"

namespace icl_graphs {

using latent::learn::FileHandle;
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostTensors = 1'000'000, kMostKeys = 1'000'000, kMostText = 100'000'000,
                        kMostItems = 10'000'000;

struct Tensor {
    std::vector<std::uint64_t> shape;  // fastest dimension first
    std::uint32_t type;
    std::uint64_t offset;
};

/// The types that are read, and names for those that are not.
const char* typeName(std::uint32_t type) {
    static constexpr const char* kNames[] = {
        "F32",   "F16",    "Q4_0", "Q4_1", "Q4_2", "Q4_3",    "Q5_0",   "Q5_1",    "Q8_0",  "Q8_1",   "Q2_K",
        "Q3_K",  "Q4_K",   "Q5_K", "Q6_K", "Q8_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S",
        "IQ2_S", "IQ4_XS", "I8",   "I16",  "I32",  "I64",     "F64",    "IQ1_M",   "BF16"};
    return type < std::size(kNames) ? kNames[type] : "an unknown type";
}

class Gguf {
  public:
    explicit Gguf(const fs::path& path)
        : m_file(std::make_shared<FileHandle>(path)), m_bytes(plainBytes(m_file, 0, m_file->size())) {
        if (m_file->size() < 24 || take<std::uint32_t>() != 0x46554747) refuse("it does not begin with GGUF");
        const auto version = take<std::uint32_t>();
        if (version != 2 && version != 3)
            refuse("its version is " + std::to_string(version) + "; versions 2 and 3 are read");
        const auto tensors = take<std::uint64_t>(), keys = take<std::uint64_t>();
        if (tensors > kMostTensors || keys > kMostKeys)
            refuse("it claims " + std::to_string(tensors) + " tensors and " + std::to_string(keys) + " keys");
        for (std::uint64_t i = 0; i < keys; ++i) {
            const std::string key = text();
            value(key, take<std::uint32_t>(), 0);
        }
        for (std::uint64_t i = 0; i < tensors; ++i) {
            const std::string name = text();
            Tensor t;
            const auto rank = take<std::uint32_t>();
            if (rank < 1 || rank > 4)
                refuse("the tensor '" + name + "' has " + std::to_string(rank) + " dimensions");
            for (std::uint32_t d = 0; d < rank; ++d) t.shape.push_back(take<std::uint64_t>());
            t.type = take<std::uint32_t>();
            t.offset = take<std::uint64_t>();
            if (!m_tensors.emplace(name, t).second) refuse("the tensor '" + name + "' is in it twice");
        }
        const auto alignment = static_cast<std::uint64_t>(integer("general.alignment", 32));
        if (alignment < 1 || alignment > 1 << 20) refuse("its alignment is impossible");
        m_data = (m_at + alignment - 1) / alignment * alignment;
        if (m_data > m_file->size() && !m_tensors.empty()) refuse("it ends before its weights");
    }

    [[noreturn]] void refuse(const std::string& why) const {
        throw latent::RunError("'" + m_file->path().string() + "' is no GGUF model that can be read: " + why +
                               ".");
    }
    std::int64_t integer(const std::string& key, std::int64_t otherwise) const {
        const auto found = m_numbers.find(key);
        return found == m_numbers.end() || !(std::abs(found->second) < 9e15)
                   ? otherwise
                   : static_cast<std::int64_t>(found->second);
    }
    double number(const std::string& key, double otherwise) const {
        const auto found = m_numbers.find(key);
        return found == m_numbers.end() ? otherwise : found->second;
    }
    std::string word(const std::string& key) const {
        const auto found = m_texts.find(key);
        return found == m_texts.end() ? std::string() : found->second;
    }
    bool hasTensor(const std::string& name) const { return m_tensors.count(name) > 0; }
    const std::vector<std::string>& tokens() const { return m_tokens; }

    WeightMatrix matrix(const std::string& name, int rows, int columns, bool headersOnly) {
        const Tensor& t = tensor(name);
        const auto c = t.shape[0], r = t.shape.size() > 1 ? t.shape[1] : 1;
        if (c != static_cast<std::uint64_t>(columns) || r != static_cast<std::uint64_t>(rows) ||
            t.shape.size() > 2)
            refuse("the tensor '" + name + "' is " + std::to_string(r) + " × " + std::to_string(c) +
                   " instead of " + std::to_string(rows) + " × " + std::to_string(columns));
        WeightMatrix m{rows, columns, storageOf(name, t), 0, {}};
        m.rowBytes = rowBytesOf(m.storage, columns);
        if (m.rowBytes == 0) refuse("rows of '" + name + "' do not fill blocks of 32");
        const std::uint64_t size = static_cast<std::uint64_t>(rows) * m.rowBytes;
        if (t.offset > m_file->size() - m_data || size > m_file->size() - m_data - t.offset)
            refuse("the tensor '" + name + "' reaches beyond its end, so it is cut off");
        m_used.insert(nameOf(m.storage));
        if (headersOnly) return m;
        m.bytes = std::make_shared_for_overwrite<std::byte[]>(static_cast<std::size_t>(size));
        m_file->read(m_data + t.offset, std::span(m.bytes.get(), static_cast<std::size_t>(size)));
        return m;
    }
    std::vector<float> vector(const std::string& name, int length, bool headersOnly) {
        const auto used = m_used;
        const WeightMatrix m = matrix(name, 1, length, headersOnly);
        m_used = used;
        std::vector<float> values;
        if (headersOnly) return values;
        values.resize(static_cast<std::size_t>(length));
        decoderKernels(latent::learn::Instructions::Portable)
            .unpackRow(m.storage, m.bytes.get(), length, values.data());
        return values;
    }
    std::string storages() const {
        std::string text;
        for (const std::string& name : m_used) text += (text.empty() ? "" : " and ") + name;
        return text;
    }

  private:
    template <class T>
    T take() {
        T value;
        if (m_at > m_file->size() || sizeof(T) > m_file->size() - m_at) refuse("its header is cut off");
        m_bytes->read(m_at, std::as_writable_bytes(std::span(&value, 1)));
        m_at += sizeof(T);
        return value;
    }
    std::string text() {
        const auto size = take<std::uint64_t>();
        if (size > kMostText || size > m_file->size() - m_at)
            refuse("a text in its header is longer than the file");
        std::string text(static_cast<std::size_t>(size), '\0');
        m_bytes->read(m_at, std::as_writable_bytes(std::span(text)));
        m_at += size;
        return text;
    }
    void value(const std::string& key, std::uint32_t type, int depth) {
        const auto number = [&](auto v) {
            if (depth == 0) m_numbers[key] = static_cast<double>(v);
        };
        switch (type) {
            case 0:
                return number(take<std::uint8_t>());
            case 1:
                return number(take<std::int8_t>());
            case 2:
                return number(take<std::uint16_t>());
            case 3:
                return number(take<std::int16_t>());
            case 4:
                return number(take<std::uint32_t>());
            case 5:
                return number(take<std::int32_t>());
            case 6:
                return number(take<float>());
            case 7:
                return number(take<std::uint8_t>());
            case 8: {
                std::string word = text();
                if (depth == 0)
                    m_texts[key] = std::move(word);
                else if (key == "tokenizer.ggml.tokens")
                    m_tokens.push_back(std::move(word));
                return;
            }
            case 9: {
                const auto inner = take<std::uint32_t>();
                const auto count = take<std::uint64_t>();
                if (depth > 0 || count > kMostItems)
                    refuse("the list '" + key + "' in its header is too long or nested");
                for (std::uint64_t i = 0; i < count; ++i) value(key, inner, depth + 1);
                return;
            }
            case 10:
                return number(take<std::uint64_t>());
            case 11:
                return number(take<std::int64_t>());
            case 12:
                return number(take<double>());
            default:
                refuse("the key '" + key + "' has an unknown type");
        }
    }
    const Tensor& tensor(const std::string& name) const {
        const auto found = m_tensors.find(name);
        if (found == m_tensors.end()) refuse("it has no tensor '" + name + "'");
        return found->second;
    }
    Storage storageOf(const std::string& name, const Tensor& t) const {
        switch (t.type) {
            case 0:
                return Storage::F32;
            case 1:
                return Storage::F16;
            case 2:
                return Storage::Q4_0;
            case 3:
                return Storage::Q4_1;
            case 8:
                return Storage::Q8_0;
            default:
                refuse("the tensor '" + name + "' is quantised as " + typeName(t.type) +
                       "; F32, F16, Q8_0, Q4_0 and Q4_1 are read");
        }
    }

    std::shared_ptr<const FileHandle> m_file;
    std::unique_ptr<latent::learn::RawBytes> m_bytes;
    std::uint64_t m_at = 0, m_data = 0;
    std::map<std::string, double> m_numbers;
    std::map<std::string, std::string> m_texts;
    std::map<std::string, Tensor> m_tensors;
    std::vector<std::string> m_tokens;
    std::set<std::string> m_used;
};

/// llama.cpp stores rows of queries and keys so that the turned pairs lie side by side; back to halves, as the other formats have them.
WeightMatrix inHalves(const WeightMatrix& from, int heads, int headWidth, bool headersOnly) {
    WeightMatrix to = from;
    if (headersOnly) return to;
    const std::size_t row = from.rowBytes;
    to.bytes = std::make_shared_for_overwrite<std::byte[]>(static_cast<std::size_t>(from.rows) * row);
    for (int h = 0; h < heads; ++h)
        for (int i = 0; i < headWidth / 2; ++i)
            for (int s = 0; s < 2; ++s)
                std::memcpy(
                    to.bytes.get() + static_cast<std::size_t>(h * headWidth + s * headWidth / 2 + i) * row,
                    from.row(h * headWidth + 2 * i + s), row);
    return to;
}

DecoderConfig configOf(const Gguf& file) {
    const std::string architecture = file.word("general.architecture");
    if (architecture != "llama")
        file.refuse("its architecture is '" + architecture +
                    "'; from GGUF, llama is read. Other families come as folders of safetensors");
    const auto size = [&](const std::string& key, std::int64_t otherwise) {
        return static_cast<int>(
            std::clamp<std::int64_t>(file.integer("llama." + key, otherwise), 0, 1 << 30));
    };
    DecoderConfig c;
    c.layers = size("block_count", 0);
    c.width = size("embedding_length", 0);
    c.heads = size("attention.head_count", 0);
    c.kvHeads = size("attention.head_count_kv", c.heads);
    c.headWidth = size("attention.key_length", c.heads > 0 ? c.width / c.heads : 0);
    c.hidden = size("feed_forward_length", 0);
    c.context = size("context_length", 2048);
    c.vocabulary = static_cast<int>(std::min<std::size_t>(file.tokens().size(), 1 << 30));
    c.normEpsilon = file.number("llama.attention.layer_norm_rms_epsilon", 1e-5);
    c.rotaryBase = file.number("llama.rope.freq_base", 10'000);
    c.rotaryWidth = size("rope.dimension_count", c.headWidth);
    c.name = file.word("general.name");
    c.bos = file.integer("tokenizer.ggml.bos_token_id", -1);
    c.addBos = c.bos >= 0 && file.integer("tokenizer.ggml.add_bos_token", 1) != 0;
    if (const std::string scaling = file.word("llama.rope.scaling.type"); scaling == "linear") {
        c.scaling = RotaryScaling::Linear;
        c.scalingFactor = file.number("llama.rope.scaling.factor", 1);
        if (!(c.scalingFactor > 0 && c.scalingFactor < 1e9))
            file.refuse("its rotary scaling has an impossible factor");
    } else if (!scaling.empty() && scaling != "none") {
        file.refuse("its rotary scaling '" + scaling + "' is not known here");
    }
    c.tied = !file.hasTensor("output.weight");
    if (c.rotaryWidth != c.headWidth)
        file.refuse("it turns " + std::to_string(c.rotaryWidth) + " of " + std::to_string(c.headWidth) +
                    " dimensions of a head");
    if (const std::string wrong = c.wrong(); !wrong.empty()) file.refuse(wrong);
    return c;
}

Vocabulary vocabularyOf(const Gguf& file) {
    std::map<std::string, int, std::less<>> tokens;
    for (std::size_t i = 0; i < file.tokens().size(); ++i)
        tokens.emplace(file.tokens()[i], static_cast<int>(i));
    return Vocabulary(std::move(tokens));
}

}  // namespace

Vocabulary ggufVocabulary(const fs::path& file) { return vocabularyOf(Gguf(file)); }

LoadedModel loadGguf(const fs::path& path, bool headersOnly) {
    Gguf file(path);
    auto w = std::make_shared<DecoderWeights>();
    DecoderConfig& c = w->config;
    c = configOf(file);
    if (!headersOnly) requireMemory(FileHandle(path).size(), "The model '" + path.string() + "'");
    const bool headers = headersOnly;
    if (file.hasTensor("rope_freqs.weight")) {
        c.scaling = RotaryScaling::Factors;
        c.rotaryFactors = file.vector("rope_freqs.weight", c.rotaryWidth / 2, headers);
        for (const float f : c.rotaryFactors)
            if (!(f > 0)) file.refuse("its rotary factors are impossible");
    }
    w->embedding = file.matrix("token_embd.weight", c.vocabulary, c.width, headers);
    const int q = c.heads * c.headWidth, kv = c.kvHeads * c.headWidth;
    for (int l = 0; l < c.layers; ++l) {
        const std::string at = "blk." + std::to_string(l) + ".";
        const auto linear = [&](const char* name, int out, int in) {
            const std::string bias = at + name + ".bias";
            return LinearMap{file.matrix(at + name + ".weight", out, in, headers),
                             file.hasTensor(bias) ? file.vector(bias, out, headers) : std::vector<float>{}};
        };
        const auto norm = [&](const char* name) {
            return Normalisation{file.vector(at + name + ".weight", c.width, headers), {}};
        };
        DecoderLayer layer{norm("attn_norm"),
                           norm("ffn_norm"),
                           linear("attn_q", q, c.width),
                           linear("attn_k", kv, c.width),
                           linear("attn_v", kv, c.width),
                           linear("attn_output", c.width, q),
                           linear("ffn_gate", c.hidden, c.width),
                           linear("ffn_up", c.hidden, c.width),
                           linear("ffn_down", c.width, c.hidden)};
        if (!layer.query.bias.empty() || !layer.key.bias.empty())
            file.refuse("its queries have biases, whose order in GGUF is not known here");
        layer.query.weight = inHalves(layer.query.weight, c.heads, c.headWidth, headers);
        layer.key.weight = inHalves(layer.key.weight, c.kvHeads, c.headWidth, headers);
        w->layers.push_back(std::move(layer));
    }
    w->finalNorm = {file.vector("output_norm.weight", c.width, headers), {}};
    w->head.weight = c.tied ? w->embedding : file.matrix("output.weight", c.vocabulary, c.width, headers);
    c.quantisation = file.storages();
    return {std::move(w), vocabularyOf(file)};
}

}  // namespace icl_graphs
