#include "proxy/config/scalar_shapes.hpp"

#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;
using namespace std::chrono_literals;

namespace {

std::optional<microseconds> duration_of(const std::string& text) {
    reader in{"f"};
    return read_duration(in, *parse_document(text, "f").root, {});
}

std::optional<std::uint64_t> bytes_of(const std::string& text) {
    reader in{"f"};
    return read_bytes(in, *parse_document(text, "f").root, {0, UINT64_MAX});
}

std::string with_connect(const std::string& value) {
    return with_backend("{url: 'http://x', timeouts: {connect: " + value + "}}");
}

}  // namespace

TEST_CASE("durations have a unit", "[config]") {
    CHECK(duration_of("500us") == 500us);
    CHECK(duration_of("300ms") == 300ms);
    CHECK(duration_of("5s") == 5s);
    CHECK(duration_of("10m") == 10min);
    CHECK(duration_of("6h") == 6h);
    CHECK(duration_of("1d") == 24h);
    CHECK(duration_of("0") == 0us);
    for (auto const* text :
         {"5",
          "1.5s",
          "-1s",
          "s",
          "5 s",
          "5S",
          "5sec",
          "''",
          "[]",
          "1h30m",
          "99999999999999999999s",
          "18446744073709551615d",
          "'0'"}) {
        INFO(text);
        CHECK_FALSE(duration_of(text));
    }
}

TEST_CASE("a bare number is no duration", "[config]") {
    CHECK(
        errors_of(with_connect("5")) ==
        "f:2:53: backends.a.timeouts.connect: expected a unit (us, ms, s, m, h or d) behind the "
        "number, got the number 5; did you mean '5s'?\n"
    );
}

TEST_CASE("a duration has a range and a step", "[config]") {
    CHECK(
        errors_of(with_connect("25h")) ==
        "f:2:53: backends.a.timeouts.connect: expected a duration from 0 to 1d, got '25h'\n"
    );
    CHECK(
        errors_of(with_connect("500us")) ==
        "f:2:53: backends.a.timeouts.connect: expected a multiple of 1ms, got '500us'\n"
    );
}

TEST_CASE("durations are written in the largest unit that divides them", "[config]") {
    CHECK(write_duration(0us) == 0);
    CHECK(write_duration(90s) == "90s");
    CHECK(write_duration(60s) == "1m");
    CHECK(write_duration(1'500us) == "1500us");
    CHECK(write_duration(48h) == "2d");
}

TEST_CASE("sizes are bytes or have a binary unit", "[config]") {
    CHECK(bytes_of("0") == 0);
    CHECK(bytes_of("1000") == 1000);
    CHECK(bytes_of("7B") == 7);
    CHECK(bytes_of("64KiB") == 65'536);
    CHECK(bytes_of("1MiB") == 1'048'576);
    CHECK(bytes_of("1GiB") == 1'073'741'824);
    for (auto const* text :
         {"-1", "1.5", "1KB", "1kib", "KiB", "1 MiB", "0x10", "18446744073709551615GiB", "{}"}) {
        INFO(text);
        CHECK_FALSE(bytes_of(text));
    }
    CHECK(write_bytes(65'536) == "64KiB");
    CHECK(write_bytes(1'000) == 1'000);
    CHECK(write_bytes(0) == 0);
}

TEST_CASE("integers are plain decimals inside their range", "[config]") {
    CHECK(
        errors_of(with_basics("workers: 1025")) ==
        "f:5:10: workers: expected an integer from 0 to 1024, got the number 1025\n"
    );
    CHECK(
        errors_of(with_basics("workers: '2'")) ==
        "f:5:10: workers: expected an integer from 0 to 1024, got '2'; did you mean '2'?\n"
    );
    for (auto const* text : {"0x10", "1e2", "-1", "+1", "1.0", "two", "true", "[1]", "~"}) {
        INFO(text);
        CHECK_FALSE(errors_of(with_basics(std::string{"workers: "} + text)).empty());
    }
}
