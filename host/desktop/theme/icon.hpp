// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Icons of one family: SVG files of resources/icons (16×16 grid, 1.5 px stroke, `currentColor`), in the colour asked for.
//
// Sharp at every scale and recoloured with the theme. UI thread only.
//
//     button->setIcon(icon("pause"));                 // muted text colour, accent when on, faint when disabled
//     label->setPixmap(iconPixmap("check", theme().ok, 16, devicePixelRatioF()));

#include <QIcon>
#include <QPixmap>
#include <QString>

class QColor;

namespace latent::desktop {

/// Control: for buttons, accent when on. The others are the same in every state: Quiet and Warning for rows of lists and
/// trees, OnAccent for primary buttons.
enum class Tint { Control, Quiet, Warning, OnAccent };
QIcon icon(const QString& name, Tint tint = Tint::Control);
QPixmap iconPixmap(const QString& name, const QColor& colour, int size, double scale);

}  // namespace latent::desktop
