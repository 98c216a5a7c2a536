// SPDX-License-Identifier: Apache-2.0
#include "experiments/chain_parameters.hpp"

#include <numeric>

#include "experiments/chain_file.hpp"

namespace markov_mixtures {

void addChainParameters(latent::Schema& schema, int states, int chains) {
    using namespace latent;
    schema.group("Chains")
        .add(integer("states", states)
                 .range(2, 128)
                 .unit("1")
                 .help("States k of every chain, which are the tokens."))
        .add(integer("chains", chains)
                 .range(1, 1'000'000)
                 .unit("1")
                 .help("Chains N of the mixture: the data diversity."))
        .add(choice("generator",
                    {{"dirichlet", "Dirichlet rows"},
                     {"sparse", "sparse rows"},
                     {"block_dirichlet", "block Dirichlet"},
                     {"doubly_stochastic", "doubly stochastic"},
                     {"dirichlet_from_base", "Dirichlet around one matrix"}},
                    "dirichlet")
                 .help("How transition matrices are drawn. Doubly stochastic chains have uniform unigram "
                       "statistics."))
        .add(number("concentration", 1)
                 .range(1e-3, 1e4)
                 .unit("1")
                 .logarithmic()
                 .help("Of the Dirichlet rows (or Gamma entries): small is nearly deterministic.")
                 .visibleWhen("generator",
                              std::vector<nlohmann::json>{"dirichlet", "sparse", "doubly_stochastic"}))
        .add(number("density", 0.5)
                 .range(0.01, 1)
                 .unit("1")
                 .help("Share of the entries of a row that are not 0.")
                 .visibleWhen("generator", "sparse"))
        .add(integer("block_size", 5)
                 .range(1, 128)
                 .unit("1")
                 .help("States of a block.")
                 .visibleWhen("generator", "block_dirichlet"))
        .add(number("block_concentration", 5)
                 .range(1e-3, 1e4)
                 .unit("1")
                 .help("Concentration inside a block.")
                 .visibleWhen("generator", "block_dirichlet"))
        .add(number("off_block_concentration", 1)
                 .range(1e-3, 1e4)
                 .unit("1")
                 .help("Concentration outside the blocks.")
                 .visibleWhen("generator", "block_dirichlet"))
        .add(number("beta", 10)
                 .range(1e-3, 1e6)
                 .unit("1")
                 .logarithmic()
                 .help("Concentration around the common matrix: large chains are alike.")
                 .visibleWhen("generator", "dirichlet_from_base"))
        .add(choice("prior",
                    {{"normalised_uniform", "normalised uniform"}, {"uniform", "uniform"}, {"zipf", "Zipf"}},
                    "normalised_uniform")
                 .help("How likely each chain is. The paper's code divides N uniform numbers by their sum."))
        .add(number("zipf_exponent", 1)
                 .range(0, 10)
                 .unit("1")
                 .help("Chain n has probability in proportion to n^-exponent.")
                 .visibleWhen("prior", "zipf"))
        .add(matrix("transition")
                 .shape("states", "states")
                 .range(0, 1)
                 .optional()
                 .advanced()
                 .help("One chain by hand, in place of drawn ones; rows sum to 1. It must be irreducible and "
                       "aperiodic."))
        .add(path("chain_file")
                 .endings({".npz", ".npy", ".csv"})
                 .optional()
                 .advanced()
                 .help("Matrices made elsewhere, in place of drawn ones: an array [N, k, k] of NumPy, or CSV "
                       "with k numbers a line. The first 'chains' of them are used, with the file's `prior` "
                       "[N] if it has one; new chains are still drawn by the generator."))
        .add(seed("seed", 42).help("Draws the chains, their prior, and what is evaluated on."));
}

void addAlgorithmParameters(latent::Schema& schema) {
    using namespace latent;
    schema.group("Algorithms")
        .add(number("alpha", 1)
                 .range(0, 1e3)
                 .unit("1")
                 .help("Smoothing of the inference algorithms: counts that every transition starts with."))
        .add(integer("order", 2)
                 .range(0, 16)
                 .unit("tokens")
                 .help("How many tokens the n-gram algorithm looks back; 1 is Bi-Inf."))
        .add(choice("first_token",
                    {{"stationary", "its stationary probability"},
                     {"leak", "the transition into it, where it is known"}},
                    "stationary")
                 .help("What the first token of a context adds to the bigram likelihood. The paper's code "
                       "lets the token in front leak in.")
                 .advanced())
        .add(number("inference_prior", 0.1)
                 .range(0, 1)
                 .unit("1")
                 .help("Probability that a chain is new, for the algorithm that weighs Bi-Ret against Bi-Inf "
                       "by their evidence."));
}

MixtureSpec mixtureSpecOf(const latent::Parameters& p) {
    MixtureSpec spec;
    const std::string generator = p.choice("generator"), prior = p.choice("prior");
    spec.generator.kind = generator == "sparse"                ? Generator::Sparse
                          : generator == "block_dirichlet"     ? Generator::BlockDirichlet
                          : generator == "doubly_stochastic"   ? Generator::DoublyStochastic
                          : generator == "dirichlet_from_base" ? Generator::DirichletFromBase
                                                               : Generator::Dirichlet;
    spec.generator.states = static_cast<int>(p.integer("states"));
    spec.generator.concentration = p.number("concentration");
    spec.generator.density = p.number("density");
    spec.generator.blockSize = static_cast<int>(p.integer("block_size"));
    spec.generator.inBlock = p.number("block_concentration");
    spec.generator.offBlock = p.number("off_block_concentration");
    spec.generator.beta = p.number("beta");
    spec.prior.kind = prior == "uniform" ? PriorKind::Uniform
                      : prior == "zipf"  ? PriorKind::Zipf
                                         : PriorKind::NormalisedUniform;
    spec.prior.exponent = p.number("zipf_exponent");
    spec.chains = p.integer("chains");
    spec.seed = p.seed();
    return spec;
}

std::int64_t chainsOf(const latent::Parameters& p) { return p.has("transition") ? 1 : p.integer("chains"); }

namespace {

/// The one chain that is given by hand, checked.
Chain givenChain(const latent::Parameters& p) {
    if (p.has("chain_file"))
        throw latent::RunError("'transition' and 'chain_file' both give the chains; give one of them.");
    std::vector<double> flat;
    for (const std::vector<double>& row : p.matrix("transition"))
        flat.insert(flat.end(), row.begin(), row.end());
    const auto k = static_cast<int>(p.integer("states"));
    if (const std::string why = whyNotErgodic(k, flat); !why.empty())
        throw latent::RunError("The parameter 'transition' is no chain that can be used. " + why);
    return {k, flat, stationaryOf(k, flat)};
}

}  // namespace

void requireChains(const latent::Parameters& p, const std::string& parameter) {
    if (p.has("transition")) {
        givenChain(p);
        return;
    }
    const MixtureSpec spec = mixtureSpecOf(p);
    requireValid(spec);
    if (p.has("chain_file")) {
        readChains(p.path("chain_file"), spec.generator.states, spec.chains, parameter);
        readPrior(p.path("chain_file"), spec.chains);
        return;
    }
    drawChain(spec.generator, spec.seed, "train",
              0);  // a generator that never gives an ergodic chain is found out here
}

bool isGiven(const latent::Parameters& p) { return p.has("transition") || p.has("chain_file"); }

std::vector<double> priorOf(const latent::Parameters& p, std::int64_t first) {
    if (p.has("transition")) return {1};
    std::vector<double> prior;
    if (p.has("chain_file")) prior = readPrior(p.path("chain_file"), first);
    if (prior.empty()) return makePrior(mixtureSpecOf(p).prior, first, p.seed());
    const double sum = std::accumulate(prior.begin(), prior.end(), 0.0);
    for (double& each : prior) each /= sum;
    return prior;
}

Mixture mixtureOf(const latent::Parameters& p) { return mixtureOf(p, chainsOf(p)); }

Mixture mixtureOf(const latent::Parameters& p, std::int64_t first) {
    MixtureSpec spec = mixtureSpecOf(p);
    const int k = spec.generator.states;
    if (p.has("transition")) return mixtureOf({givenChain(p)}, {1});
    spec.chains = first;
    if (!p.has("chain_file")) return makeMixture(spec);
    requireValid(spec);  // the memory
    const std::vector<double> matrices = readChains(p.path("chain_file"), k, first);
    const auto size = static_cast<std::ptrdiff_t>(k) * k;
    std::vector<Chain> chains;
    for (auto at = matrices.begin(); at != matrices.end(); at += size) {
        Chain chain{k, {at, at + size}, {}};
        chain.stationary = stationaryOf(k, chain.transition);
        chains.push_back(std::move(chain));
    }
    return mixtureOf(chains, priorOf(p, first));
}

BankOptions bankOptionsOf(const latent::Parameters& p) {
    return {p.number("alpha"), static_cast<int>(p.integer("order")),
            p.choice("first_token") == "leak" ? FirstToken::Leak : FirstToken::Stationary,
            p.number("inference_prior")};
}

std::vector<std::string> stateNames(std::int64_t states) {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < states; ++i) names.push_back(std::to_string(i));
    return names;
}

std::vector<std::int32_t> counted(std::size_t count) {
    std::vector<std::int32_t> places(count);
    std::iota(places.begin(), places.end(), 0);
    return places;
}

}  // namespace markov_mixtures
