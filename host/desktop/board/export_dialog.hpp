// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where and how one figure, or all of a board, is saved: format, width on paper, theme. The last choice is remembered.

#include <QDialog>
#include <vector>

#include "desktop/views/export.hpp"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;

namespace latent::desktop {

/// A figure to be saved, with its zoom.
struct ExportItem {
    FigurePtr figure;
    QVariantMap viewState;
};

class ExportDialog : public QDialog {
    Q_OBJECT
  public:
    ExportDialog(std::vector<ExportItem> items, QWidget* parent = nullptr);

  Q_SIGNALS:
    /// What was written, once all of it was.
    void exported(const QStringList& files);

  private:
    void formatChanged();
    void browse();
    void save();
    QString format() const;
    std::vector<ExportItem> m_items;
    QComboBox *m_format, *m_width, *m_theme;
    QDoubleSpinBox* m_custom;
    QLineEdit* m_path;
    QLabel* m_problem;
};

/// Asks only for a file and saves; false when it was left or did not work (the person was told).
bool saveFigure(const FigurePtr& figure, const QString& format, const QVariantMap& viewState,
                QWidget* parent);

}  // namespace latent::desktop
