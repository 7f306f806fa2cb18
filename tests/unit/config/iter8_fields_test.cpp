#include "proxy/config/iter8_fields.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;

namespace {

/// A mapping, and what reading it reported.
struct told {
    explicit told(const std::string& text) : document{parse_document(text, "f")} {
        REQUIRE(document.root);
    }

    [[nodiscard]] const node& root() const { return *document.root; }

    [[nodiscard]] std::string errors() { return to_text(in.take()); }

    parsed_document document;
    reader in{"f"};
};

}  // namespace

TEST_CASE("scalars of any kind are texts", "[config]") {
    told from{"{a: 1, b: x, c: null, d: [1]}"};

    CHECK(scalar_of(from.in, from.root(), "a") == "1");
    CHECK(scalar_of(from.in, from.root(), "b") == "x");
    CHECK(scalar_of(from.in, from.root(), "c").empty());
    CHECK(scalar_of(from.in, from.root(), "e").empty());
    CHECK(from.errors().empty());
    CHECK(scalar_of(from.in, from.root(), "d").empty());
    CHECK(required_scalar_of(from.in, from.root(), "e").empty());
    CHECK(
        from.errors() ==
        "f:1:1: expected the key 'e', got none\nf:1:26: d: expected text, got a list\n"
    );
}

TEST_CASE("quantities and counts are numbers", "[config]") {
    told from{"{a: 10m, b: \"0.5\", c: 3, d: x, e: 0, f: [1]}"};

    CHECK(number_of(from.in, from.root(), "a") == 0.01);
    CHECK(number_of(from.in, from.root(), "b") == 0.5);
    CHECK(count_of(from.in, from.root(), "c") == 3U);
    CHECK_FALSE(number_of(from.in, from.root(), "z"));
    CHECK(from.errors().empty());
    CHECK_FALSE(number_of(from.in, from.root(), "d"));
    CHECK_FALSE(count_of(from.in, from.root(), "e"));
    CHECK_FALSE(number_of(from.in, from.root(), "f"));
    auto const errors = from.errors();
    CHECK(errors.find("f:1:29: d: expected a quantity") == 0);
}

TEST_CASE("choices and truth values have few words", "[config]") {
    told from{"{a: High, b: high, c: true, d: 1}"};

    CHECK(choice_of(from.in, from.root(), "a", {"High", "Low"}) == 0U);
    CHECK(boolean_of(from.in, from.root(), "c") == true);
    CHECK_FALSE(boolean_of(from.in, from.root(), "z"));
    CHECK(from.errors().empty());
    CHECK_FALSE(choice_of(from.in, from.root(), "b", {"High", "Low"}));
    CHECK(from.errors().find("f:1:14: b: ") == 0);
}

TEST_CASE("lists and mappings are walked with their paths", "[config]") {
    told from{"{a: [1, 2], b: {x: 1, y: 2}, c: 5}"};
    std::string seen;

    for_items(from.in, from.root(), "a", [&](const node& each) { seen += each.text; });
    for_members(from.in, from.root(), "b", [&](const member& each) { seen += each.key; });
    for_key(from.in, from.root(), "z", [&](const node&) { seen += "z"; });

    CHECK(seen == "12xy");
    for_items(from.in, from.root(), "c", [](const node&) {});
    for_members(from.in, from.root(), "c", [](const member&) {});
    CHECK(
        from.errors() ==
        "f:1:33: c: expected a list, got a number\nf:1:33: c: expected a mapping, got a number\n"
    );
}
