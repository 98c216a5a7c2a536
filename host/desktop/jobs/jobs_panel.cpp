// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/jobs_panel.hpp"

#include <QDesktopServices>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>

#include "desktop/jobs/job_queue.hpp"
#include "desktop/jobs/job_row.hpp"
#include "desktop/theme/icon.hpp"
#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

bool waits(const Job& job) { return job.state == "queued" || job.state == "preparing"; }
bool goesOn(const Job& job) { return waits(job) || job.state == "running" || job.state == "elsewhere"; }

/// Those that go on in the order of the queue, then those that rest or have ended, the newest first.
std::vector<const Job*> inOrder(const std::vector<Job>& jobs) {
    std::vector<const Job*> order;
    for (const Job& job : jobs)
        if (goesOn(job)) order.push_back(&job);
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job)
        if (!goesOn(*job)) order.push_back(&*job);
    return order;
}

QWidget* emptyPage(QWidget* parent) {
    auto* page = new QWidget(parent);
    auto* column = new QVBoxLayout(page);
    auto* head = new QLabel(JobsPanel::tr("No jobs"), page);
    head->setProperty("look", "heading");
    head->setAlignment(Qt::AlignCenter);
    auto* words = new QLabel(JobsPanel::tr("Choose an experiment and press Run. It is computed in a process "
                                           "of its own, also when this window is closed."),
                             page);
    words->setProperty("look", "muted");
    words->setWordWrap(true);
    words->setAlignment(Qt::AlignCenter);
    column->addStretch();
    column->addWidget(head);
    column->addWidget(words);
    column->addStretch();
    column->setContentsMargins(space::groups, space::inside, space::groups, space::inside);
    return page;
}

}  // namespace

JobsPanel::JobsPanel(JobQueue& queue, QWidget* parent)
    : QWidget(parent),
      m_queue(queue),
      m_summary(new QLabel(this)),
      m_cores(new QSpinBox(this)),
      m_empty(emptyPage(this)),
      m_area(new QScrollArea(this)) {
    setAccessibleName(tr("Jobs"));
    QSpinBox* cores = m_cores;
    cores->setRange(1, 4096);
    cores->setButtonSymbols(QAbstractSpinBox::NoButtons);  // typed, or with the arrow keys and the wheel
    cores->setFixedWidth(56);
    cores->setValue(queue.coreBudget());
    cores->setAccessibleName(tr("Cores that jobs may use at once"));
    cores->setToolTip(tr("Cores that jobs may use at once. A job that wants more runs alone."));
    cores->setKeyboardTracking(false);  // 16 is not 1 first
    connect(cores, &QSpinBox::valueChanged, &queue, &JobQueue::setCoreBudget);
    connect(cores, &QSpinBox::valueChanged, this, &JobsPanel::coresChosen);
    auto* coresLabel = new QLabel(tr("&Cores"), this);
    coresLabel->setProperty("look", "small");
    coresLabel->setBuddy(cores);
    auto* clear = new QPushButton(tr("Clear ended"), this);
    clear->setProperty("look", "flat");
    clear->setToolTip(tr("Take what is done, failed or stopped out of this list; the runs stay"));
    connect(clear, &QPushButton::clicked, &queue, &JobQueue::clearEnded);
    m_clear = clear;
    m_summary->setProperty("look", "small");
    auto* head = new QHBoxLayout;
    head->setContentsMargins(space::groups, space::tight, space::between, space::tight);
    head->setSpacing(space::inside);
    head->addWidget(m_summary, 1);
    head->addWidget(clear);
    head->addWidget(coresLabel);
    head->addWidget(cores);

    auto* page = new QWidget(m_area);
    page->setProperty("look", "page");
    m_rows = new QVBoxLayout(page);
    m_rows->setContentsMargins(0, 0, 0, space::inside);
    m_rows->setSpacing(0);
    m_rows->addStretch();
    m_area->setWidget(page);
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->setFocusPolicy(Qt::NoFocus);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_area, 1);
    column->addWidget(m_empty, 1);

    connect(&queue, &JobQueue::changed, this, &JobsPanel::update);
    connect(&queue, &JobQueue::foreign, this, &JobsPanel::confirmForeign);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &JobsPanel::update);
    update();
}

JobsPanel::~JobsPanel() = default;

void JobsPanel::update() {
    const auto order = inOrder(m_queue.jobs());
    std::map<int, JobRow*> stay;
    int place = 0, at = 0, running = 0;
    bool anyEnded = false;
    for (const Job* job : order) {
        JobRow*& row = stay[job->id];
        if (const auto known = m_byId.find(job->id); known != m_byId.end()) {
            row = known->second;
        } else {
            row = new JobRow(m_area->widget());
            connect(row, &JobRow::pressed, this, [this, row = row] { select(row->job().run); });
            connect(row, &JobRow::asked, this, [this, row = row](JobRow::Action action) {
                const std::filesystem::path run = row->job().run;
                switch (action) {
                    case JobRow::Action::Open:
                        Q_EMIT openRun(run);
                        break;
                    case JobRow::Action::Pause:
                        m_queue.pause(run);
                        break;
                    case JobRow::Action::Checkpoint:
                        m_queue.checkpoint(run);
                        break;
                    case JobRow::Action::Stop:
                        m_queue.stop(run);
                        break;
                    case JobRow::Action::Resume:
                        m_queue.resume(run);
                        break;
                    case JobRow::Action::Withdraw:
                        m_queue.withdraw(run);
                        break;
                    case JobRow::Action::Forget:
                        m_queue.forget(run);
                        break;
                    case JobRow::Action::Folder:
                        QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(run.string())));
                        break;
                }
            });
        }
        row->show(*job, waits(*job) ? ++place : 0);
        row->setSelected(!m_selection.empty() && job->run == m_selection);
        running += job->state == "running";
        anyEnded = anyEnded || job->state == "done" || job->state == "failed" || job->state == "stopped";
        if (m_rows->indexOf(row) != at) m_rows->insertWidget(at, row);
        ++at;
    }
    for (const auto& [id, row] : m_byId)
        if (stay.count(id) == 0) row->deleteLater();
    m_byId = std::move(stay);
    m_empty->setVisible(order.empty());
    m_area->setVisible(!order.empty());
    m_clear->setVisible(anyEnded);
    if (m_cores->value() != m_queue.coreBudget() && !m_cores->hasFocus()) {
        const QSignalBlocker quiet(m_cores);  // it was set elsewhere
        m_cores->setValue(m_queue.coreBudget());
    }
    QStringList words{tr("%1 of %2 cores in use").arg(m_queue.coresInUse()).arg(m_queue.coreBudget())};
    if (running > 0) words << tr("%n running", nullptr, running);
    if (place > 0) words << tr("%n waiting", nullptr, place);
    m_summary->setText(words.join(QStringLiteral(" · ")));
}

void JobsPanel::select(const std::filesystem::path& run) {
    if (run == m_selection) return;
    m_selection = run;
    for (const auto& [id, row] : m_byId) row->setSelected(!run.empty() && row->job().run == run);
    Q_EMIT selected(run);
}

void JobsPanel::confirmForeign(const std::filesystem::path& run, const QStringList& paths) {
    auto* box = new QMessageBox(QMessageBox::Question, tr("Resume a run that was not made here?"),
                                tr("The run %1 was made by somebody else, or on another machine.")
                                    .arg(QString::fromStdString(run.filename().string())),
                                QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(
        paths.isEmpty() ? tr("Its request is valid and reads no files.")
                        : tr("Its request is valid. It would read:\n%1").arg(paths.join(QLatin1Char('\n'))));
    connect(box->addButton(tr("Resume"), QMessageBox::AcceptRole), &QPushButton::clicked, this,
            [this, run] { m_queue.resumeForeign(run); });
    box->setDefaultButton(QMessageBox::Cancel);
    box->open();
}

void JobsPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) update();
}

}  // namespace latent::desktop
