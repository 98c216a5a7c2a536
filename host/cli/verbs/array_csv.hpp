// SPDX-License-Identifier: Apache-2.0
#pragma once
// An array as CSV in long form: one line an element, its indices first. Any rank fits in it, and every tool reads it.
//
//     LATENT_CHECK(engine::writeNew(out / csvName("ood_loss"), arrayCsv("ood_loss", "1", {"time"}, array.view())));

#include <string>
#include <vector>

#include "engine/h5/array.hpp"

namespace latent::cli {

/// Every digit of it.
std::string numberText(double value);
std::string arrayCsv(const std::string& name, const std::string& units, const std::vector<std::string>& dims,
                     const engine::ArrayView& data);
/// The file name for an array or metric: no folders.
std::string csvName(std::string name);

}  // namespace latent::cli
