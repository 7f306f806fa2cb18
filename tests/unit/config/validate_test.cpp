#include "proxy/config/validate.hpp"

#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::config;
using namespace millrace::config::test;

namespace {

std::string with_routes(const std::string& first_match, const std::string& second_match) {
    return "listeners: [{bind: 127.0.0.1:8080}]\nbackends: {a: {url: 'http://x'}}\nroutes:\n"
           "- {name: one, backend_refs: [{backend: a}], match: " +
           first_match + "}\n- {name: two, backend_refs: [{backend: a}], match: " + second_match +
           "}\n";
}

const std::string shadowed =
    "f:5:52: routes[1].match: expected requests that no earlier route takes, got only those of "
    "routes[0], 'one'\n";

}  // namespace

TEST_CASE("a backend that does not exist is told with the nearest one", "[config]") {
    CHECK(
        errors_of(with_route("backend_refs: [{backend: risk-v2}]")) ==
        "f:4:38: routes[0].backend_refs[0].backend: expected the name of a backend, got "
        "'risk-v2'; did you mean 'risk-v1'?\n"
    );
    CHECK(
        errors_of(with_route("backend_refs: [{backend: a}, {backend: a}]")) ==
        "f:4:52: routes[0].backend_refs[1].backend: expected each backend once, got 'a' again\n"
    );
}

TEST_CASE("two routes of one name are refused", "[config]") {
    CHECK(
        errors_of(with_basics("- {name: r, match: {path: /x}, backend_refs: [{backend: a}]}"))
            .find("f:5:10: routes[1].name: expected a name of its own, got that of routes[0], 'r'\n"
            ) == 0
    );
}

TEST_CASE("a route behind one that takes everything is refused", "[config]") {
    CHECK(errors_of(with_routes("{}", "{path: /a}")) == shadowed);
    CHECK(errors_of(with_routes("{path_prefix: /}", "{host: x, method: GET}")) == shadowed);
    CHECK(errors_of(with_routes("{path: /a}", "{path: /a}")) == shadowed);
    CHECK(errors_of(with_routes("{path_prefix: /a}", "{path: /a/b}")) == shadowed);
    CHECK(errors_of(with_routes("{path_prefix: /a/}", "{path_prefix: /a/b}")) == shadowed);
    CHECK(errors_of(with_routes("{path_regex: a+}", "{path_regex: a+, method: PUT}")) == shadowed);
    CHECK(errors_of(with_routes("{method: [GET, PUT]}", "{method: PUT}")) == shadowed);
    CHECK(
        errors_of(with_routes("{headers: {X: {present: true}}}", "{headers: {x: a, y: b}}")) ==
        shadowed
    );
}

TEST_CASE("a route that some request reaches is taken", "[config]") {
    for (auto const& [first, second] : std::vector<std::pair<std::string, std::string>>{
             {"{path: /a}", "{}"},
             {"{path_prefix: /a}", "{path: /ab}"},
             {"{path_prefix: /a/}", "{path: /a}"},
             {"{host: x}", "{host: y}"},
             {"{host: x}", "{}"},
             {"{method: GET}", "{}"},
             {"{method: GET}", "{method: [GET, PUT]}"},
             {"{headers: {x: a}}", "{headers: {x: b}}"},
             {"{headers: {x: a}}", "{headers: {x: {present: true}}}"},
             {"{query: {X: a}}", "{query: {x: a}}"},
             {"{path_regex: a+}", "{path_regex: aa+}"}}) {
        INFO(first << " " << second);
        CHECK(errors_of(with_routes(first, second)).empty());
    }
}

TEST_CASE("a route with a wrong match is not called unreachable as well", "[config]") {
    auto const errors = errors_of(with_routes("{path: x}", "{path: /a}"));

    CHECK(errors.find("unreachable") == std::string::npos);
    CHECK(errors.find("routes[1]") == std::string::npos);
}

TEST_CASE("a backend at the admin's address is refused", "[config]") {
    CHECK(
        errors_of(with_backend("{url: 'http://localhost:9901'}")) ==
        "f:2:21: backends.a.url: expected another address than the admin's, got "
        "'127.0.0.1:9901'\n"
    );
    CHECK(
        errors_of(with_backend("{urls: ['http://x', 'http://[::1]:9901']}")) ==
        "f:2:35: backends.a.urls[1]: expected another address than the admin's, got "
        "'127.0.0.1:9901'\n"
    );
    CHECK(errors_of(with_backend("{url: 'http://127.0.0.1:9901'}") + "admin: off").empty());
    CHECK_FALSE(errors_of(
                    with_backend("{url: 'http://10.0.0.1:77'}") +
                    "admin: {bind: '10.0.0.1:77', insecure: true}"
    )
                    .empty());
}

TEST_CASE("listeners have addresses of their own", "[config]") {
    auto const with = [](const std::string& listeners) {
        return "listeners: " + listeners +
               "\nbackends: {a: {url: 'http://x'}}\n"
               "routes: [{name: r, backend_refs: [{backend: a}]}]";
    };

    CHECK(
        errors_of(with("[{bind: 127.0.0.1:80}, {bind: 127.0.0.1:80}]")) ==
        "f:1:42: listeners[1].bind: expected each address once, got '127.0.0.1:80' again\n"
    );
    CHECK(
        errors_of(with("[{bind: 0.0.0.0:9901}]")) ==
        "f:1:20: listeners[0].bind: expected another address than the admin's, got "
        "'0.0.0.0:9901'\n"
    );
    CHECK(errors_of(with("[{bind: 127.0.0.1:0}, {bind: 127.0.0.1:0}]")).empty());
    CHECK_FALSE(errors_of(with("[]")).empty());
}

TEST_CASE("all weights may be zero", "[config]") {
    CHECK(errors_of(with_route("backend_refs: [{backend: a, weight: 0}]")).empty());
}

TEST_CASE("ten thousand routes are checked in reasonable time", "[config]") {
    std::string text =
        "listeners: [{bind: 127.0.0.1:80}]\nbackends: {a: {url: 'http://x'}}\nroutes:\n";
    for (int i = 0; i < 10'000; ++i) {
        text += "- {name: r" + std::to_string(i) + ", match: {path: /p/" + std::to_string(i) +
                "}, backend_refs: [{backend: a}]}\n";
    }

    CHECK(loaded(text).table.routes.size() == 10'000);
}
