// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where and how one figure, or all of a board, is saved: format, width on paper, theme. The last choice is remembered.

#include <QDialog>
#include <optional>
#include <vector>

#include "desktop/board/export_item.hpp"
#include "desktop/views/export.hpp"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;

namespace latent::desktop {

class ExportDialog : public QDialog {
    Q_OBJECT
  public:
    /// `leftOut`: titles of figures that belong to them and cannot be saved now; the dialog says so.
    ExportDialog(std::vector<ExportItem> items, QWidget* parent = nullptr, const QStringList& leftOut = {});

  Q_SIGNALS:
    /// What was written: all of it, or as far as it went before something went wrong.
    void exported(const QStringList& files);

  private:
    void formatChanged();
    void browse();
    void save();
    QString format() const;
    QStringList withoutScript() const;
    QString fileOf(const ExportItem& item, const QString& folder) const;
    std::optional<QStringList> askToReplace(const QStringList& files);
    void showLeftOut();
    std::vector<ExportItem> m_items;
    QStringList m_leftOut;
    QComboBox *m_format, *m_width, *m_theme;
    QDoubleSpinBox* m_custom;
    QLineEdit* m_path;
    QLabel *m_leftOutWords, *m_problem;
};

/// Asks for a file and saves the script; the file, empty when it was left or did not work (the person was told).
QString saveScriptOf(const ExportItem& item, const QString& name, QWidget* parent);
/// Asks only for a file and saves; false when it was left or did not work (the person was told).
bool saveFigure(const FigurePtr& figure, const QString& format, const QVariantMap& viewState,
                QWidget* parent);

}  // namespace latent::desktop
