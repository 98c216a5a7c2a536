// SPDX-License-Identifier: Apache-2.0
// Tests of the mathematics: closed forms that a user relies on. A test program is any program that returns 0 when all
// is well, so use the framework that you like; this one needs none.

#include "../descent.hpp"

#include <cmath>
#include <cstdio>

namespace {

int failures = 0;

void expectNear(const char* what, double value, double expected, double tolerance) {
    if (std::abs(value - expected) <= tolerance) return;
    std::printf("FAIL %s: %.17g, expected %.17g within %g\n", what, value, expected, tolerance);
    ++failures;
}

/// Without noise each coordinate shrinks by (1 - h a) a step.
void followsTheClosedFormWithoutNoise() {
    bowl::Descent descent({.curvature = {1, 0.25}, .noise = 0, .learningRate = 0.1, .distance = 2, .seed = 0});
    for (int64_t step = 0; step < 50; ++step) descent.advance(step);
    expectNear("first coordinate", descent.position()[0], 2 * std::pow(0.9, 50), 1e-12);
    expectNear("second coordinate", descent.position()[1], 2 * std::pow(0.975, 50), 1e-12);
}

/// With noise the loss averages to the plateau: 2 % is four standard errors of this many steps.
void settlesAtThePlateau() {
    bowl::Descent descent({.curvature = {1, 0.5}, .noise = 0.5, .learningRate = 0.2, .distance = 0, .seed = 1});
    double sum = 0;
    const int64_t steps = 400'000;
    for (int64_t step = 0; step < steps; ++step) {
        descent.advance(step);
        sum += descent.loss();
    }
    expectNear("plateau", sum / static_cast<double>(steps) / bowl::plateau(descent.settings()), 1, 0.02);
}

/// Continuing from a saved position is the same, to the bit, as never having stopped.
void continuesExactly() {
    const bowl::Settings settings{.curvature = {1, 0.1}, .noise = 1, .learningRate = 0.1, .distance = 3, .seed = 7};
    bowl::Descent whole(settings), first(settings), second(settings);
    for (int64_t step = 0; step < 200; ++step) whole.advance(step);
    for (int64_t step = 0; step < 120; ++step) first.advance(step);
    second.moveTo(first.position());
    for (int64_t step = 120; step < 200; ++step) second.advance(step);
    expectNear("resumed position", second.position()[0], whole.position()[0], 0);
    expectNear("resumed position", second.position()[1], whole.position()[1], 0);
}

}  // namespace

int main() {
    followsTheClosedFormWithoutNoise();
    settlesAtThePlateau();
    continuesExactly();
    return failures == 0 ? 0 : 1;
}
