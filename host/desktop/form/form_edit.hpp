// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An edit of the form that can be undone: what stood there before, and after. Typing in one field is one edit.

#include <QPointer>
#include <QString>
#include <QUndoCommand>
#include <chrono>
#include <functional>

#include "desktop/form/form_values.hpp"
#include "desktop/form/parameter_form.hpp"

namespace latent::desktop {

class FormEdit final : public QUndoCommand {
  public:
    using Apply = std::function<void(const FormState&)>;
    /// `field` is empty for edits that stand alone: presets, pasted requests.
    FormEdit(QPointer<ParameterForm> form, FormState before, FormState after, const QString& words,
             std::string field, Apply apply)
        : QUndoCommand(words),
          m_form(std::move(form)),
          m_before(std::move(before)),
          m_after(std::move(after)),
          m_field(std::move(field)),
          m_apply(std::move(apply)),
          m_time(std::chrono::steady_clock::now()) {}
    void undo() override {
        if (m_form) m_apply(m_before);
    }
    void redo() override {
        if (!m_first && m_form) m_apply(m_after);
        m_first = false;
    }
    int id() const override { return 1; }
    bool mergeWith(const QUndoCommand* other) override {
        const auto* later = static_cast<const FormEdit*>(other);
        if (m_field.empty() || later->m_form != m_form || later->m_field != m_field ||
            later->m_time - m_time > std::chrono::seconds(2))
            return false;
        m_after = later->m_after;
        m_time = later->m_time;
        return true;
    }

  private:
    QPointer<ParameterForm> m_form;
    FormState m_before, m_after;
    std::string m_field;
    Apply m_apply;
    std::chrono::steady_clock::time_point m_time;
    bool m_first = true;
};

}  // namespace latent::desktop
