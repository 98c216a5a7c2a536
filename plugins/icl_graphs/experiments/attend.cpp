// SPDX-License-Identifier: Apache-2.0
#include "experiments/attend.hpp"

#include <algorithm>

namespace icl_graphs {
namespace {
constexpr const char* kAttendOpens = "Open this on a run of icl/model.";
}  // namespace

std::optional<AttentionMaps> attentionMaps(const LanguageModel& model, std::span<const int> tokens, int lead,
                                           std::span<const int> nodes, int words, int threads,
                                           const std::function<bool()>& keepGoing) {
    const DecoderConfig& c = model.config();
    const int length = static_cast<int>(nodes.size()), first = length - words;
    AttentionMaps maps{c.layers, c.heads, words, {}, {}, {}, {}, 0};
    const std::size_t heads = static_cast<std::size_t>(c.layers) * static_cast<std::size_t>(c.heads),
                      w = static_cast<std::size_t>(words);
    maps.map.assign(heads * w * w, 0);
    maps.elsewhere.assign(heads * w, 0);
    std::vector<float> induction(heads * w, 0),
        previous(heads * w, 0);  // by row, so that sums do not depend on which thread came first
    DecoderRun run;
    run.threads = threads;
    run.lastLayer = c.layers;
    run.keepGoing = keepGoing;
    run.attention = [&](const AttentionBlock& a) {
        const std::size_t head = static_cast<std::size_t>(a.layer) * static_cast<std::size_t>(c.heads) +
                                 static_cast<std::size_t>(a.head);
        for (int r = 0; r < a.rows; ++r) {
            const int t = a.first + r - lead;
            if (t < first) continue;
            const float* row = a.probability + r * a.stride;
            const std::size_t at = head * w + static_cast<std::size_t>(t - first);
            for (int s = 0; s <= t; ++s) {
                if (s >= first)
                    maps.map[at * w + static_cast<std::size_t>(s - first)] = row[lead + s];
                else
                    maps.elsewhere[at] += row[lead + s];
                if (s > 0 && s < t &&
                    nodes[static_cast<std::size_t>(s) - 1] == nodes[static_cast<std::size_t>(t)])
                    induction[at] += row[lead + s];
            }
            for (int s = 0; s < lead; ++s) maps.elsewhere[at] += row[s];
            if (t > 0) previous[at] = row[lead + t - 1];
        }
    };
    if (!model.forward(tokens, run)) return std::nullopt;
    for (std::size_t h = 0; h < heads; ++h) {
        double a = 0, b = 0;
        for (std::size_t r = 0; r < w; ++r) a += induction[h * w + r], b += previous[h * w + r];
        maps.induction.push_back(a / static_cast<double>(words));
        maps.previous.push_back(b / static_cast<double>(words));
    }
    for (int t = first; t < length; ++t) {
        double after = 0;
        for (int s = 1; s < t; ++s)
            after += nodes[static_cast<std::size_t>(s) - 1] == nodes[static_cast<std::size_t>(t)];
        maps.inductionChance += after / (t + 1 + lead) / words;
    }
    return maps;
}

latent::Schema Attend::parameters() {
    using namespace latent;
    return Schema{}
        .group("Head")
        .add(integer("block", 0)
                 .range(0, 1023)
                 .unit("1")
                 .help("Block of the head, from 0. A click on a map of scores chooses block and head."))
        .add(integer("head", 0).range(0, 1023).unit("1").help("Its number in the block, from 0."))
        .group("Prompt")
        .add(integer("placement", 0).range(0, 999).unit("1").help("Which placement of words, from 0."))
        .add(integer("prompt", 0).range(0, 255).unit("1").help("Which of the run's prompts, from 0."))
        .add(integer("context", 0)
                 .range(0, 100'000)
                 .unit("words")
                 .help("The prompt is read up to here; 0: all of it."))
        .add(integer("words", 48).range(2, 128).unit("words").help("The last so many words are shown."))
        .preset("smoke", {{"words", 8}});
}

void Attend::open(const latent::Run* run) {
    if (!run) throw latent::RunError(kAttendOpens);
    m_session = std::make_unique<ModelSession>(*run);
    m_asked.clear();
}

int Attend::endOf(const latent::Parameters& p) const {
    const int length = m_session->plan().study.spec.length;
    if (p.integer("context") > length)
        throw latent::RunError("The prompts have " + std::to_string(length) + " words; 'context' asks for " +
                               std::to_string(p.integer("context")) + ".");
    return p.integer("context") > 0 ? static_cast<int>(p.integer("context")) : length;
}

latent::Outputs Attend::outputs(const latent::Parameters& p) {
    using namespace latent;
    if (!m_session) throw latent::RunError(kAttendOpens);
    const ModelPlan& plan = m_session->plan();
    m_session->check(p.integer("placement"), p.integer("prompt"));
    if (p.integer("block") >= plan.config.layers || p.integer("head") >= plan.config.heads)
        throw RunError("There is no head " + std::to_string(p.integer("head")) + " in block " +
                       std::to_string(p.integer("block")) + "; the model has " +
                       std::to_string(plan.config.layers) + " blocks of " +
                       std::to_string(plan.config.heads) + " heads, counted from 0.");
    const auto words = std::min<std::int64_t>(p.integer("words"), endOf(p));
    const Dimension block = fixed("block", plan.config.layers), head = fixed("head", plan.config.heads),
                    query = fixed("query", words), key = fixed("key", words),
                    node = fixed("node", plan.study.nodes());
    const std::vector<std::string> names = m_session->words(p.integer("placement"));
    Outputs o;
    o.array("block", I32, {block}).label("block");
    o.array("head", I32, {head}).label("head");
    o.array("query", I64, {query}).units("words").label("word that looks");
    o.array("key", I64, {key}).units("words").label("word that is looked at");
    o.array("word", I32, {query}).label("word").categories(names).description("At each shown position.");
    declareLayout(o, plan.study.graph(), names);
    o.array("attention", F32, {query, key}).units("1").label("attention");
    o.array("elsewhere", F32, {query})
        .units("1")
        .label("attention to words before these")
        .description("And to the token that begins the text.");
    o.array("on_node", F64, {node})
        .units("1")
        .label("attention of the last word")
        .description("Summed over the occurrences of each word among those that are shown.");
    o.array("induction", F64, {block, head})
        .units("1")
        .label("attention to what followed this word before")
        .description("Mean over the shown words, all earlier words counted.");
    o.array("previous_token", F64, {block, head}).units("1").label("attention to the word before");
    o.array("induction_chance", F64, {})
        .units("1")
        .label("the induction score of attention that is spread evenly");
    const auto scores = [](const char* name, const char* title, const char* array) {
        return view::heatmap(name)
            .title(title)
            .z(array)
            .across("head")
            .down("block")
            .upwards()
            .colours({.limits = {0.0, 1.0}, .title = "attention"})
            .gesture(view::pick("icl/attend")
                         .bind("index.block", "block")
                         .bind("index.head", "head")
                         .label("Attention of this head"));
    };
    o.figure(view::heatmap("attention_map")
                 .title("Attention of the head")
                 .caption("Each row is a word that looks back; columns are the words it looks at. What a row "
                          "lacks of 1 goes to earlier words.")
                 .z("attention")
                 .across("key")
                 .down("query")
                 .colours({.limits = {0.0, 1.0}, .title = "attention"}));
    o.figure(scores("induction_heads", "Induction heads: choose one", "induction"));
    o.figure(scores("previous_heads", "Heads that look at the word before: choose one", "previous_token"));
    o.figure(view::graph("attended")
                 .title("What the last word looks at, on the graph")
                 .nodes("node")
                 .positions("layout_x", "layout_y")
                 .edges("edges")
                 .textBy("node")
                 .sizeBy("on_node")
                 .colourBy("on_node"));
    o.figure(view::lines("words")
                 .title("The words")
                 .x("query", {.title = "position", .unit = "words"})
                 .y({.title = "word"})
                 .series(view::series("word").label("word").steps()));
    o.figure(view::text("chance")
                 .words("Attention that is spread evenly has an induction score of {chance}.")
                 .value("chance", "induction_chance"));
    return o;
}

void Attend::answer(const latent::Parameters& p, latent::Reply& reply) {
    if (!m_session) throw latent::RunError(kAttendOpens);
    const ModelPlan& plan = m_session->plan();
    const int end = endOf(p), words = std::min(static_cast<int>(p.integer("words")), end),
              nodes = plan.study.nodes();
    const std::vector<std::int64_t> asked{p.integer("placement"), p.integer("prompt"), end, words};
    if (asked != m_asked) {
        m_asked.clear();
        Sequence s = plan.study.sequence(p.integer("placement"), p.integer("prompt"));
        s.nodes.resize(static_cast<std::size_t>(end));
        auto maps = attentionMaps(m_session->decoder(), m_session->tokensOf(p.integer("placement"), s.nodes),
                                  m_session->lead(), s.nodes, words, plan.threads,
                                  [&] { return !reply.cancelled(); });
        if (!maps) return;
        m_maps = std::move(*maps);
        m_nodes.assign(s.nodes.end() - words, s.nodes.end());
        m_asked = asked;
    }
    const int block = static_cast<int>(p.integer("block")), head = static_cast<int>(p.integer("head"));
    const float* map = m_maps.row(block, head, 0);
    const float* elsewhere =
        m_maps.elsewhere.data() + (static_cast<std::ptrdiff_t>(block) * m_maps.heads + head) * words;
    std::vector<double> on(static_cast<std::size_t>(nodes), 0);
    for (int s = 0; s < words; ++s)
        on[static_cast<std::size_t>(m_nodes[static_cast<std::size_t>(s)])] +=
            m_maps.row(block, head, words - 1)[s];
    std::vector<std::int64_t> position;
    for (int t = end - words; t < end; ++t) position.push_back(t);
    reply.array("block", counted(static_cast<std::size_t>(m_maps.layers)));
    reply.array("head", counted(static_cast<std::size_t>(m_maps.heads)));
    reply.array("query", position);
    reply.array("key", position);
    reply.array("word", m_nodes);
    sendLayout(plan.study.graph(),
               [&](const char* name, const latent::ArrayView& view) { reply.array(name, view); });
    reply.array("attention", latent::ArrayView(map, {words, words}));
    reply.array("elsewhere", latent::ArrayView(elsewhere, {words}));
    reply.array("on_node", on);
    reply.array("induction", latent::ArrayView(m_maps.induction, {m_maps.layers, m_maps.heads}));
    reply.array("previous_token", latent::ArrayView(m_maps.previous, {m_maps.layers, m_maps.heads}));
    reply.array("induction_chance", scalar(m_maps.inductionChance));
}

}  // namespace icl_graphs
