#include "proxy/admin/rendering.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace millrace::admin;

namespace {

std::string at(const std::string& document, const char* pointer) {
    return boost::json::serialize(boost::json::parse(document).at_pointer(pointer));
}

}  // namespace

TEST_CASE("latencies are milliseconds, or null without requests", "[admin][json]") {
    route_status one;
    one.name = "risk";
    one.backend_refs = {{.backend = "a", .latency_p50 = 1'500us}};

    auto const document = rendering::route(one);

    REQUIRE(at(document, "/backend_refs/0/p50_ms") == "1.5E0");
    REQUIRE(at(document, "/backend_refs/0/p99_ms") == "null");
}

TEST_CASE("a partition is shown with one route and not in the list", "[admin][json]") {
    route_status one;
    one.name = "risk";
    one.partition = {{"a", 0, 65'536}};

    REQUIRE(at(rendering::route(one), "/partition/0/end") == "65536");
    REQUIRE(rendering::routes({one}).find("partition") == std::string::npos);
}

TEST_CASE("names are escaped in JSON", "[admin][json]") {
    backend_status one;
    one.name = "a\"b\n";

    REQUIRE(at(rendering::backends({one}), "/backends/0/name") == R"("a\"b\n")");
}

TEST_CASE("a refused reload lists every error", "[admin][json]") {
    auto const document = rendering::reload_errors({"first", "second"});

    REQUIRE(at(document, "/reason") == R"("invalid_configuration")");
    REQUIRE(at(document, "/errors") == R"(["first","second"])");
}
