#include "proxy/config/metric_writing.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using millrace::providers::metric_params;

TEST_CASE("metrics are written by name, with what is not the default", "[config]") {
    metric_params one;
    one.name = "a";
    one.url = "http://p";
    one.jq = ".x";
    one.params = {{"query", "up"}};

    auto const written = write_metrics({one});

    CHECK(
        written ==
        boost::json::object{
            {"a",
             boost::json::object{
                 {"url", "http://p"},
                 {"params", boost::json::object{{"query", "up"}}},
                 {"jq", ".x"}}}}
    );
    CHECK(write_metrics({}).empty());
}
