#include "proxy/providers/template_text.hpp"

#include <catch2/catch.hpp>

using millrace::providers::substitute;

namespace {

std::string filled(std::string_view text) {
    return substitute(text, [](std::string_view name) -> std::optional<std::string> {
        if (name == "name") {
            return "v1";
        }
        return name == "dollar" ? std::optional<std::string>{"$name"} : std::nullopt;
    });
}

}  // namespace

TEST_CASE("placeholders are replaced, with and without braces", "[providers]") {
    CHECK(filled("{service=~'.*$name'}[${name}s]") == "{service=~'.*v1'}[v1s]");
    CHECK(filled("$name$name") == "v1v1");
    CHECK(filled("") == "");
    CHECK(filled("$name") == "v1");
}

TEST_CASE("what is no known placeholder stays as it is", "[providers]") {
    for (auto const* text :
         {"$other", "${other}", "$", "a$", "${", "${}", "${na me}", "$1", "${name"}) {
        INFO(text);
        CHECK(filled(text) == text);
    }
}

TEST_CASE("two dollar signs are one", "[providers]") {
    CHECK(filled("$$name") == "$name");
    CHECK(filled("$$$name") == "$v1");
}

TEST_CASE("what was put in is not looked at again", "[providers]") {
    CHECK(filled("$dollar") == "$name");
}
