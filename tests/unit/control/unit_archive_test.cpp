#include "proxy/control/unit_archive.hpp"

#include <catch2/catch.hpp>

namespace millrace::control {

namespace {

unit_changes some_changes() {
    return {
        .threshold = 12,
        .assumed = {0, 4'000},
        .open = 3,
        .records = {
            {.hash = 0x1234'0000'0000'0001, .known = {5, 65'536}, .epoch = 2},
            {.hash = 9, .known = {0, 5}, .epoch = 3}}};
}

}  // namespace

TEST_CASE("what was written is read again", "[control][unit]") {
    CHECK(unit_changes_from_bytes(to_bytes(some_changes())) == some_changes());
    CHECK(unit_changes_from_bytes(to_bytes({})) == unit_changes{});
}

TEST_CASE("a unit takes 20 bytes", "[control][unit]") {
    auto more = some_changes();
    more.records.push_back({.hash = 7, .known = {}, .epoch = 1});

    CHECK(to_bytes(more).size() == to_bytes(some_changes()).size() + 20);
}

TEST_CASE("what is not whole is refused", "[control][unit]") {
    auto const bytes = to_bytes(some_changes());
    auto other_layout = bytes;
    other_layout.front() = 9;

    for (std::size_t size = 0; size < bytes.size(); ++size) {
        auto const found = unit_changes_from_bytes(std::string_view{bytes}.substr(0, size));
        // At the border of a record nothing tells that others are missing.
        CHECK((!found || found->records.size() < 2));
    }
    CHECK_FALSE(unit_changes_from_bytes(other_layout));
}

}  // namespace millrace::control
