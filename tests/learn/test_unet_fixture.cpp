// SPDX-License-Identifier: Apache-2.0
// The U-Net's kernels against PyTorch: predictions, loss, every gradient (also of images and times) and three
// AdamW steps, in four variants and on each instruction set. unet_fixture.safetensors is made by
// make_unet_fixture.py.
#include <QTest>
#include <cmath>
#include <latent/learn/safetensors.hpp>
#include <latent/learn/unet/model.hpp>
#include <latent/learn/unet/trainer.hpp>
#include <nlohmann/json.hpp>

using namespace latent::learn;
using namespace latent::learn::unet;

namespace {

constexpr double kTolerance = 1e-5;

const SafeTensors& fixture() {
    static const SafeTensors file =
        readSafetensors(LATENT_SOURCE_DIR "/tests/learn/unet_fixture.safetensors");
    return file;
}

struct Variant {
    std::string name;
    Shape shape;
    int batch;
    std::vector<float> z = floats("in.z"), times = floats("in.times"), conditions = floats("in.conditions"),
                       targets = floats("in.targets"), weight = floats("in.weights");

    std::vector<float> floats(const std::string& key) const { return fixture().floats(name + "/" + key); }
    Weights weights() const {
        Weights w(shape);
        for (const Tensor& tensor : w.tensors()) {
            const std::vector<float> values = floats(tensor.name);
            std::copy(values.begin(), values.end(), w.view(tensor.name).begin());
        }
        return w;
    }
    Batch data() const { return {z, times, conditions, targets, weight}; }
};

Variant variant(const std::string& name) {
    const auto c = nlohmann::json::parse(fixture().metadata.at("variants")).at(name);
    const Shape shape{.height = c["height"],
                      .width = c["width"],
                      .channels = c["channels"],
                      .widths = c["widths"].get<std::vector<int>>(),
                      .blocks = c["blocks"],
                      .attention = c["attention"],
                      .heads = c["heads"],
                      .groups = c["groups"],
                      .conditions = c["conditions"],
                      .sinusoids = c["sinusoids"],
                      .timeWidth = c["time_width"],
                      .embeddingWidth = c["embedding_width"],
                      .conditioning = c["conditioning"] == "sep_mlp" ? Conditioning::SeparateMlps
                                                                     : Conditioning::CommonLinear,
                      .padding = c["padding"] == "zero" ? Padding::Zero : Padding::Circular};
    return {.name = name, .shape = shape, .batch = c["batch"]};
}

/// Relative to the larger of 1 and the largest value: gradients of times carry a factor of a thousand.
double largestDifference(std::span<const float> a, std::span<const float> b) {
    double most = a.size() == b.size() ? 0 : INFINITY, scale = 1;
    for (const float x : b) scale = std::max(scale, std::abs(static_cast<double>(x)));
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double difference = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])) / scale;
        most = difference <= most ? most : difference;  // a NaN stays
    }
    return most;
}

void compare(const std::string& what, std::span<const float> ours, std::span<const float> theirs) {
    const double difference = largestDifference(ours, theirs);
    QVERIFY2(difference < kTolerance, (what + " differs by " + std::to_string(difference)).c_str());
}

}  // namespace

class TestUnetFixture : public QObject {
    Q_OBJECT
    void eachVariant(std::initializer_list<const char*> names = {"plain", "circular", "unconditional",
                                                                 "heads"}) {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("instructions");
        for (const char* name : names)
            for (const Instructions set : {Instructions::Portable, Instructions::Avx2, Instructions::Avx512})
                if (hasInstructions(set))
                    QTest::addRow("%s %s", name, nameOf(set)) << QString(name) << static_cast<int>(set);
    }

  private Q_SLOTS:
    void namesAreThoseOfTheStateDict() {
        for (const char* name : {"plain", "circular", "unconditional", "heads"}) {
            const Variant v = variant(name);
            std::size_t theirs = 0;
            for (const auto& [key, tensor] : fixture().tensors)
                theirs += key.starts_with(std::string(name) + "/grad.") &&
                                  !key.starts_with(std::string(name) + "/grad.in.")
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
        std::vector<float> out(v.z.size());
        model.predict(v.z, v.times, model.embed(v.conditions, v.batch), v.batch, out);
        compare("the prediction", out, v.floats("out.prediction"));
    }

    void gradients_data() { eachVariant(); }
    void gradients() {
        QFETCH(QString, name);
        QFETCH(int, instructions);
        const Variant v = variant(name.toStdString());
        Trainer trainer(v.weights(), {}, 2, static_cast<Instructions>(instructions));
        trainer.keepInputGradients(true);
        const double loss = trainer.gradient(v.data());
        QVERIFY(std::abs(loss - static_cast<double>(v.floats("out.loss")[0])) <
                kTolerance * std::max(1.0, loss));
        const std::vector<float> gradient = trainer.gradient();
        for (const Tensor& tensor : tensorsOf(v.shape))
            compare(tensor.name, std::span(gradient).subspan(tensor.offset, tensor.size),
                    v.floats("grad." + tensor.name));
        compare("the gradient of z", trainer.inputGradient(), v.floats("grad.in.z"));
        compare("the gradient of times", trainer.timeGradient(), v.floats("grad.in.times"));
    }

    void threeSteps_data() { eachVariant({"circular"}); }
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
        for (int i = 0; i < 3; ++i) trainer.step(v.data());
        QVERIFY(trainer.gradientNorm() > adamw.clip);  // else this would not test clipping
        const Weights after = trainer.weights();
        for (const Tensor& tensor : after.tensors())
            compare(tensor.name, after.view(tensor.name), v.floats("after." + tensor.name));
    }
};

QTEST_MAIN(TestUnetFixture)
#include "test_unet_fixture.moc"
