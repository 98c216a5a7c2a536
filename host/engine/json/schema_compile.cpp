// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <stdexcept>

#include "engine/json/schema_node.hpp"

namespace latent::engine {

namespace {

using nlohmann::json;

unsigned typeBit(const std::string& name) {
    static const std::map<std::string, unsigned> kBits = {
        {"null", kNull},   {"boolean", kBoolean}, {"integer", kInteger}, {"number", kNumber | kInteger},
        {"string", kText}, {"array", kList},      {"object", kObject}};
    const auto found = kBits.find(name);
    if (found == kBits.end()) throw std::logic_error("JSON Schema: unknown type " + name);
    return found->second;
}

/// Patterns match the whole text, so that no reader can disagree on what `$` means before a line end.
std::regex wholePattern(const std::string& text) {
    if (text.size() < 2 || text.front() != '^' || text.back() != '$') {
        throw std::logic_error("JSON Schema: the pattern " + text + " must be anchored at both ends");
    }
    return std::regex(text.substr(1, text.size() - 2));
}

class Compiler {
  public:
    explicit Compiler(const json& document) : m_document(document) {}

    std::vector<std::unique_ptr<SchemaNode>> compile() {
        node(m_document);
        for (const auto& made : m_nodes) {
            const SchemaNode* at = made.get();
            for (std::size_t hops = 0; at->reference; at = at->reference) {
                if (++hops > m_nodes.size()) throw std::logic_error("JSON Schema: references in a circle");
            }
        }
        return std::move(m_nodes);
    }

  private:
    const SchemaNode* node(const json& schema) {
        m_nodes.push_back(std::make_unique<SchemaNode>());
        SchemaNode* made = m_nodes.back().get();
        fill(*made, schema);
        return made;
    }

    const SchemaNode* referenced(const std::string& pointer) {
        constexpr std::string_view kStart = "#/$defs/";
        if (pointer.rfind(kStart, 0) != 0)
            throw std::logic_error("JSON Schema: unsupported reference " + pointer);
        const auto known = m_referenced.find(pointer);
        if (known != m_referenced.end()) return known->second;
        const std::string name = pointer.substr(kStart.size());
        if (!m_document.contains("$defs") || !m_document["$defs"].contains(name)) {
            throw std::logic_error("JSON Schema: dangling reference " + pointer);
        }
        m_nodes.push_back(std::make_unique<SchemaNode>());
        SchemaNode* made = m_nodes.back().get();
        m_referenced[pointer] = made;  // known before it is filled: definitions may refer to themselves
        fill(*made, m_document["$defs"][name]);
        return made;
    }

    std::vector<const SchemaNode*> list(const json& schemas) {
        std::vector<const SchemaNode*> nodes;
        for (const json& schema : schemas) nodes.push_back(node(schema));
        return nodes;
    }

    void fill(SchemaNode& to, const json& schema) {
        if (schema.is_boolean()) {
            to.never = !schema.get<bool>();
            return;
        }
        for (const auto& [keyword, value] : schema.items()) {
            const auto handler = kKeywords.find(keyword);
            if (handler == kKeywords.end()) throw std::logic_error("JSON Schema: unknown keyword " + keyword);
            handler->second(*this, to, value);
        }
    }

    using Handler = std::function<void(Compiler&, SchemaNode&, const json&)>;
    static const std::map<std::string, Handler> kKeywords;

    const json& m_document;
    std::vector<std::unique_ptr<SchemaNode>> m_nodes;
    std::map<std::string, const SchemaNode*> m_referenced;
};

void ignore(Compiler&, SchemaNode&, const json&) {}

const std::map<std::string, Compiler::Handler> Compiler::kKeywords = {
    {"$schema", ignore}, {"$id", ignore}, {"$comment", ignore}, {"$defs", ignore}, {"description", ignore},
    {"title", [](Compiler&, SchemaNode& n, const json& v) { n.title = v; }},
    {"$ref", [](Compiler& c, SchemaNode& n, const json& v) { n.reference = c.referenced(v); }},
    {"type", [](Compiler&, SchemaNode& n, const json& v) {
         for (const json& name : v.is_array() ? v : json::array({v})) n.types |= typeBit(name);
     }},
    {"const", [](Compiler&, SchemaNode& n, const json& v) { n.constant = v; }},
    {"enum", [](Compiler&, SchemaNode& n, const json& v) { n.choices.assign(v.begin(), v.end()); }},
    {"required", [](Compiler&, SchemaNode& n, const json& v) { n.required = v; }},
    {"properties", [](Compiler& c, SchemaNode& n, const json& v) {
         for (const auto& [name, schema] : v.items()) n.properties[name] = c.node(schema);
     }},
    {"patternProperties", [](Compiler& c, SchemaNode& n, const json& v) {
         for (const auto& [name, schema] : v.items()) n.patternProperties.emplace_back(wholePattern(name), c.node(schema));
     }},
    {"additionalProperties", [](Compiler& c, SchemaNode& n, const json& v) { n.additional = c.node(v); }},
    {"propertyNames", [](Compiler& c, SchemaNode& n, const json& v) { n.propertyNames = c.node(v); }},
    {"minProperties", [](Compiler&, SchemaNode& n, const json& v) { n.minProperties = v; }},
    {"maxProperties", [](Compiler&, SchemaNode& n, const json& v) { n.maxProperties = v; }},
    {"items", [](Compiler& c, SchemaNode& n, const json& v) { n.items = c.node(v); }},
    {"prefixItems", [](Compiler& c, SchemaNode& n, const json& v) { n.prefix = c.list(v); }},
    {"minItems", [](Compiler&, SchemaNode& n, const json& v) { n.minItems = v; }},
    {"maxItems", [](Compiler&, SchemaNode& n, const json& v) { n.maxItems = v; }},
    {"minimum", [](Compiler&, SchemaNode& n, const json& v) { n.minimum = v.get<double>(); }},
    {"maximum", [](Compiler&, SchemaNode& n, const json& v) { n.maximum = v.get<double>(); }},
    {"exclusiveMinimum", [](Compiler&, SchemaNode& n, const json& v) { n.above = v.get<double>(); }},
    {"exclusiveMaximum", [](Compiler&, SchemaNode& n, const json& v) { n.below = v.get<double>(); }},
    {"minLength", [](Compiler&, SchemaNode& n, const json& v) { n.minLength = v; }},
    {"maxLength", [](Compiler&, SchemaNode& n, const json& v) { n.maxLength = v; }},
    {"pattern", [](Compiler&, SchemaNode& n, const json& v) {
         n.patternText = v;
         n.pattern = wholePattern(n.patternText);
     }},
    {"oneOf", [](Compiler& c, SchemaNode& n, const json& v) { n.oneOf = c.list(v); }},
    {"anyOf", [](Compiler& c, SchemaNode& n, const json& v) { n.anyOf = c.list(v); }},
    {"allOf", [](Compiler& c, SchemaNode& n, const json& v) { n.allOf = c.list(v); }},
    {"not", [](Compiler& c, SchemaNode& n, const json& v) { n.inverse = c.node(v); }},
};

}  // namespace

std::vector<std::unique_ptr<SchemaNode>> compileSchema(const nlohmann::json& document) {
    return Compiler(document).compile();
}

}  // namespace latent::engine
