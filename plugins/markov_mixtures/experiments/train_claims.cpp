// SPDX-License-Identifier: Apache-2.0
// What the paper says of trained transformers. The unit is the seed, which draws mixture, weights and batches.
// Choices (of a checkpoint, of N, of a head) are made on the even half of the evaluation chains and judged on
// the odd half. All margins were written before any run was seen. What is measured: train_evidence.cpp.

#include "experiments/paper_claims.hpp"
#include "experiments/train.hpp"

namespace markov_mixtures {
namespace {

constexpr double kSharp = .5;      // decades
constexpr double kTogether = .25;  // decades: half of a factor of three, roughly

}  // namespace

std::vector<latent::Claim> Train::claims() {
    using namespace latent;
    const auto claim = [](const char* id, const char* statement, const char* where, const char* unit,
                          const char* estimand) {
        return Claim(id, statement)
            .source(kPaper, where)
            .unit(unit)
            .each(Replication::Seed)
            .estimand(estimand)
            .atLeast(5);
    };
    const char* onEven = "by the even half of the evaluation chains";
    return {
        claim("unigram_stage",
              "Early in training a model of a diverse mixture predicts from unigrams, later it does not.",
              "figures 3(b) and 6", "1",
              "merged unigram weight of LIA at the checkpoint nearest to a unigram algorithm, minus at the "
              "end; largest N")
            .by(Interval::Mean)
            .greaterThan(0, .3)
            .chosenBy(std::string("checkpoint nearest to a unigram algorithm, ") + onEven, Guard::HeldOut)
            .control(Control("nearest_is_unigram",
                             "There a unigram algorithm is nearer to the model than a bigram one "
                             "(KL(model‖algorithm), difference).")
                         .by(Interval::Mean)
                         .lessThan(0)),
        claim("bigram_transition_is_sharp", "The turn from unigrams to bigrams is sudden.", "figure 3(b)",
              "decades",
              "decades of steps in which bigram utilisation rises from 20 % to 80 % of its way; largest N")
            .by(Interval::Mean)
            .lessThan(kSharp)
            .control(Control("loss_is_gradual",
                             "The distance from known chains falls over more than a tenth of a decade: the "
                             "checkpoints resolve a change.")
                         .by(Interval::Mean)
                         .greaterThan(.1)),
        claim("inference_at_large_diversity", "With many chains a trained model infers.", "figures 5 and 6",
              "nats",
              "KL(model‖Bi-Ret) − KL(model‖Bi-Inf) on new chains, second half of the contexts, at the end; "
              "largest N")
            .by(Interval::Mean)
            .greaterThan(0)
            .sweeps("chains", 2)
            .control(Control("untrained",
                             "At the first checkpoint the model is near to neither: the difference is small.")
                         .by(Interval::Mean)
                         .lessThan(.5)),
        claim("retrieval_at_small_diversity", "With few chains a trained model retrieves.", "figures 5 and 6",
              "nats",
              "KL(model‖Bi-Inf) − KL(model‖Bi-Ret) on new chains, second half of the contexts, at the end; "
              "smallest N")
            .by(Interval::Mean)
            .greaterThan(0)
            .sweeps("chains", 2)
            .control(Control("untrained", "At the first checkpoint the model does not retrieve.")
                         .by(Interval::Mean)
                         .lessThan(0)),
        claim(
            "diversity_threshold",
            "A model of the largest number of chains generalises to new ones, one of the smallest does not.",
            "figure 3(a)", "nats",
            "kl_matrix on new chains at the longest context at the end, smallest N minus largest N")
            .by(Interval::PairedMean)
            .greaterThan(0, .05)
            .sweeps("chains", 4)
            .control(Control("known_chains", "On known chains fewer chains are no harder.")
                         .by(Interval::PairedMean)
                         .lessThan(.05)),
        claim("transience",
              "At some diversity the model first generalises to new chains and later does so worse.",
              "figures 3 and 7", "nats",
              "kl_matrix on new chains at the longest context: at the end minus at its minimum")
            .by(Interval::Mean)
            .greaterThan(0, kTurn)
            .sweeps("chains", 3)
            .chosenBy(std::string("N of the largest rise and checkpoint of the minimum, ") + onEven,
                      Guard::HeldOut)
            .control(Control("known_chains", "The same measurement finds no rise on known chains.")
                         .by(Interval::Mean)
                         .lessThan(kTurn)),
        claim("previous_token_head_at_onset", "A previous-token head comes when the model turns to bigrams.",
              "appendix E", "decades",
              "log10 of the steps at which the score of the head has made half of its way, minus the same of "
              "bigram utilisation; largest N")
            .by(Interval::Mean)
            .equals(0, kTogether)
            .chosenBy(std::string("head of an earlier layer with the largest score at the end, ") + onEven,
                      Guard::HeldOut)
            .control(Control("head_grows", "The score of that head grows by more than .1.")
                         .by(Interval::Mean)
                         .greaterThan(.1)),
        claim("induction_head_at_onset", "An induction head comes when the model turns to bigrams.",
              "appendix E", "decades",
              "log10 of the steps at which the score of the head has made half of its way, minus the same of "
              "bigram utilisation; largest N")
            .by(Interval::Mean)
            .equals(0, kTogether)
            .chosenBy(std::string("head of a later layer with the largest score at the end, ") + onEven,
                      Guard::HeldOut)
            .control(Control("head_grows", "The score of that head grows by more than .1.")
                         .by(Interval::Mean)
                         .greaterThan(.1)),
        claim("lia_forecasts_new_chains",
              "The algorithms that explain known chains forecast the model on new ones better than simpler "
              "accounts.",
              "figure 7", "nats",
              "mean error over checkpoints of the best of three controls (nearest single algorithm, static "
              "weights, average matrix) minus that of LIA; mean over N")
            .by(Interval::PairedMean)
            .greaterThan(0)
            .control(Control("random_weights", "Random weights forecast worse than LIA.")
                         .by(Interval::PairedMean)
                         .greaterThan(0)),
        claim("context_driven_transition", "More context alone changes which algorithm a model runs.",
              "section 5, figure 4", "nats",
              "smaller of two leads on new chains: that of the algorithm nearest to the model at a shorter "
              "context, and that of another one at a longer (unigrams count as one, Bi-Ret, Bi-Inf; "
              "KL(model‖algorithm))")
            .by(Interval::Mean)
            .greaterThan(0, kTurn)
            .chosenBy(std::string("N, checkpoint, both lengths and both algorithms, ") + onEven,
                      Guard::HeldOut)
            .control(Control("first_checkpoint",
                             "The same measurement finds no change in the hardly trained model of the first "
                             "checkpoint.")
                         .by(Interval::Mean)
                         .lessThan(kTurn)),
        claim("early_ascent_of_models",
              "At some diversity and stage of training more context first makes a model worse on new chains.",
              "appendix C, early ascent", "nats",
              "kl_position on new chains over the context: the smaller of its rise to a peak and its fall "
              "after it")
            .by(Interval::Mean)
            .greaterThan(0, kTurn)
            .chosenBy(std::string("N, checkpoint, peak and where the rise begins, ") + onEven, Guard::HeldOut)
            .control(Control("known_chains", "The same measurement finds no ascent on known chains.")
                         .by(Interval::Mean)
                         .lessThan(kTurn)),
        claim("bounded_efficacy_of_models",
              "At some diversity and stage of training biased context helps a model only up to a length.",
              "appendix C, bounded efficacy of biased context", "nats",
              "kl_position in biased contexts against the known chain: the smaller of its fall to a trough "
              "and its rise after it")
            .by(Interval::Mean)
            .greaterThan(0, kTurn)
            .chosenBy(std::string("N, checkpoint, trough and where the fall begins, ") + onEven,
                      Guard::HeldOut)
            .control(Control("unbiased", "The same measurement finds no rise in unbiased contexts.")
                         .by(Interval::Mean)
                         .lessThan(kTurn)),
        claim("wider_retrieves_earlier", "A wider model comes to retrieve earlier.", "figure 8", "decades",
              "log10 of the steps at which the LIA weight of Bi-Ret passes .5, narrowest minus widest model "
              "of the same chains; mean over N where both do")
            .by(Interval::PairedMean)
            .greaterThan(0)
            .sweeps("width", 2)
            .control(
                Control("more_than_speed",
                        "It is not only faster: counted from its turn to bigrams, it is earlier as well.")
                    .by(Interval::PairedMean)
                    .greaterThan(0))};
}

}  // namespace markov_mixtures
