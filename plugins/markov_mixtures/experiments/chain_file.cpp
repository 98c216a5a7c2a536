// SPDX-License-Identifier: Apache-2.0
#include "experiments/chain_file.hpp"

#include <charconv>
#include <cmath>
#include <fstream>
#include <latent/error.hpp>
#include <latent/learn/arrays/array_file.hpp>
#include <string>

#include "model/chains/chain.hpp"

namespace markov_mixtures {
namespace {

namespace fs = std::filesystem;

constexpr double kRowTolerance = 1e-5;
constexpr std::size_t kMostLine = 100'000;  // characters
const char* const kWhat =
    " It must hold matrices [N, k, k], called 'transition' where it has several arrays.";

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
    throw latent::RunError("The parameter 'chain_file' cannot be used: '" + path.string() + "' " + why);
}

/// Says which of 'states' and 'chains' does not fit the file.
void requireFit(const fs::path& path, std::int64_t fileChains, std::int64_t fileStates, int states,
                std::int64_t chains, const std::string& parameter) {
    if (fileStates != states)
        refuse(path, "has chains of " + std::to_string(fileStates) + " states; 'states' is " +
                         std::to_string(states) + ", set it to " + std::to_string(fileStates) + ".");
    if (fileChains < chains)
        refuse(path, "holds " + std::to_string(fileChains) + " chains; '" + parameter + "' asks for " +
                         std::to_string(chains) + ", set it to " + std::to_string(fileChains) + " or fewer.");
}

bool isText(const fs::path& path) {
    std::string ending = path.extension().string();
    for (char& c : ending)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return ending == ".csv";
}

std::vector<double> fromNumpy(const fs::path& path, int states, std::int64_t chains,
                              const std::string& parameter) {
    const auto file = latent::learn::openNumpyFile(path);
    const auto isOne = [](const latent::learn::ArrayInfo& info) {
        return info.refusal.empty() && (info.shape.size() == 2 || info.shape.size() == 3) &&
               info.shape.back() == info.shape[info.shape.size() - 2];
    };
    std::string name = "transition";
    if (!file->has(name)) {
        name.clear();
        for (const auto& [other, info] : file->arrays()) {
            if (!isOne(info)) continue;
            if (!name.empty())
                refuse(path, "has several arrays that could be matrices." + std::string(kWhat));
            name = other;
        }
    }
    if (name.empty()) refuse(path, "has no array of square matrices." + std::string(kWhat));
    const latent::learn::ArrayInfo& info = file->info(name);
    if (!isOne(info)) refuse(path, "has no square matrices in '" + name + "'." + kWhat);
    const bool single = info.shape.size() == 2;
    requireFit(path, single ? 1 : info.shape[0], info.shape.back(), states, chains, parameter);
    std::vector<double> all(static_cast<std::size_t>(chains) * static_cast<std::size_t>(states) *
                            static_cast<std::size_t>(states));
    if (single)
        file->read(name, {0, 0}, {states, states}, std::span(all));
    else
        file->read(name, {0, 0, 0}, {chains, states, states}, std::span(all));
    return all;
}

std::vector<double> fromText(const fs::path& path, int states, std::int64_t chains,
                             const std::string& parameter) {
    std::ifstream in(path);
    if (!in || !fs::is_regular_file(path)) refuse(path, "cannot be read.");
    std::vector<double> all;
    std::int64_t rows = 0, number = 0;
    std::vector<char> line(kMostLine + 2);  // with the line's end and a zero
    while (rows < chains * states) {
        in.getline(line.data(), static_cast<std::streamsize>(line.size()));
        if (in.fail() && in.gcount() == 0) break;
        ++number;
        if (in.fail())
            refuse(path, "has more than " + std::to_string(kMostLine) + " characters in line " +
                             std::to_string(number) + ".");
        std::string_view rest(line.data(), static_cast<std::size_t>(in.gcount()) - (in.eof() ? 0 : 1));
        const auto skip = [&] {
            while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t' || rest.front() == '\r' ||
                                     rest.front() == ',' || rest.front() == ';'))
                rest.remove_prefix(1);
        };
        skip();
        if (rest.empty() || rest.front() == '#') continue;
        std::int64_t count = 0;
        for (; !rest.empty(); skip(), ++count) {
            double value = 0;
            const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
            if (error != std::errc())
                refuse(path, "holds '" + std::string(rest.substr(0, 20)) + "' in line " +
                                 std::to_string(number) + ", which is no number.");
            all.push_back(value);
            rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        }
        if (count != states)
            refuse(path, "has " + std::to_string(count) + " numbers in line " + std::to_string(number) +
                             "; 'states' is " + std::to_string(states) + ".");
        ++rows;
    }
    if (rows < chains * states && rows % states != 0)
        refuse(path, "has " + std::to_string(rows) + " rows, which are no whole matrices of " +
                         std::to_string(states) + " states.");
    requireFit(path, rows / states, states, states, chains, parameter);
    return all;
}

}  // namespace

std::vector<double> readPrior(const fs::path& path, std::int64_t chains) {
    if (isText(path)) return {};
    const auto file = latent::learn::openNumpyFile(path);
    if (!file->has("prior")) return {};
    const latent::learn::ArrayInfo& info = file->info("prior");
    if (info.shape.size() != 1 || info.shape[0] < chains)
        refuse(path, "has a 'prior' that does not hold one number for each of " + std::to_string(chains) +
                         " chains.");
    std::vector<double> prior(static_cast<std::size_t>(chains));
    file->read("prior", {0}, {chains}, std::span(prior));
    for (std::size_t n = 0; n < prior.size(); ++n)
        if (!std::isfinite(prior[n]) || prior[n] <= 0)
            refuse(path, "gives chain " + std::to_string(n) + " a prior of " + std::to_string(prior[n]) +
                             "; it must be a finite number above 0.");
    return prior;
}

std::vector<double> readChains(const fs::path& path, int states, std::int64_t chains,
                               const std::string& parameter) {
    std::vector<double> all =
        isText(path) ? fromText(path, states, chains, parameter) : fromNumpy(path, states, chains, parameter);
    const auto k = static_cast<std::size_t>(states);
    for (std::size_t n = 0; n < static_cast<std::size_t>(chains); ++n) {
        const std::span<double> matrix = std::span(all).subspan(n * k * k, k * k);
        for (std::size_t i = 0; i < k; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < k; ++j) sum += matrix[i * k + j];
            // Further off, the row is left as it is, and refused with the reason below.
            if (std::abs(sum - 1) <= kRowTolerance)
                for (std::size_t j = 0; j < k; ++j) matrix[i * k + j] /= sum;
        }
        if (const std::string why = whyNotErgodic(states, matrix); !why.empty())
            refuse(path, "has a chain " + std::to_string(n) + " that cannot be used. " + why);
    }
    return all;
}

}  // namespace markov_mixtures
