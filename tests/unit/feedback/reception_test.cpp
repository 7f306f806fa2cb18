#include "proxy/feedback/reception.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string_view>

using namespace millrace::feedback;  // NOLINT(google-build-using-namespace): the subject

TEST_CASE("whatever becomes of a label has a name of its own", "[feedback]") {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < receptions; ++i) {
        auto const name = name_of(static_cast<reception>(i));
        CHECK_FALSE(name.empty());
        CHECK(names.insert(name).second);
    }
    CHECK(names.count("accepted") == 1);
    CHECK(names.count("early") == 1);
}
