// SPDX-License-Identifier: Apache-2.0
// data=own of concept/images and concept/diffusion: what a form shows with it, that runs of versions without it mean the same, resumed
// in their middle too, and that outputs and figures have the attributes' names.
#include <QtTest>
#include <fstream>
#include <set>

#include "data/png_image.hpp"
#include "experiments/draw.hpp"
#include "experiments/images_source.hpp"
#include "experiments/own_parameters.hpp"
#include "smoke_runs.hpp"

using namespace concept_space;
using namespace concept_test;

namespace {

/// As a version wrote them that knew no data=own, nor files.
latent::Parameters older(const latent::Parameters& p) {
    nlohmann::json json = p.json();
    if (json.contains("widths"))
        json["data"] = "images";
    else
        json.erase("data");
    json.erase("images_file");
    return latent::Parameters::fromJson(json);
}

/// Names in the group "Data" that a form shows with this value of `data`.
std::set<std::string> shownWith(const latent::Schema& schema, const std::string& data) {
    std::set<std::string> names;
    const nlohmann::json all = schema.toJson();
    for (const auto& p : all.at("parameters")) {
        const nlohmann::json when = p.value("visible_when", nlohmann::json::object());
        if (p.value("group", "") != "Data") continue;
        if (when.empty() || (when.at("parameter") == "data" &&
                             std::count(when.at("equals").begin(), when.at("equals").end(), data)))
            names.insert(p.at("name").get<std::string>());
    }
    return names;
}

void verifyAlike(const FakeJob& one, const FakeJob& other) {
    QCOMPARE(one.published.size(), other.published.size());
    for (const auto& [name, kept] : one.published) {
        QVERIFY2(other.published.at(name).bytes == kept.bytes, name.c_str());
        QVERIFY2(other.rows.at(name) == one.rows.at(name), name.c_str());
    }
}

}  // namespace

class OwnDataTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    std::string m_folder;

    /// Attributes Old, Hat and Smile; the last two make the grey of an image.
    void fill() {
        std::ofstream table(m_folder + "/labels.csv");
        table << "file,Old,Hat,Big_Smile\n";
        for (int i = 0; i < 40; ++i) {
            const std::string name = std::to_string(i) + ".png";
            writePng(m_folder + "/" + name,
                     {8, 8, std::vector<std::uint8_t>(192, static_cast<std::uint8_t>(50 * (i % 4)))});
            table << name << ",0," << (i % 4) / 2 << "," << i % 2 << "\n";
        }
    }
    latent::Parameters own(const Values& more = {}) const {
        nlohmann::json json = smokeOf<Diffusion>({{"data", "own"},
                                                  {"folder", m_folder},
                                                  {"first_attribute", "hat"},
                                                  {"second_attribute", "big smile"}})
                                  .json();
        for (const auto& [name, value] : more) json[name] = value;
        return latent::Parameters::fromJson(json);
    }

  private Q_SLOTS:
    void initTestCase() {
        m_folder = m_dir.path().toStdString();
        if (hasPng()) fill();
    }

    void formsShowWhatIsLearnedFrom() {
        const std::set<std::string> always{"data", "samples_per_class", "mask"};
        const auto with = [&](std::set<std::string> more) {
            more.insert(always.begin(), always.end());
            return more;
        };
        const std::set<std::string> drawn =
            with({"side", "sep_colour", "sep_size", "sep_background", "shape", "noise"});
        const std::set<std::string> own =
            with({"side", "folder", "images_file", "first_attribute", "second_attribute"});
        const auto diffusion = Diffusion::parameters();
        QVERIFY(shownWith(diffusion, "images") == drawn);
        QVERIFY(shownWith(diffusion, "own") == own);
        QVERIFY(shownWith(diffusion, "vector") == with({"sep_colour", "sep_size"}));
        std::set<std::string> source = drawn;
        source.insert("seed");
        QVERIFY(shownWith(ImagesSource::parameters(), "images") == source);
        source = own;
        source.insert("seed");
        QVERIFY(shownWith(ImagesSource::parameters(), "own") == source);
    }

    /// The host refuses a schema that waits for a value that its choice does not have.
    void nothingWaitsForAValueThatIsNotThere() {
        for (const latent::Schema& schema : {Diffusion::parameters(), ImagesSource::parameters()}) {
            const nlohmann::json all = schema.toJson();
            std::set<nlohmann::json> values;
            const nlohmann::json data = named(all, "parameters", "data");
            for (const auto& choice : data.at("choices")) values.insert(choice.at("value"));
            for (const auto& p : all.at("parameters"))
                if (p.contains("visible_when") && p.at("visible_when").at("parameter") == "data")
                    for (const auto& value : p.at("visible_when").at("equals"))
                        QVERIFY2(values.count(value), p.at("name").get<std::string>().c_str());
        }
    }

    void olderParametersMeanTheSame() {
        const latent::Parameters now = smokeOf<Diffusion>({{"data", "own"}, {"folder", "/a"}});
        QVERIFY(hasOwnImages(now) && hasOwnImages(older(now)));
        QVERIFY(asWrittenNow(older(now)).json() == now.json());
        QVERIFY(asWrittenNow(now).json() == now.json());
        const latent::Parameters source = smokeOf<ImagesSource>({{"data", "own"}, {"folder", "/a"}});
        QVERIFY(asWrittenNow(older(source)).json() == source.json());
        const auto file = smokeOf<Diffusion>({{"images_file", "/a.h5"}});
        QVERIFY(asWrittenNow(file).choice("data") == "own" && ownSpecOf(file)->file == "/a.h5");
        // What has no folder, or vectors, are what they were.
        QVERIFY(!hasOwnImages(smokeOf<Diffusion>({})) && !hasOwnImages(older(smokeOf<ImagesSource>({}))));
        QVERIFY(!hasOwnImages(smokeOf<Diffusion>({{"data", "vector"}, {"folder", "/a"}})));
        try {
            ownSpecOf(smokeOf<Diffusion>({{"data", "own"}}));
            QFAIL("Nothing says where they are.");
        } catch (const latent::UsageError& e) {
            QVERIFY(QString(e.what()).contains("'folder' or 'images_file'"));
        }
    }

    void olderRunsResume() {
        if (!hasPng()) QSKIP("Built without libpng.");
        const latent::Parameters p = own();
        FakeJob whole, parts, images, older_;
        trainOn(whole, p);
        QVERIFY(whole.published.count("turn_step") && !whole.published.count("theory_path"));
        parts.pauseAfter = 70;
        trainOn(parts, older(p));
        QVERIFY(!parts.published.count("turn_step"));
        parts.resumes = true;
        parts.pauseAfter = 1'000'000;
        trainOn(parts, older(p));
        verifyAlike(whole, parts);

        const latent::Parameters source = smokeOf<ImagesSource>({{"data", "own"},
                                                                 {"folder", m_folder},
                                                                 {"first_attribute", "Hat"},
                                                                 {"second_attribute", "Big_Smile"}});
        latent::Job job(&images), olderJob(&older_);
        ImagesSource().run(source, job);
        ImagesSource().run(older(source), olderJob);
        verifyAlike(images, older_);
    }

    /// As the table spells them, also where the parameters say them otherwise or not at all.
    void outputsHaveTheAttributesNames() {
        if (!hasPng()) QSKIP("Built without libpng.");
        const nlohmann::json outputs = Diffusion().outputs(own()).toJson();
        const nlohmann::json square = named(outputs, "figures", "concept_space");
        QCOMPARE(square.at("x_axis").at("title"), nlohmann::json("P(Hat)"));
        QCOMPARE(square.at("y_axis").at("title"), nlohmann::json("P(Big_Smile)"));
        QCOMPARE(named(outputs, "arrays", "concept").at("categories"), nlohmann::json({"Hat", "Big_Smile"}));
        QCOMPARE(named(outputs, "arrays", "class").at("categories")[1], nlohmann::json("not Hat, Big_Smile"));
        QVERIFY(named(outputs, "arrays", "first_time").at("label").get<std::string>().find("Hat") !=
                std::string::npos);
        const nlohmann::json unnamed = Diffusion().outputs(own({{"first_attribute", ""}})).toJson();
        QCOMPARE(named(unnamed, "figures", "concept_space").at("x_axis").at("title"),
                 nlohmann::json("P(Old)"));  // the first that is free
        const nlohmann::json images =
            ImagesSource().outputs(smokeOf<ImagesSource>({{"data", "own"}, {"folder", m_folder}})).toJson();
        QCOMPARE(named(images, "arrays", "concept").at("categories"), nlohmann::json({"Old", "Hat"}));
        const nlohmann::json drawn = Diffusion().outputs(smokeOf<Diffusion>({})).toJson();
        QCOMPARE(named(drawn, "figures", "concept_space").at("x_axis").at("title"),
                 nlohmann::json("P(blue)"));
        const nlohmann::json vectors = Diffusion().outputs(smokeOf<Diffusion>({{"data", "vector"}})).toJson();
        QCOMPARE(named(vectors, "figures", "concept_space").at("y_axis").at("title"),
                 nlohmann::json("P(second concept)"));
        // Before there is a run.
        QVERIFY_EXCEPTION_THROWN(Diffusion().outputs(own({{"first_attribute", "Beard"}})), latent::RunError);
        QVERIFY_EXCEPTION_THROWN(Diffusion().outputs(own({{"folder", m_folder + "/none"}})),
                                 latent::RunError);
    }
};

QTEST_APPLESS_MAIN(OwnDataTest)
#include "own_data_test.moc"
