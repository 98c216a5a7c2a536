// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/around/settings_dialog.hpp"

#include <QButtonGroup>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QThread>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "desktop/around/settings.hpp"
#include "desktop/theme/combo_box.hpp"

namespace latent::desktop {
namespace {

using Choice = ThemeManager::Choice;

QLabel* note(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("look", "small");
    label->setWordWrap(true);
    return label;
}

}  // namespace

SettingsDialog::SettingsDialog(Settings& settings, QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("Settings"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::groups + space::tight, space::groups, space::groups + space::tight,
                               space::groups);
    column->setSpacing(space::groups);

    auto* form = new QFormLayout;
    form->setHorizontalSpacing(space::groups);
    form->setVerticalSpacing(space::tight);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);

    auto* theme = new ComboBox(this);
    theme->setObjectName(QStringLiteral("theme"));
    theme->setAccessibleName(tr("Theme"));
    theme->addItem(tr("As the system"), QVariant::fromValue(Choice::System));
    theme->addItem(tr("Light"), QVariant::fromValue(Choice::Light));
    theme->addItem(tr("Dark"), QVariant::fromValue(Choice::Dark));
    theme->setCurrentIndex(theme->findData(QVariant::fromValue(settings.theme())));
    connect(theme, &QComboBox::currentIndexChanged, &settings,
            [&settings, theme] { settings.setTheme(theme->currentData().value<Choice>()); });
    form->addRow(tr("Theme"), theme);

    auto* size = new QSpinBox(this);
    size->setObjectName(QStringLiteral("textScale"));
    size->setAccessibleName(tr("Text size in percent"));
    size->setRange(80, 160);
    size->setSingleStep(10);
    size->setSuffix(tr(" %"));
    size->setKeyboardTracking(false);
    size->setValue(static_cast<int>(std::lround(settings.textScale() * 100)));
    connect(size, &QSpinBox::valueChanged, &settings,
            [&settings](int percent) { settings.setTextScale(percent / 100.0); });
    form->addRow(tr("Text size"), size);
    form->addRow({}, note(tr("Figures that are exported keep the size that they are given there."), this));

    auto* cores = new QSpinBox(this);
    cores->setObjectName(QStringLiteral("coreBudget"));
    cores->setAccessibleName(tr("Cores for jobs"));
    cores->setRange(0, std::max({1, QThread::idealThreadCount(), settings.coreBudget()}));
    cores->setSpecialValueText(tr("All of this machine (%1)").arg(QThread::idealThreadCount()));
    cores->setKeyboardTracking(false);
    cores->setValue(settings.coreBudget());
    connect(cores, &QSpinBox::valueChanged, &settings, &Settings::setCoreBudget);
    form->addRow(tr("Cores for jobs"), cores);
    form->addRow({}, note(tr("Runs that would need more wait in the queue until others have ended."), this));
    column->addLayout(form);
    column->addStretch(1);

    auto* where = note(tr("Kept in %1").arg(settings.store().fileName()), this);
    where->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(where);
    column->addWidget(buttons);
    setMinimumWidth(440);
}

}  // namespace latent::desktop
