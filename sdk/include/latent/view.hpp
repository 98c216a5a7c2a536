// SPDX-License-Identifier: Apache-2.0
#pragma once
// Figures as data: what the workbench draws from the arrays of a run.
//
// A view selects arrays by named dimension, index, coordinate value or shared cursor, and styles them; it
// never computes, so that every figure also opens from a file where the plugin is missing. The author's
// `outputs()` builds views and hands them to `Outputs::figure`; they are stored in the run as JSON
// (sdk/schema/view-1.schema.json) and drawn by the desktop. Units of axes come from the arrays. Colours are
// never named: a series has a theme role or a category number. Plain values, any thread; mistakes throw
// UsageError, the rest is checked at admission.
//
//     using namespace latent;
//     o.figure(view::lines("ood_loss").title("Loss at the unseen point").x("time", {.scale = view::Log})
//         .series(view::series("ood_loss").label("mean").band("loss_low", "loss_high"))
//         .cursor("frame", "time"));
//     o.figure(view::heatmap("w").z("weights", {{"time", view::cursor("frame")}}).across("col").down("row"));
//
// Where things live: view/select.hpp (what is drawn), view/style.hpp (axes, colours, series),
// view/builder.hpp (what every figure has: title, links, gestures), view/kinds.hpp (the kinds).

#include <latent/view/kinds.hpp>
