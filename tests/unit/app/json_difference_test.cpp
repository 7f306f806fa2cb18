#include "proxy/app/json_difference.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

using millrace::app::first_difference;

namespace {

std::string difference(const char* one, const char* other, double tolerance = 0) {
    return first_difference(boost::json::parse(one), boost::json::parse(other), tolerance)
        .value_or("none");
}

}  // namespace

TEST_CASE("equal documents have no difference, whatever their order", "[app][replay]") {
    CHECK(
        difference(R"({"a":[1,{"b":null}],"c":"x"})", R"({"c":"x","a":[1,{"b":null}]})") == "none"
    );
}

TEST_CASE("the first difference is named by its path", "[app][replay]") {
    CHECK(
        difference(R"({"a":[1,{"b":2.5}]})", R"({"a":[1,{"b":2.75}]})") ==
        "a[1].b: recorded 2.5E0, recomputed 2.75E0"
    );
    CHECK(difference(R"({"a":1})", "{}") == "a: only recorded");
    CHECK(difference("{}", R"({"a":1})") == ": more was recomputed than recorded");
    CHECK(difference("[1]", "[1,2]") == ": recorded 1, recomputed 2 of them");
    CHECK(difference("1", "\"1\"") == "the whole: recorded 1, recomputed \"1\"");
}

TEST_CASE("numbers may differ within a tolerance of their size", "[app][replay]") {
    CHECK(difference("1000000.0001", "1000000.0002", 1e-9) == "none");
    CHECK(difference("1000000.01", "1000000.02", 1e-9) != "none");
    CHECK(difference("0", "1e-10", 1e-9) == "none");
    CHECK(difference("0", "1e-8", 1e-9) != "none");
    CHECK(difference("1", "1.0", 0) == "none");
    CHECK(difference("1.0", "1.0000000000000002", 0) != "none");
    CHECK(difference("null", "1", 1) != "none");
}
