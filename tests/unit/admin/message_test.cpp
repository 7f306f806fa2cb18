#include "proxy/admin/message.hpp"

#include <catch2/catch.hpp>

using millrace::admin::error_answer;

TEST_CASE("an error has the gateway's own shape", "[admin][json]") {
    auto const given = error_answer(404, "not_found", "no \"such\" path");

    REQUIRE(given.status == 404);
    REQUIRE(given.content_type == "application/json");
    REQUIRE(given.body == "{\"error\":\"no \\\"such\\\" path\",\"reason\":\"not_found\"}\n");
}
