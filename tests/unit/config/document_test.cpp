#include "proxy/config/document.hpp"

#include <catch2/catch.hpp>

using namespace millrace::config;

namespace {

std::string fault_of(std::string_view text) {
    auto const parsed = parse_document(text, "f");
    return parsed.errors.empty() ? "" : to_text(parsed.errors.front());
}

}  // namespace

TEST_CASE("a document becomes a tree that knows its places", "[config]") {
    auto const parsed = parse_document("a: 1\nb:\n  - x\n  - {c: true}\n", "f");

    REQUIRE(parsed.root);
    auto const* list = parsed.root->find("b");
    REQUIRE(list != nullptr);
    CHECK(list->kind == node::kind::sequence);
    REQUIRE(list->items.size() == 2);
    CHECK(list->items[0]->at.line == 3);
    CHECK(list->items[0]->at.column == 5);
    auto const* inner = list->items[1]->find("c");
    REQUIRE(inner != nullptr);
    CHECK(inner->kind == node::kind::boolean);
    CHECK(inner->at.column == 9);
    CHECK(parsed.root->members[1].at.line == 2);
}

TEST_CASE("an empty document is nothing", "[config]") {
    CHECK(parse_document("", "f").root->kind == node::kind::null);
    CHECK(parse_document("# only a comment\n", "f").root->kind == node::kind::null);
}

TEST_CASE("what is quoted is text", "[config]") {
    auto const parsed = parse_document("[1, '1', \"true\", !!str 1]", "f");

    REQUIRE(parsed.root);
    CHECK(parsed.root->items[0]->kind == node::kind::integer);
    CHECK(parsed.root->items[1]->kind == node::kind::text);
    CHECK(parsed.root->items[2]->kind == node::kind::text);
    CHECK(parsed.root->items[3]->kind == node::kind::text);
}

TEST_CASE("anchors and aliases share a value", "[config]") {
    auto const parsed = parse_document("a: &x {k: v}\nb: *x\n", "f");

    REQUIRE(parsed.root);
    CHECK(parsed.root->find("b") == parsed.root->find("a"));
}

TEST_CASE("a syntax error is told with its place", "[config]") {
    CHECK(fault_of("a: [1, 2\nb: 3\n").starts_with("f:2:2: expected YAML, got: "));
    CHECK(fault_of("a: 'x").starts_with("f:1:"));
    CHECK(fault_of("a: *x").find("expected YAML") != std::string::npos);
}

TEST_CASE("constructs outside the language are refused", "[config]") {
    CHECK(fault_of("a: 1\n---\nb: 2\n").find("expected one document") != std::string::npos);
    CHECK(fault_of("a: !secret x") == "f:1:4: expected a value without a tag");
    CHECK(fault_of("a: !!map {}") == "f:1:4: expected a value without a tag");
    CHECK(fault_of("[a]: 1").find("expected a name as the key") != std::string::npos);
    CHECK(fault_of("a: &x [*x]") == "f:1:8: expected an alias of something complete");
}

TEST_CASE("bytes that are no text are refused where they stand", "[config]") {
    CHECK(
        fault_of(std::string{"a: 1\nb: \xff\n"}) ==
        "f:2:4: expected UTF-8 text without control characters"
    );
    CHECK(
        fault_of(std::string_view{"a\0b", 3}) ==
        "f:1:2: expected UTF-8 text without control characters"
    );
}

TEST_CASE("size, depth and number of values are bounded", "[config]") {
    CHECK(
        fault_of(std::string(document_limits::bytes_max + 1, '#')) ==
        "f:1:1: expected a file of at most 1048576 bytes, got 1048577"
    );
    CHECK(fault_of(std::string(32, '[') + std::string(32, ']')).empty());
    CHECK(
        fault_of(std::string(33, '[') + std::string(33, ']')) ==
        "f:1:33: expected at most 32 levels"
    );
    CHECK(
        fault_of(
            "- &a " + std::string(20, '[') + std::string(20, ']') + "\n- " + std::string(20, '[') +
            "*a" + std::string(20, ']')
        ) == "f:2:23: expected at most 32 levels"
    );
}

TEST_CASE("a billion laughs are refused at the first one that is too many", "[config]") {
    std::string text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c <= 'i'; ++c) {
        auto const before = std::string(1, static_cast<char>(c - 1));
        text += std::string(1, c) + ": &" + c + " [";
        for (int i = 0; i < 10; ++i) {
            text += (i > 0 ? ", *" : "*") + before;
        }
        text += "]\n";
    }

    CHECK(fault_of(text).find("expected at most 250000 values") != std::string::npos);
}
