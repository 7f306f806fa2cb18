#include "tests/unit/config/load_support.hpp"

#include "proxy/config/document.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace millrace::config::test {

namespace {

namespace json = boost::json;

json::value converted(const node& from) {
    switch (from.kind) {
        case node::kind::null:
            return nullptr;
        case node::kind::boolean:
            return from.text.front() == 't';
        case node::kind::integer:
        case node::kind::number:
            return json::parse(from.text);
        case node::kind::text:
            return json::string(from.text);
        case node::kind::sequence: {
            json::array out;
            for (auto const& item : from.items) {
                out.push_back(converted(*item));
            }
            return out;
        }
        case node::kind::mapping: {
            json::object out;
            for (auto const& entry : from.members) {
                out[entry.key] = converted(*entry.value);
            }
            return out;
        }
    }
    return nullptr;
}

}  // namespace

std::string errors_of(std::string_view text) {
    auto const result = load_text(text, "f");
    return result ? "" : to_text(result.error());
}

configuration loaded(std::string_view text) {
    auto result = load_text(text, "f");
    INFO((result ? "" : to_text(result.error())));
    REQUIRE(result.has_value());
    return *result;
}

std::string with_basics(std::string_view more) {
    return "listeners: [{bind: 127.0.0.1:8080}]\n"
           "backends: {a: {url: \"http://127.0.0.1:9001\"}, risk-v1: {url: \"http://x\"}}\n"
           "routes:\n"
           "- {name: r, backend_refs: [{backend: a}]}\n" +
           std::string{more};
}

std::string with_route(std::string_view keys) {
    return "listeners: [{bind: 127.0.0.1:8080}]\n"
           "backends: {a: {url: \"http://127.0.0.1:9001\"}, risk-v1: {url: \"http://x\"}}\n"
           "routes:\n"
           "- {name: r, " +
           std::string{keys} + "}\n";
}

std::string with_backend(std::string_view value) {
    return "listeners: [{bind: 127.0.0.1:8080}]\n"
           "backends: {a: " +
           std::string{value} +
           "}\n"
           "routes:\n"
           "- {name: r, backend_refs: [{backend: a}]}\n";
}

std::string repository_file(const std::string& path) {
    std::ifstream file{std::string{MILLRACE_SOURCE_DIR} + "/" + path};
    REQUIRE(file.good());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

json::value as_json(std::string_view yaml) {
    auto const document = parse_document(yaml, "f");
    REQUIRE(document.root);
    return converted(*document.root);
}

}  // namespace millrace::config::test
