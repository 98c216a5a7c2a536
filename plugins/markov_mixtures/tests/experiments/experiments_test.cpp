// SPDX-License-Identifier: Apache-2.0
// Experiments, data source and probe without a host: what is published is what was declared, a pause changes nothing, and what
// cannot be is said.
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <latent/latent.hpp>
#include <latent/learn/arrays/numpy_writer.hpp>

#include "experiments/algorithms.hpp"
#include "experiments/chain_parameters.hpp"
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

    /// Chains from files of NumPy (double and single precision) and CSV are those that were written, and each
    /// thing that can be wrong with them is named.
    void chainsComeFromFiles() {
        QTemporaryDir folder;
        const std::filesystem::path in(folder.path().toStdString());
        const std::vector<double> two{.2, .8, 0,  0,      .5,     .5,     1,  0,  0,
                                      .1, .2, .7, 1. / 3, 1. / 3, 1. / 3, .6, .4, 0};
        const auto npy = [&](const char* name, const char* type, const char* shape, const auto& numbers) {
            std::string header =
                "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': " + shape + ", }";
            header.resize(118 - 1, ' ');
            header += '\n';
            std::ofstream out(in / name, std::ios::binary);
            out << std::string("\x93NUMPY\1", 7) << '\0' << static_cast<char>(header.size()) << '\0'
                << header;
            out.write(reinterpret_cast<const char*>(numbers.data()),
                      static_cast<std::streamsize>(numbers.size() * sizeof numbers[0]));
            return (in / name).string();
        };
        const std::vector<float> single(two.begin(), two.end());
        std::ofstream csv(in / "two.csv");
        csv << "# two chains\n0.2,0.8,0\n0,0.5,0.5\n1,0,0\n\n.1 .2 .7\n";
        csv << std::setprecision(17) << 1. / 3 << ';' << 1. / 3 << ';' << 1. / 3 << "\n0.6,0.4,0\n";
        csv.close();
        for (const std::string& file :
             {npy("two.npy", "<f8", "(2, 3, 3)", two), npy("single.npy", "<f4", "(2, 3, 3)", single),
              (in / "two.csv").string()}) {
            const Mixture m = mixtureOf(study({{"chain_file", file}, {"chains", 2}}));
            QCOMPARE(m.chains(), std::size_t{2});
            for (std::size_t i = 0; i < two.size(); ++i)
                QVERIFY2(std::abs(m.transition[i] - two[i]) < 1e-7, file.c_str());
            for (std::size_t r = 0; r < 6; ++r)  // whatever the rounding of the file was
                QVERIFY(std::abs(m.transition[3 * r] + m.transition[3 * r + 1] + m.transition[3 * r + 2] -
                                 1) < 1e-15);
            QCOMPARE(mixtureOf(study({{"chain_file", file}, {"chains", 1}})).chains(), std::size_t{1});
            QCOMPARE(studyRefusal({{"chain_file", file}, {"chains", 2}}), QString());
        }
        const std::string good = (in / "two.npy").string();
        QVERIFY(studyRefusal({{"chain_file", good}}).contains("holds 2 chains; 'chains' asks for 8"));
        QVERIFY(studyRefusal({{"chain_file", good}, {"chains", 2}, {"states", 4}}).contains("set it to 3"));
        QVERIFY(studyRefusal({{"chain_file", good}, {"transition", {{.2, .8, 0}, {0, .5, .5}, {1, 0, 0}}}})
                    .contains("give one of them"));
        QVERIFY(studyRefusal({{"chain_file", npy("flat.npy", "<f8", "(18,)", two)}, {"chains", 2}})
                    .contains("no array of square matrices"));
        const auto changed = [&](std::size_t at, double value) {
            std::vector<double> other = two;
            other[at] = value;
            return studyRefusal({{"chain_file", npy("bad.npy", "<f8", "(2, 3, 3)", other)}, {"chains", 2}});
        };
        QVERIFY(changed(9, .2).contains("chain 1 that cannot be used. Row 0") &&
                changed(9, .2).contains("sum to 1"));
        QVERIFY(changed(9, std::nan("")).contains("no probability"));
        QVERIFY(changed(4, -.5).contains("no probability"));
        std::vector<double> ring{0, 1, 0, 0, 0, 1, 1, 0, 0};
        QVERIFY(studyRefusal({{"chain_file", npy("ring.npy", "<f8", "(3, 3)", ring)}, {"chains", 1}})
                    .contains("chain 0 that cannot be used. The chain is periodic"));
        std::ofstream(in / "short.csv") << ".5,.5,0\n.5,.5,0\n";
        QVERIFY(studyRefusal({{"chain_file", (in / "short.csv").string()}, {"chains", 1}})
                    .contains("no whole matrices"));
        std::ofstream(in / "word.csv") << ".5,half,0\n";
        QVERIFY(studyRefusal({{"chain_file", (in / "word.csv").string()}, {"chains", 1}})
                    .contains("'half,0' in line 1"));
        // A line longer than any row of numbers is refused before it is read whole; the last one needs no end.
        std::ofstream(in / "long.csv") << "# " << std::string(5'000'000, 'x') << "\n.5,.5,0\n";
        QVERIFY(studyRefusal({{"chain_file", (in / "long.csv").string()}, {"chains", 1}})
                    .contains("characters in line 1"));
        std::ofstream(in / "CAPITALS.CSV") << ".2,.8,0\r\n0,.5,.5\r\n1,0,0";
        QCOMPARE(mixtureOf(study({{"chain_file", (in / "CAPITALS.CSV").string()}, {"chains", 1}})).transition,
                 (std::vector<double>{.2, .8, 0, 0, .5, .5, 1, 0, 0}));
        std::ofstream(in / "torch.npz", std::ios::binary) << "\x80\x02}q";
        QVERIFY(
            studyRefusal({{"chain_file", (in / "torch.npz").string()}, {"chains", 1}}).contains("pickle"));
    }

    void chainsComeBackFromTheFileOfARun() {
        const auto chainsWith = [](const nlohmann::json& values) {
            nlohmann::json json = latent::Parameters::defaultsOf(
                                      ChainsSource::parameters(),
                                      {{"states", 3}, {"chains", 6}, {"sequences", 2}, {"length", 8}})
                                      .json();
            json.update(values);
            return latent::Parameters::fromJson(json);
        };
        FakeJob host;
        latent::Job job(&host);
        ChainsSource().run(chainsWith({{"prior", "zipf"}}), job);
        const std::string file = job.file("chains.npz").string();
        const Mixture made = mixtureOf(chainsWith({{"prior", "zipf"}})),
                      read = mixtureOf(chainsWith({{"chain_file", file}, {"prior", "uniform"}, {"seed", 7}}));
        QCOMPARE(read.chains(), made.chains());
        for (std::size_t i = 0; i < made.transition.size(); ++i)
            QVERIFY(std::abs(read.transition[i] - made.transition[i]) < 1e-15);
        for (std::size_t n = 0; n < made.chains(); ++n)
            QVERIFY(std::abs(read.prior[n] - made.prior[n]) < 1e-15);
        // Its first chains alone share their prior anew.
        const Mixture few = mixtureOf(chainsWith({{"chain_file", file}, {"chains", 2}}));
        QVERIFY(std::abs(few.prior[0] / few.prior[1] - made.prior[0] / made.prior[1]) < 1e-12);
        QVERIFY(std::abs(few.prior[0] + few.prior[1] - 1) < 1e-12);

        const std::filesystem::path other = job.file("other.npz");
        const std::vector<double> prior{.5, 0, 1, 1, 1, 1};
        latent::learn::writeNpz(other, {{"transition", {made.transition, {6, 3, 3}}}, {"prior", prior}});
        QVERIFY(refusal([&] {
                    mixtureOf(chainsWith({{"chain_file", other.string()}}));
                }).contains("chain 1 a prior of 0"));
        latent::learn::writeNpz(
            other, {{"transition", {made.transition, {6, 3, 3}}}, {"prior", std::vector<double>{.5, .5}}});
        QVERIFY(refusal([&] {
                    mixtureOf(chainsWith({{"chain_file", other.string()}}));
                }).contains("one number for each of 6 chains"));
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
