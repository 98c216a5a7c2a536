// SPDX-License-Identifier: Apache-2.0
// Models in a folder as Hugging Face lays them out.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <latent/error.hpp>
#include <latent/learn/arrays/raw_bytes.hpp>
#include <latent/learn/safetensors.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "decoder/load.hpp"

namespace icl_graphs {

using latent::learn::FileHandle;
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uintmax_t kMostJson = 200'000'000;

json readJson(const fs::path& path) {
    std::error_code failed;
    if (!fs::is_regular_file(path, failed))
        throw latent::RunError("The model folder has no '" + path.filename().string() + "': '" +
                               path.string() + "' is missing.");
    if (fs::file_size(path, failed) > kMostJson)
        throw latent::RunError("'" + path.string() + "' is too large.");
    std::ifstream in(path);
    json value = json::parse(in, nullptr, false);
    if (!value.is_object()) throw latent::RunError("'" + path.string() + "' is not a JSON object.");
    return value;
}

/// Reads config.json; a wrong type is a sentence.
class ConfigReader {
  public:
    explicit ConfigReader(const fs::path& path) : m_path(path), m_json(readJson(path)) {}
    [[noreturn]] void refuse(const std::string& why) const {
        throw latent::RunError("'" + m_path.string() + "' describes a model that cannot be run: " + why +
                               ".");
    }
    bool has(const char* key) const { return m_json.contains(key) && !m_json[key].is_null(); }
    int integer(const char* key, int otherwise) const {
        if (!has(key)) return otherwise;
        if (!m_json[key].is_number_integer() || m_json[key] < 0 || m_json[key] > (1 << 30))
            refuse("'" + std::string(key) + "' is no size");
        return m_json[key].get<int>();
    }
    int integer(const char* key) const {
        if (!has(key)) refuse("'" + std::string(key) + "' is missing");
        return integer(key, 0);
    }
    double number(const json& from, const char* key, double otherwise) const {
        if (!from.contains(key) || from[key].is_null()) return otherwise;
        if (!from[key].is_number()) refuse("'" + std::string(key) + "' is no number");
        return from[key].get<double>();
    }
    double number(const char* key, double otherwise) const { return number(m_json, key, otherwise); }
    bool flag(const char* key, bool otherwise) const {
        return has(key) && m_json[key].is_boolean() ? m_json[key].get<bool>() : otherwise;
    }
    std::string text(const char* key, const std::string& otherwise) const {
        return has(key) && m_json[key].is_string() ? m_json[key].get<std::string>() : otherwise;
    }
    const json& all() const { return m_json; }

  private:
    fs::path m_path;
    json m_json;
};

void readRotary(const ConfigReader& in, DecoderConfig& c) {
    json rope = json::object();
    for (const char* key : {"rope_scaling", "rope_parameters"})
        if (in.all().contains(key) && in.all()[key].is_object()) rope.update(in.all()[key]);
    c.rotaryBase =
        in.number(rope, "rope_theta", in.number("rope_theta", in.number("rotary_emb_base", 10'000)));
    const double share = in.number(
        rope, "partial_rotary_factor",
        in.number("partial_rotary_factor", in.number("rotary_pct", c.family == Family::Neox ? .25 : 1)));
    if (!(share > 0 && share <= 1))
        in.refuse("it turns " + std::to_string(share) + " of the dimensions of a head");
    c.rotaryWidth = static_cast<int>(c.headWidth * share);
    const auto typeOf = [&](const char* key) {
        return rope.contains(key) && rope[key].is_string() ? rope[key].get<std::string>() : std::string();
    };
    const std::string type = !typeOf("rope_type").empty() ? typeOf("rope_type") : typeOf("type");
    c.scalingFactor = in.number(rope, "factor", 1);
    const double before = in.number(rope, "original_max_position_embeddings", c.context);
    if (!(before >= 1 && before <= 1 << 30)) in.refuse("its rotary scaling has an impossible context");
    c.scalingContext = static_cast<int>(before);
    if (type.empty() || type == "default") return;
    if (type == "linear")
        c.scaling = RotaryScaling::Linear;
    else if (type == "dynamic")
        c.scaling = RotaryScaling::Dynamic;
    else if (type == "llama3")
        c.scaling = RotaryScaling::Llama3;
    else if (type == "yarn")
        c.scaling = RotaryScaling::Yarn;
    else
        in.refuse("its rotary scaling '" + type +
                  "' is not known here; known are default, linear, dynamic, llama3 and yarn");
    c.lowFrequency = in.number(rope, "low_freq_factor", 1);
    c.highFrequency = in.number(rope, "high_freq_factor", 4);
    c.betaFast = in.number(rope, "beta_fast", 32);
    c.betaSlow = in.number(rope, "beta_slow", 1);
    c.attentionFactor = in.number(rope, "attention_factor", 0);
    if (rope.contains("mscale") || rope.contains("mscale_all_dim"))
        in.refuse("its rotary scaling sets 'mscale', which is not known here");
    for (const double value : {c.scalingFactor, c.lowFrequency, c.highFrequency, c.betaFast, c.betaSlow})
        if (!(value > 0 && value < 1e9)) in.refuse("its rotary scaling has an impossible factor");
    if (!(c.attentionFactor >= 0 && c.attentionFactor < 1e9) ||
        (c.scaling == RotaryScaling::Llama3 && !(c.highFrequency > c.lowFrequency)))
        in.refuse("its rotary scaling has an impossible factor");
}

DecoderConfig readConfig(const fs::path& path) {
    const ConfigReader in(path);
    DecoderConfig c;
    const std::string type = in.text("model_type", "");
    c.name = in.text("_name_or_path", "");
    c.vocabulary = in.integer("vocab_size");
    if (type == "llama" || type == "mistral") {
        c.layers = in.integer("num_hidden_layers");
        c.width = in.integer("hidden_size");
        c.heads = in.integer("num_attention_heads");
        c.kvHeads = in.integer("num_key_value_heads", c.heads);
        c.hidden = in.integer("intermediate_size");
        c.context = in.integer("max_position_embeddings", 2048);
        c.normEpsilon = in.number("rms_norm_eps", 1e-6);
        c.tied = in.flag("tie_word_embeddings", false);
        if (in.text("hidden_act", "silu") != "silu")
            in.refuse("its activation '" + in.text("hidden_act", "") + "' is not silu");
        if (type == "mistral" && in.has("sliding_window"))
            in.refuse("it attends in a sliding window, which is not known here");
        c.headWidth = in.integer("head_dim", c.heads > 0 ? c.width / c.heads : 0);
    } else if (type == "gpt2") {
        c.family = Family::Gpt2;
        c.layers = in.integer("n_layer");
        c.width = in.integer("n_embd");
        c.heads = c.kvHeads = in.integer("n_head");
        c.hidden = in.integer("n_inner", 4 * c.width);
        c.context = in.integer("n_positions");
        c.normEpsilon = in.number("layer_norm_epsilon", 1e-5);
        c.tied = in.flag("tie_word_embeddings", true);
        c.activation = Activation::GeluTanh;
        const std::string activation = in.text("activation_function", "gelu_new");
        if (activation == "gelu")
            c.activation = Activation::Gelu;
        else if (activation != "gelu_new" && activation != "gelu_pytorch_tanh")
            in.refuse("its activation '" + activation + "' is not known here");
        if (in.flag("scale_attn_by_inverse_layer_idx", false) || !in.flag("scale_attn_weights", true))
            in.refuse("it scales its attention in an unusual way");
        c.headWidth = c.heads > 0 ? c.width / c.heads : 0;
    } else if (type == "gpt_neox") {
        c.family = Family::Neox;
        c.layers = in.integer("num_hidden_layers");
        c.width = in.integer("hidden_size");
        c.heads = c.kvHeads = in.integer("num_attention_heads");
        c.hidden = in.integer("intermediate_size");
        c.context = in.integer("max_position_embeddings", 2048);
        c.normEpsilon = in.number("layer_norm_eps", 1e-5);
        c.tied = in.flag("tie_word_embeddings", false);
        c.parallelResidual = in.flag("use_parallel_residual", true);
        const std::string activation = in.text("hidden_act", "gelu");
        if (activation == "gelu")
            c.activation = Activation::Gelu;
        else if (activation == "gelu_new" || activation == "gelu_fast" || activation == "gelu_pytorch_tanh")
            c.activation = Activation::GeluTanh;
        else
            in.refuse("its activation '" + activation + "' is not known here");
        c.headWidth = c.heads > 0 ? c.width / c.heads : 0;
    } else {
        in.refuse("its type '" + type + "' is none of llama, mistral, gpt2 and gpt_neox");
    }
    if (c.family != Family::Gpt2) readRotary(in, c);
    c.bos = in.has("bos_token_id") && in.all()["bos_token_id"].is_number_integer()
                ? in.all()["bos_token_id"].get<std::int64_t>()
                : -1;
    c.addBos =
        c.bos >= 0 && c.family == Family::Llama;  // the texts of the other two have none in front of them
    if (const std::string wrong = c.wrong(); !wrong.empty()) in.refuse(wrong);
    if (c.family != Family::Llama && c.heads * c.headWidth != c.width)
        in.refuse("its heads do not fill its width");
    return c;
}

/// All tensors of the folder, in whichever shard they lie.
class Shards {
  public:
    explicit Shards(const fs::path& folder) : m_folder(folder) {
        std::set<std::string> files;
        if (fs::exists(folder / "model.safetensors.index.json")) {
            const json index = readJson(folder / "model.safetensors.index.json");
            if (!index.contains("weight_map") || !index["weight_map"].is_object())
                throw latent::RunError("'" + (folder / "model.safetensors.index.json").string() +
                                       "' has no weight_map.");
            for (const auto& [name, file] : index["weight_map"].items()) {
                const std::string text = file.is_string() ? file.get<std::string>() : "";
                if (text.empty() || text.find('/') != std::string::npos || text == "..")
                    throw latent::RunError("'" + (folder / "model.safetensors.index.json").string() +
                                           "' names a shard outside of its folder.");
                files.insert(text);
            }
        } else {
            files.insert("model.safetensors");
        }
        for (const std::string& file : files) {
            if (!fs::exists(folder / file))
                throw latent::RunError("The model folder '" + folder.string() + "' lacks '" + file + "'" +
                                       (fs::exists(folder / "pytorch_model.bin")
                                            ? "; pytorch_model.bin is a pickle, which is never opened: save "
                                              "the model as safetensors."
                                            : "."));
            auto index = latent::learn::indexSafetensors(folder / file);
            auto handle = std::make_shared<FileHandle>(folder / file);
            for (const auto& [name, tensor] : index.tensors)
                m_tensors.emplace(bare(name), Place{handle, index.dataStart, tensor});
        }
    }
    bool has(const std::string& name) const { return m_tensors.count(name) > 0; }

    WeightMatrix matrix(const std::string& name, int rows, int columns, bool headersOnly) const {
        const Place& place = find(name, {rows, columns});
        WeightMatrix m{rows, columns, storageOf(name, place), 0, {}};
        m.rowBytes = rowBytesOf(m.storage, columns);
        if (headersOnly) return m;
        m.bytes = std::make_shared_for_overwrite<std::byte[]>(place.tensor.size);
        place.file->read(place.start + place.tensor.offset, std::span(m.bytes.get(), place.tensor.size));
        return m;
    }
    std::vector<float> vector(const std::string& name, int length, bool headersOnly) const {
        const Place& place = find(name, {length});
        if (headersOnly) return {};
        std::vector<std::byte> bytes(place.tensor.size);
        place.file->read(place.start + place.tensor.offset, bytes);
        std::vector<float> values(static_cast<std::size_t>(length));
        decoderKernels(latent::learn::Instructions::Portable)
            .unpackRow(storageOf(name, place), bytes.data(), length, values.data());
        return values;
    }
    std::vector<float> optionalVector(const std::string& name, int length, bool headersOnly) const {
        return has(name) ? vector(name, length, headersOnly) : std::vector<float>{};
    }
    /// Which storages occur among matrices, for the report.
    std::string storages() const {
        std::set<std::string> names;
        for (const auto& [name, place] : m_tensors)
            if (place.tensor.shape.size() == 2) names.insert(place.tensor.dtype);
        std::string text;
        for (const std::string& name : names) text += (text.empty() ? "" : " and ") + name;
        return text;
    }

  private:
    struct Place {
        std::shared_ptr<const FileHandle> file;
        std::uint64_t start;
        latent::learn::SafeTensor tensor;
    };
    static std::string bare(const std::string& name) {
        for (const std::string prefix : {"model.", "transformer.", "gpt_neox."})
            if (name.rfind(prefix, 0) == 0) return name.substr(prefix.size());
        return name;
    }
    const Place& find(const std::string& name, const std::vector<std::int64_t>& shape) const {
        const auto found = m_tensors.find(name);
        if (found == m_tensors.end())
            throw latent::RunError("The weights in '" + m_folder.string() + "' lack '" + name +
                                   "', which config.json asks for.");
        if (found->second.tensor.shape != shape) {
            std::string is, wanted;
            for (const std::int64_t n : found->second.tensor.shape)
                is += (is.empty() ? "" : " × ") + std::to_string(n);
            for (const std::int64_t n : shape) wanted += (wanted.empty() ? "" : " × ") + std::to_string(n);
            throw latent::RunError("In '" + m_folder.string() + "' the tensor '" + name + "' is " + is +
                                   "; config.json makes it " + wanted + ".");
        }
        return found->second;
    }
    Storage storageOf(const std::string& name, const Place& place) const {
        if (place.tensor.dtype == "F32") return Storage::F32;
        if (place.tensor.dtype == "F16") return Storage::F16;
        if (place.tensor.dtype == "BF16") return Storage::BF16;
        throw latent::RunError("In '" + m_folder.string() + "' the tensor '" + name + "' is " +
                               place.tensor.dtype + "; F32, F16 and BF16 are read.");
    }
    fs::path m_folder;
    std::map<std::string, Place> m_tensors;
};

/// GPT-2 keeps its maps as [inputs, outputs].
WeightMatrix transposed(const WeightMatrix& from, bool headersOnly) {
    WeightMatrix to{from.columns, from.rows, from.storage, rowBytesOf(from.storage, from.rows), {}};
    if (headersOnly) return to;
    const std::size_t element = rowBytesOf(from.storage, 1);
    to.bytes = std::make_shared_for_overwrite<std::byte[]>(static_cast<std::size_t>(to.rows) * to.rowBytes);
    for (int r = 0; r < from.rows; ++r)
        for (int c = 0; c < from.columns; ++c)
            std::memcpy(to.bytes.get() + static_cast<std::size_t>(c) * to.rowBytes +
                            static_cast<std::size_t>(r) * element,
                        from.row(r) + static_cast<std::size_t>(c) * element, element);
    return to;
}

/// GPT-NeoX keeps query, key and value of a head together: rows (head, which, i); gives rows of one of the three.
LinearMap oneOfThree(const LinearMap& fused, int which, int heads, int headWidth, bool headersOnly) {
    LinearMap part;
    part.weight = fused.weight;
    part.weight.rows = heads * headWidth;
    if (headersOnly) return part;
    part.weight.bytes = std::make_shared_for_overwrite<std::byte[]>(
        static_cast<std::size_t>(part.weight.rows) * part.weight.rowBytes);
    for (int h = 0; h < heads; ++h)
        std::memcpy(part.weight.bytes.get() + static_cast<std::size_t>(h * headWidth) * part.weight.rowBytes,
                    fused.weight.row((h * 3 + which) * headWidth),
                    static_cast<std::size_t>(headWidth) * part.weight.rowBytes);
    for (int h = 0; h < heads && !fused.bias.empty(); ++h)
        for (int i = 0; i < headWidth; ++i)
            part.bias.push_back(fused.bias[static_cast<std::size_t>((h * 3 + which) * headWidth + i)]);
    return part;
}

class Builder {
  public:
    Builder(const Shards& shards, const DecoderConfig& config, bool headersOnly)
        : s(shards), c(config), m_headersOnly(headersOnly) {}

    DecoderWeights build() {
        DecoderWeights w;
        w.config = c;
        w.config.quantisation = s.storages();
        const char* embedding = c.family == Family::Llama  ? "embed_tokens.weight"
                                : c.family == Family::Gpt2 ? "wte.weight"
                                                           : "embed_in.weight";
        w.embedding = s.matrix(embedding, c.vocabulary, c.width, m_headersOnly);
        if (c.family == Family::Gpt2) w.positions = s.matrix("wpe.weight", c.context, c.width, m_headersOnly);
        for (int l = 0; l < c.layers; ++l)
            w.layers.push_back(c.family == Family::Llama  ? llama(l)
                               : c.family == Family::Gpt2 ? gpt2(l)
                                                          : neox(l));
        w.finalNorm = norm(c.family == Family::Llama  ? "norm"
                           : c.family == Family::Gpt2 ? "ln_f"
                                                      : "final_layer_norm");
        const char* head = c.family == Family::Neox ? "embed_out.weight" : "lm_head.weight";
        w.head.weight = c.tied || (c.family == Family::Gpt2 && !s.has(head))
                            ? w.embedding
                            : s.matrix(head, c.vocabulary, c.width, m_headersOnly);
        return w;
    }

  private:
    Normalisation norm(const std::string& name) const {
        return {s.vector(name + ".weight", c.width, m_headersOnly),
                c.family == Family::Llama ? std::vector<float>{}
                                          : s.vector(name + ".bias", c.width, m_headersOnly)};
    }
    LinearMap linear(const std::string& name, int out, int in) const {
        return {s.matrix(name + ".weight", out, in, m_headersOnly),
                s.optionalVector(name + ".bias", out, m_headersOnly)};
    }
    LinearMap turned(const std::string& name, int out, int in) const {
        return {transposed(s.matrix(name + ".weight", in, out, m_headersOnly), m_headersOnly),
                s.vector(name + ".bias", out, m_headersOnly)};
    }

    DecoderLayer llama(int l) const {
        const std::string at = "layers." + std::to_string(l) + ".";
        const int q = c.heads * c.headWidth, kv = c.kvHeads * c.headWidth;
        return {norm(at + "input_layernorm"),
                norm(at + "post_attention_layernorm"),
                linear(at + "self_attn.q_proj", q, c.width),
                linear(at + "self_attn.k_proj", kv, c.width),
                linear(at + "self_attn.v_proj", kv, c.width),
                linear(at + "self_attn.o_proj", c.width, q),
                linear(at + "mlp.gate_proj", c.hidden, c.width),
                linear(at + "mlp.up_proj", c.hidden, c.width),
                linear(at + "mlp.down_proj", c.width, c.hidden)};
    }
    DecoderLayer gpt2(int l) const {
        const std::string at = "h." + std::to_string(l) + ".";
        const LinearMap fused = turned(at + "attn.c_attn", 3 * c.width, c.width);
        const auto part = [&](int which) {
            const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(which) * c.width;
            return LinearMap{
                m_headersOnly
                    ? WeightMatrix{c.width, c.width, fused.weight.storage, fused.weight.rowBytes, {}}
                    : fused.weight.slice(static_cast<int>(first), c.width),
                m_headersOnly
                    ? std::vector<float>{}
                    : std::vector<float>(fused.bias.begin() + first, fused.bias.begin() + first + c.width)};
        };
        return {norm(at + "ln_1"),
                norm(at + "ln_2"),
                part(0),
                part(1),
                part(2),
                turned(at + "attn.c_proj", c.width, c.width),
                {},
                turned(at + "mlp.c_fc", c.hidden, c.width),
                turned(at + "mlp.c_proj", c.width, c.hidden)};
    }
    DecoderLayer neox(int l) const {
        const std::string at = "layers." + std::to_string(l) + ".";
        const LinearMap fused = linear(at + "attention.query_key_value", 3 * c.width, c.width);
        const auto part = [&](int which) {
            return oneOfThree(fused, which, c.heads, c.headWidth, m_headersOnly);
        };
        return {norm(at + "input_layernorm"),
                norm(at + "post_attention_layernorm"),
                part(0),
                part(1),
                part(2),
                linear(at + "attention.dense", c.width, c.width),
                {},
                linear(at + "mlp.dense_h_to_4h", c.hidden, c.width),
                linear(at + "mlp.dense_4h_to_h", c.width, c.hidden)};
    }

    const Shards& s;
    const DecoderConfig& c;
    bool m_headersOnly;
};

}  // namespace

Vocabulary folderVocabulary(const fs::path& folder) {
    std::map<std::string, int, std::less<>> tokens;
    const auto take = [&](const json& vocabulary) {
        for (const auto& [word, id] : vocabulary.items())
            if (id.is_number_integer() && id >= 0 && id < (1 << 30)) tokens.emplace(word, id.get<int>());
    };
    if (fs::exists(folder / "tokenizer.json")) {
        const json tokenizer = readJson(folder / "tokenizer.json");
        if (tokenizer.contains("model") && tokenizer["model"].contains("vocab") &&
            tokenizer["model"]["vocab"].is_object())
            take(tokenizer["model"]["vocab"]);
    } else if (fs::exists(folder / "vocab.json")) {
        take(readJson(folder / "vocab.json"));
    }
    return Vocabulary(std::move(tokens));
}

LoadedModel loadFolder(const fs::path& folder, bool headersOnly) {
    const DecoderConfig config = readConfig(folder / "config.json");
    const Shards shards(folder);
    LoadedModel model;
    if (!headersOnly)
        requireMemory(Builder(shards, config, true).build().bytes(),
                      "The model in '" + folder.string() + "'");
    model.weights = std::make_shared<DecoderWeights>(Builder(shards, config, headersOnly).build());
    model.vocabulary = folderVocabulary(folder);
    return model;
}

}  // namespace icl_graphs
