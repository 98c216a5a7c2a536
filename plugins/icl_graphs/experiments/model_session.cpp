// SPDX-License-Identifier: Apache-2.0
#include "experiments/model_session.hpp"

#include <algorithm>
#include <thread>

namespace icl_graphs {
namespace {
constexpr std::size_t kMostKept =
    600'000'000;  // bytes of states: six prompts of a model with 31 layers of 576, 1,400 words each
}

ModelSession::ModelSession(const latent::Run& run) {
    if (run.experiment() != "icl/model")
        throw latent::RunError("This looks into a language model; open it on a run of icl/model.");
    m_plan = ModelPlan::of(run.parameters());
    m_plan.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    m_model = loadDecoder(m_plan.path);
    m_decoder.emplace(m_model.weights);
}

std::vector<int> ModelSession::tokensOfNodes(std::int64_t placement) const {
    std::vector<int> each;
    for (const std::string& word : words(placement)) each.push_back(m_model.vocabulary.wordToken(word));
    return each;
}

std::vector<int> ModelSession::tokensOf(std::int64_t placement, std::span<const int> nodes) const {
    const std::vector<int> each = tokensOfNodes(placement);
    std::vector<int> tokens;
    if (m_plan.startsWithBos) tokens.push_back(static_cast<int>(m_plan.config.bos));
    for (const int node : nodes) tokens.push_back(each[static_cast<std::size_t>(node)]);
    return tokens;
}

Reader ModelSession::reader(std::int64_t placement) const {
    return {*m_decoder, tokensOfNodes(placement),
            m_plan.startsWithBos ? static_cast<int>(m_plan.config.bos) : -1, m_plan.threads};
}

void ModelSession::check(std::int64_t placement, std::int64_t prompt) const {
    if (placement >= m_plan.replicates)
        throw latent::RunError("The run has " + std::to_string(m_plan.replicates) +
                               " placements, counted from 0; 'placement' asks for number " +
                               std::to_string(placement) + ".");
    if (prompt >= m_plan.prompts)
        throw latent::RunError("The run has " + std::to_string(m_plan.prompts) +
                               " prompts of each placement, counted from 0; 'prompt' asks for number " +
                               std::to_string(prompt) + ".");
}

const ReadPrompt* ModelSession::prompt(std::int64_t placement, std::int64_t number,
                                       const std::function<bool()>& keepGoing) {
    check(placement, number);
    const auto found = std::find_if(m_read.begin(), m_read.end(), [&](const ReadPrompt& p) {
        return p.placement == placement && p.prompt == number;
    });
    if (found != m_read.end()) {
        m_read.splice(m_read.begin(), m_read, found);
        return &m_read.front();
    }
    const std::size_t bytes = (static_cast<std::size_t>(m_plan.config.layers) + 1) *
                              static_cast<std::size_t>(m_plan.study.spec.length) *
                              static_cast<std::size_t>(m_plan.config.width) * sizeof(float);
    while (!m_read.empty() && (m_read.size() + 1) * bytes > kMostKept) m_read.pop_back();
    requireMemory(bytes, "All states of a prompt of " + std::to_string(m_plan.study.spec.length) + " words");
    ReadPrompt p{placement, number, m_plan.study.sequence(placement, number), {}, {}};
    const auto length = static_cast<Eigen::Index>(p.sequence.nodes.size());
    p.states.assign(static_cast<std::size_t>(m_plan.config.layers) + 1,
                    HiddenStates(length, m_plan.config.width));
    ReadOptions options;
    options.keepGoing = keepGoing;
    options.onState = [&](int layer, int t, std::span<float> state) {
        std::copy(state.begin(), state.end(), p.states[static_cast<std::size_t>(layer)].row(t).data());
    };
    Reader::Heard heard = reader(placement).read(p.sequence.nodes, options);
    if (!heard.finished) return nullptr;
    p.probability = std::move(heard.probability);
    m_read.push_front(std::move(p));
    return &m_read.front();
}

}  // namespace icl_graphs
