// SPDX-License-Identifier: Apache-2.0
// What the paper's abstract says, scene tier by scene tier, with true and with automatic labels.
#include "experiments/remove_claims.hpp"

#include "experiments/remove.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr const char* kPaper = "arXiv:2312.15386";

}  // namespace

std::vector<latent::Claim> Remove::claims() {
    using namespace latent;
    std::vector<Claim> all;
    for (const std::string& tier : kTierNames)
        for (const auto& [labels, words] : kLabelRules) {
            const std::string where = " (" + tier + " scenes, " + words + ")";
            all.push_back(Claim(idOf("separates", tier, labels),
                                "The cumulative ILR basis makes shadow linearly separable" + where + ".")
                              .source(kPaper, "abstract")
                              .unit("1")
                              .each(Replication::Scene)
                              .estimand("balanced accuracy of a line in the projections, pure pixels of "
                                        "held-out blocks, labelled by the truth; spectra standardised by "
                                        "themselves, where there are such runs")
                              .by(Interval::MeanBootstrap)
                              .greaterThan(.95)
                              .atLeast(10)
                              .control(Control("permuted", "With permuted labels it does not.")
                                           .by(Interval::MeanBootstrap)
                                           .lessThan(.85)));
            all.push_back(
                Claim(idOf("beats_brightness", tier, labels),
                      "The basis tells shadow from light better than a threshold on brightness" + where + ".")
                    .source(kPaper, "abstract")
                    .unit("1")
                    .each(Replication::Scene)
                    .estimand(
                        "the same balanced accuracy, ILR basis minus the best threshold on mean radiance")
                    .by(Interval::PairedMean)
                    .greaterThan(0, .005)
                    .atLeast(10)
                    .control(Control("permuted", "ILR on permuted labels does not.")
                                 .by(Interval::PairedMean)
                                 .lessThan(0)));
            all.push_back(Claim(idOf("beats_pca", tier, labels),
                                "The basis tells shadow from light better than as many principal components" +
                                    where + ".")
                              .source(kPaper, "abstract")
                              .unit("1")
                              .each(Replication::Scene)
                              .estimand("the same balanced accuracy, ILR basis minus PCA")
                              .by(Interval::PairedMean)
                              .greaterThan(0, .005)
                              .atLeast(10)
                              .control(Control("lda",
                                               "Linear discriminant analysis of all bands, which also knows "
                                               "the labels, is not worse than PCA.")
                                           .by(Interval::PairedMean)
                                           .greaterThan(-.005)));
            all.push_back(Claim(idOf("matches_lda", tier, labels),
                                "The basis tells shadow from light no worse than linear discriminant "
                                "analysis of all bands" +
                                    where + ".")
                              .source("Latent Workbench", "whether few directions lose anything")
                              .unit("1")
                              .each(Replication::Scene)
                              .estimand("the same balanced accuracy, ILR basis minus LDA")
                              .by(Interval::PairedMean)
                              .greaterThan(-.005)
                              .atLeast(10)
                              .control(Control("permuted", "ILR on permuted labels does worse.")
                                           .by(Interval::PairedMean)
                                           .lessThan(-.005)));
            all.push_back(
                Claim(idOf("borders", tier, labels),
                      "Maximum-likelihood coverage reduces the artefacts of a hard mask at borders" + where +
                          ".")
                    .source(kPaper, "abstract")
                    .unit("1")
                    .each(Replication::Scene)
                    .estimand("relative RMSE against radiance without shadow where .05 ≤ coverage ≤ .95: "
                              "corrected by coverage / corrected by the mask coverage > ½")
                    .by(Interval::PairedRatio)
                    .lessThan(1, .2)
                    .atLeast(10)
                    .control(
                        Control("core", "In the cores of shadow, where there are no borders, the two agree.")
                            .by(Interval::PairedRatio)
                            .equals(1, .3)));
            all.push_back(
                Claim(idOf("matches_lit", tier, labels), "Corrected spectra match lit ones" + where + ".")
                    .source(kPaper, "abstract")
                    .unit("1")
                    .each(Replication::Scene)
                    .estimand("relative RMSE against radiance without shadow where coverage > .95, after the "
                              "correction")
                    .by(Interval::MeanBootstrap)
                    .lessThan(.1)
                    .atLeast(10)
                    .control(Control("input", "Before the correction they do not.")
                                 .by(Interval::MeanBootstrap)
                                 .greaterThan(.5)));
            all.push_back(
                Claim(idOf("methane_slope", tier, labels),
                      "After the correction a matched filter finds the CH4 of plumes in shadow" + where + ".")
                    .source("Latent Workbench", "what the correction does to a retrieval")
                    .unit("1")
                    .each(Replication::Scene)
                    .estimand("slope of found against planted enhancement over plume pixels with coverage > "
                              "½, filter made from lit pixels")
                    .by(Interval::MeanBootstrap)
                    .equals(1, .1)
                    .atLeast(10)
                    .control(Control("unshadowed", "On the same scene without shadow it does.")
                                 .by(Interval::MeanBootstrap)
                                 .equals(1, .1)));
            all.push_back(Claim(idOf("methane_false", tier, labels),
                                "The correction reduces false CH4 enhancement in shadow" + where + ".")
                              .source("Latent Workbench", "what the correction does to a retrieval")
                              .unit("1")
                              .each(Replication::Scene)
                              .estimand("root mean square of the enhancement found where coverage > ½ and "
                                        "none was planted: after / before the correction")
                              .by(Interval::PairedRatio)
                              .lessThan(1, .2)
                              .atLeast(10)
                              .control(Control("lit", "In light it stays as it was.")
                                           .by(Interval::PairedRatio)
                                           .equals(1, .2)));
        }
    all.push_back(
        Claim("methaneair", "On MethaneAIR radiance, coverage reduces border artefacts against a hard mask.")
            .source(kPaper, "abstract")
            .unit("1")
            .each(Replication::DataSet)
            .estimand("contrast of corrected radiance across shadow borders of granules, coverage / mask")
            .by(Interval::PairedRatio)
            .lessThan(1, .2)
            .control(
                Control("lit", "Away from borders the two agree.").by(Interval::PairedRatio).equals(1, .2)));
    return all;
}

}  // namespace hyperspectral_shadows
