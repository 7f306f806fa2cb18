#include "proxy/config/render.hpp"

#include "tests/unit/config/load_support.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;
namespace json = boost::json;

TEST_CASE("a value survives YAML and JSON", "[config]") {
    auto const value = json::parse(R"({"a": [{"b": 1, "c": {"d": []}}, {"e": {}}], "on": "no",
        "n": "1", "t": true, "q": "x\"\\\n\t ü", "empty": "", "list": ["a b", 2], "-x": "- y"})");

    CHECK(as_json(block_yaml(value)) == value);
    CHECK(as_json(yaml_inline(value)) == value);
    CHECK(json::parse(pretty_json(value)) == value);
}

TEST_CASE("blocks are written as people write them", "[config]") {
    CHECK(
        block_yaml(json::parse(R"({"a": [{"b": 1, "c": {"d": 2}}], "e": ["x", "z"]})")) ==
        "a:\n  - b: 1\n    c:\n      d: 2\ne: [x, z]\n"
    );
    CHECK(yaml_inline(json::parse("[0.01, 2.5, 5]")) == "[0.01, 2.5, 5]");
}
