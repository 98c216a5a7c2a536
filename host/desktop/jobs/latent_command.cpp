// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/latent_command.hpp"

#include <QCoreApplication>
#include <QDir>
#include <QPointer>
#include <QProcess>
#include <memory>

#include "engine/jobs/start.hpp"
#include "engine/store/reader_child.hpp"

namespace latent::desktop {
namespace {

QString& chosenProgram() {
    static QString path;
    return path;
}

/// What the program said, as one sentence or more: without its own name before each line.
QString sentencesOf(const QByteArray& stderrText) {
    QStringList sentences;
    for (QString line : QString::fromUtf8(stderrText).split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        if (line.startsWith(QLatin1String("latent: "))) line.remove(0, 8);
        sentences << line.trimmed();
    }
    return sentences.join(QLatin1Char(' '));
}

engine::Exit exitOf(int code) {
    switch (code) {
        case 2:
            return engine::Exit::BadRequest;
        case 3:
            return engine::Exit::RefusedInput;
        case 4:
            return engine::Exit::Interrupted;
        default:
            return engine::Exit::Failed;
    }
}

engine::Result<QByteArray> answerOf(QProcess& process, const QStringList& words) {
    const QString what = QStringLiteral("`latent %1`").arg(words.value(0));
    if (process.error() == QProcess::FailedToStart)
        return engine::failed(
            QCoreApplication::translate("LatentCommand", "The program %1 could not be started: %2.")
                .arg(process.program(), process.errorString())
                .toStdString());
    if (process.exitStatus() == QProcess::CrashExit)
        return engine::failed(QCoreApplication::translate(
                                  "LatentCommand", "%1 crashed. The same command in a terminal may say more.")
                                  .arg(what)
                                  .toStdString());
    if (process.exitCode() == 0) return process.readAllStandardOutput();
    QString said = sentencesOf(process.readAllStandardError());
    if (said.isEmpty())
        said = QCoreApplication::translate("LatentCommand", "%1 ended with exit code %2 and said nothing.")
                   .arg(what)
                   .arg(process.exitCode());
    return engine::Error{exitOf(process.exitCode()), said.toStdString()};
}

}  // namespace

QString LatentCommand::program() {
    if (!chosenProgram().isEmpty()) return chosenProgram();
    return QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral("latent"));
}

void LatentCommand::setProgram(const QString& path) {
    chosenProgram() = path;
    serveEngine();
}

void LatentCommand::serveEngine() {
    const std::string path = program().toStdString();
    engine::setWorkerCommand({path, "worker"});
    engine::setReaderChildCommand({path, "reader-child"});
}

void LatentCommand::run(QObject* owner, const QStringList& words, Handler handler) {
    auto* process = new QProcess(owner);
    // The owner's end is the child's end. A widget's own destructor has run when its child objects go, and a process that is
    // killed only there would still answer to what is left of it.
    QObject::connect(owner, &QObject::destroyed, process, [process] {
        process->disconnect();
        process->kill();
        process->waitForFinished();
    });
    process->setProgram(program());
    process->setArguments(words);
    process->setStandardInputFile(QProcess::nullDevice());
    const auto finish = [process, words, handler = std::move(handler)] {
        process->disconnect();
        process->deleteLater();
        handler(answerOf(*process, words));
    };
    QObject::connect(process, &QProcess::finished, owner, finish);
    // Of all errors only this one is not followed by finished(). Queued, so that no handler runs before run() has returned.
    QObject::connect(
        process, &QProcess::errorOccurred, owner,
        [finish](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart) finish();
        },
        Qt::QueuedConnection);
    process->start();
}

}  // namespace latent::desktop
