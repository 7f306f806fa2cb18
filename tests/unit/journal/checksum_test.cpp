#include "proxy/journal/checksum.hpp"

#include <catch2/catch.hpp>

using millrace::journal::record_checksum;

TEST_CASE("a checksum is of the columns, not of their bytes in a row", "[journal]") {
    auto const one = record_checksum{}.text("ab").text("c").value();

    CHECK(one == record_checksum{}.text("ab").text("c").value());
    CHECK(one != record_checksum{}.text("a").text("bc").value());
    CHECK(one != record_checksum{}.text("ab").text("d").value());
    CHECK(record_checksum{}.number(1).value() != record_checksum{}.number(2).value());
    CHECK(record_checksum{}.number(-1).value() != record_checksum{}.number(255).value());
    CHECK(record_checksum{}.value() != 0);
}
