// SPDX-License-Identifier: Apache-2.0
#include "decoder/load.hpp"

#include <fstream>
#include <latent/error.hpp>
#include <sstream>

namespace icl_graphs {
namespace {

std::string gigabytes(std::uint64_t bytes) {
    std::ostringstream text;
    text.precision(2);
    text << std::fixed << static_cast<double>(bytes) / 1e9 << " GB";
    return text.str();
}

LoadedModel loadEither(const std::filesystem::path& path, bool headersOnly) {
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed)) return loadFolder(path, headersOnly);
    if (std::filesystem::is_regular_file(path, failed)) return loadGguf(path, headersOnly);
    throw latent::RunError("There is no model at '" + path.string() +
                           "'. Give a folder with config.json and safetensors, or a GGUF file; `latent "
                           "samples get smollm2` fetches a small one.");
}

}  // namespace

int Vocabulary::find(const std::string& word) const {
    for (const char* space : {"\u0120", "\u2581", " "})
        if (const auto found = m_tokens.find(space + word); found != m_tokens.end()) return found->second;
    return -1;
}

int Vocabulary::wordToken(const std::string& word) const {
    if (m_tokens.empty())
        throw latent::RunError(
            "The model comes without a vocabulary (tokenizer.json), so words have no tokens.");
    const int token = find(word);
    if (token < 0)
        throw latent::RunError(
            "The word '" + word +
            "' is not one token in this model's vocabulary; choose another word for its node.");
    return token;
}

Vocabulary loadVocabulary(const std::filesystem::path& path) {
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed)) return folderVocabulary(path);
    if (std::filesystem::is_regular_file(path, failed)) return ggufVocabulary(path);
    throw latent::RunError("There is no vocabulary at '" + path.string() +
                           "'. Give a folder with tokenizer.json, or a GGUF file.");
}

LoadedModel loadDecoder(const std::filesystem::path& path) { return loadEither(path, false); }

ModelSummary summarise(const std::filesystem::path& path) {
    const LoadedModel model = loadEither(path, true);
    return {model.weights->config, model.weights->bytes(), model.vocabulary};
}

std::uint64_t availableMemory() {
    std::ifstream in("/proc/meminfo");
    for (std::string line; std::getline(in, line);)
        if (line.rfind("MemAvailable:", 0) == 0) return std::strtoull(line.c_str() + 13, nullptr, 10) * 1024;
    return 0;
}

void requireMemory(std::uint64_t bytes, const std::string& what, const std::string& advice) {
    requireFree(bytes, availableMemory(), "memory", what, advice);
}

void requireFree(std::uint64_t bytes, std::uint64_t free, const std::string& where, const std::string& what,
                 const std::string& advice) {
    if (free > 0 && bytes > free)
        throw latent::RunError(what + " needs about " + gigabytes(bytes) + " of " + where + "; " +
                               gigabytes(free) + " are free. " + advice);
}

}  // namespace icl_graphs
