#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace millrace;
using namespace millrace::config;
using namespace millrace::config::test;

TEST_CASE("the admin API listens on loopback unless told otherwise", "[config]") {
    auto const admin = loaded(with_basics("")).admin;

    CHECK(admin.enabled);
    CHECK(admin.address == "127.0.0.1");
    CHECK(admin.port == 9901);
}

TEST_CASE("the admin API is switched off by off and by false", "[config]") {
    CHECK_FALSE(loaded(with_basics("admin: off")).admin.enabled);
    CHECK_FALSE(loaded(with_basics("admin: false")).admin.enabled);
    CHECK(
        errors_of(with_basics("admin: true")) ==
        "f:5:8: admin: expected off or a mapping such as {bind: 127.0.0.1:9901}, got true\n"
    );
}

TEST_CASE("the admin API may listen on a Unix socket", "[config]") {
    auto const admin = loaded(with_basics("admin: {bind: 'unix:/run/millrace.sock'}")).admin;

    CHECK(admin.unix_path == "/run/millrace.sock");
    CHECK(admin.address.empty());
    CHECK_FALSE(
        errors_of(with_basics("admin: {bind: 'unix:/" + std::string(200, 'x') + "'}")).empty()
    );
}

TEST_CASE("the admin API beyond loopback needs insecure: true", "[config]") {
    CHECK(
        errors_of(with_basics("admin: {bind: 0.0.0.0:9901}")) ==
        "f:5:15: admin.bind: expected a loopback address, a Unix socket or insecure: true beside "
        "it, got '0.0.0.0'\n"
    );
    CHECK(loaded(with_basics("admin: {bind: '10.0.0.1:9901', insecure: true}")).admin.insecure);
}

TEST_CASE("the admin API's address is an address", "[config]") {
    CHECK(
        errors_of(with_basics("admin: {bind: localhost:9901}")) ==
        "f:5:15: admin.bind: expected an address and a port such as 127.0.0.1:9901, or "
        "unix:/path, got 'localhost:9901'; did you mean '127.0.0.1:9901'?\n"
    );
}

TEST_CASE("tokens have names, roles and a file or a variable", "[config]") {
    setenv("MILLRACE_TEST_TOKEN", "0123456789abcdef", 1);
    auto const tokens = loaded(with_basics("admin: {tokens: [{name: ci, role: operate, token_env: "
                                           "MILLRACE_TEST_TOKEN}, {name: eye, token_file: /t}]}"))
                            .admin.tokens;

    REQUIRE(tokens.size() == 2);
    CHECK(tokens[0] == admin::token_params{"ci", admin::role::operate, "", "0123456789abcdef"});
    CHECK(tokens[1] == admin::token_params{"eye", admin::role::read, "/t", ""});
}

TEST_CASE("a token's name is its own", "[config]") {
    for (auto const* name : {"eye", "admin"}) {
        auto const errors = errors_of(with_basics(
            std::string{"admin: {tokens: [{name: eye, token_file: /t}, {name: "} + name +
            ", token_file: /u}]}"
        ));
        CHECK_THAT(
            errors,
            Catch::Contains("admin.tokens[1]: expected each name once") &&
                Catch::Contains("got '" + std::string{name} + "'")
        );
    }
}

TEST_CASE("ids can be turned off one by one", "[config]") {
    auto const ids =
        loaded(
            with_basics(
                "ids: {request_id: false, millrace_id: false, version: false, trace_context: false}"
            )
        )
            .ids;

    CHECK_FALSE(ids.request_id);
    CHECK_FALSE(ids.millrace_id);
    CHECK_FALSE(ids.version);
    CHECK_FALSE(ids.trace_context);
    CHECK(ids.keys.empty());
}

TEST_CASE("the keys of ids come from the environment, each with its own number", "[config]") {
    setenv("MILLRACE_TEST_ID_KEY", "0123456789abcdef", 1);

    auto const ids =
        loaded(with_basics("ids: {keys: [{id: 7, secret_env: MILLRACE_TEST_ID_KEY}]}")).ids;

    REQUIRE(ids.keys.size() == 1);
    CHECK(ids.keys[0].id == 7);
    CHECK(ids.keys[0].secret == derive_siphash_key("0123456789abcdef"));
    CHECK(
        errors_of(with_basics("ids:\n"
                              "  keys:\n"
                              "  - {id: 1, secret_env: MILLRACE_TEST_ID_KEY}\n"
                              "  - {id: 1, secret_env: MILLRACE_TEST_ID_KEY}")) ==
        "f:8:5: ids.keys[1]: expected each id once, got 1 again\n"
    );
    CHECK(
        errors_of(with_basics("ids: {keys: [{id: 256}]}")) ==
        "f:5:14: ids.keys[0]: expected one of secret_env or secret_file, got none\n"
        "f:5:19: ids.keys[0].id: expected an integer from 0 to 255, got the number 256\n"
    );
}
