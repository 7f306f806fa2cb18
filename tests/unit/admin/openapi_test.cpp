#include "proxy/admin/openapi.hpp"

#include "ask.hpp"
#include "fake_gateway.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>

#include <set>

using namespace millrace::admin;
namespace json = boost::json;

namespace {

struct fixture {
    json::value document =
        json::parse(json::string_view{openapi_document().data(), openapi_document().size()});
    fake_gateway gateway;
    asking ask{gateway};

    const json::object& operation(const endpoint_name& name) {
        std::string method{name.method};
        std::transform(method.begin(), method.end(), method.begin(), [](char c) {
            return static_cast<char>(c | 0x20);
        });
        auto const path = json::string_view{name.path.data(), name.path.size()};
        return document.at("paths").at(path).at(method).as_object();
    }

    bool documented(const endpoint_name& name, unsigned status) {
        return operation(name).at("responses").as_object().contains(std::to_string(status));
    }
};

/// Dead letters have numbers instead of names.
std::string letter_of(const std::string& route) {
    return route == "risk" ? "7" : route == "busy" ? "9" : route;
}

request request_for(const endpoint_name& name, const std::string& route) {
    std::string path{name.path};
    if (auto const at = path.find("{name}"); at != std::string::npos) {
        path.replace(
            at, 6, path.find("dead-letters") != std::string::npos ? letter_of(route) : route
        );
    }
    auto asked = good_request(std::string{name.method}, path);
    asked.body = name.method == "PUT" ? R"({"weights": {"a": 1}})" : R"({"why": "a test"})";
    return asked;
}

}  // namespace

TEST_CASE_METHOD(fixture, "the description names the endpoints and no other", "[admin][openapi]") {
    std::set<std::string> described;
    for (const auto& [path, operations] : document.at("paths").as_object()) {
        for (const auto& [method, operation] : operations.as_object()) {
            std::string name{method.data(), method.size()};
            std::transform(name.begin(), name.end(), name.begin(), [](char c) {
                return static_cast<char>(c & ~0x20);
            });
            described.insert(name + " " + std::string{path.data(), path.size()});
        }
    }
    std::set<std::string> served;
    for (const auto& name : endpoint_names()) {
        served.insert(std::string{name.method} + " " + std::string{name.path});
    }

    REQUIRE(described == served);
}

TEST_CASE_METHOD(fixture, "each endpoint answers, with the type described", "[admin][openapi]") {
    for (const auto& name : endpoint_names()) {
        INFO(name.method << " " << name.path);
        auto const given = ask(request_for(name, "risk"));

        REQUIRE(given.status == 200);
        auto const& content = operation(name).at("responses").at("200").at("content");
        auto const type = given.content_type.substr(0, given.content_type.find(';'));
        REQUIRE(content.as_object().contains(type));
    }
}

// What can go wrong on each endpoint, one after the other.
TEST_CASE_METHOD(fixture, "each answer has a status that is described", "[admin][openapi]") {
    gateway.healthy.good = false;
    gateway.is_ready.good = false;
    gateway.reload_errors = {"wrong"};
    for (const auto& name : endpoint_names()) {
        auto const check = [&](request asked) {
            auto const given = ask(std::move(asked));
            INFO(name.method << " " << name.path << " " << given.status << " " << given.body);
            REQUIRE(documented(name, given.status));
        };
        for (auto const* route : {"risk", "none", "busy"}) {
            check(request_for(name, route));
        }
        auto asked = request_for(name, "risk");
        asked.hosts = {"evil.example"};
        check(asked);
        asked.hosts = {};
        check(asked);
        asked = request_for(name, "risk");
        asked.has_origin = true;
        check(asked);
        asked = request_for(name, "risk");
        asked.authorizations = {};
        check(asked);
        asked = request_for(name, "risk");
        asked.content_type = "text/plain";
        check(asked);
        asked = request_for(name, "risk");
        asked.body = "nonsense";
        check(asked);
    }
}

TEST_CASE_METHOD(fixture, "what needs the token says so", "[admin][openapi]") {
    for (const auto& name : endpoint_names()) {
        INFO(name.path);
        REQUIRE(operation(name).contains("security") == (name.needs != access::open));
    }
}

TEST_CASE_METHOD(fixture, "every reference leads somewhere", "[admin][openapi]") {
    auto const text = json::serialize(document);
    constexpr std::string_view mark = R"("$ref":"#)";
    int found = 0;
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        auto const begin = at + mark.size();
        auto const pointer = text.substr(begin, text.find('"', begin) - begin);
        INFO(pointer);
        boost::system::error_code error;
        REQUIRE(document.find_pointer(pointer, error) != nullptr);
        ++found;
    }
    REQUIRE(found > 50);
}
