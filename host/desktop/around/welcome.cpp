// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/welcome.hpp"

#include <QBoxLayout>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QLabel>
#include <QLocale>
#include <QMimeData>
#include <QStyle>
#include <QToolButton>
#include <QUrl>

#include "desktop/around/card_button.hpp"
#include "desktop/around/settings.hpp"
#include "desktop/around/share_folder.hpp"
#include "desktop/live/file_thread.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

constexpr int kPageWidth = 920, kNarrow = 700;

QLabel* section(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text.toUpper(), parent);
    label->setProperty("look", "section");
    return label;
}

/// "today, 14:03", "yesterday", "12 Nov 2026".
QString whenWords(const QDateTime& opened) {
    if (!opened.isValid()) return {};
    const QDateTime local = opened.toLocalTime();
    const qint64 days = local.date().daysTo(QDate::currentDate());
    if (days == 0) return WelcomePage::tr("today, %1").arg(local.time().toString(QStringLiteral("HH:mm")));
    if (days == 1) return WelcomePage::tr("yesterday");
    return QLocale().toString(local.date(), QLocale::ShortFormat);
}

/// "~/studies/swing-by".
QString shortPath(const QString& folder) {
    const QString home = QDir::homePath();
    return folder.startsWith(home + QLatin1Char('/')) ? QLatin1Char('~') + folder.mid(home.size()) : folder;
}

}  // namespace

struct WelcomePage::Parts {
    explicit Parts(Settings& all) : settings(all) {}
    Settings& settings;
    QWidget *page = nullptr, *column = nullptr;
    QBoxLayout *cards = nullptr, *halves = nullptr;
    QVBoxLayout *recent = nullptr, *samples = nullptr;
    QLabel *noRecent = nullptr, *drop = nullptr;
    std::uint64_t question = 0;
    FileThread files;
};

WelcomePage::WelcomePage(Settings& settings, QWidget* parent)
    : QScrollArea(parent), m_parts(std::make_unique<Parts>(settings)) {
    Parts& p = *m_parts;
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAcceptDrops(true);
    setAccessibleName(tr("Welcome"));
    p.page = new QWidget;
    p.page->setProperty("look", "page");
    p.column = new QWidget(p.page);
    p.column->setMaximumWidth(kPageWidth);

    auto* title = new QLabel(tr("Latent Workbench"), p.column);
    title->setProperty("look", "hero");
    auto* what = new QLabel(tr("Study how learning systems and physical measurements hide structure: run an "
                               "experiment, watch it learn, compare, and export "
                               "the figure."),
                            p.column);
    what->setProperty("look", "lead");
    what->setWordWrap(true);

    p.cards = new QBoxLayout(QBoxLayout::LeftToRight);
    p.cards->setSpacing(space::between);
    const auto card = [&](CardButton::Look look, const char* iconName, const QString& name,
                          const QString& detail, auto signal) {
        auto* made = new CardButton(look, QLatin1String(iconName), name, detail, p.column);
        connect(made, &QAbstractButton::clicked, this, signal);
        p.cards->addWidget(made);
    };
    card(CardButton::Look::Primary, "play", tr("Take the tour"),
         tr("Runs the studies of a paper on this machine; their figures draw while they learn."),
         &WelcomePage::tourRequested);
    card(CardButton::Look::Card, "folder", tr("Open a workspace"),
         tr("A folder that holds your runs. A new or empty one is fine."),
         &WelcomePage::openWorkspaceRequested);
    card(CardButton::Look::Card, "manual", tr("Read the manual"),
         tr("How runs, sweeps, claims and plugins work, with a search."),
         [this] { Q_EMIT manualRequested(QStringLiteral("index")); });

    p.recent = new QVBoxLayout;
    p.recent->setSpacing(2);
    p.noRecent = new QLabel(tr("Workspaces that you open are listed here."), p.column);
    p.noRecent->setProperty("look", "muted");
    p.noRecent->setWordWrap(true);
    p.samples = new QVBoxLayout;
    p.halves = new QBoxLayout(QBoxLayout::LeftToRight);
    p.halves->setSpacing(2 * space::groups);
    const auto half = [&](const QString& name, QVBoxLayout* rows, QWidget* empty) {
        auto* box = new QVBoxLayout;
        box->setSpacing(space::inside);
        box->addWidget(section(name, p.column));
        if (empty) box->addWidget(empty);
        box->addLayout(rows);
        box->addStretch(1);
        p.halves->addLayout(box, 1);
    };
    half(tr("Recent workspaces"), p.recent, p.noRecent);
    half(tr("Studies that come with it"), p.samples, nullptr);

    p.drop = new QLabel(tr("Drop a workspace, a run or a study anywhere on this page"), p.column);
    p.drop->setProperty("look", "drop");
    p.drop->setAlignment(Qt::AlignCenter);
    p.drop->setWordWrap(true);
    p.drop->setMinimumHeight(2 * space::target);

    auto* rows = new QVBoxLayout(p.column);
    rows->setContentsMargins(2 * space::between, 3 * space::groups, 2 * space::between, 2 * space::groups);
    rows->setSpacing(0);
    rows->addWidget(title);
    rows->addSpacing(space::inside);
    rows->addWidget(what);
    rows->addSpacing(2 * space::groups);
    rows->addLayout(p.cards);
    rows->addSpacing(2 * space::groups);
    rows->addLayout(p.halves);
    rows->addSpacing(2 * space::groups);
    rows->addWidget(p.drop);
    rows->addStretch(1);
    auto* centred = new QHBoxLayout(p.page);
    centred->setContentsMargins(0, 0, 0, 0);
    centred->addStretch(1);
    centred->addWidget(p.column, 1000);
    centred->addStretch(1);
    setWidget(p.page);

    connect(&settings, &Settings::recentWorkspacesChanged, this, &WelcomePage::fillRecent);
    p.files.run([folder = shareFolder() + QStringLiteral("/samples")] { return readSamples(folder); },
                [this](const std::vector<Sample>& samples) { showSamples(samples); });
}

WelcomePage::~WelcomePage() = default;

/// In a box that comes into the page as one: the page is laid out anew for each widget that comes into it.
void WelcomePage::showSamples(const std::vector<Sample>& samples) {
    auto* box = new QWidget;
    auto* rows = new QVBoxLayout(box);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(2);
    for (const Sample& sample : samples) {
        auto* line = new CardButton(CardButton::Look::Line, QStringLiteral("experiment"), sample.title,
                                    sample.summary, box);
        line->setToolTip(sample.summary);
        connect(line, &QAbstractButton::clicked, this,
                [this, file = sample.file] { Q_EMIT sampleChosen(file); });
        rows->addWidget(line);
    }
    m_parts->samples->addWidget(box);
}

/// First by their names alone; whether each is still there is asked on the thread, because a share may take its time.
void WelcomePage::fillRecent() {
    const std::vector<RecentWorkspace> recent = m_parts->settings.recentWorkspaces();
    showRecent(recent, {});
    QStringList folders;
    for (const RecentWorkspace& one : recent) folders << one.folder;
    const std::uint64_t question = ++m_parts->question;
    m_parts->files.run(
        [folders] {
            QStringList missing;
            for (const QString& folder : folders)
                if (!QFileInfo(folder).isDir()) missing << folder;
            return missing;
        },
        [this, question, recent](const QStringList& missing) {
            if (question == m_parts->question && !missing.isEmpty()) showRecent(recent, missing);
        });
}

void WelcomePage::showRecent(const std::vector<RecentWorkspace>& recent, const QStringList& missing) {
    Parts& p = *m_parts;
    while (QLayoutItem* item = p.recent->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    p.noRecent->setVisible(recent.empty());
    for (const RecentWorkspace& one : recent) {
        const bool gone = missing.contains(one.folder);
        auto* row = new QWidget(p.column);
        auto* line = new QHBoxLayout(row);
        line->setContentsMargins(0, 0, 0, 0);
        line->setSpacing(space::tight);
        const QString when = gone ? tr("not found any more") : whenWords(one.opened);
        const QString detail =
            when.isEmpty() ? shortPath(one.folder) : when + QStringLiteral(" · ") + shortPath(one.folder);
        auto* open = new CardButton(CardButton::Look::Line, QStringLiteral("folder"),
                                    QFileInfo(one.folder).fileName(), detail, row);
        open->setDetailLines(1);
        open->setToolTip(one.folder);
        open->setEnabled(!gone);
        connect(open, &QAbstractButton::clicked, this,
                [this, folder = one.folder] { Q_EMIT workspaceChosen(folder); });
        line->addWidget(open, 1);
        auto* forget = new QToolButton(row);
        forget->setIcon(icon(QStringLiteral("close")));
        forget->setProperty("look", "flat");
        forget->setToolTip(tr("Remove from this list; the folder stays as it is"));
        forget->setAccessibleName(tr("Remove %1 from the list").arg(one.folder));
        connect(forget, &QToolButton::clicked, this,
                [this, folder = one.folder] { m_parts->settings.forgetWorkspace(folder); });
        line->addWidget(forget);
        p.recent->addWidget(row);
    }
}

void WelcomePage::setDropping(bool dropping) {
    m_parts->drop->setProperty("dropping", dropping);
    m_parts->drop->setText(dropping ? tr("Let go to open it")
                                    : tr("Drop a workspace, a run or a study anywhere on this page"));
    m_parts->drop->style()->unpolish(m_parts->drop);
    m_parts->drop->style()->polish(m_parts->drop);
}

void WelcomePage::dragEnterEvent(QDragEnterEvent* event) {
    for (const QUrl& url : event->mimeData()->urls()) {
        if (!url.isLocalFile()) continue;
        event->acceptProposedAction();
        return setDropping(true);
    }
}

void WelcomePage::dragLeaveEvent(QDragLeaveEvent*) { setDropping(false); }

void WelcomePage::dropEvent(QDropEvent* event) {
    setDropping(false);
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) paths << url.toLocalFile();
    if (paths.isEmpty()) return;
    event->acceptProposedAction();
    Q_EMIT dropped(paths);
}

void WelcomePage::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    const bool narrow = viewport()->width() < kNarrow;
    m_parts->cards->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_parts->halves->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void WelcomePage::showEvent(QShowEvent* event) {
    QScrollArea::showEvent(event);
    fillRecent();  // a folder may have come back, and "today" may be over
}

}  // namespace latent::desktop
