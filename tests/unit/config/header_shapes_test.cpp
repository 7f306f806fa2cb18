#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;

namespace {

std::string with_edits(const std::string& edits) {
    return with_route("backend_refs: [{backend: a}], request_headers: " + edits);
}

}  // namespace

TEST_CASE("header edits are read in the file's order", "[config]") {
    auto const edits =
        loaded(with_edits("{remove: [a, b], set: {x-b: '2', x-a: ''}, add: {x-c: some text}}"))
            .table.routes.at(0)
            .request_headers;

    CHECK(edits.remove == std::vector<std::string>{"a", "b"});
    REQUIRE(edits.set.size() == 2);
    CHECK(edits.set[0].name == "x-b");
    CHECK(edits.set[0].value == "2");
    CHECK(edits.set[1].value.empty());
    REQUIRE(edits.add.size() == 1);
    CHECK(edits.add[0].value == "some text");
}

TEST_CASE("edits of framing fields are refused", "[config]") {
    CHECK(
        errors_of(with_edits("{remove: [Connection]}")) ==
        "f:4:70: routes[0].request_headers.remove[0]: expected a header field that may be edited, "
        "got 'connection', which belongs to one hop or frames the message\n"
    );
    CHECK(
        errors_of(with_edits("{set: {host: x}}")) ==
        "f:4:67: routes[0].request_headers.set.host: expected a header field that may be edited, "
        "got 'host', which follows the backend's URL (see preserve_host)\n"
    );
    CHECK(
        errors_of(with_edits("{add: {x y: x}}")) ==
        "f:4:67: routes[0].request_headers.add.'x y': expected a header field that may be edited, "
        "got 'x y'\n"
    );
}

TEST_CASE("header values without controls are taken, others are refused unseen", "[config]") {
    for (std::string const value :
         {"\"a\\nb\"", "\"a\\0b\"", "\"a\\x7f\"", "' a'", "'a '", "\"\\t\""}) {
        INFO(value);
        CHECK(
            errors_of(with_edits("{set: {x: " + value + "}}")) ==
            "f:4:70: routes[0].request_headers.set.x: expected a header value without control "
            "characters and blanks around it, got something else\n"
        );
    }
    CHECK(errors_of(with_edits("{set: {x: \"a\\tb\"}}")).empty());
    CHECK(
        errors_of(with_edits("{set: {x: 1}}")) ==
        "f:4:70: routes[0].request_headers.set.x: expected a header value without control "
        "characters and blanks around it, got a number\n"
    );
}
