// SPDX-License-Identifier: Apache-2.0
#include "experiments/theory_model.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "experiments/measurements.hpp"
#include "model/theory/integration.hpp"

namespace concept_space {
namespace {

/// A JSON matrix "[[1,0],[0,1]]"; anything else is the name of a distribution.
std::optional<Eigen::MatrixXd> matrixOf(const std::string& text, int dim) {
    if (text.empty() || text.front() != '[') return std::nullopt;
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    const std::string wanted = "The parameter 'w0' must be a matrix of " + std::to_string(dim) + " by " +
                               std::to_string(dim) + " numbers, as [[1,0],[0,1]].";
    if (!json.is_array() || json.size() != static_cast<std::size_t>(dim)) throw latent::RunError(wanted);
    Eigen::MatrixXd matrix(dim, dim);
    for (int i = 0; i < dim; ++i) {
        const nlohmann::json& row = json[static_cast<std::size_t>(i)];
        if (!row.is_array() || row.size() != static_cast<std::size_t>(dim)) throw latent::RunError(wanted);
        for (int j = 0; j < dim; ++j) {
            const nlohmann::json& entry = row[static_cast<std::size_t>(j)];
            if (!entry.is_number()) throw latent::RunError(wanted);
            matrix(i, j) = entry.get<double>();
        }
    }
    return matrix;
}

}  // namespace

std::vector<double> sigmaOf(const latent::Parameters& p, std::size_t concepts) {
    std::vector<double> sigma;
    if (p.has("variance")) {
        sigma = p.numbers("variance");
        for (double& v : sigma) v = std::sqrt(v);
    } else if (p.has("sigma")) {
        sigma = p.numbers("sigma");
    } else {
        throw latent::RunError(
            "Neither 'sigma' nor 'variance' is given: one of them says how far the training data spread.");
    }
    if (sigma.size() == 1) sigma.assign(concepts, sigma.front());
    return sigma;
}

theory::InitialWeights initialWeights(const std::string& w0, int dim, std::uint64_t seed) {
    if (const auto matrix = matrixOf(w0, dim)) return theory::InitialWeights::matrix(*matrix);
    return theory::InitialWeights::draw(w0, dim, seed);
}

std::string initialisationName(const std::string& w0, int dim, std::uint64_t seed) {
    const auto matrix = matrixOf(w0, dim);
    if (!matrix) return theory::InitialWeights::sourceOf(w0, seed);
    nlohmann::json entries = nlohmann::json::array();
    for (Eigen::Index i = 0; i < matrix->rows(); ++i)
        for (Eigen::Index j = 0; j < matrix->cols(); ++j)
            entries.push_back((*matrix)(i, j) + 0.0);  // −0 is 0
    return "W0 " + entries.dump();
}

theory::Cell theoryCell(const latent::Parameters& p) {
    theory::ConceptData data;
    data.dim = static_cast<int>(p.integer("dim"));
    data.mu = p.numbers("mu");
    data.sigma = sigmaOf(p, data.mu.size());
    data.clusters = p.has("clusters") ? static_cast<int>(p.integer("clusters")) : data.concepts();
    theory::requireValid(data);
    return {data, initialWeights(p.text("w0"), data.dim, p.seed())};
}

TheoryModel TheoryModel::of(const latent::Parameters& p) {
    TheoryModel model;
    model.symmetric = p.choice("model") == "symmetric";
    const theory::Spacing spacing =
        p.choice("frame_spacing") == "log" ? theory::Spacing::Logarithmic : theory::Spacing::Linear;
    model.schedule = theory::FrameSchedule(p.number("t_end"), static_cast<long>(p.integer("steps")),
                                           static_cast<int>(p.integer("frames")), spacing);
    const std::string method = p.choice("method");
    model.symmetricOptions.method = method == "adaptive"           ? theory::Method::Adaptive
                                    : method == "recursion"        ? theory::Method::Recursion
                                    : method == "gradient_descent" ? theory::Method::GradientDescent
                                                                   : theory::Method::Rk4;
    model.symmetricOptions.exponent = static_cast<int>(p.integer("exponent"));
    model.symmetricOptions.tolerance = p.number("tolerance");
    model.oneLayerOptions = {p.flag("bias") && !model.symmetric, method == "gradient_descent",
                             model.symmetricOptions.exponent};
    model.wanted.decomposition = model.symmetric && p.flag("decomposition");
    model.wanted.nodeLoss = p.numbers("mu").size() <= static_cast<std::size_t>(theory::kMostNodeConcepts);
    return model;
}

void requireSolvable(const latent::Parameters& p) {
    const TheoryModel model = TheoryModel::of(p);
    const theory::Cell cell = theoryCell(p);
    if (model.symmetric)
        cell.initial.factor();  // W0 = U Uᵀ, or a sentence why there is no such U
    else if (model.oneLayerOptions.bias && model.oneLayerOptions.exponent != 1)
        throw latent::RunError(
            "The parameter 'exponent' is 2 and 'bias' is on: exponent 2 replicates figures that have no "
            "biases. Set exponent to 1, or bias to false.");
}

theory::Trajectories TheoryModel::solve(std::span<const theory::Cell> cells) const {
    return symmetric ? theory::solveSymmetric(cells, schedule, symmetricOptions, wanted)
                     : theory::solveOneLayer(cells, schedule, oneLayerOptions, wanted);
}

std::optional<theory::Trajectories> TheoryModel::solveUnless(std::span<const theory::Cell> cells,
                                                             const std::function<bool()>& leave) const {
    if (leave()) return std::nullopt;
    if (!symmetric) return solve(cells);
    theory::Integration flow(cells, schedule, symmetricOptions, wanted);
    while (!flow.done()) {
        flow.advance();
        if (!flow.done() && leave()) return std::nullopt;
    }
    return std::move(flow).finish();
}

CurveSummary summarise(const theory::Trajectories& t, int cell, const std::vector<double>& mu,
                       double learned) {
    // After a breakdown the frames hold NaN; the curves are read as far as they are sound.
    const auto sound = static_cast<std::size_t>(t.outcomes[static_cast<std::size_t>(cell)].finiteFrames);
    const std::span<const double> time(t.time.data(), sound);
    const std::span<const double> output =
        t.ofCell(t.output, cell).first(sound * static_cast<std::size_t>(t.dim));
    const std::span<const double> loss = t.ofCell(t.oodLoss, cell).first(sound);
    CurveSummary summary;
    summary.speed = theory::speed(time, output, t.dim);
    summary.speed.resize(static_cast<std::size_t>(t.frames), std::numeric_limits<double>::quiet_NaN());
    for (const auto& when : theory::learningTimes(time, output, mu, learned, theory::Crossing::Interpolated))
        summary.learning_time.push_back(when.value_or(std::numeric_limits<double>::quiet_NaN()));
    // On its way out of the range of numbers a loss rises without end, and that is no swing-by.
    const bool whole = sound == static_cast<std::size_t>(t.frames);
    summary.swing_by = whole ? theory::swingBy(loss).magnitude : std::nan("");
    summary.descents = whole ? theory::countDescents(loss, kLeastRise) : std::nan("");
    return summary;
}

std::string breakdownSentence(const theory::Outcome& outcome) {
    const std::string when = " at t = " + std::to_string(outcome.breakdownTime.value_or(0));
    switch (outcome.breakdown) {
        case theory::Breakdown::OutOfSteps:
            return "The adaptive method took as many steps as it may and ended" + when +
                   "; frames after it hold NaN. Shorten t_end, or take weaker signals, which allow longer "
                   "steps. A run has no such limit.";
        case theory::Breakdown::StepTooShort:
            return "No step of the adaptive method keeps the tolerance" + when +
                   "; frames after it hold NaN. Set a larger tolerance.";
        case theory::Breakdown::LeftRange:
            break;
    }
    return "The state left the range of numbers" + when + "; frames after it hold NaN.";
}

std::size_t TheoryArray::elements() const {
    std::size_t n = 1;
    for (std::int64_t extent : shape) n *= static_cast<std::size_t>(extent);
    return n;
}

std::vector<TheoryArray> theoryArrays(const theory::Trajectories& t) {
    const std::int64_t n = t.frames, d = t.dim, nodes = std::int64_t{1} << t.concepts;
    std::vector<TheoryArray> arrays;
    const auto add = [&](const char* name, const std::vector<double>& data, std::vector<std::int64_t> shape) {
        if (!data.empty()) arrays.push_back({name, data.data(), std::move(shape)});
    };
    add("weights", t.weights, {n, d, d});
    add("bias", t.bias, {n, d});
    add("output", t.output, {n, d});
    add("ood_loss", t.oodLoss, {n});
    add("train_loss", t.trainLoss, {n});
    add("node_loss", t.nodeLoss, {n, nodes});
    add("min_eigenvalue", t.minEigenvalue, {n});
    add("growth", t.growth, {n, d, d});
    add("suppression", t.suppression, {n, d, d});
    add("interaction", t.interaction, {n, d, d});
    return arrays;
}

}  // namespace concept_space
