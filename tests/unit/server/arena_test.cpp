#include "proxy/server/arena.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using millrace::server::arena;

TEST_CASE("copies are independent of what they were made from", "[server][arena]") {
    arena values;
    std::string text = "hello";

    auto const copy = values.copy(text);
    text = "other";

    CHECK(copy == "hello");
}

TEST_CASE("what was given out stays until the arena is cleared", "[server][arena]") {
    arena values;
    std::vector<std::string_view> copies;
    // More than one block, and pieces larger than a block.
    for (int i = 0; i < 500; ++i) {
        copies.push_back(
            values.copy(std::string(static_cast<std::size_t>(i), static_cast<char>('a' + i % 26)))
        );
    }
    copies.push_back(values.copy(std::string(50'000, 'L')));

    for (int i = 0; i < 500; ++i) {
        CHECK(
            copies[static_cast<std::size_t>(i)] ==
            std::string(static_cast<std::size_t>(i), static_cast<char>('a' + i % 26))
        );
    }
    CHECK(copies.back() == std::string(50'000, 'L'));
}

TEST_CASE("a cleared arena gives the same memory again", "[server][arena]") {
    arena values;
    const void* const first = values.allocate(100);
    (void)values.allocate(100'000);

    values.clear();

    CHECK(static_cast<const void*>(values.allocate(100)) == first);
}

TEST_CASE("nothing needs no memory", "[server][arena]") {
    arena values;

    CHECK(values.copy("").empty());
    const void* const nowhere = values.allocate(0);
    const void* const first = values.allocate(1);
    CHECK(nowhere == first);
}
