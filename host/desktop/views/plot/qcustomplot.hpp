// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// QCustomPlot's header, which needs the keywords that QT_NO_KEYWORDS takes away: they exist for it alone.
//
//     #include "desktop/views/plot/qcustomplot.hpp"      // never <qcustomplot.h>

#include <QtWidgets/QtWidgets>

#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit Q_EMIT
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef signals
#undef slots
#undef emit
#undef foreach
