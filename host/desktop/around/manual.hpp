// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The manual in the program: contents and search at the left, the page at the right.
//
// Pages are read on a thread; showPage() before that waits for them. Nothing of it ever touches the network: images come
// from the manual's folder only, and a link to the web is shown in a line below the page and copied, not opened. A widget
// for a page or window of its own; UI thread only.
//
//     auto* manual = new ManualView(shareFolder() + QStringLiteral("/manual"), tabs);
//     manual->showPage(QStringLiteral("sweeps"), QStringLiteral("grids"));     // context help
//     ManualSource source(shareFolder() + QStringLiteral("/manual"), [=](auto page, auto anchor) { manual->showPage(page, anchor); });

#include <QWidget>
#include <functional>
#include <memory>

#include "desktop/around/manual_pages.hpp"
#include "desktop/around/palette_source.hpp"

namespace latent::desktop {

class ManualBrowser;

class ManualView : public QWidget {
    Q_OBJECT
  public:
    explicit ManualView(const QString& folder, QWidget* parent = nullptr);
    ~ManualView() override;

    /// Also from another page's link. An unknown page or anchor says so in the page's place.
    void showPage(const QString& id, const QString& anchor = {});
    void search(const QString& words);
    QString page() const;
    const ManualPages& pages() const;
    ManualBrowser* browser() const;

  public Q_SLOTS:
    void focusSearch();
    void back();
    void forward();

  Q_SIGNALS:
    void ready();
    void titleChanged(const QString& title);

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    /// A focus proxy would take search and contents out of the ring of Tab.
    void focusInEvent(QFocusEvent* event) override;

  private:
    void fold();
    void fillContents();
    void showInContents();
    void go(const QString& id, const QString& anchor, int scroll);
    void follow(const QUrl& link);
    void say(const QString& sentence);
    void searchNow();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// The manual's sections for the palette; reads the pages itself, so that no view needs to be open.
class ManualSource final : public PaletteSource {
  public:
    ManualSource(const QString& folder, std::function<void(const QString& page, const QString& anchor)> show);
    ~ManualSource() override;
    void find(const QString& words, Reply reply) override;

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
