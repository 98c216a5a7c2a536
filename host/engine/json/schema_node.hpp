// SPDX-License-Identifier: Apache-2.0
#pragma once
// A JSON Schema, compiled: one node for each subschema, references resolved. Shared by schema_compile.cpp,
// which makes it, and schema.cpp, which checks with it; nothing else includes this. Immutable once made; the
// JsonSchema owns all nodes, which point to each other freely.
//
//     std::vector<std::unique_ptr<SchemaNode>> nodes = compileSchema(document);
//     const SchemaNode& root = *nodes.front();
//     bool acceptsText = (root.types & kText) != 0;

#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace latent::engine {

enum TypeBit : unsigned {
    kNull = 1,
    kBoolean = 2,
    kInteger = 4,
    kNumber = 8,
    kText = 16,
    kList = 32,
    kObject = 64
};

struct SchemaNode {
    bool never = false;  // the schema `false`
    unsigned types = 0;  // 0: any
    std::string title;

    std::optional<nlohmann::json> constant;
    std::vector<nlohmann::json> choices;

    std::vector<std::string> required;
    std::map<std::string, const SchemaNode*, std::less<>> properties;
    std::vector<std::pair<std::regex, const SchemaNode*>> patternProperties;
    const SchemaNode* additional = nullptr;
    const SchemaNode* propertyNames = nullptr;
    std::size_t minProperties = 0, maxProperties = std::numeric_limits<std::size_t>::max();

    const SchemaNode* items = nullptr;
    std::vector<const SchemaNode*> prefix;
    std::size_t minItems = 0, maxItems = std::numeric_limits<std::size_t>::max();

    std::optional<double> minimum, maximum, above, below;
    std::size_t minLength = 0, maxLength = std::numeric_limits<std::size_t>::max();
    std::optional<std::regex> pattern;
    std::string patternText;

    std::vector<const SchemaNode*> oneOf, anyOf, allOf;
    const SchemaNode* inverse = nullptr;
    const SchemaNode* reference = nullptr;
};

/// The node that really says something: references without other keywords are followed.
inline const SchemaNode& followed(const SchemaNode& node) {
    const SchemaNode* at = &node;
    while (at->reference) at = at->reference;
    return *at;
}

/// Throws std::logic_error for a keyword outside the subset, a dangling or circular reference, or an open
/// pattern.
std::vector<std::unique_ptr<SchemaNode>> compileSchema(const nlohmann::json& document);

}  // namespace latent::engine
