// SPDX-License-Identifier: Apache-2.0
// Models that are damaged, incomplete or of another kind are refused with a sentence that says which and why.
#include <QtTest>
#include <cstring>
#include <fstream>
#include <latent/error.hpp>
#include <nlohmann/json.hpp>

#include "decoder/load.hpp"
#include "gguf_writer.hpp"

using namespace icl_graphs;
namespace fs = std::filesystem;

namespace {

const fs::path kFixture = fs::path(LATENT_SOURCE_DIR) / "plugins/icl_graphs/tests/decoder/fixtures/llama";

QString refusal(const fs::path& path) {
    try {
        loadDecoder(path);
        return "not refused";
    } catch (const latent::RunError& e) {
        return QString::fromUtf8(e.what());
    }
}

}  // namespace

class BadModelsTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path fresh(const char* name) const {
        const fs::path to = fs::path(m_folder.path().toStdString()) / name;
        fs::copy(kFixture, to, fs::copy_options::recursive);
        return to;
    }
    static void changeConfig(const fs::path& folder, const std::function<void(nlohmann::json&)>& change) {
        std::ifstream in(folder / "config.json");
        nlohmann::json config = nlohmann::json::parse(in);
        in.close();
        change(config);
        std::ofstream(folder / "config.json") << config;
    }

  private Q_SLOTS:
    void folders() {
        QVERIFY(refusal("/nowhere/at/all").contains("There is no model"));
        const fs::path type = fresh("type");
        changeConfig(type, [](nlohmann::json& c) { c["model_type"] = "mamba"; });
        QVERIFY(refusal(type).contains("'mamba'"));
        const fs::path rope = fresh("rope");
        changeConfig(rope, [](nlohmann::json& c) { c["rope_parameters"] = {{"rope_type", "longrope"}}; });
        QVERIFY(refusal(rope).contains("'longrope'"));
        // Numbers that no whole number holds, turns of nothing, ramps that are upside down.
        const std::pair<const char*, nlohmann::json> turns[] = {
            {"turns", {{"partial_rotary_factor", 1e300}}},
            {"turns", {{"partial_rotary_factor", 0}}},
            {"turns", {{"partial_rotary_factor", -1}}},
            {"turns", {{"partial_rotary_factor", .01}}},
            {"impossible context",
             {{"rope_type", "yarn"}, {"factor", 2}, {"original_max_position_embeddings", 1e300}}},
            {"impossible factor", {{"rope_type", "linear"}, {"factor", 1e300}}},
            {"impossible factor", {{"rope_type", "yarn"}, {"factor", 2}, {"beta_fast", -3}}},
            {"impossible factor",
             {{"rope_type", "llama3"}, {"factor", 2}, {"low_freq_factor", 4}, {"high_freq_factor", 4}}}};
        int number = 0;
        for (const auto& [says, parameters] : turns) {
            const fs::path turn = fresh(("turn" + std::to_string(number++)).c_str());
            changeConfig(turn, [&, p = parameters](nlohmann::json& c) { c["rope_parameters"] = p; });
            QVERIFY2(refusal(turn).contains(says), qPrintable(refusal(turn)));
        }
        const fs::path heads = fresh("heads");
        changeConfig(heads, [](nlohmann::json& c) { c["num_key_value_heads"] = 3; });
        QVERIFY(refusal(heads).contains("4 heads cannot share 3"));
        const fs::path shape = fresh("shape");
        changeConfig(shape, [](nlohmann::json& c) { c["intermediate_size"] = 44; });
        QVERIFY(refusal(shape).contains("config.json makes it 44 × 32"));
        const fs::path deep = fresh("deep");
        changeConfig(deep, [](nlohmann::json& c) { c["num_hidden_layers"] = 3; });
        QVERIFY(refusal(deep).contains("lack 'layers.2"));
        const fs::path huge = fresh("huge");
        changeConfig(huge, [](nlohmann::json& c) { c["vocab_size"] = 1 << 29; });
        QVERIFY(refusal(huge).contains("vocabulary"));
        const fs::path words = fresh("words");
        changeConfig(words, [](nlohmann::json& c) { c["hidden_size"] = "many"; });
        QVERIFY(refusal(words).contains("'hidden_size' is no size"));
        const fs::path cut = fresh("cut");
        fs::resize_file(cut / "model.safetensors", fs::file_size(cut / "model.safetensors") - 100);
        QVERIFY(refusal(cut).contains("outside of the file"));
        const fs::path none = fresh("none");
        fs::remove(none / "model.safetensors");
        std::ofstream(none / "pytorch_model.bin") << "x";
        QVERIFY(refusal(none).contains("a pickle, which is never opened"));
    }
    void shards() {
        const fs::path missing = fresh("missing");
        std::ofstream(missing / "model.safetensors.index.json")
            << nlohmann::json{{"weight_map", {{"lm_head.weight", "model-00002-of-00002.safetensors"}}}};
        QVERIFY(refusal(missing).contains("lacks 'model-00002-of-00002.safetensors'"));
        const fs::path outside = fresh("outside");
        std::ofstream(outside / "model.safetensors.index.json")
            << nlohmann::json{{"weight_map", {{"a", "../../etc/passwd"}}}};
        QVERIFY(refusal(outside).contains("outside of its folder"));
    }
    void gguf() {
        const fs::path file = fs::path(m_folder.path().toStdString()) / "model.gguf";
        const auto header = [](std::uint64_t tensors, std::uint64_t keys, std::uint32_t version = 3) {
            GgufWriter w;
            w.put<std::uint32_t>(0x46554747).put(version).put(tensors).put(keys);
            return w;
        };
        GgufWriter()
            .put<std::uint32_t>(7)
            .put<std::uint64_t>(0)
            .put<std::uint64_t>(0)
            .put<std::uint64_t>(0)
            .save(file);
        QVERIFY(refusal(file).contains("does not begin with GGUF"));
        header(0, 0, 9).save(file);
        QVERIFY(refusal(file).contains("version is 9"));
        header(std::uint64_t{1} << 60, 0).save(file);
        QVERIFY(refusal(file).contains("claims"));
        header(0, 1).put<std::uint64_t>(std::uint64_t{1} << 50).save(file);
        QVERIFY(refusal(file).contains("longer than the file"));
        header(0, 1).word("general.architecture", "falcon").save(file);
        QVERIFY(refusal(file).contains("'falcon'"));
        const auto llama = [&](std::uint32_t type, std::uint64_t width, std::uint64_t offset,
                               std::uint64_t tensors = 1) {
            GgufWriter w = header(tensors, 7);
            w.word("general.architecture", "llama")
                .size("llama.block_count", 1)
                .size("llama.embedding_length", 32)
                .size("llama.attention.head_count", 4)
                .size("llama.feed_forward_length", 64)
                .size("llama.context_length", 64);
            w.text("tokenizer.ggml.tokens")
                .put<std::uint32_t>(9)
                .put<std::uint32_t>(8)
                .put<std::uint64_t>(2)
                .text("a")
                .text("b");
            w.text("token_embd.weight")
                .put<std::uint32_t>(2)
                .put(width)
                .put<std::uint64_t>(2)
                .put(type)
                .put(offset);
            for (int i = 0; i < 80; ++i) w.put<std::uint32_t>(0);
            return w;
        };
        llama(14, 32, 0).save(file);
        QVERIFY2(refusal(file).contains("quantised as Q6_K"), qPrintable(refusal(file)));
        llama(3, 64, 0).save(file);
        QVERIFY(refusal(file).contains("2 × 64 instead of 2 × 32"));
        llama(0, 32, 4096).save(file);
        QVERIFY(refusal(file).contains("reaches beyond its end"));
        llama(0, 32, std::uint64_t{1} << 63).save(file);
        QVERIFY(refusal(file).contains("reaches beyond its end"));
        llama(0, 32, 0).save(file);
        QVERIFY(refusal(file).contains("no tensor 'blk.0.attn_norm.weight'"));
    }
};

QTEST_APPLESS_MAIN(BadModelsTest)
#include "bad_models_test.moc"
