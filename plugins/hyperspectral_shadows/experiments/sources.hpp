// SPDX-License-Identifier: Apache-2.0
#pragma once
// `shadows/open`: what is in a cube, before anything is learnt; `shadows/scene`: a synthetic scene, to look at and to write as a file.
//
// Previews read a few pieces of a file only (first_look.hpp), so that one of any size opens at once. Main thread of a worker.
//
//     latent probe - shadows/open --set input=granule.nc
//     latent run shadows/scene --set lines=300 --set samples=1280 --set bands=1024 --set output_folder=.

#include <latent/latent.hpp>

namespace hyperspectral_shadows {

class OpenSource final : public latent::DataSource {
  public:
    static latent::About about() {
        return {"shadows/open", "Shadows: a cube",
                "MethaneAIR, MethaneSAT, EMIT, AVIRIS-NG, ENVI, NumPy and HDF5 cubes: mean radiance, missing "
                "values, spectra."};
    }
    static latent::Schema parameters();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void preview(const latent::Parameters& p, latent::Reply& reply) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
};

class SceneSource final : public latent::DataSource {
  public:
    static latent::About about() {
        return {"shadows/scene", "Shadows: a synthetic scene",
                "Materials under direct and diffuse light with known shadow, soft at its borders; written in "
                "the L1B layout."};
    }
    static latent::Schema parameters();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void preview(const latent::Parameters& p, latent::Reply& reply) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
};

}  // namespace hyperspectral_shadows
