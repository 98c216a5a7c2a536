// SPDX-License-Identifier: Apache-2.0
// Trainings on chains that a file gives: the run keeps them, a probe asks it and not the file, and a file that has changed is seen.
#include <QtTest>
#include <cstring>
#include <fstream>

#include "experiments/ablate.hpp"
#include "experiments/phases.hpp"
#include "experiments/train.hpp"
#include "learn/fake_job.hpp"

using namespace markov_mixtures;

namespace {

const char* const kChains = ".2,.8,0\n0,.5,.5\n1,0,0\n\n.1,.2,.7\n.3,.3,.4\n.6,.4,0\n";
const char* const kOthers = ".2,.8,0\n0,.5,.5\n1,0,0\n\n.1,.2,.7\n.3,.3,.4\n.5,.5,0\n";

void write(const std::string& path, const char* text) { std::ofstream(path, std::ios::trunc) << text; }

template <class Experiment>
latent::Parameters small(const std::string& file) {
    nlohmann::json json = latent::Parameters::defaultsOf(Experiment::parameters()).json();
    json.update({{"states", 3},
                 {"width", 16},
                 {"heads", 2},
                 {"steps", 24},
                 {"batch", 4},
                 {"length", 16},
                 {"checkpoints", 3},
                 {"first_checkpoint", 4},
                 {"replicates", 4},
                 {"context", 12},
                 {"sequence_length", 48},
                 {"sequences", 2},
                 {"proximity_chains", 6},
                 {"redraws", 3},
                 {"chain_file", file}});
    if (json.contains("chains"))
        json["chains"] = 2;
    else
        json["diversity"] = {1, 2};
    return latent::Parameters::fromJson(json);
}

/// What a job published, as a stored run.
struct FakeRun final : latent::abi::IRun1 {
    FakeJob& host;
    nlohmann::json parameters;
    FakeRun(FakeJob& job, nlohmann::json values) : host(job), parameters(std::move(values)) {}

    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        nlohmann::json it{
            {"id", "planted"}, {"parameters", parameters}, {"arrays", nlohmann::json::object()}};
        for (const auto& [name, kept] : host.published) it["arrays"][name] = {{"shape", kept.shape}};
        latent::boundary::send(json, it.dump());
        return latent::abi::kOk;
    }
    int32_t read(const latent::abi::Text* name, const int64_t*, const int64_t*, latent::abi::Array* out,
                 latent::abi::ISink*) noexcept override {
        const auto found = host.published.find(std::string(latent::abi::view(*name)));
        if (found == host.published.end()) return latent::abi::kNothing;
        FakeJob::Kept& last = found->second;
        *out = {last.bytes.data(),
                last.shape.data(),
                nullptr,
                nullptr,
                nullptr,
                last.dtype,
                static_cast<int32_t>(last.shape.size())};
        return latent::abi::kOk;
    }
};

struct FakeReply final : latent::abi::IReply1 {
    std::map<std::string, std::vector<double>> arrays;
    int32_t array(const latent::abi::Text* name, const latent::abi::Array* a,
                  latent::abi::ISink*) noexcept override {
        latent::abi::Array copy = *a;
        copy.release = nullptr;
        arrays[std::string(latent::abi::view(*name))] = latent::Array(copy).toDoubles();
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

/// What the probe says of a run, on its known chains.
std::map<std::string, std::vector<double>> answer(FakeJob& host, const nlohmann::json& parameters) {
    FakeRun raw(host, parameters);
    const latent::Run run(&raw);
    Ablate probe;
    probe.open(&run);
    FakeReply fake;
    latent::Reply reply(&fake);
    probe.answer(latent::Parameters::defaultsOf(Ablate::parameters(), {{"sequences", 2}, {"from_set", "id"}}),
                 reply);
    return fake.arrays;
}

}  // namespace

class ChainFileRunsTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::string m_file = m_folder.filePath("chains.csv").toStdString();

    /// The sentence of a run that is paused, and resumed with other chains in the file.
    template <class Experiment>
    QString resumedWith(const char* chains) {
        write(m_file, kChains);
        const latent::Parameters p = small<Experiment>(m_file);
        FakeJob host;
        host.pauseAfter = 5;
        latent::Job first(&host);
        Experiment().run(p, first);
        host.resumes = true;
        host.pauseAfter = 1'000'000;
        write(m_file, chains);
        try {
            latent::Job second(&host);
            Experiment().run(p, second);
        } catch (const latent::RunError& e) {
            return QString::fromUtf8(e.what());
        }
        return {};
    }

  private Q_SLOTS:
    void probesAskTheRunNotTheFile() {
        write(m_file, kChains);
        const latent::Parameters p = small<Train>(m_file);
        FakeJob host;
        latent::Job job(&host);
        Train().run(p, job);
        QCOMPARE(host.published.at("transition").shape, (std::vector<int64_t>{2, 3, 3}));
        QCOMPARE(host.published.at("prior").shape, (std::vector<int64_t>{2}));
        const auto before = answer(host, p.json());
        QVERIFY(before.at("cost").size() == 4);
        write(m_file, kOthers);
        QCOMPARE(answer(host, p.json()), before);
        std::filesystem::remove(m_file);
        QCOMPARE(answer(host, p.json()), before);
        // Arrays of others are distrusted.
        const FakeJob::Kept kept = host.published.at("transition");
        host.published.at("transition").shape = {17};
        QVERIFY_EXCEPTION_THROWN(answer(host, p.json()), latent::RunError);
        host.published.at("transition") = kept;
        // A run that has not kept them is asked with what the file holds.
        write(m_file, kOthers);
        for (const char* name : {"transition", "prior"}) host.published.erase(name);
        QVERIFY(answer(host, p.json()).at("kl_position") != before.at("kl_position"));
    }

    /// A run from before a parameter was there has its default.
    void runsWithoutAParameterAreProbed() {
        write(m_file, kChains);
        const latent::Parameters p = small<Train>(m_file);
        FakeJob host;
        latent::Job job(&host);
        Train().run(p, job);
        nlohmann::json older = p.json();
        for (const char* name : {"two_token", "vocabulary", "permute"})
            QCOMPARE(older.erase(name), std::size_t{1});
        QCOMPARE(answer(host, older), answer(host, p.json()));
    }

    void resumesWithOtherChainsAreRefused() {
        QCOMPARE(resumedWith<Train>(kChains), QString());
        QVERIFY(resumedWith<Train>(kOthers).contains("are others than those that this run began with"));
        QCOMPARE(resumedWith<Phases>(kChains), QString());
        QVERIFY(resumedWith<Phases>(kOthers).contains("are others than those that this run began with"));
    }
};

QTEST_APPLESS_MAIN(ChainFileRunsTest)
#include "chain_file_runs_test.moc"
