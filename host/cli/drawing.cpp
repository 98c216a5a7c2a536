// SPDX-License-Identifier: Apache-2.0
#include "cli/drawing.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/json/bounded.hpp"

namespace latent::cli {
namespace {

namespace fs = std::filesystem;
using engine::Result;
using engine::Status;

constexpr std::uint64_t kMostPictureBytes = 32u << 20;

std::optional<fs::path> renderer() {
    std::error_code error;
    const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path() / "latent-workbench";
    if (error || ::access(beside.c_str(), X_OK) != 0) return std::nullopt;
    return beside;
}

/// A folder that goes with the scope.
struct Scratch {
    fs::path path;
    Scratch() {
        std::string pattern = (fs::temp_directory_path() / "latent-figures-XXXXXX").string();
        if (::mkdtemp(pattern.data())) path = pattern;
    }
    ~Scratch() {
        std::error_code ignored;
        if (!path.empty()) fs::remove_all(path, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
};

/// Starts the renderer and waits; what it says on stdout and stderr goes into the two files.
Result<int> started(const fs::path& program, std::vector<std::string> words, const fs::path& out,
                    const fs::path& err) {
    words.insert(words.begin(), {program.string(), "--render"});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t child = -1;
    const int error = posix_spawn(&child, arguments[0], &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0)
        return engine::failed("The renderer " + program.string() +
                              " could not be started: " + std::strerror(error) + ".");
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status))
        return engine::failed("The renderer crashed (" + std::string(strsignal(WTERMSIG(status))) + ").");
    return WEXITSTATUS(status);
}

Status rendered(const std::vector<std::string>& words, const Scratch& scratch) {
    const auto program = renderer();
    if (!program)
        return engine::refused(
            "Pictures are drawn by latent-workbench, which is not installed beside this program. "
            "`latent figure RUN VIEW -o FILE.csv` gives the numbers without it.");
    if (scratch.path.empty())
        return engine::failed("Could not make a temporary folder: " + std::string(std::strerror(errno)) +
                              ".");
    LATENT_TRY(const int exit, started(*program, words, scratch.path / "out", scratch.path / "err"));
    if (exit == 0) return engine::ok();
    std::string said = engine::readFile(scratch.path / "err", 64u << 10)
                           ? *engine::readFile(scratch.path / "err", 64u << 10)
                           : "";
    if (const std::size_t at = said.rfind("latent: "); at != std::string::npos) said.erase(0, at + 8);
    while (!said.empty() && said.back() == '\n') said.pop_back();
    return engine::Error{exit == 2   ? engine::Exit::BadRequest
                         : exit == 3 ? engine::Exit::RefusedInput
                                     : engine::Exit::Failed,
                         said.empty() ? "The renderer failed without saying why." : said};
}

Result<std::vector<engine::DrawnFigure>> drawAll(const fs::path& run) {
    const Scratch scratch;
    LATENT_CHECK(
        rendered({run.string(), "--all", (scratch.path / "figures").string(), "--format", "svg"}, scratch));
    LATENT_TRY(const std::string text, engine::readFile(scratch.path / "out", 16u << 20));
    LATENT_TRY(const nlohmann::json answer, engine::parseJson(text, "The answer of the renderer"));
    std::vector<engine::DrawnFigure> figures;
    for (const nlohmann::json& entry : answer.value("figures", nlohmann::json::array())) {
        engine::DrawnFigure figure{
            entry.value("title", ""), entry.value("caption", ""), {}, entry.value("problem", "")};
        if (entry.contains("file")) {
            auto svg = engine::readFile(entry.value("file", ""), kMostPictureBytes);
            if (svg)
                figure.svg = *std::move(svg);
            else
                figure.problem = svg.error().message;
        }
        figures.push_back(std::move(figure));
    }
    return figures;
}

}  // namespace

std::optional<engine::FigureDrawer> desktopDrawer() {
    if (!renderer()) return std::nullopt;
    return drawAll;
}

Status drawFigure(const fs::path& run, const std::string& figure, const fs::path& file,
                  const std::vector<std::string>& options) {
    const Scratch scratch;
    std::vector<std::string> words{run.string(), figure, file.string()};
    words.insert(words.end(), options.begin(), options.end());
    return rendered(words, scratch);
}

}  // namespace latent::cli
