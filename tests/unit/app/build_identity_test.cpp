#include "proxy/app/build_identity.hpp"

#include <catch2/catch.hpp>

using millrace::app::build_identity;
using millrace::app::processor_identity;

TEST_CASE("a program knows its build and its processor", "[app][replay]") {
    CHECK(build_identity() == build_identity());
    CHECK(build_identity().find(' ') != std::string::npos);
    CHECK_THAT(build_identity(), !Catch::EndsWith(" unknown"));
    CHECK_FALSE(processor_identity().empty());
}
