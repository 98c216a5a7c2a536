// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A page of the manual as a laid-out document in the colours and sizes of the theme.
//
// Markdown without HTML, so that a page can bring no markup of its own. Headings get their anchors, code a frame, tables
// hairlines. UI thread only (a document has fonts).
//
//     const std::vector<QTextFrame*> code = layManualPage(*next, page, theme());

#include <vector>

#include "desktop/around/manual_pages.hpp"
#include "desktop/theme/theme.hpp"

class QTextDocument;
class QTextFrame;

namespace latent::desktop {

/// Into a document that nobody shows yet. Returns the frames around blocks of code, from top to bottom; the document owns
/// them.
std::vector<QTextFrame*> layManualPage(QTextDocument& document, const ManualPage& page, const Theme& theme);
/// The code in such a frame, line by line.
QString codeOf(const QTextFrame& frame);

}  // namespace latent::desktop
