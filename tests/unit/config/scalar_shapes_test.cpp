#include "proxy/config/scalar_shapes.hpp"

#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;

TEST_CASE("a switch is true or false", "[config]") {
    CHECK(loaded(with_basics("ids: {version: False}")).ids.version == false);
    CHECK(
        errors_of(with_basics("ids: {version: off}")) ==
        "f:5:16: ids.version: expected true or false, got 'off'; did you mean 'false'?\n"
    );
    CHECK(
        errors_of(with_basics("ids: {version: [true]}")) ==
        "f:5:16: ids.version: expected true or false, got a list\n"
    );
}

TEST_CASE("text that looks like something else needs quotes", "[config]") {
    CHECK(
        errors_of(with_basics("data_dir: 5")) ==
        "f:5:11: data_dir: expected the path of a directory, got the number 5; did you mean "
        "'\"5\"'?\n"
    );
    CHECK(
        errors_of(with_basics("data_dir: ''")) ==
        "f:5:11: data_dir: expected the path of a directory, got ''\n"
    );
    CHECK(
        errors_of(with_basics("data_dir:"))
            .find("data_dir: expected the path of a directory, got nothing") != std::string::npos
    );
}

TEST_CASE("too long regular expressions are refused", "[config]") {
    auto const shape = regex_text();
    reader in{"f"};
    std::string read;

    shape->read(in, *parse_document(std::string(1'024, 'a'), "f").root, read);
    CHECK(in.error_count() == 0);
    shape->read(in, *parse_document(std::string(1'025, 'a'), "f").root, read);
    CHECK(in.error_count() == 1);
}
