// SPDX-License-Identifier: Apache-2.0
#include "experiments/draw.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

namespace concept_space {

namespace diffusion = latent::learn::diffusion;
namespace unet = latent::learn::unet;

namespace {

constexpr std::size_t kWarmModels = 8;
constexpr int kCoarse = 4;  // the first picture takes a quarter of the steps

}  // namespace

latent::Schema Draw::parameters() {
    using namespace latent;
    return Schema{}
        .group("Prompt")
        .add(number("colour", .4)
                 .range(-1, 1)
                 .step(.05)
                 .unit("1")
                 .help("From red (negative) over grey to blue; the size is the saturation. Of vectors: the "
                       "first coordinate; of your own images: the first attribute, 0 or 1."))
        .add(number("radius", .25)
                 .range(0, 1)
                 .step(.05)
                 .unit("1")
                 .help("Radius in half images. Of vectors: the second coordinate; of your own images: the "
                       "second attribute."))
        .add(number("ground", .9)
                 .range(0, 1)
                 .step(.05)
                 .unit("1")
                 .help("Grey of the ground, where it is a concept."))
        .add(number("guidance", 0)
                 .range(0, 10)
                 .step(.5)
                 .unit("1")
                 .help("w of classifier-free guidance; needs a model trained with drop_condition."))
        .group("Intervention")
        .add(number("strength", 0)
                 .range(-5, 5)
                 .step(.1)
                 .unit("1")
                 .help("α: how far the embedding is moved along the concept's direction."))
        .add(integer("along", 0)
                 .range(0, 2)
                 .unit("1")
                 .help("Which concept: 0 colour, 1 size, 2 ground; of vectors and your own images: 0 the "
                       "first, 1 the second."))
        .add(choice("weights", {{"raw", "as they were trained"}, {"ema", "their moving average"}}, "raw")
                 .help(
                     "Which weights draw; the average is there where the run was asked for one ('average')."))
        .add(integer("kept", 0)
                 .range(0, 100'000)
                 .unit("1")
                 .help("Which kept checkpoint, counted from the end: 0 is the last."))
        .add(integer("embedding_kept", -1)
                 .range(-1, 100'000)
                 .unit("1")
                 .help("Whose embedding of the prompt is used, counted likewise (patching); −1: the "
                       "checkpoint's own."))
        .group("Sampler")
        .add(samplerChoice("ddim"))
        .add(integer("sampler_steps", 20).range(1, 1000).unit("1").help("T: steps of the sampler."))
        .add(integer("samples", 16).range(1, 256).unit("1").help("How many."))
        .add(integer("noise_seed", 0).range(0, 1'000'000'000).unit("1").help("Other noise, other samples."))
        .preset("smoke", {{"samples", 2}, {"sampler_steps", 2}})
        .preset("laptop", {{"samples", 16}});
}

void Draw::open(const latent::Run* run) {
    if (!run) throw latent::RunError("Open this on a run of concept/diffusion.");
    if (!run->has("weights") || !run->has("weights_step") || !run->has("weights_line"))
        throw latent::RunError(
            "This run has kept no weights yet: concept/diffusion keeps them at checkpoints with "
            "weights=checkpoints, else when it has finished.");
    m_plan = DiffusionPlan::of(run->parameters()).nameConcepts();
    m_set = m_plan->makeSmallSet();
    m_steps = run->read("weights_step").toDoubles();
    m_lines = run->read("weights_line").toDoubles();
    const auto each = static_cast<std::size_t>(m_plan->training.shape.parameterCount());
    const auto read = [&](const char* name) {
        const latent::Array weights = run->read(name);
        const std::span<const float> all = weights.as<float>();
        if (m_steps.empty() || all.size() != m_steps.size() * each || m_lines.size() != 2 * m_steps.size())
            throw latent::RunError(
                "The weights of this run are of another architecture than its parameters say.");
        return std::vector<float>(all.begin(), all.end());
    };
    m_raw.clear();
    m_average.clear();
    // Earlier versions kept the average alone where there is one, as `weights`.
    const bool isOfAverage = m_plan->averaged && !run->has("weights_ema");
    (isOfAverage ? m_average : m_raw) = read("weights");
    if (m_plan->averaged && !isOfAverage) m_average = read("weights_ema");
    m_models.clear();
}

std::size_t Draw::placeOf(const latent::Parameters& p, const char* name) const {
    if (p.integer(name) >= static_cast<std::int64_t>(m_steps.size()))
        throw latent::RunError("The run has kept weights of " + std::to_string(m_steps.size()) +
                               " checkpoints; '" + name + "' counts them from the end, from 0.");
    return m_steps.size() - 1 - static_cast<std::size_t>(p.integer(name));
}

const std::vector<float>& Draw::weightsOf(const latent::Parameters& p) const {
    const bool average = p.choice("weights") == "ema";
    if (average && m_average.empty())
        throw latent::RunError(
            "This run kept no moving average of its weights; ask with weights=raw, or train with 'average' "
            "above 0.");
    if (!average && m_raw.empty())
        throw latent::RunError(
            "An earlier version stored this run, which kept the moving average of the weights alone, not the "
            "weights "
            "themselves; ask with weights=ema.");
    return average ? m_average : m_raw;
}

std::shared_ptr<const unet::Model> Draw::modelAt(const std::vector<float>& all, std::size_t place) {
    const std::pair key(&all == &m_average, place);
    if (const auto found = m_models.find(key); found != m_models.end()) return found->second;
    if (m_models.size() >= kWarmModels) m_models.clear();
    unet::Weights weights(m_plan->training.shape);
    const std::size_t each = weights.flat().size();
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(place * each), each, weights.flat().begin());
    return m_models[key] = std::make_shared<const unet::Model>(weights);
}

std::vector<float> Draw::conditionOf(const latent::Parameters& p) const {
    const float colour = static_cast<float>(p.number("colour")),
                radius = static_cast<float>(p.number("radius"));
    if (m_plan->vectors) return {colour, radius};
    if (m_plan->own) return {1 - colour, colour, 1 - radius, radius};
    Scene scene = meanScene(m_plan->image, m_set->heldOut());
    scene.colour = {.5F - colour / 2, .5F - std::abs(colour) / 2, .5F + colour / 2};
    scene.radius = radius;
    scene.ground.fill(static_cast<float>(p.number("ground")));
    const auto c = concept_space::conditionOf(m_plan->image, scene);
    return {c.begin(), c.end()};
}

latent::Outputs Draw::outputs(const latent::Parameters& p) {
    using namespace latent;
    const int side = m_plan ? m_plan->side() : 16, channels = m_plan ? m_plan->channels() : 3,
              concepts = m_plan ? m_plan->concepts() : 2;
    const std::vector<std::string> titles =
        m_plan ? m_plan->conceptTitles() : std::vector<std::string>{"first concept", "second concept"};
    const Dimension tile = fixed("tile", p.integer("samples")), concept_ = fixed("concept", concepts);
    Outputs o;
    o.array("tile", I32, {tile}).label("sample");
    o.array("concept", I32, {concept_}).label("concept");
    o.array("samples", F32, {tile, fixed("y", side), fixed("x", side), fixed("channel", channels)})
        .units("1")
        .label("samples");
    o.array("coordinates", F64, {tile, concept_})
        .units("1")
        .label("concept coordinate")
        .description("Analytic probe.");
    if (channels == 3)
        o.figure(view::imageGrid("grid")
                     .title("Samples")
                     .z("samples")
                     .tiles("tile")
                     .columns(4)
                     .across("x")
                     .down("y")
                     .channel("channel"));
    o.figure(view::points("coordinates_square")
                 .title("Where they lie in concept space")
                 .series(view::xy(view::Selection("coordinates", {{"concept", 0}}),
                                  view::Selection("coordinates", {{"concept", 1}}))
                             .label("samples"))
                 .xAxis({.title = titles[0], .limits = {0, 1}})
                 .yAxis({.title = titles[1], .limits = {0, 1}})
                 .equalAspect());
    return o;
}

void Draw::answer(const latent::Parameters& p, latent::Reply& reply) {
    if (!m_set) throw latent::RunError("Open this on a run of concept/diffusion.");
    const std::size_t place = placeOf(p, "kept"),
                      embedding = p.integer("embedding_kept") < 0 ? place : placeOf(p, "embedding_kept");
    if (p.number("guidance") > 0 && m_plan->training.dropCondition <= 0)
        throw latent::RunError(
            "This model was trained without drop_condition, so it knows no unconditional prediction to guide "
            "away from; set 'guidance' to 0.");
    const auto along = static_cast<int>(p.integer("along"));
    if (along >= m_set->concepts())
        throw latent::RunError("This model has " + std::to_string(m_set->concepts()) +
                               " concepts; 'along' counts them from 0.");
    // Both are held here: making the second one may clear the warm ones.
    const std::vector<float>& weights = weightsOf(p);
    const std::shared_ptr<const unet::Model> model = modelAt(weights, place),
                                             embedder = modelAt(weights, embedding);
    diffusion::Schedule schedule(m_plan->training.schedule);
    if (m_plan->training.schedule.kind != diffusion::ScheduleKind::Cosine)
        schedule.setLine(m_lines[2 * place], m_lines[2 * place + 1]);
    DrawOptions options = m_plan->draw;
    options.sampler = samplerOf(p);
    options.guidance = p.number("guidance");
    options.seed = static_cast<std::uint64_t>(p.integer("noise_seed"));
    options.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 16U));
    const Drawer drawer(*m_set, *model, schedule, options, embedder.get());
    std::vector<float> condition = drawer.embed(conditionOf(p));
    const double strength = p.number("strength");
    if (strength != 0) condition = intervened(condition, drawer.direction(along), strength);
    const int n = static_cast<int>(p.integer("samples"));
    const auto goOn = [&] { return !reply.cancelled(); };
    const auto send = [&](std::vector<float> drawn) {
        const std::vector<double> coordinates = m_set->readAll(drawn, n);
        if (m_set->isImages())
            for (float& v : drawn) v = std::clamp(v, 0.0F, 1.0F);
        reply.array("samples", {drawn, {n, m_set->height(), m_set->width(), m_set->channels()}});
        reply.array("coordinates", {coordinates, {n, m_set->concepts()}});
    };
    reply.array("tile", placesOf(static_cast<std::size_t>(n)));
    reply.array("concept", placesOf(static_cast<std::size_t>(m_set->concepts())));
    if (options.sampler.steps >= 2 * kCoarse && !options.regression) {
        DrawOptions coarse = options;
        coarse.sampler = {diffusion::SamplerKind::Ddim, options.sampler.steps / kCoarse};
        std::vector<float> drawn =
            Drawer(*m_set, *model, schedule, coarse, embedder.get()).draw(condition, n, 0, goOn);
        if (drawn.empty()) return;
        send(std::move(drawn));
        reply.flush();
    }
    std::vector<float> drawn = drawer.draw(condition, n, 0, goOn);
    if (drawn.empty()) return;
    send(std::move(drawn));
    reply.values({{"step", m_steps[place]}});
}

}  // namespace concept_space
