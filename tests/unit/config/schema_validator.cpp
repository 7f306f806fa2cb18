#include "tests/unit/config/schema_validator.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <re2/re2.h>

#include <algorithm>
#include <string_view>

namespace millrace::config::test {

namespace {

namespace json = boost::json;

bool has_type(const json::value& value, std::string_view type) {
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "boolean" && value.is_bool()) ||
           (type == "number" && value.is_number()) ||
           (type == "integer" && (value.is_int64() || value.is_uint64()));
}

bool matches(std::string_view text, const json::value& pattern) {
    return RE2::PartialMatch(
        re2::StringPiece{text.data(), text.size()}, std::string{pattern.as_string()}
    );
}

std::string numbers(const json::value& value, std::string_view keyword, const json::value& limit) {
    auto const bound = limit.to_number<double>();
    if (keyword.ends_with("imum")) {
        if (!value.is_number()) {
            return "";
        }
        auto const number = value.to_number<double>();
        bool const inside = keyword == "minimum"            ? number >= bound
                            : keyword == "exclusiveMinimum" ? number > bound
                                                            : number <= bound;
        return inside ? "" : "out of range";
    }
    auto const is_length = keyword.ends_with("Length");
    if (is_length ? !value.is_string() : !value.is_array()) {
        return "";
    }
    auto const size =
        static_cast<double>(is_length ? value.get_string().size() : value.get_array().size());
    return (keyword.starts_with("min") ? size >= bound : size <= bound) ? "" : "wrong size";
}

std::string object_rules(const json::value& value, const json::object& schema) {
    if (!value.is_object()) {
        return "";
    }
    auto const* properties = schema.if_contains("properties");
    auto const* others = schema.if_contains("additionalProperties");
    auto const* names = schema.if_contains("propertyNames");
    for (auto const& [key, inner] : value.get_object()) {
        auto const* property =
            properties == nullptr ? nullptr : properties->as_object().if_contains(key);
        if (names != nullptr &&
            !matches({key.data(), key.size()}, names->as_object().at("pattern"))) {
            return std::string{key} + ": bad name";
        }
        if (property == nullptr && others != nullptr && others->is_bool()) {
            return std::string{key} + ": unknown";
        }
        auto const* rule = property != nullptr ? property : others;
        auto const problem = rule == nullptr ? "" : schema_violation(inner, rule->as_object());
        if (!problem.empty()) {
            return std::string{key} + ": " + problem;
        }
    }
    return "";
}

std::string combined(const json::value& value, std::string_view keyword, const json::value& rule) {
    if (keyword == "not") {
        return schema_violation(value, rule.as_object()).empty() ? "forbidden" : "";
    }
    std::string last = "none of the alternatives";
    for (auto const& part : rule.as_array()) {
        auto const problem = schema_violation(value, part.as_object());
        if (keyword == "anyOf" && problem.empty()) {
            return "";
        }
        if (keyword == "allOf" && !problem.empty()) {
            return problem;
        }
        last = problem;
    }
    return keyword == "anyOf" ? last : "";
}

std::string keyword_violation(
    const json::value& value, std::string_view keyword, const json::value& rule
) {
    if (keyword == "type") {
        return has_type(value, rule.as_string()) ? "" : "no " + std::string{rule.as_string()};
    }
    if (keyword == "enum") {
        auto const& allowed = rule.as_array();
        return std::find(allowed.begin(), allowed.end(), value) != allowed.end() ? "" : "no choice";
    }
    if (keyword == "const") {
        return value == rule ? "" : "another constant";
    }
    if (keyword == "pattern") {
        bool const good = !value.is_string() || matches(value.get_string(), rule);
        return good ? "" : "no match of " + json::serialize(rule);
    }
    if (keyword == "required") {
        for (auto const& key : rule.as_array()) {
            if (value.is_object() && !value.get_object().contains(key.as_string())) {
                return "misses " + json::serialize(key);
            }
        }
        return "";
    }
    if (keyword == "items") {
        for (auto const& item : value.is_array() ? value.get_array() : json::array{}) {
            auto problem = schema_violation(item, rule.as_object());
            if (!problem.empty()) {
                return problem;
            }
        }
        return "";
    }
    if (keyword.starts_with("min") || keyword.starts_with("max") || keyword == "exclusiveMinimum") {
        return numbers(value, keyword, rule);
    }
    if (keyword == "not" || keyword == "anyOf" || keyword == "allOf") {
        return combined(value, keyword, rule);
    }
    bool const handled_elsewhere = keyword == "properties" || keyword == "additionalProperties" ||
                                   keyword == "propertyNames" || keyword == "description" ||
                                   keyword == "default" || keyword == "title" ||
                                   keyword == "$schema";
    return handled_elsewhere ? "" : "unknown keyword " + std::string{keyword};
}

}  // namespace

std::string schema_violation(const json::value& value, const json::object& schema) {
    for (auto const& [keyword, rule] : schema) {
        auto problem = keyword_violation(value, {keyword.data(), keyword.size()}, rule);
        if (!problem.empty()) {
            return problem;
        }
    }
    return object_rules(value, schema);
}

}  // namespace millrace::config::test
