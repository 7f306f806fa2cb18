#include "proxy/config/container_shapes.hpp"

#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;
using namespace millrace::config::test;

TEST_CASE("a list is told from everything else", "[config]") {
    CHECK(
        errors_of(with_route("backend_refs: a")) ==
        "f:4:27: routes[0].backend_refs: expected a list, got text\n"
    );
    CHECK(
        errors_of(with_route("backend_refs: []")) ==
        "f:4:27: routes[0].backend_refs: expected a list of 1 to 100 elements, got 0\n"
    );
}

TEST_CASE("a mapping of names takes each name once", "[config]") {
    CHECK(
        errors_of("listeners: [{bind: 127.0.0.1:1}]\n"
                  "backends:\n"
                  "  a: {url: 'http://x'}\n"
                  "  a: {url: 'http://y'}\n"
                  "routes: [{name: r, backend_refs: [{backend: a}]}]"
        ) == "f:4:3: backends.a: expected each key once, got 'a' again\n"
    );
    CHECK(
        errors_of("listeners: [{bind: 127.0.0.1:1}]\nbackends: [a]\n"
                  "routes: [{name: r, backend_refs: [{backend: a}]}]") ==
        "f:2:11: backends: expected a mapping, got a list\n"
        "f:3:45: routes[0].backend_refs[0].backend: expected the name of a backend, got 'a'\n"
    );
}

TEST_CASE("one value may stand for a list of one", "[config]") {
    auto const shape = one_or_list(text({}), {0, 2});
    reader in{"f"};
    std::vector<std::string> read;

    shape->read(in, *parse_document("POST", "f").root, read);
    CHECK(read == std::vector<std::string>{"POST"});
    shape->read(in, *parse_document("[GET, HEAD]", "f").root, read);
    CHECK(read == std::vector<std::string>{"GET", "HEAD"});
    CHECK(in.error_count() == 0);
    CHECK(shape->info().type == "text | list of text");
}

TEST_CASE("a masked value is read and never written", "[config]") {
    auto const shape = masked(text({}));
    reader in{"f"};
    std::string read;

    shape->read(in, *parse_document("secret", "f").root, read);

    CHECK(read == "secret");
    CHECK(shape->write(read).is_null());
}
