// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A shown form of a schema that has everything, and hands that type in it.
//
//     FormHome home;
//     home.type("steps", "-5");
//     QTRY_VERIFY(!home.error("steps").isEmpty());

#include <QAbstractButton>
#include <QApplication>
#include <QLineEdit>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>
#include <memory>
#include <stdexcept>

#include "desktop/form/editor.hpp"
#include "desktop/form/field_label.hpp"
#include "desktop/form/field_line.hpp"
#include "desktop/form/form_values.hpp"
#include "desktop/form/parameter_form.hpp"
#include "desktop/form/parameter_row.hpp"
#include "desktop/theme/theme.hpp"
#include "fixtures/plugins/every_parameter.hpp"

namespace latent::desktop {

inline engine::SchemaModel schemaOf(const Schema& declared) {
    auto schema = engine::SchemaModel::fromJson(declared.toJson(), "The parameters of the test");
    if (!schema) throw std::runtime_error(schema.error().message);
    return *schema;
}

/// Three runs, two of them of sim/theory, and the checkpoints of one.
class FewRuns final : public RunChooser {
  public:
    std::vector<RunChoice> runs(const engine::ParameterModel& parameter) const override {
        if (parameter.type == engine::ParameterType::Dataset) return {};
        std::vector<RunChoice> all{{"/w/runs/c", "sim/train · seed 3", "2026-11-03 10:00 · done"},
                                   {"/w/runs/b", "sim/theory · mu 1, 2", "2026-11-02 10:00 · done"},
                                   {"/w/runs/a", "sim/theory · sigma 0.1", "2026-11-01 10:00 · failed"}};
        if (!parameter.from.empty()) all.erase(all.begin());
        return all;
    }
    std::vector<QString> checkpoints(const QString& path) const override {
        return path.endsWith(QLatin1Char('c')) ? std::vector<QString>{"000100", "000300", "000200"}
                                               : std::vector<QString>();
    }
};

class FormHome {
  public:
    explicit FormHome(const Schema& schema = everyParameter(), int width = 320) {
        ThemeManager::instance().install(*qApp);
        m_form = std::make_unique<ParameterForm>();
        m_form->setRunChooser(&m_runs);
        m_form->setSchema(schemaOf(schema), QStringLiteral("every_parameter/only"));
        m_form->resize(width, 900);
        m_form->show();
        m_form->activateWindow();
        if (!QTest::qWaitForWindowActive(m_form.get())) throw std::runtime_error("The form did not appear.");
    }
    ParameterForm& form() { return *m_form; }
    ParameterRow& row(const char* name) {
        ParameterRow* one = m_form->row(QLatin1String(name));
        if (!one) throw std::runtime_error(std::string("no row ") + name);
        return *one;
    }
    QWidget* field(const char* name) { return row(name).editor()->field(); }
    FieldLine* line(const char* name) { return qobject_cast<FieldLine*>(field(name)); }
    QString text(const char* name) { return line(name)->text(); }
    QString error(const char* name) { return row(name).error(); }
    nlohmann::json value(const char* name) const {
        return m_form->resolution().values.value(name, nlohmann::json());
    }

    QLineEdit* focus(const char* name) {
        field(name)->setFocus(Qt::TabFocusReason);
        return line(name);
    }
    /// Instead of what stands there.
    void type(const char* name, const QString& words) {
        focus(name)->selectAll();
        QTest::keyClick(field(name), Qt::Key_Delete);
        QTest::keyClicks(field(name), words);
    }
    /// The form as it has to be for Run: what has no default is given.
    void complete() { type("t_end", QStringLiteral("1")); }

  private:
    FewRuns m_runs;
    std::unique_ptr<ParameterForm> m_form;
};

}  // namespace latent::desktop
