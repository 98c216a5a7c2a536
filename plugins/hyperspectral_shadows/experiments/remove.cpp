// SPDX-License-Identifier: Apache-2.0
#include "experiments/remove.hpp"

#include "experiments/remove_record.hpp"

namespace hyperspectral_shadows {

void Remove::run(const latent::Parameters& p, latent::Job& job) {
    const auto cube = openInput(p);
    const CubeHeader& header = cube->header();
    for (const std::string& note : header.notes) job.log(note);
    const Bands bands = bandsOf(p, *cube);
    if (!bands.words.empty()) job.log(bands.words + ".");
    const FitOptions options = optionsOf(p, job.threads());
    // Each of the two passes is half of the way; a pause in between starts over, which costs seconds.
    const auto leave = [&] {
        if (!job.stopRequested()) return false;
        job.checkpoint(0, {});
        return true;
    };
    bool left = false;
    const auto sample = takeSample(*cube, bands, knownLabels(p, *cube), options, [&](std::int64_t line) {
        job.progress(line, 2 * header.lines, "looking");
        return !(left = job.stopRequested());
    });
    if (left || !sample) {
        job.checkpoint(0, {});
        return;
    }
    if (options.sunlight)
        job.log(sample->sunlight.tells ? std::to_string(sample->sunlight.lit) +
                                             " dark pixels of those that are learnt from have the light of "
                                             "the sun and count as lit, " +
                                             std::to_string(sample->sunlight.unsure) + " as neither."
                                       : "The light of the darkest pixels is too like the sun's to tell dark "
                                         "surfaces from shadow, so brightness alone decides.");
    const ShadowModel model = fitModel(*sample, options);
    job.log("The basis has " + std::to_string(model.ilr.basis.cols()) + " directions: " + model.ilr.stopped +
            ".");
    if (leave()) return;
    RemoveRecord record(p, *cube, bands, job);
    record.publishModel(*sample, model);
    const bool done = removeShadow(*cube, bands, model, record.hardMask(), [&](const Removed& slab) {
        record.add(slab, model);
        job.progress(header.lines + slab.first + slab.count, 2 * header.lines, "removing");
        return !job.stopRequested();
    });
    if (!done) {
        job.checkpoint(0, {});
        return;
    }
    record.finish(*sample, model);
}

}  // namespace hyperspectral_shadows
