// SPDX-License-Identifier: Apache-2.0
#include "engine/json/schema.hpp"

#include <algorithm>
#include <cmath>

#include "engine/json/nearest_name.hpp"
#include "engine/json/schema_node.hpp"

namespace latent::engine {

namespace {

using nlohmann::json;

/// Patterns run on a recursive matcher, so longer texts fail them without being looked at.
constexpr std::size_t kLongestMatched = 512;
/// Our schemas nest far less; a guard against one that refers to itself without consuming the value.
constexpr int kDeepest = 256;

unsigned typeOf(const json& value) {
    switch (value.type()) {
        case json::value_t::null:
            return kNull;
        case json::value_t::boolean:
            return kBoolean;
        case json::value_t::number_integer:
        case json::value_t::number_unsigned:
            return kInteger | kNumber;
        case json::value_t::number_float: {
            const double x = value.get<double>();
            return std::isfinite(x) && x == std::floor(x) ? kInteger | kNumber : kNumber;
        }
        case json::value_t::string:
            return kText;
        case json::value_t::array:
            return kList;
        case json::value_t::object:
            return kObject;
        default:
            return 0;
    }
}

std::string typeWords(unsigned types) {
    std::vector<std::string> words;
    if (types & kObject) words.emplace_back("an object");
    if (types & kList) words.emplace_back("a list");
    if (types & kText) words.emplace_back("a text");
    if (types & kNumber)
        words.emplace_back("a number");
    else if (types & kInteger)
        words.emplace_back("a whole number");
    if (types & kBoolean) words.emplace_back("true or false");
    if (types & kNull) words.emplace_back("null");
    return listed(words, "or");
}

std::size_t codePoints(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string numberText(double x) {
    return json(x == std::floor(x) && std::abs(x) < 1e15 ? json(static_cast<std::int64_t>(x)) : json(x))
        .dump();
}

std::vector<std::string> namesOf(const std::map<std::string, const SchemaNode*, std::less<>>& properties) {
    std::vector<std::string> names;
    for (const auto& [name, unused] : properties) names.push_back(name);
    return names;
}

bool matches(const std::regex& pattern, const std::string& text) {
    return text.size() <= kLongestMatched && std::regex_match(text, pattern);
}

class Checker {
  public:
    Checker(std::vector<Problem>& out, std::size_t most) : m_out(out), m_most(most) {}

    void check(const SchemaNode& node, const json& value, const std::string& path, int depth) {
        if (m_out.size() >= m_most) return;
        if (depth > kDeepest) return say(path, "is nested too deeply.");
        if (node.never) return say(path, "is not allowed here.");
        if (node.reference) check(*node.reference, value, path, depth + 1);
        if (node.types != 0 && (node.types & typeOf(value)) == 0) {
            return say(path, "must be " + typeWords(node.types) + ", not " + describeValue(value) + ".");
        }
        if (node.constant && value != *node.constant) {
            say(path, "must be " + describeValue(*node.constant) + ", not " + describeValue(value) + ".");
        }
        if (!node.choices.empty()) choice(node, value, path);
        if (value.is_object()) object(node, value, path, depth);
        if (value.is_array()) list(node, value, path, depth);
        if (value.is_number()) number(node, value.get<double>(), path);
        if (value.is_string()) text(node, value.get_ref<const std::string&>(), path);
        for (const SchemaNode* part : node.allOf) check(*part, value, path, depth + 1);
        if (node.inverse && passes(*node.inverse, value, depth)) {
            say(path, describeValue(value) + " is not allowed here.");
        }
        if (!node.oneOf.empty()) alternatives(node.oneOf, true, value, path, depth);
        if (!node.anyOf.empty()) alternatives(node.anyOf, false, value, path, depth);
    }

  private:
    void say(const std::string& path, std::string sentence) {
        if (m_out.size() < m_most) m_out.push_back({path, std::move(sentence)});
    }

    static bool passes(const SchemaNode& node, const json& value, int depth) {
        std::vector<Problem> found;
        Checker(found, 1).check(node, value, {}, depth + 1);
        return found.empty();
    }

    void choice(const SchemaNode& node, const json& value, const std::string& path) {
        if (std::find(node.choices.begin(), node.choices.end(), value) != node.choices.end()) return;
        std::vector<std::string> names;
        for (const json& one : node.choices)
            names.push_back(one.is_string() ? one.get<std::string>() : one.dump());
        const std::string hint =
            value.is_string() ? didYouMean(value.get_ref<const std::string&>(), names) : std::string();
        say(path, describeValue(value) + " is not one of " + listed(names, "and", 20) +
                      (hint.empty() ? "." : hint));
    }

    void object(const SchemaNode& node, const json& value, const std::string& path, int depth) {
        for (const std::string& name : node.required) {
            if (!value.contains(name)) say(path, "\"" + name + "\" is missing.");
        }
        if (value.size() < node.minProperties || value.size() > node.maxProperties) {
            say(path, "has " + std::to_string(value.size()) + " entries; " +
                          allowed(node.minProperties, node.maxProperties));
        }
        for (const auto& [key, entry] : value.items()) {
            if (m_out.size() >= m_most) return;
            if (node.propertyNames && !passes(*node.propertyNames, json(key), depth)) {
                const std::string& title = followed(*node.propertyNames).title;
                say(path, describeValue(json(key)) + " cannot be a name here" +
                              (title.empty() ? "." : "; it takes " + title + "."));
                continue;
            }
            const auto known = node.properties.find(key);
            if (known != node.properties.end()) {
                check(*known->second, entry, pathOf(path, key), depth + 1);
                continue;
            }
            const auto fits = [&name = key](const auto& pair) { return matches(pair.first, name); };
            const auto pattern =
                std::find_if(node.patternProperties.begin(), node.patternProperties.end(), fits);
            if (pattern != node.patternProperties.end()) {
                check(*pattern->second, entry, pathOf(path, key), depth + 1);
            } else if (node.additional && node.additional->never) {
                const std::string hint = didYouMean(key, namesOf(node.properties));
                say(path, describeKey(key) + " is not known here" + (hint.empty() ? "." : hint));
            } else if (node.additional) {
                check(*node.additional, entry, pathOf(path, key), depth + 1);
            }
        }
    }

    void list(const SchemaNode& node, const json& value, const std::string& path, int depth) {
        if (value.size() < node.minItems || value.size() > node.maxItems) {
            return say(path, "has " + std::to_string(value.size()) + " entries; " +
                                 allowed(node.minItems, node.maxItems));
        }
        for (std::size_t i = 0; i < value.size() && m_out.size() < m_most; ++i) {
            const SchemaNode* entry = i < node.prefix.size() ? node.prefix[i] : node.items;
            if (entry) check(*entry, value[i], pathOf(path, i), depth + 1);
        }
    }

    void number(const SchemaNode& node, double x, const std::string& path) {
        // Written so that a value that is no number fails every limit.
        if (node.minimum && !(x >= *node.minimum))
            return say(path,
                       numberText(x) + " is below the least allowed, " + numberText(*node.minimum) + ".");
        if (node.maximum && !(x <= *node.maximum))
            return say(path,
                       numberText(x) + " is above the largest allowed, " + numberText(*node.maximum) + ".");
        if (node.above && !(x > *node.above))
            return say(path, numberText(x) + " must be more than " + numberText(*node.above) + ".");
        if (node.below && !(x < *node.below))
            say(path, numberText(x) + " must be less than " + numberText(*node.below) + ".");
    }

    void text(const SchemaNode& node, const std::string& value, const std::string& path) {
        const std::size_t length = codePoints(value);
        if (length < node.minLength) {
            say(path, value.empty()
                          ? "must not be empty."
                          : "is too short: at least " + std::to_string(node.minLength) + " characters.");
        } else if (length > node.maxLength) {
            say(path, "has " + std::to_string(length) + " characters; at most " +
                          std::to_string(node.maxLength) + " are allowed.");
        } else if (node.pattern && !matches(*node.pattern, value)) {
            say(path, describeValue(json(value)) + " is not " +
                          (node.title.empty() ? "of the form " + node.patternText : node.title) + ".");
        }
    }

    /// oneOf and anyOf. When none fits, the reader wants the problems of the form that was meant: the one
    /// whose constant property agrees ("kind": "lines"), else the only one that takes this type of value.
    void alternatives(const std::vector<const SchemaNode*>& forms, bool exactlyOne, const json& value,
                      const std::string& path, int depth) {
        const auto fitting = std::count_if(
            forms.begin(), forms.end(), [&](const SchemaNode* form) { return passes(*form, value, depth); });
        if (fitting == 1 || (fitting > 1 && !exactlyOne)) return;
        if (fitting > 1) return say(path, describeValue(value) + " fits more than one of the allowed forms.");
        if (value.is_object() && byConstant(forms, value, path, depth)) return;

        std::vector<const SchemaNode*> sameType;
        std::vector<std::string> titles;
        for (const SchemaNode* form : forms) {
            const SchemaNode& real = followed(*form);
            if (real.types == 0 || (real.types & typeOf(value)) != 0) sameType.push_back(form);
            const std::string words = !real.title.empty() ? real.title : typeWords(real.types);
            if (std::find(titles.begin(), titles.end(), words) == titles.end()) titles.push_back(words);
        }
        if (sameType.size() == 1) return check(*sameType.front(), value, path, depth + 1);
        say(path, "must be " + listed(titles, "or", 20) + ", not " + describeValue(value) + ".");
    }

    bool byConstant(const std::vector<const SchemaNode*>& forms, const json& value, const std::string& path,
                    int depth) {
        std::string key;
        std::vector<std::string> constants;
        const SchemaNode* other = nullptr;
        for (const SchemaNode* form : forms) {
            const SchemaNode& real = followed(*form);
            const auto fixed =
                std::find_if(real.properties.begin(), real.properties.end(), [&](const auto& property) {
                    return property.second->constant && (key.empty() || property.first == key);
                });
            if (fixed == real.properties.end()) {
                other = form;
                continue;
            }
            key = fixed->first;
            if (value.contains(key) && value[key] == *fixed->second->constant) {
                check(*form, value, path, depth + 1);
                return true;
            }
            constants.push_back(fixed->second->constant->is_string()
                                    ? fixed->second->constant->get<std::string>()
                                    : fixed->second->constant->dump());
        }
        if (key.empty()) return false;
        if (!value.contains(key)) {
            say(path, "\"" + key + "\" is missing.");
        } else if (other) {
            check(*other, value, path, depth + 1);
        } else {
            const std::string hint =
                value[key].is_string() ? didYouMean(value[key].get_ref<const std::string&>(), constants) : "";
            say(pathOf(path, key), describeValue(value[key]) + " is not one of " +
                                       listed(constants, "and", 20) + (hint.empty() ? "." : hint));
        }
        return true;
    }

    static std::string describeKey(const std::string& key) {
        const std::string described = describeValue(json(key));
        return described.substr(std::string("the text ").size());
    }

    static std::string allowed(std::size_t least, std::size_t most) {
        if (least == most) return std::to_string(least) + " are needed.";
        if (most == std::numeric_limits<std::size_t>::max())
            return "at least " + std::to_string(least) + " are needed.";
        if (least == 0) return "at most " + std::to_string(most) + " are allowed.";
        return std::to_string(least) + " to " + std::to_string(most) + " are allowed.";
    }

    std::vector<Problem>& m_out;
    std::size_t m_most;
};

}  // namespace

JsonSchema::JsonSchema(const nlohmann::json& document)
    : m_nodes(std::make_shared<const std::vector<std::unique_ptr<SchemaNode>>>(compileSchema(document))) {}

std::vector<Problem> JsonSchema::problems(const nlohmann::json& value, std::size_t most) const {
    std::vector<Problem> found;
    Checker(found, most).check(*m_nodes->front(), value, {}, 0);
    return found;
}

Status JsonSchema::check(const nlohmann::json& value, std::string_view what) const {
    const auto found = problems(value);
    if (found.empty()) return ok();
    return refusalOf(what, found);
}

}  // namespace latent::engine
