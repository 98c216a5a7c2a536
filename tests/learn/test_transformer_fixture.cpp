// SPDX-License-Identifier: Apache-2.0
// The kernels against PyTorch: logits, losses, every gradient and three AdamW steps, in four variants and on each instruction set.
// transformer_fixture.safetensors is made by make_transformer_fixture.py.
#include <QTest>
#include <cmath>
#include <cstring>
#include <latent/learn/safetensors.hpp>
#include <latent/learn/transformer/forward.hpp>
#include <latent/learn/transformer/trainer.hpp>
#include <latent/learn/transformer/weights_file.hpp>
#include <nlohmann/json.hpp>

using namespace latent::learn;
using namespace latent::learn::transformer;

namespace {

const SafeTensors& fixture() {
    static const SafeTensors file =
        readSafetensors(LATENT_SOURCE_DIR "/tests/learn/transformer_fixture.safetensors");
    return file;
}

struct Variant {
    std::string name;
    Shape shape;
    int batch, length;

    std::vector<float> floats(const std::string& key) const { return fixture().floats(name + "/" + key); }
    std::vector<std::int32_t> integers(const std::string& key) const {
        const SafeTensor& tensor = fixture().tensors.at(name + "/" + key);
        std::vector<std::int32_t> values(tensor.size / sizeof(std::int32_t));
        std::memcpy(values.data(), fixture().bytes.data() + tensor.offset, tensor.size);
        return values;
    }
    Weights weights() const {
        Weights w(shape);
        for (const Tensor& tensor : w.tensors()) {
            const std::vector<float> values = floats(tensor.name);
            std::copy(values.begin(), values.end(), w.view(tensor.name).begin());
        }
        return w;
    }
};

Variant variant(const std::string& name) {
    const auto c = nlohmann::json::parse(fixture().metadata.at("variants")).at(name);
    const int vocabulary = c["vocabulary"], inputs = c["inputs"];
    return {name,
            {.vocabulary = vocabulary,
             .inputVocabulary = inputs == vocabulary ? 0 : inputs,
             .context = c["context"],
             .width = c["width"],
             .heads = c["heads"],
             .layers = c["layers"],
             .mlpRatio = c["mlp_ratio"],
             .positions = c["positions"] == "rotary" ? Positions::Rotary : Positions::Learned,
             .bias = c["bias"],
             .tiedHead = c["tied"]},
            c["batch"],
            c["length"]};
}

double largestDifference(std::span<const float> a, std::span<const float> b) {
    double most = a.size() == b.size() ? 0 : INFINITY;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double difference = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        most = difference <= most ? most : difference;  // a NaN stays
    }
    return most;
}

}  // namespace

class TestTransformerFixture : public QObject {
    Q_OBJECT
    void eachVariant() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("instructions");
        for (const char* name : {"rotary", "learned", "no_mlp", "narrow"})
            for (const Instructions set : {Instructions::Portable, Instructions::Avx2, Instructions::Avx512})
                if (hasInstructions(set))
                    QTest::addRow("%s %s", name, nameOf(set)) << QString(name) << static_cast<int>(set);
    }

  private Q_SLOTS:
    /// A state_dict of nanoGPT's modules has the names, shapes and number of tensors that ours has.
    void namesAreThoseOfTheStateDict() {
        for (const char* name : {"rotary", "learned", "no_mlp", "narrow"}) {
            const Variant v = variant(name);
            std::size_t theirs = 0;
            for (const auto& [key, tensor] : fixture().tensors)
                theirs += key.starts_with(std::string(name) + "/transformer.") ||
                                  key.starts_with(std::string(name) + "/lm_head.")
                              ? 1
                              : 0;
            QCOMPARE(tensorsOf(v.shape).size(), theirs);
            for (const Tensor& tensor : tensorsOf(v.shape)) {
                QVERIFY2(fixture().tensors.contains(v.name + "/" + tensor.name), tensor.name.c_str());
                QVERIFY(fixture().tensors.at(v.name + "/" + tensor.name).shape == tensor.shape);
            }
        }
    }

    void forward_data() { eachVariant(); }
    void forward() {
        QFETCH(QString, name);
        QFETCH(int, instructions);
        const Variant v = variant(name.toStdString());
        const Model model(v.weights(), static_cast<Instructions>(instructions));
        const auto inputs = v.integers("in.inputs"), targets = v.integers("in.targets");
        QVERIFY(largestDifference(model.forward(inputs, v.batch).logits, v.floats("out.logits")) < 1e-5);
        QVERIFY(largestDifference(model.losses(inputs, targets, v.batch), v.floats("out.losses")) < 1e-5);
    }

    void gradients_data() { eachVariant(); }
    void gradients() {
        QFETCH(QString, name);
        QFETCH(int, instructions);
        const Variant v = variant(name.toStdString());
        for (const int threads : {1, 2}) {
            Trainer trainer(v.weights(), {}, threads, static_cast<Instructions>(instructions));
            trainer.gradient(v.integers("in.inputs"), v.integers("in.targets"), v.batch);
            for (const Tensor& tensor : trainer.weights().tensors()) {
                const double difference = largestDifference(
                    trainer.gradient().subspan(tensor.offset, tensor.size), v.floats("grad." + tensor.name));
                QVERIFY2(difference < 1e-5,
                         (tensor.name + " differs by " + std::to_string(difference)).c_str());
            }
        }
    }

    void threeSteps_data() { eachVariant(); }
    void threeSteps() {
        QFETCH(QString, name);
        QFETCH(int, instructions);
        const Variant v = variant(name.toStdString());
        const auto rule = nlohmann::json::parse(fixture().metadata.at("optimiser"));
        const AdamW adamw{.learningRate = rule["lr"],
                          .beta1 = rule["betas"][0],
                          .beta2 = rule["betas"][1],
                          .epsilon = rule["eps"],
                          .weightDecay = rule["weight_decay"],
                          .clip = std::stod(fixture().metadata.at("clip"))};
        Trainer trainer(v.weights(), adamw, 1, static_cast<Instructions>(instructions));
        for (int i = 0; i < 3; ++i) trainer.step(v.integers("in.inputs"), v.integers("in.targets"), v.batch);
        QVERIFY(trainer.gradientNorm() > adamw.clip);  // else this would not test clipping
        for (const Tensor& tensor : trainer.weights().tensors()) {
            const double difference =
                largestDifference(trainer.weights().view(tensor.name), v.floats("after." + tensor.name));
            QVERIFY2(difference < 1e-5, (tensor.name + " differs by " + std::to_string(difference)).c_str());
        }
    }
};

QTEST_MAIN(TestTransformerFixture)
#include "test_transformer_fixture.moc"
