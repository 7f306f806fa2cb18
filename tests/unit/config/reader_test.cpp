#include "proxy/config/reader.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;

TEST_CASE("a reader knows the path of what it reads", "[config]") {
    reader in{"f"};
    node value;
    value.at = {7, 3};
    {
        reader::scope const outer{in, "routes"};
        reader::scope const inner{in, std::size_t{2}};
        in.fail(value, "inside");
    }
    in.fail_key({"worker", {2, 1}, nullptr}, "outside", "workers");

    auto const errors = in.take();

    REQUIRE(errors.size() == 2);
    CHECK(to_text(errors[0]) == "f:2:1: worker: outside; did you mean 'workers'?");
    CHECK(to_text(errors[1]) == "f:7:3: routes[2]: inside");
    CHECK(in.error_count() == 0);
}

TEST_CASE("errors and regular expressions are bounded", "[config]") {
    reader in{"f"};

    for (std::size_t i = 0; i < 2 * reader::errors_max; ++i) {
        in.fail({}, "wrong");
    }
    for (int i = 0; i < reader::regexes_max; ++i) {
        REQUIRE(in.admit_regex());
    }

    CHECK(in.full());
    CHECK(in.error_count() == reader::errors_max);
    CHECK_FALSE(in.admit_regex());
}
