// SPDX-License-Identifier: Apache-2.0
#pragma once
// HTML that cannot hurt: every text is escaped, there is no script, and the page's own policy forbids loading anything.
//
// A Page is written from top to bottom and belongs to one thread.
//
//     Page page("Report");
//     page.heading(2, "Claims");
//     page.table({"claim", "verdict"}, {{"order_by_signal", "holds"}});
//     std::string html = std::move(page).finish();

#include <string>
#include <string_view>
#include <vector>

namespace latent::engine {

std::string escapedHtml(std::string_view text);

class Page {
  public:
    explicit Page(const std::string& title);
    void heading(int level, std::string_view text);
    void paragraph(std::string_view text, std::string_view cssClass = {});
    void list(const std::vector<std::string>& items);
    void table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows);
    /// A folded block with preformatted text.
    void details(std::string_view summary, std::string_view text);
    /// A picture inside the page; as an image it can neither run nor load anything, whatever is in it.
    void figure(std::string_view title, std::string_view caption, std::string_view svg);
    /// One claim: the verdict as a word and a mark, never by colour alone.
    void verdict(std::string_view word, std::string_view statement, const std::vector<std::string>& lines);
    std::string finish() &&;

  private:
    std::string m_html;
};

}  // namespace latent::engine
