// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/order_words.hpp"

#include "desktop/live/run_title.hpp"

namespace latent::desktop {
namespace {

using nlohmann::json;

/// As parseText reads it again: texts as they stand, null as nothing, the rest as JSON.
QString valueOf(const engine::Assignment& assignment) {
    const json& value = assignment.value;
    if (value.is_null()) return {};
    return QString::fromStdString(value.is_string()
                                      ? value.get<std::string>()
                                      : value.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace

QStringList wordsOf(const engine::RunOrder& order) {
    QStringList words{
        QStringLiteral("run"),         QString::fromStdString(order.experiment),
        QStringLiteral("--queue"),     QStringLiteral("--json"),
        QStringLiteral("--workspace"), QString::fromStdString(order.runs.parent_path().string()),
        QStringLiteral("--device"),    QString::fromStdString(order.device)};
    const auto add = [&](const char* flag, const QString& value) { words << QLatin1String(flag) << value; };
    if (!order.preset.empty()) add("--preset", QString::fromStdString(order.preset));
    if (order.out) add("--out", QString::fromStdString(order.out->string()));
    if (order.threads > 0) add("--threads", QString::number(order.threads));
    if (order.checkpoint_interval_s)
        add("--checkpoint-every", QString::number(*order.checkpoint_interval_s, 'g', 17));
    if (!order.deterministic) words << QStringLiteral("--nondeterministic");
    const auto limit = [&](const char* key, const char* flag) {
        if (order.limits.contains(key) && order.limits[key].is_number())
            add(flag, QString::number(order.limits[key].get<double>(), 'g', 17));
    };
    limit("memory_mb", "--memory-limit");
    limit("time_s", "--time-limit");
    if (order.extra.contains("parent") && order.extra["parent"].is_string())
        add("--parent", QString::fromStdString(order.extra["parent"].get<std::string>()));
    for (const engine::Assignment& assignment : order.assignments)
        add("--set", QString::fromStdString(assignment.name) + QLatin1Char('=') + valueOf(assignment));
    return words;
}

engine::Result<std::filesystem::path> runIn(const QByteArray& answer) {
    const json document = json::parse(answer.constData(), answer.constData() + answer.size(), nullptr, false);
    if (!document.is_object() || !document.contains("run") || !document["run"].is_string())
        return engine::failed("The answer of `latent run --queue` could not be read.");
    return std::filesystem::path(document["run"].get<std::string>());
}

QString orderTitle(const engine::RunOrder& order) {
    QString title = QString::fromStdString(order.experiment);
    int shown = 0;
    for (const engine::Assignment& assignment : order.assignments) {
        title += QStringLiteral(" · ");
        if (++shown > 3) return title + QChar(0x2026);
        title += QString::fromStdString(assignment.name) + QLatin1Char(' ') + valueWords(assignment.value);
    }
    if (shown == 0 && !order.preset.empty())
        title += QStringLiteral(" · ") + QString::fromStdString(order.preset);
    return title;
}

}  // namespace latent::desktop
