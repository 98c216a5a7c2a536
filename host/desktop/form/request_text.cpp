// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/form/request_text.hpp"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>
#include <string_view>

#include "engine/json/bounded.hpp"

namespace latent::desktop {
namespace {

using engine::Result;

std::string requestWords(const char* text) {
    return QCoreApplication::translate("RequestText", text).toStdString();
}

constexpr qsizetype kMostPasted = 4 << 20;
constexpr std::string_view kWithValue[] = {"-p",       "--preset",       "-s",           "--set",
                                           "-o",       "--out",          "-t",           "--threads",
                                           "--device", "--memory-limit", "--time-limit", "--checkpoint-every",
                                           "--parent"};

bool takesValue(std::string_view option) {
    return std::find(std::begin(kWithValue), std::end(kWithValue), option) != std::end(kWithValue);
}

/// "--set=mu=1" and "-smu=1" as the two words that they stand for.
std::vector<std::string> apart(const std::string& word) {
    if (word.rfind("--", 0) == 0)
        if (const auto equals = word.find('='); equals != std::string::npos)
            return {word.substr(0, equals), word.substr(equals + 1)};
    if (word.size() > 2 && word[0] == '-' && word[1] != '-' &&
        takesValue(std::string_view(word).substr(0, 2)))
        return {word.substr(0, 2), word.substr(word[2] == '=' ? 3 : 2)};
    return {word};
}

engine::Status put(PastedRequest& request, const std::string& option, const std::string& value) {
    if (option == "-p" || option == "--preset") {
        request.preset = value;
    } else if (option == "-s" || option == "--set") {
        LATENT_TRY(engine::Assignment assignment, engine::parseAssignment(value));
        request.assignments.push_back(std::move(assignment));
    } else if (option == "-t" || option == "--threads") {
        request.threads = QString::fromStdString(value).toInt();
    } else {
        request.leftOut << QString::fromStdString(option);
    }
    return engine::ok();
}

Result<PastedRequest> fromCommandLine(const std::string& line) {
    LATENT_TRY(const std::vector<std::string> given, shellWords(line));
    auto word = std::find(given.begin(), given.end(), "run");
    if (word == given.end())
        return engine::badRequest(requestWords("The form takes a line that begins \"latent run\"."));
    PastedRequest request;
    std::string option;
    for (++word; word != given.end(); ++word) {
        if (word->size() > 1 && word->front() == '-') {
            const std::vector<std::string> parts = apart(*word);
            option = parts.front();
            if (parts.size() == 2) {
                LATENT_CHECK(put(request, option, parts.back()));
                option.clear();
            } else if (!takesValue(option)) {
                request.leftOut << QString::fromStdString(std::exchange(option, {}));
            }
        } else if (!option.empty()) {
            LATENT_CHECK(put(request, option, *word));
            // Several may follow one --set.
            const bool more = (option == "-s" || option == "--set") && word + 1 != given.end() &&
                              (word + 1)->find('=') != std::string::npos && (word + 1)->front() != '-';
            if (!more) option.clear();
        } else if (request.experiment.empty()) {
            request.experiment = *word;
        } else {
            return engine::badRequest(requestWords("The command line has a word too many: ") + *word);
        }
    }
    if (!option.empty())
        return engine::badRequest(requestWords("The command line ends after ") + option +
                                  requestWords(", which needs a value."));
    if (request.experiment.empty())
        return engine::badRequest(requestWords("The command line names no experiment."));
    return request;
}

Result<PastedRequest> fromRequest(const std::string& text) {
    LATENT_TRY(const nlohmann::json document,
               engine::parseJson(text, requestWords("The pasted request"), {.bytes = 4u << 20, .depth = 16}));
    const auto parameters = document.find("parameters");
    if (!document.is_object() || parameters == document.end() || !parameters->is_object())
        return engine::badRequest(requestWords("The pasted text is no request: it has no \"parameters\"."));
    PastedRequest request;
    const auto textOf = [&](const char* key) {
        return document.contains(key) && document[key].is_string() ? document[key].get<std::string>()
                                                                   : std::string();
    };
    request.experiment = textOf("experiment");
    request.preset = textOf("preset");
    request.values = *parameters;
    if (document.contains("threads") && document["threads"].is_number_integer())
        request.threads = document["threads"].get<int>();
    return request;
}

}  // namespace

bool looksLikeRequest(const QString& text) {
    if (text.size() > kMostPasted) return false;
    static const QRegularExpression command(
        QStringLiteral("^\\s*(\\$\\s+)?(\\S*/)?latent(\\s+--?\\S+(\\s+[^-\\s]\\S*)?)*\\s+run\\s")),
        request(QStringLiteral("^\\s*\\{[\\s\\S]*\"parameters\"\\s*:"));
    return command.match(text).hasMatch() || request.match(text).hasMatch();
}

Result<PastedRequest> readRequestText(const QString& text) {
    if (text.trimmed().isEmpty())
        return engine::badRequest(
            requestWords("There is nothing to paste: copy a command line or a request first."));
    if (text.size() > kMostPasted)
        return engine::badRequest(
            requestWords("What was pasted is too long to be a command line or a request."));
    if (text.trimmed().startsWith(QLatin1Char('{'))) return fromRequest(text.toStdString());
    return fromCommandLine(text.trimmed().toStdString());
}

Result<std::vector<std::string>> shellWords(const std::string& line) {
    std::vector<std::string> all;
    std::string word;
    bool inWord = false;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote == '\'') {
            if (c == '\'')
                quote = 0;
            else
                word += c;
        } else if (c == '\\' && i + 1 < line.size()) {
            const char next = line[++i];
            if (next == '\n') continue;
            if (quote && next != '"' && next != '\\' && next != '$' && next != '`') word += c;
            word += next;
            inWord = true;
        } else if (c == '"' || (c == '\'' && !quote)) {
            quote = quote ? char(0) : c;
            inWord = true;
        } else if (!quote && (c == ' ' || c == '\t' || c == '\n')) {
            if (inWord) all.push_back(std::exchange(word, {}));
            inWord = false;
        } else {
            word += c;
            inWord = true;
        }
    }
    if (quote) return engine::badRequest(requestWords("A quote of the command line is not closed."));
    if (inWord) all.push_back(word);
    return all;
}

}  // namespace latent::desktop
