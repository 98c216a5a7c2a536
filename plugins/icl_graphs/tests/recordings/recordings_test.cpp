// SPDX-License-Identifier: Apache-2.0
// Recordings in every format are read the same; what is damaged or dangerous is refused with a sentence.
#include <QProcess>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <latent/error.hpp>
#include <latent/learn/arrays/npy_header.hpp>
#include <latent/learn/safetensors.hpp>
#include <nlohmann/json.hpp>

#include "recordings/recording.hpp"

using namespace icl_graphs;
using latent::learn::halfToFloat;
using latent::learn::parseNpyHeader;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kWords{"a", "b", "c"};

QString refusal(const std::function<void()>& read) {
    try {
        read();
        return "not refused";
    } catch (const latent::RunError& e) {
        return QString::fromUtf8(e.what());
    }
}

/// Opens and reads all of it, as an experiment does.
void readWhole(const fs::path& path) {
    Recording r = Recording::open(path, {.words = kWords});
    for (int i = 0; i < r.layers(); ++i) r.hidden(i);
}

bool holdsThePattern(Recording& r) {
    if (r.layers() != 3 || r.dim() != 4 || r.nodeIds() != std::vector<int>{0, 1, 2, 1, -1}) return false;
    for (const int l : {2, 0, 1}) {  // backwards too
        const auto& x = r.hidden(l);
        for (int t = 0; t < 5; ++t)
            for (int d = 0; d < 4; ++d)
                if (x(t, d) !=
                    static_cast<float>(l) + static_cast<float>(t) / 8 + static_cast<float>(d) / 512)
                    return false;
    }
    return true;
}

/// A safetensors file from its header and data.
void writeRaw(const fs::path& path, const std::string& header, const std::string& data,
              std::uint64_t claimed = 0) {
    std::ofstream out(path, std::ios::binary);
    const std::uint64_t length = claimed > 0 ? claimed : header.size();
    out.write(reinterpret_cast<const char*>(&length), 8);
    out << header << data;
}

/// An entry of the header.
nlohmann::json tensor(const char* dtype, const std::vector<int>& shape, int begin, int end) {
    return {{"dtype", dtype}, {"shape", shape}, {"data_offsets", {begin, end}}};
}

std::string halves(bool bfloat) {
    std::string bytes;
    for (int l = 0; l < 3; ++l)
        for (int t = 0; t < 5; ++t)
            for (int d = 0; d < 4; ++d) {
                const float value =
                    bfloat ? static_cast<float>(l) + static_cast<float>(t) / 8
                           : static_cast<float>(l) + static_cast<float>(t) / 8 + static_cast<float>(d) / 512;
                std::uint16_t bits = 0;
                if (bfloat) {
                    bits = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
                } else if (value != 0) {
                    int exponent = 0;
                    const float mantissa = std::frexp(value, &exponent);
                    bits = static_cast<std::uint16_t>(
                        ((exponent + 14) << 10) +
                        static_cast<int>(std::lround(static_cast<double>(mantissa * 2 - 1) * 1024)));
                }
                bytes.append(reinterpret_cast<const char*>(&bits), 2);
            }
    return bytes;
}

}  // namespace

class RecordingsTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path at(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

  private Q_SLOTS:
    void halfPrecisionIsExact() {
        for (std::uint32_t bits = 0; bits < 65536; ++bits) {
            const auto h = static_cast<std::uint16_t>(bits);
            const int sign = bits & 0x8000 ? -1 : 1, exponent = bits >> 10 & 31, mantissa = bits & 1023;
            const double expected =
                exponent == 31 ? (mantissa ? static_cast<double>(NAN) : sign * static_cast<double>(INFINITY))
                               : sign * (exponent ? std::ldexp(1024 + mantissa, exponent - 25)
                                                  : std::ldexp(mantissa, -24));
            if (std::isnan(expected))
                QVERIFY(std::isnan(halfToFloat(h)));
            else
                QCOMPARE(static_cast<double>(halfToFloat(h)), expected);
        }
    }

    void safetensorsInAllPrecisions() {
        const nlohmann::json ids = tensor("I32", {5}, 120, 140);
        std::string data = halves(false);
        const std::int32_t numbers[] = {0, 1, 2, 1, -1};
        const std::string tail(reinterpret_cast<const char*>(numbers), sizeof numbers);
        writeRaw(at("half.safetensors"),
                 nlohmann::json{{"hidden", tensor("F16", {3, 5, 4}, 0, 120)},
                                {"node_ids", ids},
                                {"__metadata__", {{"words", nlohmann::json(kWords).dump()}}}}
                     .dump(),
                 data + tail);
        Recording r = Recording::open(at("half.safetensors"), {});
        QVERIFY(r.words() == kWords);
        QVERIFY(holdsThePattern(r));
        writeRaw(at("bfloat.safetensors"),
                 nlohmann::json{{"hidden", tensor("BF16", {3, 5, 4}, 0, 120)}, {"node_ids", ids}}.dump(),
                 halves(true) + tail);
        Recording b = Recording::open(at("bfloat.safetensors"), {.words = kWords});
        QCOMPARE(b.hidden(2)(4, 3), 2.5F);
        writeRaw(at("wrong.safetensors"),
                 nlohmann::json{{"hidden", tensor("F8_E4M3", {6, 5, 4}, 0, 120)}, {"node_ids", ids}}.dump(),
                 data + tail);
        QVERIFY(refusal([&] { readWhole(at("wrong.safetensors")); }).contains("F8_E4M3"));
    }

    void layersOfTheirOwnAndPooledSums() {
        const std::vector<float> l8(10, 1), l26(10, 2), ids{0, 1, 2, 0, 1};
        latent::learn::writeSafetensors(at("single.safetensors"),
                                        {{"hidden.L8", {5, 2}, l8}, {"hidden.L26", {5, 2}, l26}});
        std::ofstream(at("words.json")) << nlohmann::json{"c", "x", " a", "b", "c", "a", "b"};
        Recording r =
            Recording::open(at("single.safetensors"), {.sequence = at("words.json"), .words = kWords});
        QCOMPARE(r.layers(), 2);
        QCOMPARE(r.layerNumber(1), 26);
        QCOMPARE(r.hidden(1)(4, 1), 2.0F);
        QCOMPARE(r.before(), std::int64_t{1});  // words: "x" is none
        QVERIFY((r.nodeIds() == std::vector<int>{0, 1, 2, 0, 1}));

        // Two prompts of a sequence that is longer than what was recorded: whose words are missing?
        const std::int64_t offsets[] = {0, 2, 5};
        std::string prompts(40, '\0');
        prompts.append(reinterpret_cast<const char*>(offsets), sizeof offsets);
        writeRaw(at("two.safetensors"),
                 nlohmann::json{{"hidden.L8", tensor("F32", {5, 2}, 0, 40)},
                                {"prompt_offsets", tensor("I64", {3}, 40, 64)}}
                     .dump(),
                 prompts);
        QVERIFY(refusal([&] {
                    Recording::open(at("two.safetensors"), {.sequence = at("words.json"), .words = kWords});
                }).contains("several prompts"));

        const std::vector<float> sums{2, 4, 0, 0, 9, 3}, counts{2, 0, 3};
        const std::string header = nlohmann::json{
            {"pooled_sum", tensor("F32", {1, 1, 3, 2}, 0, 24)},
            {"pooled_count", tensor("F32", {1, 3}, 24, 36)},
            {"context", tensor("I64", {1}, 36, 44)},
            {"layer", tensor("I64", {1}, 44,
                             52)}}.dump();
        const std::int64_t context = 50, layer = 26;
        std::string data(reinterpret_cast<const char*>(sums.data()), 24);
        data.append(reinterpret_cast<const char*>(counts.data()), 12)
            .append(reinterpret_cast<const char*>(&context), 8)
            .append(reinterpret_cast<const char*>(&layer), 8);
        writeRaw(at("pooled.safetensors"), header, data);
        Recording pooled = Recording::open(at("pooled.safetensors"), {.words = kWords});
        QVERIFY(pooled.pooled() && pooled.layerNumber(0) == 26 &&
                pooled.contexts() == std::vector<std::int64_t>{50});
        QVERIFY(pooled.pooledSum(0, 0) == sums && pooled.pooledCount(0) == counts);
        QVERIFY(refusal([&] {
                    Recording::open(at("pooled.safetensors"), {.nodes = 16});
                }).contains("3 nodes, the graph has 16"));
        // Counts that count nothing, contexts that do not rise (or are not there), layers twice.
        const auto changed = [&](std::size_t at_, const void* bytes, std::size_t size) {
            std::string other = data;
            other.replace(at_, size, static_cast<const char*>(bytes), size);
            writeRaw(at("changed.safetensors"), header, other);
            return refusal([&] {
                Recording bad = Recording::open(at("changed.safetensors"), {.words = kWords});
                bad.pooledCount(0);
            });
        };
        for (const float count :
             {-1.F, .5F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()})
            QVERIFY(changed(24, &count, 4).contains("number of occurrences"));
        const std::int64_t before = 0, far = std::int64_t{1} << 40;
        QVERIFY(changed(36, &before, 8).contains("rise from 1"));
        QVERIFY(changed(44, &far, 8).contains("no number of a layer"));
        writeRaw(at("empty.safetensors"),
                 nlohmann::json{{"pooled_sum", tensor("F32", {1, 0, 3, 2}, 0, 0)},
                                {"pooled_count", tensor("F32", {0, 3}, 0, 0)},
                                {"context", tensor("I64", {0}, 0, 0)}}
                     .dump(),
                 "");
        QVERIFY(refusal([&] {
                    Recording::open(at("empty.safetensors"), {.words = kWords});
                }).contains("no context"));
        latent::learn::writeSafetensors(at("twice.safetensors"),
                                        {{"hidden.L8", {5, 2}, l8}, {"hidden.L08", {5, 2}, l26}});
        QVERIFY(refusal([&] {
                    Recording::open(at("twice.safetensors"), {.sequence = at("words.json"), .words = kWords});
                }).contains("layer 8 is in it twice"));
        for (const float mass : {-.1F, 1.5F, std::numeric_limits<float>::infinity()}) {
            const std::vector<float> masses{.1F, std::numeric_limits<float>::quiet_NaN(), mass, .1F, .1F};
            latent::learn::writeSafetensors(at("mass.safetensors"),
                                            {{"hidden.L8", {5, 2}, l8}, {"neighbour_mass", {5}, masses}});
            std::ofstream(at("five.json")) << nlohmann::json{"a", "b", "c", "a", "b"};
            QVERIFY(refusal([&] {
                        Recording::open(at("mass.safetensors"),
                                        {.sequence = at("five.json"), .words = kWords});
                    }).contains("mass of neighbours"));
        }
        std::ofstream(at("far.json")) << nlohmann::json{0, 1, 2, 0, std::uint64_t{1} << 63};
        QVERIFY(refusal([&] {
                    Recording::open(at("single.safetensors"), {.sequence = at("far.json"), .words = kWords});
                }).contains("token 4 is of node a million or more"));
        // Some tokens of a layer alone.
        QCOMPARE(r.states(1, 3, 2)(1, 1), 2.0F);
        QVERIFY(refusal([&] { r.states(0, 4, 2); }).contains("does not reach"));
    }

    void damagedSafetensors() {
        const std::string data(48, '\0');
        writeRaw(
            at("overlap.safetensors"),
            nlohmann::json{{"hidden", tensor("F32", {1, 3, 2}, 0, 24)}, {"b", tensor("F32", {6}, 12, 36)}}
                .dump(),
            data.substr(0, 36));
        QVERIFY(refusal([&] { readWhole(at("overlap.safetensors")); }).contains("overlap"));
        writeRaw(at("huge.safetensors"), "{}", data, std::uint64_t{2} << 30);
        QVERIFY(refusal([&] { readWhole(at("huge.safetensors")); }).contains("2147483648 bytes"));
        writeRaw(at("cut.safetensors"), nlohmann::json{{"hidden", tensor("F32", {1, 3, 2}, 0, 24)}}.dump(),
                 data.substr(0, 20));
        QVERIFY(refusal([&] { readWhole(at("cut.safetensors")); }).contains("outside of the file"));
        std::ofstream(at("torch.pt"), std::ios::binary) << "\x80\x02}q";
        QVERIFY(refusal([&] { readWhole(at("torch.pt")); }).contains("pickle"));
        QVERIFY(refusal([&] { readWhole(at("absent.npz")); }).contains("cannot be read"));
    }

    void numpyAndHdf5() {
        const QString python = qEnvironmentVariable("LATENT_TEST_PYTHON");
        if (python.isEmpty()) QSKIP("No Python was given (LATENT_TEST_PYTHON).");
        QProcess script;
        script.start(python,
                     {QString(LATENT_SOURCE_DIR) + "/plugins/icl_graphs/tests/recordings/write_recordings.py",
                      m_folder.path()});
        QVERIFY(script.waitForFinished(60'000));
        if (script.exitCode() == 77) QSKIP("This Python has no numpy and h5py.");
        QVERIFY2(script.exitCode() == 0, script.readAllStandardError().constData());
        for (const char* name : {"plain.npz", "deflated.npz", "fortran.npz", "fortran_deflated.npz",
                                 "zip64.npz", "plain.h5", "deflated.h5"}) {
            Recording r = Recording::open(at(name), {.words = kWords});
            QVERIFY2(holdsThePattern(r), name);
        }
        QVERIFY(Recording::open(at("plain.h5"), {}).words() == kWords);
        for (const auto& [name, words] : {std::pair{"pickle.npz", "pickled"},
                                          {"big_endian.npz", "'>f4'"},
                                          {"nan.npz", "token 2 in layer 1"},
                                          {"range.npz", "node 3; nodes are 0 to 2"},
                                          {"integers.npz", "whole numbers"},
                                          {"short.npz", "only 3"},
                                          {"prompts.npz", "prompt_offsets"},
                                          {"cut.npz", "cut off"},
                                          {"link.h5", "link"},
                                          {"external.h5", "other files"},
                                          {"cut.h5", "cannot be read"}}) {
            const QString sentence = refusal([&, file = name] { readWhole(at(file)); });
            QVERIFY2(sentence.contains(words) && sentence.contains(name),
                     qPrintable(QString(name) + ": " + sentence));
        }
    }

    void npyHeadersAreParsedNotEvaluated() {
        const auto good =
            parseNpyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (200, 4096), }          \n");
        QVERIFY(good && good->info.shape == (std::vector<std::int64_t>{200, 4096}) &&
                good->info.type == Element::F32);
        QVERIFY(parseNpyHeader("{'shape': (), 'descr': '<i8', 'fortran_order': True}")->fortran);
        QVERIFY(parseNpyHeader("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }")
                    ->info.refusal.find("named fields") != std::string::npos);
        for (const char* bad :
             {"", "{", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
              "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2), }",
              "{'descr': '<f4', 'fortran_order': exit(), 'shape': (1,), }",
              "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
              "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x",
              "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"})
            QVERIFY2(!parseNpyHeader(bad), bad);
    }

    /// The public recording of Llama-3.1-8B: stored class means are those of its states.
    void theLlamaRecording() {
        const fs::path data = qEnvironmentVariableIsSet("LATENT_TEST_DATA")
                                  ? fs::path(qEnvironmentVariable("LATENT_TEST_DATA").toStdString())
                                  : fs::path(LATENT_SOURCE_DIR) / "../shared/data";
        const fs::path folder = data / "llama31_8b_grid4x4";
        if (!fs::exists(folder / "pca.npz"))
            QSKIP(
                "The recording of Llama-3.1-8B is not here (LATENT_TEST_DATA names the folder of "
                "llama31_8b_grid4x4).");
        const std::vector<std::string> words{"apple", "bird",  "car",  "egg",  "house", "milk",
                                             "plane", "opera", "box",  "sand", "sun",   "mango",
                                             "rock",  "math",  "code", "phone"};
        Recording r =
            Recording::open(folder / "pca.npz", {.sequence = folder / "sequence.json", .words = words});
        QCOMPARE(r.before(), std::int64_t{1200});
        const auto& hidden = r.hidden(0);
        const std::vector<float> stored = r.storedClassMeans();
        Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(16, 4096);
        Eigen::VectorXd count = Eigen::VectorXd::Zero(16);
        for (int t = 0; t < 200; ++t) {
            sum.row(r.nodeIds()[static_cast<std::size_t>(t)]) += hidden.row(t).cast<double>();
            count(r.nodeIds()[static_cast<std::size_t>(t)]) += 1;
        }
        double far = 0;
        for (int i = 0; i < 16; ++i)
            for (int d = 0; d < 4096; ++d) {
                const double mean = sum(i, d) / count(i),
                             theirs = stored[static_cast<std::size_t>(i * 4096 + d)];
                far = std::max(far, std::abs(mean - theirs) / std::max(1., std::abs(theirs)));
            }
        // Not 1e-6 as such: stored means are single precision and up to 17 in size, where neighbouring numbers are 2⁻¹⁹ = 1.9·10⁻⁶ apart; they
        // differ from ours by one such step at most. Over the size of a value above 1, one step is 1.2·10⁻⁷ and a sum of up to 20 terms a few.
        QVERIFY2(far < 1e-6, qPrintable(QString::number(far)));
    }
};

QTEST_APPLESS_MAIN(RecordingsTest)
#include "recordings_test.moc"
