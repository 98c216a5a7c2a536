// SPDX-License-Identifier: Apache-2.0
#pragma once
// What may stand behind a flag. CLI::Range and CLI::PositiveNumber let nan pass, and print the largest double in full; an
// empty word is mostly a variable of a script that was never set.
//
//     verb->add_option("--time-limit", seconds)->check(aboveZero());
//     verb->add_option("--width-mm", width)->check(within(20, 1000));
//     verb->add_option("-o,--out", folder)->check(notEmpty());

#include <CLI/CLI.hpp>

namespace latent::cli {

/// A finite number above 0.
CLI::Validator aboveZero();
/// A number from `least` to `most`.
CLI::Validator within(double least, double most);
/// A place or a name: any text that is not empty.
CLI::Validator notEmpty();

}  // namespace latent::cli
