// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a panel library gives to the desktop. X_panel.so has the same frozen descriptor as a compute library, with the Qt
// that it was built with in `qt_version`; its create() gives an IPlugin1 whose description lists contributions of the kind
// "panel", and whose make("latent.panel/1", id) gives an IPanel1.
//
// QWidget* is the one C++ type of a library that crosses a boundary of this SDK: that is the price of this tier. The panel
// has to be built with the Qt major of the desktop, and not with a newer minor. Everything else is as in
// <latent/abi/plugin.hpp>: the plugin owns the object, release() instead of delete, no exception leaves, a shipped interface
// never changes. UI thread of the desktop only.
//
//     auto* panel = static_cast<IPanel1*>(plugin->make(&kind, &id, &error));
//     if (panel->open(host, &error) == kOk) frame->show(panel->widget(frame, &error));
//     …                                                          // dataChanged, cursorChanged, … as things happen
//     delete widget, panel->release();

#include "latent/panel/abi/host.hpp"

class QWidget;

namespace latent::abi {

/// How far an answer is. FROZEN.
enum PanelAnswerCode : int32_t {
    kPartialAnswer = 0,
    kWholeAnswer = 1,
    kFailedAnswer = -1,
};

/// One widget for one run. After a call that gives kError the host calls nothing but release(). "latent.panel/1".
class IPanel1 {
  public:
    /// Last of all; the widget is gone by then.
    virtual void LATENT_CALL release() noexcept = 0;
    /// First of all, once. `host` outlives the panel.
    virtual int32_t LATENT_CALL open(IPanelHost1* host, ISink* error) noexcept = 0;
    /// Makes the widget as a child of `parent`, once, after open(). The host owns it from then on, shows it and deletes it
    /// before release(); null with a sentence when there is none.
    virtual QWidget* LATENT_CALL widget(QWidget* parent, ISink* error) noexcept = 0;
    /// There are other arrays or more rows than before; also once after widget(). Comes at most ten times a second, and
    /// not while the panel is hidden.
    virtual int32_t LATENT_CALL dataChanged(ISink* error) noexcept = 0;
    /// A shared cursor stands elsewhere, whoever moved it.
    virtual int32_t LATENT_CALL cursorChanged(const Text* name, int64_t index, ISink* error) noexcept = 0;
    /// The window has another theme; also once after widget().
    virtual int32_t LATENT_CALL themeChanged(ISink* error) noexcept = 0;
    /// `state` is a PanelAnswerCode; `answer` is null and `sentence` says why when it failed, otherwise the reverse.
    virtual int32_t LATENT_CALL answered(uint64_t question, int32_t state, IPanelAnswer1* answer,
                                         const Text* sentence, ISink* error) noexcept = 0;
    /// What the person chose in this panel (a selected node, a scale), as a JSON object, for the session.
    virtual int32_t LATENT_CALL saveState(ISink* json, ISink* error) noexcept = 0;
    /// The same back, after widget(); it may come from an older build of the panel.
    virtual int32_t LATENT_CALL restoreState(const Text* json, ISink* error) noexcept = 0;

  protected:
    ~IPanel1() = default;
};

}  // namespace latent::abi
