// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts short_run on a fresh run directory and reads what it said.
//
//     FaultRun run;
//     Said said = run.start(6, {{"LD_PRELOAD", shim}});
//     run.checkReadable(said);

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/store/recovery.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_name.hpp"
#include "engine/store/run_reader.hpp"

namespace latent::engine {

struct Said {
    bool killed = false;
    int exitCode = 0;
    int resumed = -1;
    std::uint64_t committed = 0;  ///< rows that were acknowledged
    int checkpoint = -1;          ///< step
    std::string digest;
    std::string errors;

    void read(const QByteArray& text) {
        for (const QByteArray& line : text.split('\n')) {
            const auto words = line.split(' ');
            if (words.size() != 2) continue;
            if (words[0] == "resumed") resumed = words[1].toInt();
            if (words[0] == "committed") committed = words[1].toULongLong();
            if (words[0] == "checkpoint") checkpoint = words[1].toInt();
            if (words[0] == "digest") digest = words[1].toStdString();
        }
    }
};

class FaultRun {
  public:
    FaultRun() : files(SealKey("test key"), {}) {
        folder = *createRunFolder(std::filesystem::path(m_dir.path().toStdString()) / "runs", "fault");
        const auto request =
            Request::make({{"experiment", "fault"}, {"parameters", nlohmann::json::object()}, {"seed", 1}});
        if (!request || !writeRequest(folder, *request)) qFatal("The test cannot make a run.");
    }

    Said start(int steps, const QList<QPair<QString, QString>>& environment = {}, bool retry = false) const {
        QProcess process;
        auto variables = QProcessEnvironment::systemEnvironment();
        for (const auto& [key, value] : environment) variables.insert(key, value);
        process.setProcessEnvironment(variables);
        QStringList arguments{QString::fromStdString(folder.string()), QString::number(steps), "0"};
        if (retry) arguments << "retry";
        process.start(LATENT_BINARY_DIR "/tests/short_run", arguments);
        Said said;
        if (!process.waitForFinished(60'000)) {
            process.kill();
            process.waitForFinished();
            said.errors = "It hangs.";
            return said;
        }
        said.killed = process.exitStatus() == QProcess::CrashExit;
        said.exitCode = process.exitCode();
        said.read(process.readAllStandardOutput());
        said.errors = process.readAllStandardError().toStdString();
        return said;
    }

    /// Everything acknowledged is there, and all that is there reads; the sentence of what is wrong, or
    /// nothing.
    std::string problem(const Said& said) {
        auto reader = RunReader::open(folder, files);
        if (!reader) return reader.error().message;
        const auto digest = reader->contentDigest();
        if (!digest) return digest.error().message;
        if (said.committed == 0) return {};
        const auto times = reader->readAll("time");
        if (!times) return times.error().message;
        if (times->shape[0] < said.committed) {
            return std::to_string(said.committed) + " rows were acknowledged, " +
                   std::to_string(times->shape[0]) + " are there.";
        }
        for (std::uint64_t i = 0; i < times->shape[0]; ++i) {
            if (times->as<double>()[i] != 0.25 * static_cast<double>(i))
                return "Row " + std::to_string(i) + " is wrong.";
        }
        return {};
    }

    std::filesystem::path folder;
    RunFiles files;

  private:
    QTemporaryDir m_dir;
};

}  // namespace latent::engine
