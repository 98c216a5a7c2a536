// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/plugin_page.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "desktop/around/fact_row.hpp"
#include "desktop/around/plugin_look.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

QString words(const std::string& text) { return QString::fromStdString(text); }

QLabel* label(const QString& text, const char* look, QWidget* parent) {
    auto* made = new QLabel(text, parent);
    made->setTextFormat(Qt::PlainText);  // plugins speak here
    made->setWordWrap(true);
    if (look) made->setProperty("look", look);
    return made;
}

QString kindWord(const std::string& kind) {
    if (kind == "experiment") return PluginPage::tr("Experiments");
    if (kind == "data_source") return PluginPage::tr("Data sources");
    if (kind == "probe") return PluginPage::tr("Probes");
    if (kind == "panel") return PluginPage::tr("Panels");
    return words(kind);
}

/// Titles where the plugin could be asked, else the ids that its manifest names.
std::vector<std::pair<QString, QString>> contributionsOf(const PluginRow& row, const std::string& kind) {
    std::vector<std::pair<QString, QString>> lines;
    for (const engine::Contribution& c : row.entry.contributions)
        if (c.kind == kind)
            lines.emplace_back(words(c.title.empty() ? c.id : c.title),
                               c.refusal.empty() ? words(c.id) : words(c.refusal));
    if (kind == "panel")
        for (const engine::DeclaredPanel& panel : row.entry.panels)
            lines.emplace_back(words(panel.title), words(panel.id));
    if (const auto declared = row.entry.declared.find(kind);
        lines.empty() && declared != row.entry.declared.end())
        for (const std::string& id : declared->second) lines.emplace_back(words(id), QString());
    return lines;
}

QFrame* stateCard(const PluginRow& row, QWidget* parent) {
    const StateLook look = lookOf(row);
    auto* card = new QFrame(parent);
    card->setProperty("look", "inset-card");
    auto* mark = new QLabel(card);
    mark->setPixmap(iconPixmap(look.icon, look.colour, 16, parent->devicePixelRatioF()));
    auto* text = new QVBoxLayout;
    text->setSpacing(space::tight);
    auto* word = label(look.word, "strong", card);
    text->addWidget(word);
    for (const std::string& sentence : {row.entry.sentence, row.panel.sentence, row.torch.sentence})
        if (!sentence.empty()) text->addWidget(label(words(sentence), nullptr, card));
    if (row.entry.sentence.empty() && row.panel.sentence.empty() && row.torch.sentence.empty())
        text->addWidget(label(row.entry.ours ? PluginPage::tr("It came with the program.")
                                             : PluginPage::tr("You trusted these files."),
                              nullptr, card));
    auto* line = new QHBoxLayout(card);
    line->setContentsMargins(space::between, space::between, space::between, space::between);
    line->setSpacing(space::inside);
    line->addWidget(mark, 0, Qt::AlignTop);
    line->addLayout(text, 1);
    return card;
}

}  // namespace

PluginPage::PluginPage(QWidget* parent) : QScrollArea(parent) {
    setWidgetResizable(true);
    setAccessibleName(tr("About the plugin"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
}

QVBoxLayout* PluginPage::begin() {
    auto* page = new QWidget;
    page->setProperty("look", "page");
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(space::groups + space::inside, space::groups, space::groups + space::inside,
                               space::groups);
    column->setSpacing(space::inside);
    setWidget(page);  // the page before is gone with this
    return column;
}

void PluginPage::showSentence(const QString& sentence) {
    QVBoxLayout* column = begin();
    column->addWidget(label(sentence, "muted", widget()), 1, Qt::AlignCenter);
}

void PluginPage::showPlugin(const PluginRow& row) {
    QVBoxLayout* column = begin();
    QWidget* page = widget();
    column->addWidget(label(titleOf(row), "title", page));
    QStringList about{words(row.entry.id)};
    if (!row.entry.version.empty()) about << tr("version %1").arg(words(row.entry.version));
    if (row.entry.ours) about << tr("part of the program");
    column->addWidget(label(about.join(QStringLiteral(" · ")), "muted", page));
    if (!row.entry.summary.empty()) column->addWidget(label(words(row.entry.summary), nullptr, page));
    column->addSpacing(space::tight);
    column->addWidget(stateCard(row, page));
    addActions(*column, row);

    for (const char* kind : {"experiment", "data_source", "probe", "panel"}) {
        const auto lines = contributionsOf(row, kind);
        if (lines.empty()) continue;
        column->addSpacing(space::inside);
        column->addWidget(label(kindWord(kind).toUpper(), "section", page));
        for (const auto& [title, detail] : lines) {
            auto* line = new QHBoxLayout;
            line->setSpacing(space::between);
            auto* name = label(title, nullptr, page);
            name->setWordWrap(false);
            line->addWidget(name);
            line->addWidget(label(detail, "small", page), 1);
            column->addLayout(line);
        }
    }
    column->addSpacing(space::inside);
    column->addWidget(label(tr("FILES"), "section", page));
    column->addWidget(new FactRow(tr("Library"), words(row.entry.library.string()), page));
    if (!row.entry.sha256.empty())
        column->addWidget(new FactRow(tr("SHA-256"), words(row.entry.sha256), page));
    if (!row.panel.file.empty())
        column->addWidget(new FactRow(tr("Panel library"), words(row.panel.file.string()), page));
    if (!row.panel.sha256.empty())
        column->addWidget(new FactRow(tr("SHA-256 of the panel library"), words(row.panel.sha256), page));
    if (!row.torch.file.empty())
        column->addWidget(new FactRow(tr("Library for GPUs"), words(row.torch.file.string()), page));
    if (!row.torch.sha256.empty())
        column->addWidget(new FactRow(tr("SHA-256 of the library for GPUs"), words(row.torch.sha256), page));
    column->addStretch(1);
}

void PluginPage::addActions(QVBoxLayout& column, const PluginRow& row) {
    auto* line = new QHBoxLayout;
    line->setSpacing(space::inside);
    const auto add = [&](const char* name, const QString& title, auto signal, const char* look = nullptr) {
        auto* button = new QPushButton(title, widget());
        button->setObjectName(QLatin1String(name));
        button->setAutoDefault(false);
        if (look) button->setProperty("look", look);
        connect(button, &QPushButton::clicked, this, signal);
        line->addWidget(button);
    };
    if (row.needsTrust()) add("trust", tr("Trust…"), &PluginPage::trustRequested, "primary");
    if (row.isQuarantined()) add("release", tr("Release from quarantine"), &PluginPage::releaseRequested);
    // In safe mode all others are disabled by the mode, which enabling would not change.
    const bool byPerson = row.entry.sentence.find("safe mode") == std::string::npos;
    if (row.entry.state == engine::PluginState::Disabled && byPerson)
        add("enable", tr("Enable"), &PluginPage::enableRequested, "primary");
    if (row.entry.state != engine::PluginState::Disabled && !row.entry.sha256.empty())
        add("disable", tr("Disable"), &PluginPage::disableRequested);
    if (line->count() == 0)
        return delete line;  // isEmpty() would say so too while the buttons are not shown yet
    line->addStretch(1);
    column.addLayout(line);
}

}  // namespace latent::desktop
