// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/pages_undo.hpp"

#include <QPointer>
#include <QUndoStack>
#include <algorithm>

namespace latent::desktop {
namespace {

constexpr const char* kNumber = "page.number";

QList<int> flat(const PagesUndo::Places& places) {
    QList<int> all;
    for (const QList<int>& pane : places) all << pane;
    return all;
}

/// Without the pages of `others`, and without panes that have none then.
PagesUndo::Places without(PagesUndo::Places places, const QList<int>& others) {
    for (QList<int>& pane : places) pane.removeIf([&](int page) { return others.contains(page); });
    places.removeIf([](const QList<int>& pane) { return pane.isEmpty(); });
    return places;
}

QList<int> missing(const PagesUndo::Places& from, const PagesUndo::Places& in) {
    QList<int> all = flat(from);
    const QList<int> there = flat(in);
    all.removeIf([&](int page) { return there.contains(page); });
    return all;
}

class PagesEdit final : public QUndoCommand {
  public:
    PagesEdit(PagesUndo* pages, PagesUndo::Places before, PagesUndo::Places after,
              QMap<int, PagesUndo::Closed> closed)
        : QUndoCommand(closed.isEmpty() ? PagesUndo::tr("move of a page")
                       : closed.size() == 1
                           ? PagesUndo::tr("closing of %1").arg(closed.first().title)
                           : PagesUndo::tr("closing of %n pages", nullptr, static_cast<int>(closed.size()))),
          m_pages(pages),
          m_before(std::move(before)),
          m_after(std::move(after)),
          m_closed(std::move(closed)) {}
    void undo() override {
        if (m_pages) m_pages->apply(m_before, m_closed);
    }
    void redo() override {
        if (std::exchange(m_isFirst, false) || !m_pages) return;
        m_pages->close(m_closed.keys());
        m_pages->apply(m_after, {});
    }

  private:
    QPointer<PagesUndo> m_pages;
    PagesUndo::Places m_before, m_after;
    QMap<int, PagesUndo::Closed> m_closed;
    bool m_isFirst = true;
};

}  // namespace

PagesUndo::PagesUndo(SplitTabs& tabs, QUndoStack& stack, Save save, Open open)
    : QObject(&tabs), m_tabs(tabs), m_stack(stack), m_save(std::move(save)), m_open(std::move(open)) {
    // Everything back into one pane is many moves, and one edit.
    m_soon.setSingleShot(true);
    m_soon.setInterval(0);
    connect(&m_soon, &QTimer::timeout, this, &PagesUndo::look);
    connect(&tabs, &SplitTabs::arranged, this, [this] {
        if (!m_isApplying) m_soon.start();
    });
    connect(&tabs, &SplitTabs::aboutToClose, this, [this](QWidget* page) {
        if (!m_isApplying) m_closed[numberOf(page)] = {m_save(page), m_tabs.titleOf(page)};
    });
    forget();
}

int PagesUndo::numberOf(QWidget* page) {
    if (!page->property(kNumber).isValid()) page->setProperty(kNumber, m_next++);
    return page->property(kNumber).toInt();
}

QWidget* PagesUndo::pageOf(int number) const {
    for (QWidget* page : m_tabs.pages())
        if (page->property(kNumber) == number) return page;
    return nullptr;
}

PagesUndo::Places PagesUndo::places() {
    Places all;
    for (const QList<QWidget*>& pane : m_tabs.arrangement()) {
        QList<int> numbers;
        for (QWidget* page : pane) numbers << numberOf(page);
        if (!numbers.isEmpty()) all << numbers;
    }
    return all;
}

void PagesUndo::forget() {
    m_soon.stop();
    m_closed.clear();
    m_places = places();
}

void PagesUndo::look() {
    const Places before = m_places, now = places();
    const QMap<int, Closed> closed = std::exchange(m_closed, {});
    m_places = now;
    QMap<int, Closed> known;
    for (auto it = closed.cbegin(); it != closed.cend();
         ++it)  // what came and went between two looks is no edit
        if (flat(before).contains(it.key())) known.insert(it.key(), it.value());
    const bool isMoved = without(before, missing(before, now)) != without(now, missing(now, before));
    if (known.isEmpty() && !isMoved) return;
    m_stack.push(new PagesEdit(this, before, now, std::move(known)));
}

void PagesUndo::apply(const Places& wanted, const QMap<int, Closed>& closed) {
    m_isApplying = true;
    QWidget* opened = nullptr;
    const std::vector<QWidget*> before = m_tabs.pages();
    for (auto it = closed.cbegin(); it != closed.cend(); ++it) {
        if (pageOf(it.key())) continue;
        QWidget* page = m_open(it->state);
        if (!page) continue;
        opened = page;
        // One that was open already is nobody's closed page: done again, the closing leaves it alone.
        if (std::find(before.begin(), before.end(), page) == before.end())
            page->setProperty(kNumber, it.key());
    }
    SplitTabs::Arrangement arrangement;
    for (const QList<int>& pane : wanted) {
        QList<QWidget*> pages;
        for (const int number : pane)
            if (QWidget* page = pageOf(number)) pages << page;
        arrangement << pages;
    }
    m_tabs.setArrangement(arrangement);
    if (opened) m_tabs.show(opened);
    m_isApplying = false;
    forget();
}

void PagesUndo::close(const QList<int>& numbers) {
    m_isApplying = true;
    for (const int number : numbers)
        if (QWidget* page = pageOf(number)) m_tabs.closePage(page);
    m_isApplying = false;
    forget();
}

}  // namespace latent::desktop
