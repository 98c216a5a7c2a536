// SPDX-License-Identifier: Apache-2.0
// The probe concept/draw on a run that is planted: what it answers is declared, sliders act, a strength of 0 changes nothing, a newer question ends it, and
// refusals are sentences.
#include <QtTest>
#include <algorithm>
#include <ctime>
#include <fstream>
#include <map>

#include "data/png_image.hpp"
#include "experiments/diffusion.hpp"
#include "experiments/draw.hpp"
#include "learn/fake_job.hpp"

using namespace concept_space;

namespace {

using Values = std::initializer_list<std::pair<std::string, nlohmann::json>>;

struct FakeReply final : latent::abi::IReply1 {
    std::map<std::string, std::vector<double>> arrays;
    std::map<std::string, std::vector<int64_t>> shapes;
    int flushes = 0, cancelAfter = 1'000'000;

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
    void flush() noexcept override { ++flushes; }
    int32_t cancelled() noexcept override { return --cancelAfter < 0 ? 1 : 0; }
    int32_t input(const latent::abi::Text*, latent::abi::Array*) noexcept override {
        return latent::abi::kNothing;
    }
};

nlohmann::json smoke() {
    nlohmann::json json = latent::Parameters::defaultsOf(Diffusion::parameters()).json();
    const nlohmann::json schema = Diffusion::parameters().toJson();
    for (const auto& p : schema.at("presets"))
        if (p.at("name") == "smoke") json.update(p.at("values"));
    return json;
}

/// A run of the smoke preset whose arrays are those that were published.
struct FakeRun final : latent::abi::IRun1 {
    FakeJob host;
    nlohmann::json parameters;
    bool without = false;  // no weights
    explicit FakeRun(const nlohmann::json& values = smoke(), bool runs = true) : parameters(values) {
        latent::Job job(&host);
        if (runs) Diffusion().run(latent::Parameters::fromJson(parameters), job);
    }
    /// Weights that nobody trained, as long as they are a run's.
    void plant(const latent::learn::unet::Weights& weights) {
        latent::Job job(&host);
        const std::int64_t step = 0;
        job.publish("weights_step", latent::ArrayView(&step, {1}));
        job.publish("weights_line", {std::vector<double>{-5, 15}, {1, 2}});
        job.publish("weights", latent::ArrayView(weights.flat().data(),
                                                 {1, static_cast<std::int64_t>(weights.flat().size())}));
    }
    int32_t describe(latent::abi::ISink* json, latent::abi::ISink*) noexcept override {
        nlohmann::json it{
            {"id", "planted"}, {"parameters", parameters}, {"arrays", nlohmann::json::object()}};
        for (const auto& [name, kept] : host.published)
            if (!without || !name.starts_with("weights")) it["arrays"][name] = {{"shape", kept.shape}};
        latent::boundary::send(json, it.dump());
        return latent::abi::kOk;
    }
    int32_t read(const latent::abi::Text* name, const int64_t*, const int64_t*, latent::abi::Array* out,
                 latent::abi::ISink*) noexcept override {
        const std::string key(latent::abi::view(*name));
        if (!host.rows.count(key)) return latent::abi::kNothing;
        const FakeJob::Kept& last = host.published.at(key);
        m_shape = last.shape;
        m_shape[0] = static_cast<int64_t>(host.rows.at(key).size() / last.bytes.size()) * last.shape[0];
        *out = {host.rows.at(key).data(),
                m_shape.data(),
                nullptr,
                nullptr,
                nullptr,
                last.dtype,
                static_cast<int32_t>(m_shape.size())};
        return latent::abi::kOk;
    }

  private:
    std::vector<int64_t> m_shape;
};

/// Of all threads of this process.
double processorMilliseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

latent::Parameters question(Values values = {}) {
    nlohmann::json json =
        latent::Parameters::defaultsOf(Draw::parameters(), {{"samples", 3}, {"sampler_steps", 8}}).json();
    for (const auto& [name, value] : values) json[name] = value;
    return latent::Parameters::fromJson(json);
}

}  // namespace

class DrawTest : public QObject {
    Q_OBJECT
    FakeRun m_raw;
    std::unique_ptr<latent::Run> m_run;
    Draw m_draw;

    FakeReply ask(Values values = {}, int cancelAfter = 1'000'000) {
        FakeReply reply;
        reply.cancelAfter = cancelAfter;
        latent::Reply wrapped(&reply);
        m_draw.answer(question(values), wrapped);
        return reply;
    }
    QString refusal(Values values) {
        try {
            ask(values);
            return {};
        } catch (const std::exception& e) {
            return QString::fromUtf8(e.what());
        }
    }

  private Q_SLOTS:
    void initTestCase() {
        m_run = std::make_unique<latent::Run>(&m_raw);
        m_draw.open(m_run.get());
    }

    void itAnswersWhatItDeclares() {
        const FakeReply reply = ask();
        QCOMPARE(reply.flushes, 1);  // the coarse picture came first
        const nlohmann::json declared = m_draw.outputs(question()).toJson();
        for (const auto& array : declared.at("arrays")) {
            const std::string name = array.at("name").get<std::string>();
            QVERIFY2(reply.shapes.count(name), name.c_str());
            for (std::size_t d = 0; d < array.at("dims").size(); ++d)
                QVERIFY2(array.at("dims")[d].at("size") == reply.shapes.at(name)[d], name.c_str());
        }
        for (const double v : reply.arrays.at("samples")) QVERIFY(v >= 0 && v <= 1);
    }

    void slidersAct() {
        const auto samples = [&](Values values) { return ask(values).arrays.at("samples"); };
        const std::vector<double> plain = samples({});
        QVERIFY(samples({}) == plain);
        for (const Values& values :
             {Values{{"colour", -.4}}, Values{{"radius", .8}}, Values{{"strength", 2}}, Values{{"kept", 1}},
              Values{{"noise_seed", 5}}, Values{{"sampler", "ancestral"}}, Values{{"embedding_kept", 4}}})
            QVERIFY(samples(values) != plain);
        QVERIFY(samples({{"strength", 0}, {"along", 1}}) == plain);
        QVERIFY(samples({{"embedding_kept", 0}}) == plain);  // patched with itself
    }

    /// More kept checkpoints than stay warm: making the patched one may clear the one that is drawn with.
    void modelsThatAreUsedStayWarm() {
        nlohmann::json many = smoke();
        many["checkpoints"] = 12;
        many["seeds"] = 1;
        FakeRun raw(many);
        const latent::Run run(&raw);
        const auto drawn = [&](Draw& draw, int kept, int embedding) {
            FakeReply reply;
            latent::Reply wrapped(&reply);
            draw.answer(question({{"kept", kept}, {"embedding_kept", embedding}}), wrapped);
            return reply.arrays.at("samples");
        };
        Draw warm;
        warm.open(&run);
        for (int kept = 0; kept < 8; ++kept) drawn(warm, kept, -1);
        for (int kept = 0; kept < 8; ++kept) {
            Draw fresh;
            fresh.open(&run);
            QVERIFY(drawn(warm, kept, 11 - kept) == drawn(fresh, kept, 11 - kept));
        }
    }

    /// Sixteen samples in twenty steps of the laptop model: the coarse picture and the whole one. The bound is on
    /// processor time of all threads, which does not depend on what else the machine does.
    void slidersAreAnsweredInTime() {
        nlohmann::json laptop = latent::Parameters::defaultsOf(Diffusion::parameters()).json();
        const nlohmann::json schema =
            Diffusion::parameters().toJson();  // outlives the loop over a part of it
        for (const auto& p : schema.at("presets"))
            if (p.at("name") == "laptop") laptop.update(p.at("values"));
        FakeRun raw(laptop, false);
        raw.plant(latent::learn::unet::initialise(
            DiffusionPlan::of(latent::Parameters::fromJson(laptop)).training.shape, 1));
        const latent::Run run(&raw);
        Draw draw;
        draw.open(&run);
        std::vector<double> took, passed;
        for (int i = 0; i < 5; ++i) {
            FakeReply reply;
            latent::Reply wrapped(&reply);
            QElapsedTimer clock;
            clock.start();
            const double begun = processorMilliseconds();
            draw.answer(question({{"samples", 16}, {"sampler_steps", 20}, {"colour", -.4 + .2 * i}}),
                        wrapped);
            took.push_back(processorMilliseconds() - begun);
            passed.push_back(static_cast<double>(clock.elapsed()));
            QCOMPARE(reply.flushes, 1);
        }
        for (auto* each : {&took, &passed}) std::sort(each->begin(), each->end());
        qInfo(
            "concept/draw, laptop model, 16 samples, 20 steps: median of five questions %.0f ms, of which "
            "the "
            "processors worked %.0f",
            passed[2], took[2]);
        QVERIFY(took[2] < 1000);
    }

    void aNewerQuestionEndsIt() {
        QVERIFY(!ask({}, 0).arrays.count("samples"));
        const FakeReply coarse = ask({}, 1);
        QVERIFY(coarse.flushes == 1 && coarse.arrays.count("samples"));
    }

    /// The moving average draws where there is one; what earlier versions kept as `weights` is not taken for the weights.
    void averagesDraw() {
        nlohmann::json averaged = smoke();
        averaged["average"] = .9;
        FakeRun raw(averaged);
        const auto drawn = [&](const char* weights, int kept = 0) {
            const latent::Run run(&raw);
            Draw draw;
            draw.open(&run);
            FakeReply reply;
            latent::Reply wrapped(&reply);
            draw.answer(question({{"weights", weights}, {"kept", kept}}), wrapped);
            return reply.arrays.at("samples");
        };
        const auto refused = [&](const char* weights) {
            try {
                drawn(weights);
                return QString();
            } catch (const latent::RunError& e) {
                return QString::fromUtf8(e.what());
            }
        };
        const std::vector<double> average = drawn("ema");
        QVERIFY(drawn("raw") == ask().arrays.at("samples"));  // the run without an average
        QVERIFY(average != drawn("raw"));
        const int first =
            static_cast<int>(raw.host.rows.at("weights_step").size() / sizeof(std::int64_t)) - 1;
        QVERIFY(drawn("ema", first) == drawn("raw", first));  // untrained
        {                                                     // one probe asked for both keeps them apart
            const latent::Run run(&raw);
            Draw draw;
            draw.open(&run);
            for (const char* weights : {"raw", "ema", "raw"}) {
                FakeReply reply;
                latent::Reply wrapped(&reply);
                draw.answer(question({{"weights", weights}}), wrapped);
                QVERIFY(reply.arrays.at("samples") == drawn(weights));
            }
        }
        QVERIFY(refusal({{"weights", "ema"}}).contains("no moving average"));

        raw.host.rows.at("weights") = raw.host.rows.at("weights_ema");
        raw.host.published.erase("weights_ema");
        raw.host.rows.erase("weights_ema");
        QVERIFY(refused("raw").contains("weights=ema"));
        QVERIFY(drawn("ema") == average);
    }

    /// By the concepts of the run: those of own images as their table spells them.
    void axesAreNamed() {
        const auto titles = [](const nlohmann::json& values) {
            FakeRun raw(values, false);
            raw.plant(latent::learn::unet::initialise(
                DiffusionPlan::of(latent::Parameters::fromJson(values)).training.shape, 1));
            const latent::Run run(&raw);
            Draw draw;
            draw.open(&run);
            const nlohmann::json outputs = draw.outputs(question()).toJson();
            for (const auto& figure : outputs.at("figures"))
                if (figure.at("name") == "coordinates_square")
                    return figure.at("x_axis").at("title").get<std::string>() + ", " +
                           figure.at("y_axis").at("title").get<std::string>();
            return std::string();
        };
        nlohmann::json values = smoke();
        QCOMPARE(titles(values), std::string("blue, small"));
        values["data"] = "vector";
        QCOMPARE(titles(values), std::string("first concept, second concept"));
        if (!hasPng()) QSKIP("Built without libpng.");
        const QTemporaryDir dir;
        const std::string folder = dir.path().toStdString();
        std::ofstream table(folder + "/labels.csv");
        table << "file,Hat,Smile\n";
        for (int i = 0; i < 32; ++i) {
            const std::string name = std::to_string(i) + ".png";
            writePng(folder + "/" + name,
                     {8, 8, std::vector<std::uint8_t>(192, static_cast<std::uint8_t>(60 * (i % 4)))});
            table << name << "," << (i % 4) / 2 << "," << i % 2 << "\n";
        }
        table.close();
        values["data"] = "own";
        values["folder"] = folder;
        QCOMPARE(titles(values), std::string("Hat, Smile"));
    }

    void refusalsAreSentences() {
        QCOMPARE(refusal({}), QString());
        QVERIFY(refusal({{"guidance", 1}}).contains("drop_condition"));
        QVERIFY(refusal({{"kept", 50}}).contains("'kept'"));
        QVERIFY(refusal({{"along", 2}}).contains("2 concepts"));
        m_raw.without = true;
        const latent::Run bare(&m_raw);
        QVERIFY_EXCEPTION_THROWN(Draw().open(&bare), latent::RunError);
        QVERIFY_EXCEPTION_THROWN(Draw().open(nullptr), latent::RunError);
        FakeReply unopened;
        latent::Reply reply(&unopened);
        QVERIFY_EXCEPTION_THROWN(Draw().answer(question(), reply), latent::RunError);
        m_raw.without = false;
    }
};

QTEST_APPLESS_MAIN(DrawTest)
#include "draw_test.moc"
