// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/claims_view.hpp"

#include <QDateTime>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "desktop/jobs/latent_command.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

struct VerdictLook {
    QString word, icon;
    QColor colour;
};

VerdictLook lookOf(const QString& verdict) {
    if (verdict == QLatin1String("holds"))
        return {ClaimsView::tr("Holds"), QStringLiteral("check"), theme().ok};
    if (verdict == QLatin1String("contradicted"))
        return {ClaimsView::tr("Contradicted"), QStringLiteral("close"), theme().bad};
    if (verdict == QLatin1String("tie"))
        return {ClaimsView::tr("Tie"), QStringLiteral("pause"), theme().accent};
    if (verdict == QLatin1String("inconclusive"))
        return {ClaimsView::tr("Inconclusive"), QStringLiteral("more"), theme().warning};
    return {ClaimsView::tr("Not measured"), QStringLiteral("minus"), theme().muted};
}

QLabel* words(const QString& text, const char* look, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("look", look);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QString textOf(const nlohmann::json& object, const char* key) {
    return object.contains(key) && object[key].is_string()
               ? QString::fromStdString(object[key].get<std::string>())
               : QString();
}

}  // namespace

ClaimsView::ClaimsView(QWidget* parent)
    : QScrollArea(parent),
      m_head(new QLabel(this)),
      m_measure(new QPushButton(tr("Measure"), this)),
      m_report(new QPushButton(tr("Report…"), this)) {
    setAccessibleName(tr("Claims"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    auto* page = new QWidget(this);
    page->setProperty("look", "page");
    m_column = new QVBoxLayout(page);
    m_column->setContentsMargins(space::groups, space::between, space::groups, space::between);
    m_column->setSpacing(space::between);
    m_head->setProperty("look", "muted");
    m_head->setWordWrap(true);
    auto* row = new QHBoxLayout;
    row->addWidget(m_head, 1);
    row->addWidget(m_measure);
    row->addWidget(m_report);
    m_column->addLayout(row);
    m_column->addStretch();
    setWidget(page);
    connect(m_measure, &QPushButton::clicked, this, &ClaimsView::measure);
    connect(m_report, &QPushButton::clicked, this, [this] { Q_EMIT reportAsked(m_folders); });
    setRuns({});
}

void ClaimsView::setRuns(const QStringList& folders) {
    if (folders == m_folders && !folders.isEmpty()) return;
    m_folders = folders;
    ++m_asked;
    m_isReady = m_wasMeasured = false;
    m_measure->setEnabled(!folders.isEmpty());
    m_report->setEnabled(!folders.isEmpty());
    m_head->setText(folders.isEmpty() ? tr("What the paper says, declared before anything is measured. Run "
                                           "the experiment, then measure.")
                                      : tr("What the paper says, judged from this run. A sweep or several "
                                           "seeds give the independent units that verdicts need."));
    m_verdicts.clear();
    if (!m_declared.is_null()) setDeclared(m_declared);
}

void ClaimsView::clear() {
    for (int i = m_column->count() - 1; i >= 0; --i) {
        QWidget* card = m_column->itemAt(i)->widget();
        if (!card || !card->property("claim").toBool()) continue;
        m_column->removeWidget(card);
        card->deleteLater();
    }
}

void ClaimsView::setDeclared(const nlohmann::json& claims) {
    m_declared = claims;
    clear();
    if (claims.is_array())
        for (const nlohmann::json& claim : claims) addClaim({{"claim", claim}});
    const bool isNothing = !claims.is_array() || claims.empty();
    m_measure->setVisible(!isNothing);
    if (isNothing) m_head->setText(tr("This experiment declares no claims."));
}

void ClaimsView::setReady(bool ready) {
    m_isReady = ready;
    if (isVisible()) measureOnce();
}

void ClaimsView::showEvent(QShowEvent* event) {
    QScrollArea::showEvent(event);
    measureOnce();
}

/// It costs seconds, and loads the plugin in a child: not before somebody looks, and not twice.
void ClaimsView::measureOnce() {
    if (m_isReady && !m_wasMeasured && m_declared.is_array() && !m_declared.empty()) measure();
}

void ClaimsView::measure() {
    if (m_folders.isEmpty()) return;
    m_wasMeasured = true;
    if (m_measure->hasFocus())
        setFocus(Qt::OtherFocusReason);  // else the focus, and the page with it, goes elsewhere
    m_measure->setEnabled(false);
    m_measure->setText(tr("Measuring…"));
    m_head->setText(tr(
        "The claims are being measured. Controls may train or solve anew, which takes as long as the run."));
    const quint64 asked = ++m_asked;
    LatentCommand::run(this, QStringList{QStringLiteral("claims"), QStringLiteral("--json")} + m_folders,
                       [this, asked](engine::Result<QByteArray> out) {
                           m_measure->setEnabled(!m_folders.isEmpty());
                           m_measure->setText(tr("Measure"));
                           if (asked != m_asked) return;
                           if (!out) return m_head->setText(QString::fromStdString(out.error().message));
                           const nlohmann::json document = nlohmann::json::parse(
                               out->constData(), out->constData() + out->size(), nullptr, false);
                           if (!document.is_object())
                               return m_head->setText(tr("The answer of `latent claims` could not be read."));
                           show(document);
                       });
}

void ClaimsView::show(const nlohmann::json& document) {
    clear();
    m_verdicts.clear();
    for (const nlohmann::json& entry : document.value("claims", nlohmann::json::array())) {
        addClaim(entry);
        ++m_verdicts[textOf(entry, "verdict")];
    }
    QStringList counts;
    for (auto it = m_verdicts.cbegin(); it != m_verdicts.cend(); ++it)
        counts << tr("%1 %2").arg(it.value()).arg(lookOf(it.key()).word.toLower());
    QString head = counts.join(QStringLiteral(" · "));
    head += QStringLiteral(" · ") +
            tr("measured at %1").arg(QDateTime::currentDateTime().toString(QStringLiteral("d MMM HH:mm:ss")));
    for (const nlohmann::json& remark : document.value("remarks", nlohmann::json::array()))
        if (remark.is_string()) head += QLatin1Char('\n') + QString::fromStdString(remark.get<std::string>());
    m_head->setText(head);
    Q_EMIT measured();
}

void ClaimsView::addClaim(const nlohmann::json& entry) {
    const nlohmann::json& claim = entry.at("claim");
    const QString verdict =
        entry.contains("verdict") ? textOf(entry, "verdict") : QStringLiteral("not_measured");
    const VerdictLook look = lookOf(verdict);
    auto* card = new QFrame(widget());
    card->setProperty("look", "card");
    card->setProperty("claim", true);
    auto* row = new QHBoxLayout(card);
    row->setContentsMargins(space::groups, space::between, space::groups, space::between);
    row->setSpacing(space::groups);
    auto* mark = new QLabel(card);
    mark->setPixmap(iconPixmap(look.icon, look.colour, 20, devicePixelRatioF()));
    mark->setFixedWidth(20);
    row->addWidget(mark, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout;
    column->setSpacing(space::tight);
    QLabel* statement = words(textOf(claim, "statement"), "heading", card);
    column->addWidget(statement);
    QLabel* judged =
        words(entry.contains("sentence") ? textOf(entry, "sentence")
                                         : tr("Not measured yet: %1").arg(textOf(claim, "estimand")),
              "", card);
    judged->setStyleSheet(QStringLiteral("color: %1").arg(look.colour.name()));
    column->addWidget(judged);
    const nlohmann::json source = claim.value("source", nlohmann::json::object());
    column->addWidget(words(tr("%1 · %2, %3 · unit of replication: %4")
                                .arg(textOf(claim, "id"), textOf(source, "paper"), textOf(source, "where"),
                                     textOf(claim, "replication")),
                            "small", card));
    for (const nlohmann::json& control : entry.value("controls", nlohmann::json::array()))
        column->addWidget(
            words(tr("Control %1: %2")
                      .arg(textOf(control, "passed").isEmpty() && control.contains("passed") &&
                                   control["passed"].is_boolean()
                               ? (control["passed"].get<bool>() ? tr("passed") : tr("failed"))
                               : textOf(control, "verdict"),
                           textOf(control, "sentence").isEmpty()
                               ? textOf(control.value("control", nlohmann::json::object()), "statement")
                               : textOf(control, "sentence")),
                  "small", card));
    row->addLayout(column, 1);
    card->setAccessibleName(tr("Claim: %1. %2").arg(statement->text(), judged->text()));
    m_column->insertWidget(m_column->count() - 1, card);
}

}  // namespace latent::desktop
