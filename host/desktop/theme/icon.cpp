// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/theme/icon.hpp"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include "desktop/theme/theme.hpp"

namespace latent::desktop {
namespace {

QByteArray source(const QString& name) {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Draws with the theme of the moment, so that icons set once follow it.
class ThemedIcon final : public QIconEngine {
  public:
    ThemedIcon(QString name, Tint tint) : m_name(std::move(name)), m_tint(tint) {}
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        QColor colour = state == QIcon::On || mode == QIcon::Active || mode == QIcon::Selected
                            ? theme().text
                            : theme().muted;
        if (state == QIcon::On) colour = theme().accent;
        if (m_tint == Tint::Quiet) colour = theme().muted;
        if (m_tint == Tint::Warning) colour = theme().warning;
        if (m_tint == Tint::OnAccent) colour = mode == QIcon::Disabled ? theme().muted : theme().onAccent;
        if (mode == QIcon::Disabled) colour.setAlphaF(0.4f);
        const double scale = painter->device()->devicePixelRatio();
        painter->drawPixmap(rect, iconPixmap(m_name, colour, std::min(rect.width(), rect.height()), scale));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    QIconEngine* clone() const override { return new ThemedIcon(m_name, m_tint); }
    bool isNull() override { return false; }

  private:
    QString m_name;
    Tint m_tint;
};

}  // namespace

QPixmap iconPixmap(const QString& name, const QColor& colour, int size, double scale) {
    QByteArray svg = source(name);
    svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
    QPixmap pixmap(qRound(size * scale), qRound(size * scale));
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(colour.alphaF());
    QSvgRenderer(svg).render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(scale);
    return pixmap;
}

QIcon icon(const QString& name, Tint tint) { return QIcon(new ThemedIcon(name, tint)); }

}  // namespace latent::desktop
