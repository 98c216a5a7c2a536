// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One page of the manual, to be read: text in a column of readable width, code with a copy button.
//
// It opens nothing itself: a link is only told. Images come from the manual's folder or not at all; loadResource() knows no
// network, whatever a page asks for. UI thread only.
//
//     auto* browser = new ManualBrowser(folder, view);
//     connect(browser, &QTextBrowser::anchorClicked, view, [=](const QUrl& link) { follow(link); });
//     browser->showPage(page);

#include <QTextBrowser>
#include <vector>

#include "desktop/around/manual_pages.hpp"

class QTextFrame;
class QToolButton;

namespace latent::desktop {

class ManualBrowser : public QTextBrowser {
    Q_OBJECT
  public:
    explicit ManualBrowser(const QString& folder, QWidget* parent = nullptr);

    void showPage(const ManualPage& page);
    void showSentence(const QString& sentence);
    /// Words that stand out wherever they are on the page; the first of them is brought into view when `scroll`.
    void setHighlighted(const QStringList& words, bool scroll);
    /// What was asked for and not given, for the tests.
    const QStringList& refusedResources() const { return m_refused; }
    QStringList codeBlocks() const;

  protected:
    QVariant loadResource(int type, const QUrl& name) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

  private:
    void setMargins();
    void placeButtons();
    void highlight();
    QString m_folder;
    ManualPage m_page;
    std::vector<QTextFrame*> m_code;
    std::vector<QToolButton*> m_buttons;
    QStringList m_words, m_refused;
};

}  // namespace latent::desktop
