#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::config;
using namespace millrace::config::test;

TEST_CASE("a choice is one of its names", "[config]") {
    CHECK(loaded(with_basics("log: {level: warning}")).log_level == log::level::warning);
}

TEST_CASE("another name is told with the nearest one", "[config]") {
    CHECK(
        errors_of(with_basics("log:\n  level: wraning")) ==
        "f:6:10: log.level: expected debug, info, warning or error, got 'wraning'; did you mean "
        "'warning'?\n"
    );
    CHECK(
        errors_of(with_basics("log: {level: 3}")) ==
        "f:5:14: log.level: expected debug, info, warning or error, got the number 3\n"
    );
}
