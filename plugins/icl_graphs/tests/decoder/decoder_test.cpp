// SPDX-License-Identifier: Apache-2.0
// The forward pass equals that of `transformers` in float32, for every family and variant; and does what it says with chunks, threads,
// instruction sets and edits. Three checkpoints lie in fixtures/; the others are written by make_checkpoints.py where transformers is there.
#include <QProcess>
#include <QtTest>
#include <cmath>
#include <latent/error.hpp>

#include "decoder/load.hpp"
#include "everything.hpp"
#include "recordings/array_file.hpp"

using namespace icl_graphs;
namespace fs = std::filesystem;

namespace {

const fs::path kHere = fs::path(LATENT_SOURCE_DIR) / "plugins/icl_graphs/tests/decoder",
               kFixtures = kHere / "fixtures";

double furthest(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size()) return 1e30;
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, std::isfinite(a[i]) ? std::abs(static_cast<double>(a[i]) - b[i]) : 1e30);
    return most;
}

QString compared(const fs::path& folder) {
    const LoadedModel loaded = loadDecoder(folder);
    const Decoder model(loaded.weights);
    const auto expected = openArrayFile(folder / "expected.safetensors");
    std::vector<int> tokens;
    for (const std::int64_t t : expected->integers("tokens")) tokens.push_back(static_cast<int>(t));
    // Chunks that are no multiple of a panel cross every seam of the cache.
    const Everything e = all(model, tokens, {.threads = 2, .chunk = 37});
    for (const auto& [what, ours, scale] :
         {std::tuple{"logits", &e.logits, 1.}, {"hidden", &e.hidden, 1.}, {"attention", &e.attention, 1.}}) {
        const double far = furthest(*ours, expected->floats(what));
        if (!(far < 1e-4 * scale))
            return QString("%1: %2 differ by %3")
                .arg(QString::fromStdString(folder.filename().string()), what)
                .arg(far);
    }
    return {};
}

}  // namespace

class DecoderTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void fixturesAreReproduced_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"llama", "gpt2", "neox"}) QTest::newRow(name) << name;
    }
    void fixturesAreReproduced() {
        QFETCH(QString, name);
        QCOMPARE(compared(kFixtures / name.toStdString()), QString());
    }

    void everyVariantEqualsTransformers() {
        const QString python = qEnvironmentVariable("LATENT_TEST_PYTHON");
        if (python.isEmpty()) QSKIP("No Python was given (LATENT_TEST_PYTHON).");
        QTemporaryDir folder;
        QProcess script;
        script.start(python,
                     {QString::fromStdString((kHere / "make_checkpoints.py").string()), folder.path()});
        QVERIFY(script.waitForFinished(110'000));
        if (script.exitCode() == 77)
            QSKIP(
                "This Python has no transformers; `pip install transformers` in it compares every variant.");
        QVERIFY2(script.exitCode() == 0, script.readAllStandardError().constData());
        int count = 0;
        for (const auto& entry : fs::directory_iterator(folder.path().toStdString())) {
            QCOMPARE(compared(entry.path()), QString());
            ++count;
        }
        QCOMPARE(count, 15);
    }

    void chunksThreadsAndInstructionsDoNotMatter() {
        const auto weights = loadDecoder(kFixtures / "llama").weights;
        std::vector<int> tokens;
        for (int i = 0; i < 70; ++i) tokens.push_back(i * 7 % 40);
        const Everything whole =
            all(Decoder(weights), tokens, {.threads = 1, .chunk = 512, .selected = {5, 31}});
        const Everything parts =
            all(Decoder(weights), tokens, {.threads = 3, .chunk = 16, .selected = {5, 31}});
        QVERIFY(whole.logits == parts.logits && whole.hidden == parts.hidden);
        for (std::size_t t = 0; t < tokens.size(); ++t) {
            QCOMPARE(whole.selected[2 * t], whole.logits[40 * t + 5]);
            QCOMPARE(whole.selected[2 * t + 1], whole.logits[40 * t + 31]);
            double sum = 0;
            for (std::size_t v = 0; v < 40; ++v)
                sum += std::exp(static_cast<double>(whole.logits[40 * t + v]));
            QVERIFY(std::abs(std::log(sum) - whole.logSumExp[t]) < 1e-5);
        }
        for (const auto instructions :
             {latent::learn::Instructions::Portable, latent::learn::Instructions::Avx2})
            if (latent::learn::hasInstructions(instructions))
                QVERIFY(furthest(all(Decoder(weights, instructions), tokens, {.selected = {5, 31}}).hidden,
                                 whole.hidden) < 1e-4);
        // Where `whole` has gone through tiles (decoder/tiles.hpp), also without them.
        const Decoder untiled(weights, latent::learn::bestInstructions(), false);
        const Everything plain = all(untiled, tokens, {.threads = 1, .chunk = 512, .selected = {5, 31}});
        QVERIFY(furthest(plain.hidden, whole.hidden) < 1e-4);
        QVERIFY(plain.logits == all(untiled, tokens, {.threads = 3, .chunk = 16}).logits);
        if (tileKernels()) QVERIFY(plain.logits != whole.logits);
    }

    void editsReachLaterLayersOnly() {
        const Decoder model(loadDecoder(kFixtures / "llama").weights);
        const std::vector<int> tokens{1, 2, 3, 4, 5, 6, 7, 8};
        const Everything plain = all(model, tokens, {});
        DecoderRun edit;
        edit.residual = [](const Block& b) {
            for (int r = 0; r < b.rows; ++r)
                if (b.layer == 1 && b.first + r == 4) b.row(r)[3] += 1;
        };
        const Everything edited = all(model, tokens, edit);
        const std::size_t w = 32, t = 8;
        for (std::size_t i = 0; i < 2 * t * w; ++i)
            QCOMPARE(edited.hidden[i], plain.hidden[i] + (i == (t + 4) * w + 3 ? 1.0F : 0.0F));
        for (std::size_t i = 0; i < 40 * t; ++i) QCOMPARE(edited.logits[i] != plain.logits[i], i >= 40 * 4);
        // Heads of the last layer set to zero: what is left of attention is nothing, for its output map has no bias.
        DecoderRun ablated;
        ablated.heads = [](const Block& b) {
            for (int r = 0; r < b.rows && b.layer == 1; ++r)
                for (float& v : b.row(r)) v = 0;
        };
        QVERIFY(furthest(all(model, tokens, ablated).logits, plain.logits) > 1e-3);
        DecoderRun stopped;
        int asked = 0;
        stopped.keepGoing = [&] { return ++asked < 2; };
        QVERIFY(!model.forward(tokens, stopped));
        DecoderRun early;
        int last = -1;
        early.lastLayer = 1;
        early.residual = [&](const Block& b) { last = b.layer; };
        QVERIFY(model.forward(tokens, early) && last == 1);
    }

    void chosenLayersOnlyAreHanded() {
        const Decoder model(loadDecoder(kFixtures / "llama").weights);
        std::vector<int> residual, heads;
        DecoderRun run;
        run.residual = [&](const Block& b) { residual.push_back(b.layer); };
        run.heads = [&](const Block& b) { heads.push_back(b.layer); };
        const std::vector<int> tokens{1, 2, 3};
        model.forward(tokens, run);
        QCOMPARE(residual, (std::vector<int>{0, 1, 2}));
        QCOMPARE(heads, (std::vector<int>{0, 1}));
        residual.clear(), heads.clear();
        run.residualLayers = {2, 0};
        run.headBlocks = {1};
        model.forward(tokens, run);
        QCOMPARE(residual, (std::vector<int>{0, 2}));
        QCOMPARE(heads, std::vector<int>{1});
    }

    void memoryIsKnownBeforehand() {
        const ModelSummary summary = summarise(kFixtures / "gpt2");
        QCOMPARE(summary.config.layers, 2);
        QCOMPARE(summary.weightBytes, loadDecoder(kFixtures / "gpt2").weights->bytes());
        QVERIFY(Decoder::memoryFor(summary.config, summary.weightBytes, 90, {}) > summary.weightBytes);
        QVERIFY_EXCEPTION_THROWN(requireMemory(std::uint64_t{1} << 60, "A test"), latent::RunError);
    }

    void wordsAreTokensOrSaid() {
        const Vocabulary words = loadDecoder(kFixtures / "llama").vocabulary;
        QCOMPARE(words.wordToken("word7"), 7);
        try {
            words.wordToken("antidisestablishment");
            QFAIL("not refused");
        } catch (const latent::RunError& e) {
            QVERIFY(QString::fromUtf8(e.what()).contains("'antidisestablishment' is not one token"));
        }
        const Decoder gpt2(loadDecoder(kFixtures / "gpt2").weights);
        QVERIFY_EXCEPTION_THROWN(gpt2.forward(std::vector<int>(97, 1), {}),
                                 std::invalid_argument);  // learned positions end
        QVERIFY_EXCEPTION_THROWN(gpt2.forward(std::vector<int>{40}, {}), std::invalid_argument);
    }
};

QTEST_APPLESS_MAIN(DecoderTest)
#include "decoder_test.moc"
