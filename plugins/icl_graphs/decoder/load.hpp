// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads a language model: a folder in the style of Hugging Face (config.json, safetensors in one file or in
// shards, tokenizer.json), or one GGUF file (F32, F16, Q8_0, Q4_0, Q4_1; other quantisations are refused by
// name).
//
// Files of others are untrusted: sizes are checked against the files before anything is allocated. Every
// refusal is a latent::RunError with a sentence that names the file. Any thread.
//
//     const ModelSummary s = summarise("smollm2.gguf");  // headers and vocabulary only: shape, storage, memory
//     const LoadedModel m = loadDecoder("smollm2.gguf");
//     m.vocabulary.wordToken("apple");                   // of " apple"; refuses what is not one token

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "decoder/decoder.hpp"

namespace icl_graphs {

/// What words of a graph need of a tokenizer: the vocabulary. Byte-level BPE (GPT-2, Llama 3) marks the space
/// before a word by Ġ, SentencePiece (Llama 2) by ▁.
class Vocabulary {
  public:
    Vocabulary() = default;
    explicit Vocabulary(std::map<std::string, int, std::less<>> tokens) : m_tokens(std::move(tokens)) {}
    /// The token of the word with the space before it. Throws latent::RunError when it is not one token.
    int wordToken(const std::string& word) const;
    bool hasWord(const std::string& word) const { return find(word) >= 0; }
    std::size_t size() const { return m_tokens.size(); }

  private:
    int find(const std::string& word) const;
    std::map<std::string, int, std::less<>> m_tokens;
};

struct LoadedModel {
    std::shared_ptr<const DecoderWeights> weights;
    Vocabulary vocabulary;
};

struct ModelSummary {
    DecoderConfig config;
    std::uint64_t weightBytes = 0;
    Vocabulary vocabulary;
};

/// The words' tokens alone, for prompts that are read elsewhere: of a folder tokenizer.json or vocab.json is enough, and
/// a GGUF file may be of any architecture.
Vocabulary loadVocabulary(const std::filesystem::path& path);
LoadedModel loadDecoder(const std::filesystem::path& path);
ModelSummary summarise(const std::filesystem::path& path);

// The two formats; loadDecoder chooses by what the path is.
LoadedModel loadFolder(const std::filesystem::path& folder, bool headersOnly);
LoadedModel loadGguf(const std::filesystem::path& file, bool headersOnly);
Vocabulary folderVocabulary(const std::filesystem::path& folder);
Vocabulary ggufVocabulary(const std::filesystem::path& file);

/// Asks before anything is read whether it can fit: throws latent::RunError, with the advice, when `bytes` are more
/// than the memory that is free.
void requireMemory(std::uint64_t bytes, const std::string& what,
                   const std::string& advice = "Take a smaller or quantised model, or a shorter walk.");
/// The same of another place: `free` bytes are left of it (0: not known), `where` names it ("memory of cuda").
void requireFree(std::uint64_t bytes, std::uint64_t free, const std::string& where, const std::string& what,
                 const std::string& advice);
/// Memory that a new process may use without swapping, as /proc/meminfo says; 0: not known.
std::uint64_t availableMemory();

}  // namespace icl_graphs
