// SPDX-License-Identifier: Apache-2.0
#include "mutant_children.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <latent/error.hpp>

#include "hdf5_mutant.hpp"
#include "scratch_folder.hpp"

namespace {

/// Whether the place that a sanitizer names first is in libhdf5 (below its own copies of memcpy and the like).
bool insideHdf5(const std::filesystem::path& said) {
    std::ifstream file(said);
    int frames = 0;
    for (std::string line; std::getline(file, line) && frames < 3;) {
        if (line.find("runtime error") != std::string::npos) return false;
        if (line.find("    #") == std::string::npos) continue;
        ++frames;
        if (line.find("libhdf5") != std::string::npos) return true;
    }
    return false;
}

std::uint64_t number(const char* variable, std::uint64_t fallback) {
    const char* text = std::getenv(variable);
    return text ? std::strtoull(text, nullptr, 10) : fallback;
}

}  // namespace

int readOrRefused(const std::function<void()>& read) {
    try {
        read();
    } catch (const latent::RunError& error) {
        return std::string_view(error.what()).find("mutant") == std::string_view::npos ? 7 : 0;
    }
    return 0;
}

int readMutants(const std::string& good, const std::string& name,
                const std::function<int(const std::string& path)>& readAs) {
    const ScratchFolder folder;
    // A tenth in CI's short form, as many as the other fuzzers in the long one.
    const std::uint64_t runs = std::getenv("LATENT_FUZZ_RUNS") ? number("LATENT_FUZZ_RUNS", 0) / 20 : 300,
                        seed = number("LATENT_FUZZ_SEED", 1);
    if (std::getenv("LATENT_FUZZ_ONLY")) {
        Random random(seed * 1'000'003 + number("LATENT_FUZZ_ONLY", 0));
        return readAs(folder.write(name, mutant(good, random)).string());
    }
    std::uint64_t died = 0, wrong = 0;
    for (std::uint64_t i = 0; i < runs; ++i) {
        Random random(seed * 1'000'003 + i);
        const std::string path = folder.write(name, mutant(good, random)).string();
        const pid_t child = ::fork();
        if (child == 0) {
            if (!std::freopen((folder.path() / "said").c_str(), "w", stderr)) ::_exit(8);
            ::alarm(20);
            ::_exit(readAs(path));
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFSIGNALED(status)) ++died;
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
            if (insideHdf5(folder.path() / "said")) {
                ++died;
                continue;
            }
            ++wrong;
            std::printf("mutant %llu of seed %llu: exit %d\n", static_cast<unsigned long long>(i),
                        static_cast<unsigned long long>(seed), WEXITSTATUS(status));
        }
    }
    std::printf("%llu mutants, %llu ended inside libhdf5, %llu wrong\n",
                static_cast<unsigned long long>(runs), static_cast<unsigned long long>(died),
                static_cast<unsigned long long>(wrong));
    return wrong > 0 || died * 50 > runs ? 1 : 0;
}
