#include "proxy/admin/openapi_path.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace millrace::admin {

namespace {

namespace json = boost::json;

json::string text_of(std::string_view text) {
    return json::string(json::string_view{text.data(), text.size()});
}

json::object reference(std::string_view kind, std::string_view name) {
    return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

json::object content_of(std::string_view type, json::object schema) {
    json::object content;
    content[{type.data(), type.size()}] = json::object{{"schema", std::move(schema)}};
    return content;
}

json::object schema_of(const api_path& described) {
    if (!described.schema.empty()) {
        return reference("schemas", described.schema);
    }
    return {{"type", described.content_type == "application/json" ? "object" : "string"}};
}

json::object responses_of(const api_path& described) {
    auto errors = described.errors;
    errors.insert(errors.end(), {400, 403, 421});
    std::sort(errors.begin(), errors.end());
    json::object responses{
        {"200",
         json::object{
             {"description", text_of(described.meaning)},
             {"content", content_of(described.content_type, schema_of(described))}}}};
    for (auto const status : errors) {
        responses[std::to_string(status)] = reference("responses", "error");
    }
    return responses;
}

json::object operation_of(const api_path& described) {
    json::object operation{
        {"summary", text_of(described.summary)}, {"responses", responses_of(described)}};
    auto const& errors = described.errors;
    if (std::find(errors.begin(), errors.end(), 401U) != errors.end()) {
        operation["security"] = json::array{json::object{{"token", json::array{}}}};
    }
    if (described.path.find("{name}") != std::string_view::npos) {
        operation["parameters"] = json::array{json::object{
            {"name", "name"},
            {"in", "path"},
            {"required", true},
            {"schema", json::object{{"type", "string"}}}}};
    }
    if (!described.body.empty()) {
        operation["requestBody"] = json::object{
            {"required", described.needs_body},
            {"content", content_of("application/json", reference("schemas", described.body))}};
    }
    return operation;
}

}  // namespace

std::string openapi_path(const api_path& described) {
    json::object methods;
    methods[{described.method.data(), described.method.size()}] = operation_of(described);
    return fmt::format("    \"{}\": {}", described.path, json::serialize(methods));
}

std::string openapi_paths(const std::vector<api_path>& described) {
    std::string text;
    for (auto const& each : described) {
        text += (text.empty() ? "" : ",\n") + openapi_path(each);
    }
    return text;
}

}  // namespace millrace::admin
