// SPDX-License-Identifier: Apache-2.0
#include "engine/report/html.hpp"

#include <openssl/evp.h>

namespace latent::engine {
namespace {

// Light theme of the workbench; the report is printed and mailed, so it has no dark one.
constexpr const char* kStyle = R"(
body{font:14px/1.5 Inter,system-ui,sans-serif;color:#1B2430;background:#F7F8FA;margin:0 auto;max-width:960px;padding:24px 16px}
h1{font-size:22px}h2{font-size:17px;margin:32px 0 8px;border-bottom:1px solid #E2E5EA;padding-bottom:4px}h3{font-size:14px;margin:20px 0 4px}
p{margin:4px 0}.muted{color:#5D6A7E}table{border-collapse:collapse;width:100%;background:#fff;font-variant-numeric:tabular-nums;font-size:13px}
th,td{text-align:left;padding:6px 8px;border-bottom:1px solid #E2E5EA;vertical-align:top;overflow-wrap:anywhere}th{color:#5D6A7E;font-weight:600}
.claim{background:#fff;border:1px solid #E2E5EA;border-left:4px solid #5D6A7E;border-radius:6px;padding:8px 12px;margin:8px 0}
.claim b{display:inline-block;min-width:8em}.holds{border-left-color:#177A4C}.holds b{color:#177A4C}.contradicted{border-left-color:#C0392B}
.contradicted b{color:#C0392B}.tie,.inconclusive{border-left-color:#8A5A0C}.tie b,.inconclusive b{color:#8A5A0C}
figure{background:#fff;border:1px solid #E2E5EA;border-radius:6px;padding:12px;margin:8px 8px 8px 0;display:inline-block;vertical-align:top;width:420px;max-width:100%;box-sizing:border-box}
figure img{width:100%;display:block}figcaption{font-size:13px;margin-top:6px}
details{background:#fff;border:1px solid #E2E5EA;border-radius:6px;padding:6px 12px;margin:8px 0}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px}
)";

std::string mark(std::string_view word) {
    if (word == "holds") return "✔ holds";
    if (word == "contradicted") return "✘ contradicted";
    if (word == "tie") return "= tie";
    if (word == "inconclusive") return "? inconclusive";
    return "– not measured";
}

}  // namespace

std::string escapedHtml(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\'':
                safe += "&#39;";
                break;
            default:
                safe += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
        }
    }
    return safe;
}

Page::Page(const std::string& title) {
    m_html =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>" +
        escapedHtml(title) + "</title><style>" + kStyle + "</style></head><body>\n<h1>" + escapedHtml(title) +
        "</h1>\n";
}

void Page::heading(int level, std::string_view text) {
    const std::string tag = "h" + std::to_string(level);
    m_html += "<" + tag + ">" + escapedHtml(text) + "</" + tag + ">\n";
}

void Page::paragraph(std::string_view text, std::string_view cssClass) {
    m_html += cssClass.empty() ? "<p>" : "<p class=\"" + escapedHtml(cssClass) + "\">";
    m_html += escapedHtml(text) + "</p>\n";
}

void Page::list(const std::vector<std::string>& items) {
    m_html += "<ul>";
    for (const std::string& item : items) m_html += "<li>" + escapedHtml(item) + "</li>";
    m_html += "</ul>\n";
}

void Page::table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows) {
    m_html += "<table><thead><tr>";
    for (const std::string& title : titles) m_html += "<th scope=\"col\">" + escapedHtml(title) + "</th>";
    m_html += "</tr></thead><tbody>\n";
    for (const auto& row : rows) {
        m_html += "<tr>";
        for (const std::string& cell : row) m_html += "<td>" + escapedHtml(cell) + "</td>";
        m_html += "</tr>\n";
    }
    m_html += "</tbody></table>\n";
}

void Page::details(std::string_view summary, std::string_view text) {
    m_html += "<details><summary>" + escapedHtml(summary) + "</summary><pre>" + escapedHtml(text) +
              "</pre></details>\n";
}

void Page::figure(std::string_view title, std::string_view caption, std::string_view svg) {
    std::string encoded(4 * ((svg.size() + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                        reinterpret_cast<const unsigned char*>(svg.data()), static_cast<int>(svg.size()));
    encoded.resize(static_cast<std::size_t>(length));
    m_html += "<figure><img alt=\"" + escapedHtml(title) + "\" src=\"data:image/svg+xml;base64," + encoded +
              "\"><figcaption><b>" + escapedHtml(title) + "</b> " + escapedHtml(caption) +
              "</figcaption></figure>\n";
}

void Page::verdict(std::string_view word, std::string_view statement, const std::vector<std::string>& lines) {
    m_html += "<div class=\"claim " + escapedHtml(word) + "\"><p><b>" + mark(word) + "</b> " +
              escapedHtml(statement) + "</p>";
    for (const std::string& line : lines) m_html += "<p class=\"muted\">" + escapedHtml(line) + "</p>";
    m_html += "</div>\n";
}

std::string Page::finish() && {
    m_html += "</body></html>\n";
    return std::move(m_html);
}

}  // namespace latent::engine
