// SPDX-License-Identifier: Apache-2.0
// Files of weights: there and back, those of PyTorch users, and those that nobody should trust.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <fstream>
#include <latent/error.hpp>
#include <latent/learn/safetensors.hpp>
#include <latent/learn/transformer/weights_file.hpp>
#include <nlohmann/json.hpp>

using namespace latent::learn;
using namespace latent::learn::transformer;
using nlohmann::json;

namespace {

const Shape kShape{.vocabulary = 5, .context = 8, .width = 8, .heads = 2, .layers = 1, .mlpRatio = 1};

std::string sentenceOf(const std::function<void()>& body) {
    try {
        body();
    } catch (const latent::RunError& error) {
        return error.what();
    }
    return "nothing was refused";
}

}  // namespace

class TestSafetensors : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    std::filesystem::path path(const char* name) const { return m_folder.filePath(name).toStdString(); }
    std::filesystem::path written(const std::string& header, std::size_t dataBytes,
                                  std::uint64_t length) const {
        std::ofstream out(path("made.safetensors"), std::ios::binary);
        for (int i = 0; i < 8; ++i) out.put(static_cast<char>(length >> (8 * i) & 0xFF));
        out << header << std::string(dataBytes, '\0');
        return path("made.safetensors");
    }
    std::string refusal(const std::string& header, std::size_t dataBytes) const {
        const auto file = written(header, dataBytes, header.size());
        return sentenceOf([&] { readSafetensors(file); });
    }

  private Q_SLOTS:
    void thereAndBack_data() {
        QTest::addColumn<int>("which");
        for (int i = 0; i < 4; ++i) QTest::addRow("%d", i) << i;
    }
    void thereAndBack() {
        QFETCH(int, which);
        const Shape shapes[] = {kShape,
                                {.vocabulary = 3,
                                 .inputVocabulary = 12,
                                 .context = 9,
                                 .width = 15,
                                 .heads = 3,
                                 .layers = 2,
                                 .mlpRatio = 0,
                                 .positions = Positions::Learned},
                                {.vocabulary = 7,
                                 .width = 16,
                                 .heads = 1,
                                 .layers = 1,
                                 .mlpRatio = 0.25,
                                 .rotaryBase = 500,
                                 .bias = false,
                                 .tiedHead = false},
                                {}};
        const Weights weights = initialise(shapes[which], 3);
        writeWeights(path("w.safetensors"), weights);
        const Weights back = readWeights(path("w.safetensors"));
        QVERIFY(back.shape() == weights.shape());
        QVERIFY(std::ranges::equal(back.flat(), weights.flat()));
        QVERIFY(std::ranges::equal(readWeights(path("w.safetensors"), shapes[which]).flat(), weights.flat()));
        QVERIFY(!std::filesystem::exists(path("w.safetensors.partial")));
        const SafeTensors file = readSafetensors(path("w.safetensors"));
        // As in a state_dict, tied or not.
        QCOMPARE(file.tensors.at("lm_head.weight").shape.front(),
                 shapes[which].tiedHead ? shapes[which].inputs() : shapes[which].vocabulary);
        QCOMPARE(file.metadata.at("format"), std::string("pt"));
    }

    /// What torch writes: no shape in the metadata, prefixes, an old mask, no tied head.
    void filesOfOthers_data() {
        QTest::addColumn<QString>("prefix");
        for (const char* prefix : {"", "_orig_mod.", "transformer.", "_orig_mod.transformer."})
            QTest::newRow(*prefix ? prefix : "none") << QString(prefix);
    }
    void filesOfOthers() {
        QFETCH(QString, prefix);
        const std::string before = prefix.toStdString();
        const Weights weights = initialise(kShape, 4);
        std::vector<NamedFloats> tensors;
        for (const Tensor& t : weights.tensors())
            tensors.push_back({before + t.name, t.shape, weights.flat().subspan(t.offset, t.size)});
        const std::vector<float> mask(64);
        tensors.push_back({before + "transformer.h.0.attn.bias", {1, 1, 8, 8}, mask});
        writeSafetensors(path("theirs.safetensors"), tensors);
        QVERIFY(std::ranges::equal(readWeights(path("theirs.safetensors"), kShape).flat(), weights.flat()));
        QVERIFY(sentenceOf([&] {
                    readWeights(path("theirs.safetensors"));
                }).find("does not say which architecture") != std::string::npos);
    }

    void anotherArchitecture() {
        writeWeights(path("w.safetensors"), initialise(kShape, 1));
        const auto refused = [&](auto change, const char* part) {
            Shape shape = kShape;
            change(shape);
            const std::string sentence = sentenceOf([&] { readWeights(path("w.safetensors"), shape); });
            QVERIFY2(sentence.find(part) != std::string::npos &&
                         sentence.find("w.safetensors") != std::string::npos,
                     sentence.c_str());
        };
        refused([](Shape& s) { s.width = 4; }, "'transformer.wte.weight' is [5, 8], not [5, 4]");
        refused([](Shape& s) { s.width = 1024; }, "elements where");
        refused([](Shape& s) { s.mlpRatio = 0; }, "it has 'transformer.h.0.ln_2.bias' as well");
        refused([](Shape& s) { s.positions = Positions::Learned, s.context = 1; },
                "it has no 'transformer.wpe.weight'");
        refused([](Shape& s) { s.bias = false; }, "as well");
        // No tensor has another shape with other heads: the file's own words tell.
        refused([](Shape& s) { s.heads = s.heads == 1 ? 2 : 1; }, "heads, not ");
        refused([](Shape& s) { s.rotaryBase = 500; }, "rotary base");
        Weights broken = initialise(kShape, 1);
        broken.flat()[3] = NAN;
        writeWeights(path("w.safetensors"), broken);
        refused([](Shape&) {}, "not finite");
        const Weights weights = initialise(kShape, 1);
        std::vector<NamedFloats> tensors;
        for (const Tensor& t : weights.tensors())
            tensors.push_back({t.name, t.shape, weights.flat().subspan(t.offset, t.size)});
        const std::vector<float> head(40, 1.0F);
        tensors.push_back({"lm_head.weight", {5, 8}, head});
        writeSafetensors(path("w.safetensors"), tensors);
        refused([](Shape&) {}, "not tied");
    }

    void hostileHeaders_data() {
        QTest::addColumn<QString>("header");
        QTest::addColumn<int>("dataBytes");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const char* header, int bytes, const char* part) {
            QTest::newRow(name) << QString(header) << bytes << QString(part);
        };
        const char* good =
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
        row("good", good, 12, "nothing was refused");
        row("cut off", good, 11, "offsets outside");
        row("too much", good, 13, "belong to no tensor");
        row("no JSON", "{\"a\"", 0, "not JSON");
        row("a list", "[]", 0, "not a JSON object");
        row("overlap",
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
            12, "overlap or leave holes");
        row("hole",
            R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
            12, "overlap or leave holes");
        row("twice",
            R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
            4, "'a' is in its header twice");
        row("shape and bytes", R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8,
            "8 bytes where its shape needs 12");
        row("overflow", R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,0]}})", 0,
            "larger than any memory");
        row("overflow to zero", R"({"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}})",
            0, "larger than any memory");
        row("negative", R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4,
            "not a list of lengths");
        row("fraction", R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", 4,
            "not a list of lengths");
        row("backwards", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4, "offsets outside");
        row("dtype", R"({"a":{"dtype":"F13","shape":[1],"data_offsets":[0,4]}})", 4, "unknown dtype");
        row("missing", R"({"a":{"dtype":"F32","shape":[1]}})", 4, "exactly dtype, shape and data_offsets");
        row("metadata", R"({"__metadata__":{"a":1}})", 0, "not text");
        row("deep", R"({"a":[[[[[[[[]]]]]]]]})", 0, "nested too deep");
    }
    void hostileHeaders() {
        QFETCH(QString, header);
        QFETCH(int, dataBytes);
        QFETCH(QString, part);
        const std::string sentence = refusal(header.toStdString(), static_cast<std::size_t>(dataBytes));
        QVERIFY2(QString::fromStdString(sentence).contains(part), sentence.c_str());
    }

    void hostileLengths() {
        for (const std::uint64_t length :
             {std::uint64_t{3}, std::uint64_t{100'000'001}, ~std::uint64_t{0}, ~std::uint64_t{0} - 7}) {
            const auto file = written("{}", 0, length);
            QVERIFY(sentenceOf([&] {
                        readSafetensors(file);
                    }).find("its header would be " + std::to_string(length)) != std::string::npos);
        }
        std::ofstream(path("short"), std::ios::binary) << "seven b";
        QVERIFY(sentenceOf([&] { readSafetensors(path("short")); }).find("too short") != std::string::npos);
        QVERIFY(sentenceOf([&] { readSafetensors(path("absent")); }).find("cannot be read") !=
                std::string::npos);
        QVERIFY(sentenceOf([&] { readSafetensors(m_folder.path().toStdString()); }).find("too short") !=
                std::string::npos);
        const auto file = written("{}", 0, 2);
        QVERIFY(sentenceOf([&] { readSafetensors(file, 9); }).find("at most 9 are read") !=
                std::string::npos);
    }

    /// Every prefix of a good file, and every file with one byte changed, is refused or read; nothing else happens.
    void damagedFiles() {
        writeWeights(
            path("w.safetensors"),
            initialise({.vocabulary = 2, .context = 2, .width = 2, .heads = 1, .layers = 1, .mlpRatio = 0},
                       1));
        std::ifstream in(path("w.safetensors"), std::ios::binary);
        const std::string good(std::istreambuf_iterator<char>(in), {});
        const auto read = [&](const std::string& bytes) {
            std::ofstream(path("damaged"), std::ios::binary) << bytes;
            try {
                readWeights(path("damaged"));
                return true;
            } catch (const latent::RunError&) {
                return false;
            }
        };
        QVERIFY(read(good));
        for (std::size_t n = 0; n < good.size(); n += 7) QVERIFY(!read(good.substr(0, n)));
        for (std::size_t i = 0; i < good.size(); i += 7)
            for (const char change : {'\x01', '\x10', '\x7f'}) {
                std::string bad = good;
                bad[i] = static_cast<char>(bad[i] ^ change);
                read(bad);
            }
    }

    void shapesInTheMetadataAreNotTrusted() {
        for (
            const char* text :
            {"{}", "[]", "no json",
             R"({"vocabulary":1e30,"input_vocabulary":0,"context":8,"width":8,"heads":2,"layers":1,"mlp_ratio":1,"positions":"rotary","rotary_base":10000,"bias":true,"tied_head":true})",
             R"({"vocabulary":5,"input_vocabulary":0,"context":8,"width":8,"heads":2,"layers":1,"mlp_ratio":1,"positions":"both","rotary_base":10000,"bias":true,"tied_head":true})"}) {
            writeSafetensors(path("w.safetensors"), {}, {{"latent.transformer", text}});
            QVERIFY2(sentenceOf([&] { readWeights(path("w.safetensors")); }).find("cannot be") !=
                         std::string::npos,
                     text);
        }
        const char* large =
            R"({"vocabulary":5,"input_vocabulary":0,"context":8,"width":16384,"heads":2,"layers":1,"mlp_ratio":1,"positions":"rotary","rotary_base":10000,"bias":true,"tied_head":true})";
        writeSafetensors(path("w.safetensors"), {}, {{"latent.transformer", large}});
        QVERIFY(sentenceOf([&] { readWeights(path("w.safetensors")); }).find("0 elements where") !=
                std::string::npos);
    }

    void writingSaysWhatFailed() {
        const std::vector<float> two(2);
        QVERIFY_THROWS_EXCEPTION(latent::UsageError, writeSafetensors(path("w"), {{"a", {3}, two}}));
        QVERIFY_THROWS_EXCEPTION(latent::UsageError,
                                 writeSafetensors(path("w"), {{"a", {2}, two}, {"a", {2}, two}}));
        QVERIFY(sentenceOf([&] {
                    writeSafetensors(path("no/such/folder"), {{"a", {2}, two}});
                }).find("cannot be written") != std::string::npos);
    }
};

QTEST_MAIN(TestSafetensors)
#include "test_safetensors.moc"
