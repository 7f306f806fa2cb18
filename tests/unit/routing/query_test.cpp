#include "proxy/routing/query.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace millrace::routing {

namespace {

std::vector<std::string> texts_of(std::string_view rest) {
    std::vector<std::string> texts;
    while (auto const parameter = query::next(rest)) {
        texts.emplace_back(parameter->text);
    }
    return texts;
}

}  // namespace

TEST_CASE("a query is cut at each ampersand, empty parameters too", "[routing]") {
    CHECK(texts_of("a=1&&b") == std::vector<std::string>{"a=1", "", "b"});
    CHECK(texts_of("a=1&") == std::vector<std::string>{"a=1", ""});
    CHECK(texts_of("") == std::vector<std::string>{""});
    CHECK(texts_of({}).empty());
}

TEST_CASE("a parameter is cut at its first equals sign", "[routing]") {
    std::string_view rest = "a=b=c&flag";

    auto const first = query::next(rest);
    auto const second = query::next(rest);

    CHECK(first->name == "a");
    CHECK(first->value == "b=c");
    CHECK(second->name == "flag");
    CHECK(second->value.empty());
}

TEST_CASE("escapes and plus signs are compared as what they mean", "[routing]") {
    CHECK(query::equals("a%20b", "a b"));
    CHECK(query::equals("a+b", "a b"));
    CHECK(query::equals("a%2bb", "a+b"));
    CHECK_FALSE(query::equals("ab", "a"));
    CHECK_FALSE(query::equals("a", "ab"));
    CHECK(query::starts_with("%61bc", "ab"));
    CHECK(query::same("%76ersion", "version"));
    CHECK(query::same("a+b", "a%20b"));
    CHECK_FALSE(query::same("a", "ab"));
    CHECK(query::decoded("%c3%a4+%2B") == "\xc3\xa4 +");
}

TEST_CASE("an escape that is none stands for itself", "[routing]") {
    CHECK(query::decoded("100%") == "100%");
    CHECK(query::decoded("%zz%4") == "%zz%4");
}

}  // namespace millrace::routing
