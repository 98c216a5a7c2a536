// SPDX-License-Identifier: Apache-2.0
// Experiments, data source and probe without a host: what is published is what was declared, a pause changes
// nothing, and what cannot be is said.
#include <QtTest>
#include <cmath>
#include <latent/latent.hpp>

#include "experiments/algorithms.hpp"
#include "experiments/chains_source.hpp"
#include "experiments/predict.hpp"
#include "learn/fake_job.hpp"

using namespace markov_mixtures;

namespace {

struct FakeReply final : latent::abi::IReply1 {
    std::map<std::string, std::vector<double>> arrays;
    std::map<std::string, std::vector<int64_t>> shapes;

    int32_t array(const latent::abi::Text* name, const latent::abi::Array* a,
                  latent::abi::ISink*) noexcept override {
        latent::abi::Array copy = *a;
        copy.release = nullptr;
        const latent::Array view(copy);
        arrays[std::string(latent::abi::view(*name))] = view.toDoubles();
        shapes[std::string(latent::abi::view(*name))] = view.shape();
        return latent::abi::kOk;
    }
    int32_t values(const latent::abi::Text*, latent::abi::ISink*) noexcept override {
        return latent::abi::kOk;
    }
    void flush() noexcept override {}
    int32_t cancelled() noexcept override { return 0; }
    int32_t input(const latent::abi::Text*, latent::abi::Array*) noexcept override {
        return latent::abi::kNothing;
    }
};

using Values = std::initializer_list<std::pair<std::string, nlohmann::json>>;

latent::Parameters study(Values values = {}) {
    latent::Parameters p = latent::Parameters::defaultsOf(Algorithms::parameters(), {{"states", 3},
                                                                                     {"chains", 8},
                                                                                     {"replicates", 4},
                                                                                     {"context", 30},
                                                                                     {"sequence_length", 64},
                                                                                     {"proximity_chains", 6},
                                                                                     {"redraws", 3}});
    nlohmann::json json = p.json();
    for (const auto& [name, value] : values) json[name] = value;
    return latent::Parameters::fromJson(json);
}

/// Names whose published shape is not the declared one; a dimension that grows takes any length.
QStringList wrongShapes(const latent::Outputs& outputs,
                        const std::function<const std::vector<int64_t>*(const std::string&)>& shapeOf) {
    QStringList wrong;
    const nlohmann::json json = outputs.toJson();
    for (const auto& array : json.at("arrays")) {
        const std::vector<int64_t>* shape = shapeOf(array.at("name").get<std::string>());
        bool fits = shape && shape->size() == array.at("dims").size();
        for (std::size_t d = 0; fits && d < shape->size(); ++d)
            fits = array.at("dims")[d].at("size").is_null() || array.at("dims")[d].at("size") == (*shape)[d];
        if (!fits) wrong << QString::fromStdString(array.at("name").get<std::string>());
    }
    return wrong;
}

template <class Body>
QString refusal(Body body) {
    try {
        body();
        return {};
    } catch (const std::exception& e) {
        return QString::fromUtf8(e.what());
    }
}

QString studyRefusal(Values values) {
    return refusal([&] { Algorithms().outputs(study(values)); });
}

}  // namespace

class ExperimentsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void algorithmsPublishWhatTheyDeclare() {
        const latent::Parameters p = study();
        FakeJob host;
        latent::Job job(&host);
        Algorithms experiment;
        experiment.run(p, job);
        QCOMPARE(wrongShapes(experiment.outputs(p),
                             [&](const std::string& name) -> const std::vector<int64_t>* {
                                 return host.published.count(name) ? &host.published.at(name).shape : nullptr;
                             }),
                 QStringList());
        for (const char* name : {"kl_matrix", "kl_matrix_sem", "kl_position", "kl_position_sem", "proximity",
                                 "unigram_floor_position"}) {
            const auto& bytes = host.published.at(name).bytes;
            const double* values = reinterpret_cast<const double*>(bytes.data());
            for (std::size_t i = 0; i < bytes.size() / sizeof(double); ++i)
                QVERIFY2(std::isfinite(values[i]), name);
        }
    }

    void aPauseBetweenSetsChangesNothing() {
        const latent::Parameters p = study();
        FakeJob whole, parts;
        latent::Job wholeJob(&whole);
        Algorithms().run(p, wholeJob);
        parts.pauseAfter = 9;  // in the third set
        latent::Job first(&parts);
        Algorithms().run(p, first);
        QVERIFY(!parts.published.count("kl_matrix"));
        QCOMPARE(nlohmann::json::parse(parts.state).at("sets").get<int>(), 2);
        parts.pauseAfter = 1'000'000;
        parts.resumes = true;
        latent::Job second(&parts);
        Algorithms().run(p, second);
        for (const auto& [name, kept] : whole.published)
            QVERIFY2(parts.published.at(name).bytes == kept.bytes, name.c_str());
    }

    void chainsPublishWhatTheyDeclare() {
        const latent::Parameters p = latent::Parameters::defaultsOf(
            ChainsSource::parameters(), {{"states", 4}, {"chains", 100}, {"length", 40}, {"sequences", 50}});
        FakeJob host;
        latent::Job job(&host);
        ChainsSource source;
        source.run(p, job);
        QCOMPARE(wrongShapes(source.outputs(p),
                             [&](const std::string& name) -> const std::vector<int64_t>* {
                                 return host.published.count(name) ? &host.published.at(name).shape : nullptr;
                             }),
                 QStringList());
        FakeReply fake;
        latent::Reply reply(&fake);
        source.preview(p, reply);
        QCOMPARE(wrongShapes(source.outputs(p),
                             [&](const std::string& name) -> const std::vector<int64_t>* {
                                 return fake.shapes.count(name) ? &fake.shapes.at(name) : nullptr;
                             }),
                 QStringList());
        QCOMPARE(fake.shapes.at("transition"), (std::vector<int64_t>{64, 4, 4}));
        // The preview shows the beginning of the whole mixture, and the diversity of all of it.
        const double* all = reinterpret_cast<const double*>(host.published.at("transition").bytes.data());
        QVERIFY(std::equal(fake.arrays.at("transition").begin(), fake.arrays.at("transition").end(), all));
        QCOMPARE(fake.arrays.at("effective_diversity")[0],
                 *reinterpret_cast<const double*>(host.published.at("effective_diversity").bytes.data()));
    }

    void theProbeAnswersDrawnAndTypedContexts() {
        Predict probe;
        const latent::Parameters drawn = latent::Parameters::defaultsOf(
            Predict::parameters(), {{"states", 3}, {"chains", 5}, {"from_set", "id"}, {"length", 400}});
        FakeReply fake;
        latent::Reply reply(&fake);
        probe.answer(drawn, reply);
        QCOMPARE(wrongShapes(probe.outputs(drawn),
                             [&](const std::string& name) -> const std::vector<int64_t>* {
                                 return fake.shapes.count(name) ? &fake.shapes.at(name) : nullptr;
                             }),
                 QStringList());
        QCOMPARE(fake.arrays.at("posterior_chain")[0], 0.0);  // the chain that the context is of
        QVERIFY(fake.arrays.at("kl_position")[1] < 1e-3);
        const latent::Parameters typed = latent::Parameters::defaultsOf(
            Predict::parameters(), {{"states", 3}, {"chains", 5}, {"tokens", "0, 1,2 2"}});
        probe.answer(typed, reply);
        QCOMPARE(fake.arrays.at("context"), (std::vector<double>{0, 1, 2, 2}));
        // Another mixture is another answer, not a kept one.
        const std::vector<double> before = fake.arrays.at("prediction");
        probe.answer(latent::Parameters::defaultsOf(Predict::parameters(),
                                                    {{"states", 3}, {"chains", 6}, {"tokens", "0, 1,2 2"}}),
                     reply);
        QVERIFY(fake.arrays.at("prediction") != before);
        const auto refused = [&](const char* tokens) {
            return refusal([&] {
                probe.outputs(latent::Parameters::defaultsOf(Predict::parameters(),
                                                             {{"states", 3}, {"tokens", tokens}}));
            });
        };
        QVERIFY(refused("0,3").contains("states from 0 to 2"));
        QVERIFY(refused("0;1").contains("'tokens'"));
    }

    void impossibleStudiesAreRefusedBeforeTheyRun() {
        QVERIFY(studyRefusal({{"context", 60}}).contains("does not fit into sequences of 64"));
        QVERIFY(studyRefusal({{"states", 128}, {"chains", 1'000'000}, {"sequence_length", 512}})
                    .contains("lower 'chains' or 'states'"));
        QVERIFY(studyRefusal({{"transition", {{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}}}).contains("multiples of 3"));
        QVERIFY(studyRefusal({{"transition", {{1, 0, 0}, {0, .5, .5}, {0, .5, .5}}}}).contains("reducible"));
        QVERIFY(studyRefusal({{"transition", {{.5, .5, 0}, {.5, .4, 0}, {0, .5, .5}}}})
                    .contains("does not sum to 1"));
        QVERIFY(studyRefusal({{"generator", "sparse"}, {"density", .01}}).contains("Raise 'density'"));
        QCOMPARE(studyRefusal({{"transition", {{.2, .8, 0}, {0, .5, .5}, {1, 0, 0}}}}), QString());
    }

    void everyPresetFitsItsOwnSchema() {
        const nlohmann::json schema = Algorithms::parameters().toJson();
        QVERIFY(schema.at("presets").size() >= 4);
        for (const auto& preset : schema.at("presets")) {
            nlohmann::json json = latent::Parameters::defaultsOf(Algorithms::parameters()).json();
            json.update(preset.at("values"));
            QCOMPARE(refusal([&] { Algorithms().outputs(latent::Parameters::fromJson(json)); }), QString());
        }
    }
};

QTEST_APPLESS_MAIN(ExperimentsTest)
#include "experiments_test.moc"
