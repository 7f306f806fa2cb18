#include "proxy/config/object_rules.hpp"

#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;

TEST_CASE("an unknown key is told with the nearest known one", "[config]") {
    CHECK(
        errors_of(with_route("backend_refs: [{backend: a, wieght: 1}]")) ==
        "f:4:41: routes[0].backend_refs[0].wieght: expected backend or weight, got 'wieght'; did "
        "you mean 'weight'?\n"
    );
}

TEST_CASE("a doubled key is told where it comes again", "[config]") {
    CHECK(
        errors_of(with_basics("workers: 1\nworkers: 2\n")) ==
        "f:6:1: workers: expected each key once, got 'workers' again\n"
    );
}

TEST_CASE("a missing key is told where its mapping stands", "[config]") {
    CHECK(
        errors_of("workers: 1") ==
        "f:1:1: expected the key 'listeners', got none\n"
        "f:1:1: expected the key 'backends', got none\n"
        "f:1:1: expected the key 'routes', got none\n"
    );
}

TEST_CASE("the schema of an object knows its keys, groups and later keys", "[config]") {
    object_rules rules;
    rules.add({"a", "About a.", true, false});
    rules.add({"b", "About b.", false, true});
    rules.add_group({{"a", "b"}, true});

    auto const schema = rules.schema({json::object{{"type", "string"}, {"default", "x"}}, {}});

    CHECK(schema.at("required") == json::value({"a"}));
    CHECK_FALSE(schema.at("properties").at("a").as_object().contains("default"));
    CHECK(schema.at("properties").at("b").as_object().contains("not"));
    CHECK(schema.at("allOf").as_array().size() == 2);
}
