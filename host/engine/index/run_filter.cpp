// SPDX-License-Identifier: Apache-2.0
#include "engine/index/run_filter.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <optional>

#include "engine/json/nearest_name.hpp"

namespace latent::engine {
namespace {

constexpr std::size_t kMaxFilterBytes = 4096;
constexpr std::size_t kMaxWords = 64;

const std::vector<std::string> kTexts{"state",  "experiment", "plugin", "kind",   "id",
                                      "reason", "notes",      "sweep",  "preset", "name"};
const std::vector<std::string> kTimes{"created", "ended"};

bool isOneOf(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool isPlainName(std::string_view name) {
    return !name.empty() && name.size() <= 200 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '.' || c == '-' || c == '/';
    });
}

std::optional<double> numberOf(std::string_view text) {
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Unix seconds of 2026-11-01 or 2026-11-01T12:30[:05], UTC.
std::optional<double> timeOf(const std::string& text) {
    std::tm parts{};
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const int found = std::sscanf(text.c_str(), "%4d-%2d-%2d%*[T ]%2d:%2d:%2d", &year, &month, &day, &hour,
                                  &minute, &second);
    if (found < 3) return std::nullopt;
    parts.tm_year = year - 1900;
    parts.tm_mon = month - 1;
    parts.tm_mday = day;
    parts.tm_hour = hour;
    parts.tm_min = minute;
    parts.tm_sec = second;
    return static_cast<double>(::timegm(&parts));
}

/// A LIKE pattern that finds `text` anywhere.
std::string containing(std::string_view text) {
    std::string pattern = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

std::vector<std::string> wordsOf(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false, any = false;
    for (const char c : text) {
        if (c == '"') {
            quoted = !quoted;
            any = true;
        } else if (!quoted && (c == ' ' || c == '\t' || c == '\n')) {
            if (any) words.push_back(std::move(word));
            word.clear();
            any = false;
        } else {
            word += c;
            any = true;
        }
    }
    if (any) words.push_back(std::move(word));
    return words;
}

struct Comparison {
    std::string key, sign, value;
};

std::optional<Comparison> comparisonOf(const std::string& word) {
    const std::size_t at = word.find_first_of("=!<>~");
    if (at == std::string::npos || at == 0 || (at + 1 >= word.size() && word[at] != '=')) return std::nullopt;
    const bool two = word[at + 1] == '=' && word[at] != '=' && word[at] != '~';
    if (word[at] == '!' && !two) return std::nullopt;
    const std::size_t length = two ? 2 : word.compare(at, 2, "==") == 0 ? 2 : 1;
    std::string sign = word.substr(at, length);
    return Comparison{word.substr(0, at), sign == "==" ? "=" : sign, word.substr(at + length)};
}

class Builder {
  public:
    Status word(std::string text) {
        const bool negated = text.size() > 1 && text.front() == '-' && !numberOf(text);
        if (negated) text.erase(0, 1);
        if (!m_filter.sql.empty()) m_filter.sql += " AND ";
        m_filter.sql += negated ? "NOT (" : "(";
        LATENT_CHECK(term(text));
        m_filter.sql += ")";
        return ok();
    }
    RunFilter filter() {
        if (m_filter.sql.empty()) m_filter.sql = "1";
        return std::move(m_filter);
    }

  private:
    void add(const std::string& sql) { m_filter.sql += sql; }
    // Two overloads: from a moved variant g++ 12 warns of a string that it thinks may not be there.
    void value(std::string bound) { m_filter.values.emplace_back(std::move(bound)); }
    void value(double bound) { m_filter.values.emplace_back(bound); }

    Status term(const std::string& text) {
        if (text.rfind("tag:", 0) == 0) {
            add("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)");
            value(text.substr(4));
            return ok();
        }
        if (text.rfind("sweep:", 0) == 0) {
            add("sweep LIKE ? ESCAPE '\\'");
            value(containing(text.substr(6)));
            return ok();
        }
        if (text.rfind("is:", 0) == 0)
            return term(text == "is:star" ? "star=yes" : "state=" + text.substr(3));
        if (const auto comparison = comparisonOf(text)) return compare(*comparison, text);
        add("search LIKE ? ESCAPE '\\'");
        value(containing(text));
        return ok();
    }

    Status compare(const Comparison& it, const std::string& word) {
        if (it.key == "star") {
            if (it.sign != "=" || (it.value != "yes" && it.value != "no"))
                return badRequest("\"" + word + "\" makes no sense: star takes star=yes or star=no.");
            add(it.value == "yes" ? "star = 1" : "star = 0");
            return ok();
        }
        if (isOneOf(kTimes, it.key)) {
            const auto time = timeOf(it.value);
            if (!time || it.sign == "~")
                return badRequest("\"" + word + "\" makes no sense: " + it.key +
                                  " is compared with a date, as in " + it.key + ">2026-11-01.");
            add(it.key + " " + it.sign + " ?");
            value(*time);
            return ok();
        }
        if (isOneOf(kTexts, it.key)) {
            if (it.sign == "~") {
                add(it.key + " LIKE ? ESCAPE '\\'");
                value(containing(it.value));
            } else if (it.sign == "=" || it.sign == "!=") {
                add(it.key + " " + it.sign + " ?");
                value(it.value);
            } else {
                return badRequest("\"" + word + "\" makes no sense: " + it.key + " is text; use =, != or ~.");
            }
            return ok();
        }
        const bool metric = it.key.back() == '@';
        const std::string name = metric ? it.key.substr(0, it.key.size() - 1) : it.key;
        if (!isPlainName(name))
            return badRequest("\"" + it.key + "\" in \"" + word + "\" is no name of a parameter or metric.");
        return inside(metric ? "metrics" : "parameters", name, it, word);
    }

    /// A parameter or metric; of a list any entry.
    Status inside(const std::string& column, const std::string& name, const Comparison& it,
                  const std::string& word) {
        const std::string entry = "EXISTS (SELECT 1 FROM json_each(" + column + ", ?) WHERE ";
        // "!=" means: has the parameter, and no entry equals.
        const std::string has = "json_type(" + column + ", ?) IS NOT NULL AND NOT ";
        const std::string path = "$.\"" + name + "\"";
        if (it.sign == "!=") {
            add(has);
            value(path);
        }
        add(entry);
        value(path);
        const std::string sign = it.sign == "!=" ? "=" : it.sign;
        const auto number = numberOf(it.value);
        if (sign == "~") {
            add("CAST(value AS TEXT) LIKE ? ESCAPE '\\')");
            value(containing(it.value));
        } else if (number) {
            add("type IN ('integer', 'real') AND value " + sign + " ?)");
            value(*number);
        } else if (sign == "=" && (it.value == "true" || it.value == "false")) {
            add("type = ?)");
            value(it.value);
        } else if (sign == "=") {
            add("type = 'text' AND value = ?)");
            value(it.value);
        } else {
            return badRequest("\"" + word + "\" makes no sense: " + it.sign + " needs a number, got \"" +
                              it.value + "\".");
        }
        return ok();
    }

    RunFilter m_filter;
};

}  // namespace

Result<RunFilter> RunFilter::parse(std::string_view text) {
    if (text.size() > kMaxFilterBytes)
        return badRequest("The filter is longer than " + std::to_string(kMaxFilterBytes) + " bytes.");
    const std::vector<std::string> words = wordsOf(text);
    if (words.size() > kMaxWords)
        return badRequest("The filter has more than " + std::to_string(kMaxWords) + " words.");
    Builder builder;
    for (const std::string& word : words) LATENT_CHECK(builder.word(word));
    return builder.filter();
}

Result<RunFilter> RunFilter::order(std::string_view text) {
    std::string key(text.empty() ? "-created" : text);
    const bool down = key.front() == '-';
    if (down) key.erase(0, 1);
    const std::string direction = down ? " DESC" : " ASC";
    RunFilter filter;
    if (isOneOf(kTexts, key) || isOneOf(kTimes, key) || key == "star") {
        filter.sql = key + direction + ", id" + direction;
        return filter;
    }
    const bool metric = !key.empty() && key.back() == '@';
    if (metric) key.pop_back();
    if (!isPlainName(key)) return badRequest("Runs cannot be sorted by \"" + std::string(text) + "\".");
    const std::string column = metric ? "metrics" : "parameters";
    // Runs without a value come last in either direction.
    filter.sql =
        "json_extract(" + column + ", ?) IS NULL, json_extract(" + column + ", ?)" + direction + ", id";
    filter.values = {"$.\"" + key + "\"", "$.\"" + key + "\""};
    return filter;
}

}  // namespace latent::engine
