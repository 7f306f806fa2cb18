#include "proxy/config/number_shape.hpp"

#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace millrace::config;
using namespace millrace::config::test;

namespace {

std::optional<double> read(const std::string& text, real_range range) {
    reader in{"f"};
    double value = -1;
    number(range)->read(in, *parse_document(text, "f").root, value);
    return in.error_count() == 0 ? std::optional{value} : std::nullopt;
}

}  // namespace

TEST_CASE("a number may be whole or not", "[config]") {
    real_range const any{0, 1'000};

    CHECK(read("5", any) == 5);
    CHECK(read("0.25", any) == 0.25);
    CHECK(read(".5", any) == 0.5);
    CHECK(read("1e-3", any) == 0.001);
    for (auto const* text :
         {"x", "'5'", "5%", "0x10", ".nan", ".inf", "true", "[]", "~", "1e999"}) {
        INFO(text);
        CHECK_FALSE(read(text, any));
    }
}

TEST_CASE("a range has its ends, or begins above the lower one", "[config]") {
    CHECK(read("1", {1, 20}));
    CHECK(read("20", {1, 20}));
    CHECK_FALSE(read("0.999", {1, 20}));
    CHECK_FALSE(read("20.001", {1, 20}));
    CHECK_FALSE(read("1", {1, 20, true}));
    CHECK(read("1.001", {1, 20, true}));
}

TEST_CASE("a number is written as people write it", "[config]") {
    auto const shape = number({0, 1e18});

    CHECK(shape->write(5) == json::value(5));
    CHECK(shape->write(0.01) == json::value(0.01));
    CHECK(shape->write(1e17).is_double());
}

TEST_CASE("the range is told and stands in the schema", "[config]") {
    auto const shape = number({0, 0.5, true});

    CHECK(shape->info().range == "above 0, at most 0.5");
    CHECK(number({1, 20})->info().range == "from 1 to 20");
    CHECK(shape->schema().contains("exclusiveMinimum"));
    CHECK(number({1, 20})->schema().contains("minimum"));
}
