// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the desktop gives to a panel: the run that is shown, its arrays, shared cursors, probes, the theme, the log.
//
// The host implements these and owns the objects; a panel calls them and never deletes them. The rules are those of
// <latent/abi/host.hpp>: noexcept, no overloads, no struct by value, a sentence in `error`, a shipped interface never
// changes (more is IPanelHost2 beside it). Everything here happens on the UI thread, and nothing blocks: arrays are in
// memory, answers of probes come later through IPanel1::answered.
//
//     abi::Array loss{};
//     if (host->array(&name, &loss, &sentence) == abi::kOk) draw(loss), loss.release(&loss);
//     host->setCursor(&frame, 17);                     // every view that follows `frame` moves

#include "latent/abi/types.hpp"

namespace latent::abi {

/// What a probe has answered so far. Borrowed: valid inside the call of IPanel1::answered. "latent.panel_answer/1".
class IPanelAnswer1 {
  public:
    /// Single numbers and words, as a JSON object.
    virtual int32_t LATENT_CALL values(ISink* json) noexcept = 0;
    /// Like IPanelHost1::arrays, for the arrays of the answer.
    virtual int32_t LATENT_CALL arrays(ISink* json) noexcept = 0;
    virtual int32_t LATENT_CALL array(const Text* name, Array* out, ISink* error) noexcept = 0;

  protected:
    ~IPanelAnswer1() = default;
};

/// The host of one panel; outlives it. "latent.panel_host/1".
class IPanelHost1 {
  public:
    /// {"folder","id","experiment","plugin","parameters":{…}} as JSON; kNothing when no run is shown but something without
    /// a folder of its own, as the answer of a probe.
    virtual int32_t LATENT_CALL run(ISink* json) noexcept = 0;
    /// [{"name","dtype","dims":["time","node"],"shape":[200,4],"units","label","description","categories":["00",…]}, …] as
    /// JSON, in the order of names: what there is now. Metrics are arrays named "metrics/NAME".
    virtual int32_t LATENT_CALL arrays(ISink* json) noexcept = 0;
    /// A whole array, dense, not copied: its memory does not change and stays until the panel calls its `release`, also
    /// when newer rows have come in. kNothing when there is none of that name.
    virtual int32_t LATENT_CALL array(const Text* name, Array* out, ISink* error) noexcept = 0;
    /// Where a shared cursor stands; kNothing when it is at the end of its dimension and follows it.
    virtual int32_t LATENT_CALL cursor(const Text* name, int64_t* index) noexcept = 0;
    /// Moves it for all views. The panel itself is told through IPanel1::cursorChanged, before this returns.
    virtual void LATENT_CALL setCursor(const Text* name, int64_t index) noexcept = 0;
    /// Colours, fonts and sizes of the window as JSON; <latent/panel/theme.hpp> reads them.
    virtual int32_t LATENT_CALL theme(ISink* json) noexcept = 0;
    /// Asks a probe of the run; `parametersJson` holds what differs from its defaults. The number of the question goes to
    /// `question`. A newer question to the same probe makes an older one void: that one is not answered any more.
    virtual int32_t LATENT_CALL ask(const Text* probe, const Text* parametersJson, uint64_t* question,
                                    ISink* error) noexcept = 0;
    virtual void LATENT_CALL cancel(uint64_t question) noexcept = 0;
    /// level: 0 debug, 1 information, 2 warning, 3 error; a line in the window's log.
    virtual void LATENT_CALL log(int32_t level, const Text* message) noexcept = 0;
    /// Ends this panel after the current event; the sentence stands in its place.
    virtual void LATENT_CALL giveUp(const Text* sentence) noexcept = 0;

  protected:
    ~IPanelHost1() = default;
};

}  // namespace latent::abi
