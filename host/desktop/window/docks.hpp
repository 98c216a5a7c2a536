// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A dock with a quiet title line instead of the platform's: a word in small capitals; it can be dragged by it. A dock that
// shares its place with others shows no title, because its tab says the same.

#include <QDockWidget>

namespace latent::desktop {

/// `name` is the dock's object name: layouts are restored by it, so it never changes.
QDockWidget* makeDock(const char* name, const QString& title, QWidget* content, QWidget* parent);

}  // namespace latent::desktop
