// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/probes/answer_words.hpp"

#include <QCoreApplication>
#include <QStringList>

namespace latent::desktop {
namespace {

QString labelOf(const nlohmann::json& outputs, const std::string& name) {
    for (const nlohmann::json& array : outputs.value("arrays", nlohmann::json::array())) {
        if (array.value("name", "") != name) continue;
        if (const std::string label = array.value("label", ""); !label.empty())
            return QString::fromStdString(label);
    }
    return QString::fromStdString(name).replace(QLatin1Char('_'), QLatin1Char(' '));
}

}  // namespace

QString numberWords(const engine::ProbeReply& reply) {
    QStringList words;
    for (const auto& [name, value] : reply.values.items()) {
        const QString label = labelOf(reply.outputs, name);
        if (value.is_number())
            words << QStringLiteral("%1 %2").arg(label, QString::number(value.get<double>(), 'g', 4));
        else if (value.is_string())
            words << QStringLiteral("%1 %2").arg(label, QString::fromStdString(value.get<std::string>()));
    }
    return words.join(QStringLiteral(" · "));
}

QString solvedWords(double elapsed_ms) {
    const auto words = [](const char* text) {
        return QCoreApplication::translate("latent::desktop::ProbePanel", text);
    };
    if (elapsed_ms >= 1000) return words("Solved in %1 s").arg(elapsed_ms / 1000, 0, 'f', 1);
    return words("Solved in %1 ms").arg(elapsed_ms, 0, 'f', elapsed_ms < 9.95 ? 1 : 0);
}

}  // namespace latent::desktop
