// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where `latent samples get smollm2` puts SmolLM2-135M-Instruct; LATENT_SMOLLM2 names another place. Tests skip what is not there.

#include <QString>
#include <cstdlib>
#include <filesystem>

namespace icl_graphs {

inline std::filesystem::path smolLm2() {
    if (const QString given = qEnvironmentVariable("LATENT_SMOLLM2"); !given.isEmpty())
        return given.toStdString();
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    namespace fs = std::filesystem;
    return (data && *data ? fs::path(data) : fs::path(home ? home : "/") / ".local/share") /
           "latent/samples/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf";
}

}  // namespace icl_graphs
