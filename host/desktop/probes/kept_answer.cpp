// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/probes/kept_answer.hpp"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

#include "engine/parameters/value_text.hpp"

namespace latent::desktop {
namespace {

using namespace engine::figures;

constexpr int kMostShownLetters = 24;  ///< of one value

QString words(const char* text) { return QCoreApplication::translate("latent::desktop::ProbePanel", text); }

/// Thin, solid and muted: what it is in its own figure matters less than that it is the one from before.
Look keptLook() {
    Look look;
    look.label = words("kept").toStdString();
    look.role = Role::Reference;
    return look;
}

std::vector<Line>& membersOf(Lines& body) { return body.lines; }
std::vector<Path>& membersOf(Trajectory& body) { return body.paths; }

Line faint(Line line) {
    line.look = keptLook();
    line.low.clear();
    line.high.clear();
    if (!line.smoothed.empty()) line.y = std::move(line.smoothed);
    line.smoothed.clear();
    return line;
}

Path faint(Path path) {
    path.look = keptLook();
    path.colour.clear();
    path.marks.clear();
    return path;
}

template <class Body>
void lay(Body& over, Body& under) {
    for (auto& member : membersOf(under)) membersOf(over).push_back(faint(std::move(member)));
}

QString shownValue(const engine::ParameterModel& parameter, const nlohmann::json& value) {
    if (value.is_null()) return words("not given");
    QString text = QString::fromStdString(engine::textOf(parameter, value));
    if (engine::isList(parameter.type)) text.replace(QLatin1Char(','), QStringLiteral(", "));
    return text.size() <= kMostShownLetters ? text : text.left(kMostShownLetters - 1) + QStringLiteral("…");
}

}  // namespace

void layUnder(Figure& figure, const KeptAnswer& kept, const Cursors& cursors) {
    const auto view = std::find_if(kept.views.begin(), kept.views.end(), [&](const nlohmann::json& one) {
        return one.value("name", "") == figure.name;
    });
    if (view == kept.views.end() || figure.isEmpty) return;
    auto before = resolveFigure(*view, kept.arrays, cursors);
    if (!before || before->isEmpty || before->body.index() != figure.body.index()) return;
    if (auto* lines = std::get_if<Lines>(&figure.body)) lay(*lines, std::get<Lines>(before->body));
    if (auto* trajectory = std::get_if<Trajectory>(&figure.body))
        lay(*trajectory, std::get<Trajectory>(before->body));
}

QString differenceWords(const engine::SchemaModel& schema, const nlohmann::json& before,
                        const nlohmann::json& now) {
    QStringList all;
    for (const engine::ParameterModel& parameter : schema.parameters()) {
        const nlohmann::json was = before.value(parameter.name, nlohmann::json()),
                             is = now.value(parameter.name, nlohmann::json());
        if (was == is) continue;
        all << QStringLiteral("%1 %2 → %3")
                   .arg(QString::fromStdString(parameter.title()), shownValue(parameter, was),
                        shownValue(parameter, is));
    }
    return all.join(QStringLiteral(" · "));
}

}  // namespace latent::desktop
