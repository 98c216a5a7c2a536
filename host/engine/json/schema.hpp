// SPDX-License-Identifier: Apache-2.0
#pragma once
// Checks JSON against the schemas that the SDK publishes (sdk/schema/*.schema.json, compiled into the
// program).
//
// The subset of JSON Schema draft 2020-12 that those files use: type, const, enum, required, properties,
// patternProperties, additionalProperties, propertyNames, min/maxProperties, items, prefixItems,
// min/maxItems, minimum, maximum, exclusiveMinimum/Maximum, min/maxLength (code points), pattern (whole text,
// `^…$`), oneOf, anyOf, allOf, not, and $ref to #/$defs. An unknown keyword is a mistake in our own file and
// throws std::logic_error when the schema is made. Checking never throws, whatever the value. A JsonSchema is
// immutable: any thread may check with it.
//
//     LATENT_CHECK(builtInSchema("view-1").check(view, "The figure \"loss\""));
//     // The figure "loss" is not valid: series[0].y: "arary" is not known here; did you mean "array"?
//     for (const Problem& p : builtInSchema("view-1").problems(view)) show(p.path, p.sentence);

#include <cstddef>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

/// What is wrong at which place: path "figures[2].series[0].y" (empty for the whole) and a sentence without
/// it.
struct Problem {
    std::string path;
    std::string sentence;
    std::string text() const { return path.empty() ? sentence : path + ": " + sentence; }
};

struct SchemaNode;

class JsonSchema {
  public:
    explicit JsonSchema(const nlohmann::json& document);

    /// At most `most` problems, in the order of the value; empty when it is valid.
    std::vector<Problem> problems(const nlohmann::json& value, std::size_t most = 20) const;

    /// The problems as one refusal (exit 3) that begins with `what`.
    Status check(const nlohmann::json& value, std::string_view what) const;

  private:
    std::shared_ptr<const std::vector<std::unique_ptr<SchemaNode>>> m_nodes;  // the first is the root
};

/// One refusal from several problems: "WHAT is not valid: a: …; b: …", the first three and a count.
Error refusalOf(std::string_view what, const std::vector<Problem>& problems);

/// "view-1", "outputs-1", "parameters-1" or "manifest-1"; another name throws std::logic_error.
const JsonSchema& builtInSchema(std::string_view name);

/// The text of the schema file, as installed with the SDK.
std::string_view builtInSchemaText(std::string_view name);

/// A value in a few words for error messages: `the text "abc"`, `the number 3`, `a list of 2`, `nothing
/// (null)`.
std::string describeValue(const nlohmann::json& value);

/// Appends ".key" (or ["odd key"]) or "[i]" to a path; used by every check that reports places.
std::string pathOf(std::string_view parent, std::string_view key);
std::string pathOf(std::string_view parent, std::size_t index);

}  // namespace latent::engine
