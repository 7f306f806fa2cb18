#include "proxy/config/config_error.hpp"

#include <boost/assert/source_location.hpp>
#include <catch2/catch.hpp>

using namespace millrace::config;

TEST_CASE("an error is printed with its place, path and suggestion", "[config]") {
    config_error const error{"m.yaml", 3, 14, "log.level", "expected info, got 'inof'", "info"};

    CHECK(
        to_text(error) == "m.yaml:3:14: log.level: expected info, got 'inof'; did you mean 'info'?"
    );
}

TEST_CASE("an error of the whole document has no path", "[config]") {
    config_errors const errors{
        {"m.yaml", 1, 1, "", "expected YAML", ""}, {"m.yaml", 2, 1, "", "x", ""}};

    CHECK(to_text(errors) == "m.yaml:1:1: expected YAML\nm.yaml:2:1: x\n");
    CHECK_THROWS_WITH(throw_exception_from_error(errors, BOOST_CURRENT_LOCATION), to_text(errors));
}
