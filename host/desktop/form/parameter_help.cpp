// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/parameter_help.hpp"

#include <QCoreApplication>
#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QScreen>
#include <algorithm>

#include "desktop/theme/theme.hpp"
#include "engine/parameters/allowed_words.hpp"
#include "engine/parameters/value_text.hpp"

namespace latent::desktop {
namespace {

using engine::ParameterModel;
using nlohmann::json;

constexpr int kCardWidth = 340, kMostLetters = 120;

QString helpWords(const char* text) { return QCoreApplication::translate("ParameterHelp", text); }
QString text(const std::string& bytes) { return QString::fromStdString(bytes); }

QString shortened(QString value) {
    return value.size() <= kMostLetters ? value : value.left(kMostLetters) + QStringLiteral("…");
}

QString valueWords(const ParameterModel& p, const json& value) {
    return value.is_null() ? helpWords("not given") : shortened(text(engine::textOf(p, value)));
}

QString titles(const engine::SchemaModel& schema, const std::vector<std::string>& names) {
    QStringList all;
    for (const std::string& name : names)
        all << (schema.find(name) ? text(schema.find(name)->title()) : text(name));
    return all.join(QStringLiteral(", "));
}

QString whenWords(const engine::SchemaModel& schema, const ParameterModel& p) {
    QStringList values;
    for (const json& value : p.visibleWhen->equals)
        values << (value.is_string() ? text(value.get<std::string>()) : text(value.dump()));
    return helpWords("%1 is %2")
        .arg(titles(schema, {p.visibleWhen->parameter}), values.join(helpWords(" or ")));
}

}  // namespace

std::vector<std::pair<QString, QString>> helpFacts(const engine::SchemaModel& schema, const ParameterModel& p,
                                                   const json& standard) {
    std::vector<std::pair<QString, QString>> facts{{helpWords("Takes"), text(engine::allowedWords(p))}};
    if (!p.unit.empty() && p.unit != "1") facts.emplace_back(helpWords("Unit"), text(p.unit));
    facts.emplace_back(helpWords("Default"), valueWords(p, p.defaultValue));
    if (standard != p.defaultValue) facts.emplace_back(helpWords("Preset"), valueWords(p, standard));
    if (p.step) facts.emplace_back(helpWords("Step"), text(engine::numberWords(*p.step)));
    for (const engine::ChoiceModel& choice : p.choices)
        if (!choice.help.empty() || (!choice.label.empty() && choice.label != choice.value))
            facts.emplace_back(
                text(choice.value),
                text(choice.label.empty() ? choice.value : choice.label) +
                    (choice.help.empty() ? QString() : QStringLiteral(". ") + text(choice.help)));
    if (!p.exclusiveWith.empty()) facts.emplace_back(helpWords("Or else"), titles(schema, p.exclusiveWith));
    if (p.visibleWhen) facts.emplace_back(helpWords("Applies when"), whenWords(schema, p));
    facts.emplace_back(helpWords("Command line"), QStringLiteral("--set %1=…").arg(text(p.name)));
    return facts;
}

QString helpTip(const engine::SchemaModel& schema, const ParameterModel& p, const json& standard) {
    QString tip = QStringLiteral("<p><b>%1</b></p>").arg(text(p.title()).toHtmlEscaped());
    if (!p.help.empty()) tip += QStringLiteral("<p>%1</p>").arg(text(p.help).toHtmlEscaped());
    tip += QStringLiteral("<table>");
    for (const auto& [name, fact] : helpFacts(schema, p, standard))
        tip += QStringLiteral("<tr><td style='color:%1; padding-right:12px'>%2</td><td>%3</td></tr>")
                   .arg(theme().muted.name(), name.toHtmlEscaped(), fact.toHtmlEscaped());
    return tip + QStringLiteral("</table>");
}

void showHelpCard(const engine::SchemaModel& schema, const ParameterModel& p, const json& standard,
                  QWidget* field) {
    auto* card = new QFrame(field, Qt::Popup);
    card->setObjectName(QStringLiteral("help"));
    card->setAttribute(Qt::WA_DeleteOnClose);
    card->setProperty("look", "card");
    card->setAccessibleName(helpWords("Help on %1").arg(text(p.title())));
    auto* grid = new QGridLayout(card);
    grid->setContentsMargins(space::groups, space::between, space::groups, space::between);
    grid->setHorizontalSpacing(space::groups);
    grid->setVerticalSpacing(space::tight);
    grid->setColumnStretch(1, 1);
    const auto label = [card](const QString& shown, const char* look) {
        auto* one = new QLabel(shown, card);
        one->setTextFormat(Qt::PlainText);
        one->setWordWrap(true);
        one->setTextInteractionFlags(Qt::TextSelectableByMouse);
        one->setFocusPolicy(Qt::NoFocus);
        if (look) one->setProperty("look", look);
        return one;
    };
    grid->addWidget(label(text(p.title()), "heading"), 0, 0, 1, 2);
    int row = 1;
    if (!p.help.empty()) grid->addWidget(label(text(p.help), nullptr), row++, 0, 1, 2);
    grid->setRowMinimumHeight(row++, space::tight);
    for (const auto& [name, fact] : helpFacts(schema, p, standard)) {
        auto* what = label(name, "muted");
        what->setWordWrap(false);
        grid->addWidget(what, row, 0, Qt::AlignTop);
        grid->addWidget(label(fact, nullptr), row++, 1);
    }
    card->setFixedWidth(kCardWidth);
    card->adjustSize();
    card->setFixedHeight(std::max(card->sizeHint().height(), card->heightForWidth(kCardWidth)));
    const QRect screen = field->screen()->availableGeometry();
    QPoint at = field->mapToGlobal(QPoint(field->width() - kCardWidth, field->height() + space::tight));
    if (at.y() + card->height() > screen.bottom())
        at.setY(field->mapToGlobal(QPoint(0, -space::tight)).y() - card->height());
    card->move(std::clamp(at.x(), screen.left(), std::max(screen.left(), screen.right() - kCardWidth)),
               std::max(at.y(), screen.top()));
    card->show();
    card->setFocus(Qt::PopupFocusReason);
}

}  // namespace latent::desktop
