// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How long the start of the program took, and what it holds in memory: for tests/bench/desktop_start.py.
//
//     window.show();
//     reportStart(window);      // prints {"usable_ms": …, "resident_mb": …} and ends the program

class QWidget;

namespace latent::desktop {

/// Once the window has been painted and every event that was waiting has been dealt with, so that a click would be
/// answered: prints one line of JSON on stdout and closes the program. UI thread only.
void reportStart(QWidget& window);

}  // namespace latent::desktop
