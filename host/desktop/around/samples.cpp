// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <algorithm>

#include "desktop/around/welcome.hpp"

namespace latent::desktop {
namespace {

constexpr qint64 kMostSampleBytes = 64 << 10;

/// "sim/swing_by" → "sim · swing by": several plugins have a study called "train".
QString titleOf(QString name) {
    return name.replace(QLatin1Char('_'), QLatin1Char(' ')).replace(QLatin1Char('/'), QStringLiteral(" · "));
}

/// The comment that a study begins with.
QString firstComment(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    QStringList lines;
    for (const QString& line : QString::fromUtf8(file.read(kMostSampleBytes)).split(QLatin1Char('\n'))) {
        if (!line.startsWith(QLatin1Char('#'))) break;
        lines << line.mid(1).trimmed();
    }
    return lines.join(QLatin1Char(' '));
}

}  // namespace

std::vector<Sample> readSamples(const QString& folder) {
    std::vector<Sample> all;
    QDirIterator files(folder, {QStringLiteral("*.toml")}, QDir::Files | QDir::Readable,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next();
        const QString name = QDir(folder).relativeFilePath(path).chopped(5);
        all.push_back({name, titleOf(name), firstComment(path), path});
    }
    std::sort(all.begin(), all.end(), [](const Sample& a, const Sample& b) { return a.name < b.name; });
    return all;
}

}  // namespace latent::desktop
