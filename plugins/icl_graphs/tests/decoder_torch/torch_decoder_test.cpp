// SPDX-License-Identifier: Apache-2.0
// The decoder of devices gives what the kernels of the CPU give, in float32 for every family and variant, storage and edit; and in bfloat16 errs no
// more than its roundings can. LATENT_TEST_DEVICE names the device; where it is not there, the test is skipped (77).
#include <QProcess>
#include <QtTest>
#include <bit>
#include <cmath>
#include <latent/error.hpp>

#include "../decoder/everything.hpp"
#include "../decoder/random_weights.hpp"
#include "../decoder/smollm2.hpp"
#include "decoder/decoder.hpp"
#include "decoder/load.hpp"
#include "decoder_torch/torch_decoders.hpp"
#include "recordings/array_file.hpp"
#include "rounding_noise.hpp"

using namespace icl_graphs;
namespace fs = std::filesystem;

namespace {

const fs::path kDecoderTests = fs::path(LATENT_SOURCE_DIR) / "plugins/icl_graphs/tests/decoder";
constexpr double kFloat32 = 1e-4;  // of the rms: what two float32 programs may differ by

std::string device() {
    const char* named = std::getenv("LATENT_TEST_DEVICE");
    return named && *named ? named : "cpu";
}

std::unique_ptr<LanguageModel> onDevice(const DecoderWeights& weights,
                                        Precision precision = Precision::Float32) {
    return TorchDecoders().load(weights, device(), precision);
}

/// By chains of floats, as LibTorch has it: how far tiles and chains are apart is in decoder/products_test.cpp and decoder/decoder_test.cpp.
Decoder kernels(const DecoderWeights& weights) {
    return Decoder(std::make_shared<const DecoderWeights>(weights), latent::learn::bestInstructions(), false);
}

std::vector<int> someTokens(int count) {
    std::vector<int> tokens;
    for (int i = 0; i < count; ++i) tokens.push_back((i * 7 + i * i / 5) % 40);
    return tokens;
}

/// Largest difference in the rms of b, block by block of `size` numbers.
double furthest(const std::vector<float>& a, const std::vector<float>& b, std::size_t size) {
    if (a.size() != b.size()) return 1e30;
    double most = 0;
    for (std::size_t from = 0; from < a.size(); from += size) {
        double squares = 0, far = 0;
        for (std::size_t i = from; i < from + size; ++i) {
            squares += static_cast<double>(b[i]) * b[i];
            far = std::max(far, std::isfinite(a[i]) ? std::abs(static_cast<double>(a[i]) - b[i]) : 1e30);
        }
        most = std::max(most, far / std::sqrt(squares / static_cast<double>(size)));
    }
    return most;
}

/// Empty, or what differs by more than float32 explains.
QString compared(const Everything& ours, const Everything& theirs, const DecoderConfig& c) {
    const std::size_t tokens = theirs.logSumExp.size(), layer = tokens * static_cast<std::size_t>(c.width);
    for (const auto& [what, a, b, size] :
         {std::tuple{"hidden states", &ours.hidden, &theirs.hidden, layer},
          {"logits", &ours.logits, &theirs.logits, theirs.logits.size()},
          {"selected logits", &ours.selected, &theirs.selected, theirs.selected.size()},
          {"log-sum-exp", &ours.logSumExp, &theirs.logSumExp, tokens},
          {"attention", &ours.attention, &theirs.attention, theirs.attention.size()}}) {
        const double far = furthest(*a, *b, size);
        if (!(far < kFloat32)) return QString("%1 differ by %2 of their rms").arg(what).arg(far);
    }
    return {};
}

/// Nothing but numbers of the reference is taken: not so when both are empty or all zero.
bool says(const Everything& e) {
    const auto some = [](const std::vector<float>& v) {
        return std::any_of(v.begin(), v.end(), [](float x) { return x != 0; });
    };
    return some(e.hidden) && some(e.logits) && some(e.logSumExp);
}

}  // namespace

class TorchDecoderTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyVariantEqualsTheKernels_data() {
        QTest::addColumn<int>("variant");
        const auto all = tinyVariants();
        for (std::size_t i = 0; i < all.size(); ++i)
            QTest::newRow(all[i].first.c_str()) << static_cast<int>(i);
    }
    /// Whole and in chunks that are no multiple of anything, with attention handed out and without.
    void everyVariantEqualsTheKernels() {
        QFETCH(int, variant);
        const DecoderConfig c = tinyVariants()[static_cast<std::size_t>(variant)].second;
        const DecoderWeights weights = RandomWeights(3).of(c);
        const std::vector<int> tokens = someTokens(90);
        const auto model = onDevice(weights);
        const Decoder reference = kernels(weights);
        for (const bool attention : {true, false}) {
            const DecoderRun run{.threads = 2, .selected = {5, 31}};
            const Everything expected = all(reference, tokens, run, attention);
            QVERIFY(says(expected));
            QCOMPARE(compared(all(*model, tokens, run, attention), expected, c), QString());
            DecoderRun parts = run;
            parts.chunk = 37;
            QCOMPARE(compared(all(*model, tokens, parts, attention), expected, c), QString());
        }
    }

    void everyStorageEqualsTheKernels() {
        for (const Storage storage :
             {Storage::F32, Storage::F16, Storage::BF16, Storage::Q8_0, Storage::Q4_0, Storage::Q4_1})
            for (const Family family : {Family::Llama, Family::Gpt2}) {
                const DecoderConfig c = tinyConfig(family);
                const DecoderWeights weights = RandomWeights(4).of(c, storage);
                const Everything expected = all(kernels(weights), someTokens(40), {});
                QVERIFY(says(expected));
                const QString wrong = compared(all(*onDevice(weights), someTokens(40), {}), expected, c);
                QVERIFY2(wrong.isEmpty(), qPrintable(QString(nameOf(storage)) + ": " + wrong));
            }
    }

    /// The checkpoints that lie here, and those of every variant where transformers is there to write them.
    void checkpointsEqualTransformers() {
        std::vector<fs::path> folders;
        for (const char* name : {"llama", "gpt2", "neox"})
            folders.push_back(kDecoderTests / "fixtures" / name);
        QTemporaryDir made;
        QProcess script;
        if (const QString python = qEnvironmentVariable("LATENT_TEST_PYTHON"); !python.isEmpty()) {
            script.start(python, {QString::fromStdString((kDecoderTests / "make_checkpoints.py").string()),
                                  made.path()});
            QVERIFY(script.waitForFinished(200'000));
            QVERIFY2(script.exitCode() == 0 || script.exitCode() == 77,
                     script.readAllStandardError().constData());
            if (script.exitCode() == 0)
                for (const auto& entry : fs::directory_iterator(made.path().toStdString()))
                    folders.push_back(entry.path());
        }
        for (const fs::path& folder : folders) {
            const auto expected = openArrayFile(folder / "expected.safetensors");
            std::vector<int> tokens;
            for (const std::int64_t t : expected->integers("tokens")) tokens.push_back(static_cast<int>(t));
            const auto weights = loadDecoder(folder).weights;
            const Everything e = all(*onDevice(*weights), tokens, {.threads = 2, .chunk = 37});
            const DecoderConfig& c = weights->config;
            for (const auto& [what, ours] : {std::pair{"hidden", &e.hidden}, {"logits", &e.logits}}) {
                const std::vector<float> theirs = expected->floats(what);
                const double far =
                    furthest(*ours, theirs,
                             std::string(what) == "hidden" ? tokens.size() * static_cast<std::size_t>(c.width)
                                                           : theirs.size());
                QVERIFY2(
                    far < kFloat32,
                    qPrintable(QString("%1: %2 differ by %3").arg(folder.filename().c_str(), what).arg(far)));
            }
        }
        qInfo("%zu checkpoints of transformers", folders.size());
        if (folders.size() > 3) QCOMPARE(folders.size(), std::size_t{18});
    }

    /// A real one, whose weights are stored in blocks of four bits, if it was fetched. One of its dimensions is ten thousand times the others, where
    /// float32 is coarse by itself: states are compared by the rms of their difference.
    void smolLm2EqualsTheKernels() {
        if (!fs::exists(smolLm2())) QSKIP("SmolLM2 is not here; `latent samples get smollm2` fetches it.");
        const auto weights = loadDecoder(smolLm2()).weights;
        const Everything expected = all(kernels(*weights), someTokens(48), {.threads = 2}, false),
                         ours = all(*onDevice(*weights), someTokens(48), {.chunk = 20}, false);
        for (const double error : relativeErrors(ours, expected, weights->config)) QVERIFY(error < kFloat32);
        QVERIFY(furthest(ours.logits, expected.logits, expected.logits.size()) < kFloat32);
    }

    /// Heads set to zero and to a mean, a state moved, the last states changed: as the kernels do it, chunked and not.
    void editsEqualTheKernels() {
        for (const Family family : {Family::Llama, Family::Gpt2, Family::Neox}) {
            const DecoderConfig c = tinyConfig(family);
            const DecoderWeights weights = RandomWeights(5).of(c);
            const auto model = onDevice(weights);
            const Decoder reference = kernels(weights);
            const std::vector<int> tokens = someTokens(50);
            const Everything plain = all(reference, tokens, {});
            const auto ablated = [&](float instead) {
                DecoderRun run{.chunk = 19};
                run.headBlocks = {1};
                run.heads = [&c, instead](const Block& b) {
                    for (int r = 0; r < b.rows; ++r)
                        std::fill_n(b.row(r).begin() + 2 * c.headWidth, c.headWidth, instead);
                };
                return run;
            };
            DecoderRun moved{.chunk = 19};
            moved.residual = [](const Block& b) {
                for (int r = 0; r < b.rows; ++r)
                    if (b.layer == 1 && b.first + r >= 30) b.row(r)[3] += 2;
            };
            DecoderRun last{.chunk = 19};
            last.final = [](const Block& b) {
                for (int r = 0; r < b.rows; ++r) b.row(r)[b.first + r < 25 ? 1 : 2] = 4;
            };
            for (const DecoderRun& run : {ablated(0), ablated(.7F), moved, last}) {
                const Everything expected = all(reference, tokens, run);
                QVERIFY(furthest(expected.logits, plain.logits, plain.logits.size()) > .01);
                QCOMPARE(compared(all(*model, tokens, run), expected, c), QString());
                DecoderRun whole = run;
                whole.chunk = 512;
                QCOMPARE(compared(all(*model, tokens, whole), expected, c), QString());
            }
        }
    }

    void passesEndWhereTheyAreToldTo() {
        const auto model = onDevice(RandomWeights(6).of(tinyConfig(Family::Llama)));
        std::vector<int> residual, heads;
        DecoderRun run;
        run.residual = [&](const Block& b) { residual.push_back(b.layer); };
        run.heads = [&](const Block& b) { heads.push_back(b.layer); };
        run.residualLayers = {0, 2};
        run.headBlocks = {1};
        QVERIFY(model->forward(someTokens(5), run));
        QCOMPARE(residual, (std::vector<int>{0, 2}));
        QCOMPARE(heads, std::vector<int>{1});
        residual.clear();
        bool predicted = false;
        run.lastLayer = 1;
        run.residualLayers = {};
        run.predictions = [&](const Predictions&) { predicted = true; };
        QVERIFY(model->forward(someTokens(5), run));
        QCOMPARE(residual, (std::vector<int>{0, 1}));
        QVERIFY(!predicted);
        int asked = 0;
        DecoderRun stopped;
        stopped.keepGoing = [&] { return ++asked < 2; };
        QVERIFY(!model->forward(someTokens(5), stopped));
        QCOMPARE(asked, 2);
        QVERIFY_EXCEPTION_THROWN(model->forward(std::vector<int>{40}, {}), std::invalid_argument);
        const auto gpt2 = onDevice(RandomWeights(6).of(tinyConfig(Family::Gpt2)));
        QVERIFY_EXCEPTION_THROWN(gpt2->forward(std::vector<int>(97, 1), {}), std::invalid_argument);
    }

    void bfloat16ErrsNoMoreThanItsRoundings_data() { everyVariantEqualsTheKernels_data(); }
    /// The bound is what float32 makes of random errors of that size at each rounding (rounding_noise.hpp), layer by layer.
    void bfloat16ErrsNoMoreThanItsRoundings() {
        QFETCH(int, variant);
        const DecoderConfig c = tinyVariants()[static_cast<std::size_t>(variant)].second;
        const DecoderWeights weights = RandomWeights(7).of(c);
        const std::vector<int> tokens = someTokens(90);
        const Everything exact = all(kernels(weights), tokens, {}, false),
                         rounded = all(*onDevice(weights, Precision::BFloat16), tokens, {.chunk = 37}, false);
        const std::vector<double> bound = roundingBound(weights, tokens),
                                  error = relativeErrors(rounded, exact, c);
        QCOMPARE(error.size(), static_cast<std::size_t>(c.layers) + 2);
        for (std::size_t i = 0; i < error.size(); ++i) {
            QVERIFY2(error[i] <= bound[i],
                     qPrintable(QString("layer %1 errs by %2, bound %3").arg(i).arg(error[i]).arg(bound[i])));
            QVERIFY(error[i] > 1e-4);  // bfloat16 is what computes
        }
        // Logits are float32: numbers of bfloat16 end in sixteen zeros.
        const auto fine = std::count_if(rounded.logits.begin(), rounded.logits.end(), [](float x) {
            return (std::bit_cast<std::uint32_t>(x) & 0xFFFFU) != 0;
        });
        QVERIFY(static_cast<std::size_t>(fine) > rounded.logits.size() / 2);
        qInfo("error of bound: layers %.2f %.2f %.2f, logits %.2f; logits err by %.4f of their rms",
              error[0] / bound[0], error[1] / bound[1], error[2] / bound[2], error[3] / bound[3], error[3]);
    }

    /// What a block adds to a number of 4,096 would be lost in bfloat16, whose numbers are 32 apart there.
    void theStreamStaysFloat32() {
        const DecoderConfig c = tinyConfig(Family::Llama);
        const DecoderWeights weights = RandomWeights(7).of(c);
        const auto numbers = [&](const LanguageModel& model) {
            std::vector<double> all;
            DecoderRun run;
            run.residual = [&](const Block& b) {
                for (int r = 0; r < b.rows; ++r)
                    if (b.layer == 1)
                        b.row(r)[3] += 4096;
                    else if (b.layer == 2)
                        all.push_back(b.row(r)[3]);
            };
            model.forward(someTokens(60), run);
            return all;
        };
        const std::vector<double> exact = numbers(kernels(weights)),
                                  ours = numbers(*onDevice(weights, Precision::BFloat16));
        double squares = 0;
        for (std::size_t i = 0; i < exact.size(); ++i) squares += (ours[i] - exact[i]) * (ours[i] - exact[i]);
        QCOMPARE(ours.size(), std::size_t{60});
        QVERIFY(exact[0] > 4000 && squares > 0);
        QVERIFY2(squares / 60 < 1, qPrintable(QString::number(squares / 60)));
    }

    /// In chunks, with attention handed out, and with heads that are changed on the host.
    void bfloat16IsReadAndChanged() {
        const DecoderConfig c = tinyConfig(Family::Llama);
        const DecoderWeights weights = RandomWeights(8).of(c);
        const auto model = onDevice(weights, Precision::BFloat16);
        const std::vector<int> tokens = someTokens(60);
        DecoderRun changed;
        changed.heads = [](const Block& b) {
            for (int r = 0; r < b.rows && b.layer == 1; ++r)
                std::fill(b.row(r).begin(), b.row(r).end(), .75F);
        };
        const Everything plain = all(kernels(weights), tokens, {});
        for (DecoderRun run : {DecoderRun{}, changed}) {
            const Everything exact = all(kernels(weights), tokens, run);
            QCOMPARE(relativeErrors(exact, plain, c).back() > .1, static_cast<bool>(run.heads));
            const std::vector<double> bound = roundingBound(weights, tokens, run);
            for (const int chunk : {7, 512}) {
                run.chunk = chunk;
                const std::vector<double> error = relativeErrors(all(*model, tokens, run), exact, c);
                for (std::size_t i = 0; i < error.size(); ++i) QVERIFY(error[i] <= bound[i]);
            }
        }
    }

    /// What is asked for before loading counts the precision and is no less than the weights themselves.
    void memoryIsKnownBeforehand() {
        const DecoderConfig c = tinyConfig(Family::Llama);
        const auto needed = [&](Precision p, int tokens, bool attention = false) {
            DecoderRun run;
            if (attention) run.attention = [](const AttentionBlock&) {};
            return deviceMemoryFor(c, p, tokens, run);
        };
        const auto weights = static_cast<std::uint64_t>(c.parameterCount());
        QVERIFY(needed(Precision::Float32, 90) > 4 * weights);
        QVERIFY(needed(Precision::BFloat16, 90) > 2 * weights);
        QCOMPARE(needed(Precision::Float32, 4000) - needed(Precision::BFloat16, 4000) > 2 * weights, true);
        QVERIFY(needed(Precision::BFloat16, 4000, true) > needed(Precision::BFloat16, 4000));
        try {
            TorchDecoders().load(RandomWeights(1).of(c), "cuda:99", Precision::Float32);
            QFAIL("There is no GPU 99");
        } catch (const latent::RunError& e) {
            QVERIFY2(QString::fromUtf8(e.what()).contains("'cuda:99' was asked for"), e.what());
        }
    }
};

int main(int argc, char** argv) {
    try {
        TorchDecoders().freeMemory(device());
    } catch (const latent::RunError& e) {
        qInfo("%s", e.what());
        return 77;
    }
    TorchDecoderTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "torch_decoder_test.moc"
