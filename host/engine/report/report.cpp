// SPDX-License-Identifier: Apache-2.0
#include "engine/report/report.hpp"

#include <algorithm>
#include <cstdio>

#include "engine/jobs/provenance.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/report/html.hpp"
#include "engine/store/run_reader.hpp"

namespace latent::engine {
namespace {

std::string numberText(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

std::string shapeText(const PublishedArray& array) {
    std::string text;
    const std::vector<std::string> names = array.spec.dimNames();
    for (std::size_t i = 0; i < array.shape.size(); ++i)
        text += (i ? " × " : "") + (i < names.size() ? names[i] : "?") + "=" + std::to_string(array.shape[i]);
    return text.empty() ? "one number" : text;
}

/// Which cells of a sweep are done. In the others arrays of whole numbers hold one that stands for none.
class DoneCells {
  public:
    /// Every element counts where there is no such array, as in a run of its own.
    static DoneCells of(RunReader& reader, const std::vector<PublishedArray>& arrays) {
        DoneCells it;
        for (const PublishedArray& array : arrays) {
            if (array.spec.name != "cell_status" || !array.present) continue;
            if (auto status = reader.readAll(array.spec.name)) {
                it.m_dims = array.spec.dimNames();
                it.m_status = *std::move(status);
            }
        }
        return it;
    }
    /// Of an element of an array, by its place in row-major order.
    bool has(const PublishedArray& array, std::uint64_t element) const {
        const std::vector<std::string> dims = array.spec.dimNames();
        const std::size_t axes = m_dims.size();
        if (axes == 0 || array.spec.name == "cell_status" || dims.size() < axes ||
            !std::equal(m_dims.begin(), m_dims.end(), dims.begin()) ||
            !std::equal(m_status.shape.begin(), m_status.shape.end(), array.shape.begin()))
            return true;
        const std::uint64_t each = elementCount(array.shape).value_or(0) / m_status.view().elements();
        return elementAsDouble(m_status.view(), element / each) == 0;
    }

  private:
    std::vector<std::string> m_dims;
    Array m_status;
};

/// Smallest and largest of a small array; large ones are not read for a table.
std::string rangeText(RunReader& reader, const PublishedArray& array, const DoneCells& cells) {
    constexpr std::uint64_t kMostElements = 4u << 20;
    if (!array.present || array.spec.large ||
        elementCount(array.shape).value_or(kMostElements + 1) > kMostElements)
        return "";
    const auto data = reader.readAll(array.spec.name);
    if (!data) return "";
    double low = 0, high = 0;
    bool any = false;
    for (std::uint64_t i = 0; i < data->view().elements(); ++i) {
        const double value = elementAsDouble(data->view(), i);
        if (value != value || !cells.has(array, i)) continue;
        low = any ? std::min(low, value) : value;
        high = any ? std::max(high, value) : value;
        any = true;
    }
    return any ? numberText(low) + " … " + numberText(high) : "no numbers";
}

void addClaims(Page& page, const MeasuredClaims& measured) {
    page.heading(2, "Claims");
    page.paragraph(
        "Each claim was declared before it was measured. Holds or contradicted: the interval lies wholly "
        "beyond or short of the "
        "margin; tie: equivalent within it; else inconclusive. Intervals are corrected (Holm) for everything "
        "in this report.",
        "muted");
    for (const std::string& remark : measured.remarks) page.paragraph(remark);
    std::string part;
    for (const MeasuredClaim& entry : measured.entries) {
        const std::string its =
            entry.study.empty() ? entry.experiment : entry.study + " · " + entry.experiment;
        if (its != part) page.heading(3, part = its);
        page.verdict(claims::word(entry.judgement.verdict), entry.judgement.claim.statement(),
                     wordsOf(entry.judgement));
    }
    if (const std::string none = measured.nothingToJudge(); !none.empty()) page.paragraph(none);
}

Status addRun(Page& page, const std::filesystem::path& folder, RunFiles& files) {
    LATENT_TRY(RunReader reader, RunReader::open(folder, files));
    LATENT_TRY(const Request request, reader.request());
    LATENT_TRY(const RunStatus status, runStatus(folder, reader.state()));
    LATENT_TRY(const std::vector<PublishedArray> arrays, reader.arrays());
    LATENT_TRY(const nlohmann::json provenance, reader.provenance());
    page.heading(3, folder.filename().string());
    page.paragraph(
        request.experiment() + " – " + status.state + (status.sentence.empty() ? "" : ": " + status.sentence),
        "muted");
    const DoneCells cells = DoneCells::of(reader, arrays);
    std::vector<std::vector<std::string>> rows;
    for (const PublishedArray& array : arrays)
        rows.push_back({array.spec.name, array.present ? shapeText(array) : "nothing yet",
                        rangeText(reader, array, cells), array.spec.units, array.spec.label});
    page.table({"array", "shape", "range", "unit", ""}, rows);
    page.details("Parameters", request.parameters().dump(2));
    nlohmann::json brief = provenance;
    brief.erase("cells");  // of a sweep: a line for each cell, which its own runs tell better
    page.details("Provenance", brief.dump(2));
    page.paragraph("Content " + (reader.state().contentDigest.empty() ? std::string("not yet complete")
                                                                      : reader.state().contentDigest),
                   "muted");
    return ok();
}

void addFigures(Page& page, const std::filesystem::path& folder, const FigureDrawer& draw) {
    const auto figures = draw(folder);
    if (!figures) return page.paragraph("The figures could not be drawn: " + figures.error().message);
    for (const DrawnFigure& figure : *figures) {
        if (figure.problem.empty())
            page.figure(figure.title, figure.caption, figure.svg);
        else
            page.paragraph("The figure \"" + figure.title + "\" is not here: " + figure.problem, "muted");
    }
}

}  // namespace

std::vector<std::string> wordsOf(const claims::Judgement& judgement) {
    std::vector<std::string> lines{judgement.sentence};
    const Claim& claim = judgement.claim;
    lines.push_back("Measured: " + claim.estimand() + " (" + claim.unit() + "), each " +
                    word(claim.replication()) + ". Source: " + claim.paper() + ", " + claim.where() +
                    (claim.kind() == ClaimKind::FigureReplication ? " (figure replication)." : "."));
    for (const claims::ControlJudgement& control : judgement.controls)
        lines.push_back("Control: " + control.control.statement() + " " + control.sentence);
    return lines;
}

Result<Report> writeReport(const PluginCatalog& catalog, const std::vector<Study>& studies,
                           const std::string& title, const FigureDrawer& draw) {
    Report report;
    LATENT_TRY(report.measured, measureClaims(catalog, studies));
    std::vector<std::filesystem::path> folders;
    for (const Study& study : studies)
        folders.insert(folders.end(), study.folders.begin(), study.folders.end());
    LATENT_TRY(RunFiles files, RunFiles::make());
    Page page(title);
    page.paragraph(
        "Made by latent " + programVersion() + " from " +
            (folders.size() == 1 ? "one run or sweep."
                                 : std::to_string(folders.size()) + " runs and sweeps.") +
            (studies.size() > 1 ? " Each is a study of its own: claims are measured for each alone." : ""),
        "muted");
    addClaims(page, report.measured);
    page.heading(2, "Runs");
    for (const std::filesystem::path& folder : folders) {
        if (const Status added = addRun(page, folder, files); !added) {
            report.problems.push_back(folder.filename().string() +
                                      " cannot be shown: " + added.error().message);
            page.paragraph(report.problems.back());
        } else if (draw) {
            addFigures(page, folder, draw);
        }
    }
    if (!draw) {
        page.heading(2, "Figures");
        page.paragraph(
            "This report was made without the desktop's renderer, so it holds tables only. Where "
            "latent-workbench is installed, make "
            "it again with the same command and the figures are added.");
    }
    report.html = std::move(page).finish();
    return report;
}

}  // namespace latent::engine
