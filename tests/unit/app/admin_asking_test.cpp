#include "proxy/app/admin_asking.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace millrace;
using namespace millrace::app;

namespace {

int exit_code_of(unsigned status, const std::string& body) {
    admin::client_reply reply;
    reply.status = status;
    reply.body = body;
    return report_failure(reply);
}

}  // namespace

TEST_CASE("no answer and a refusal are told apart", "[app][admin]") {
    CHECK(exit_code_of(0, "") == exit_unreachable);
    CHECK(exit_code_of(409, R"({"error": "the rollout has ended", "reason": "conflict"})") == 1);
    CHECK(exit_code_of(404, R"({"error": 5})") == exit_failed);
    CHECK(exit_code_of(502, "<html>") == exit_failed);
    CHECK(exit_code_of(500, "[]") == exit_failed);
}

TEST_CASE("a command's own options stand beside those of all", "[app][admin]") {
    auto const shape = asking_shape({"--why"});
    auto const has = [&shape](std::string_view name) {
        return std::count(shape.with_value.begin(), shape.with_value.end(), name) == 1;
    };

    CHECK((has("--why") && has("--admin") && has("-c")));
    CHECK(shape.flags == std::vector<std::string_view>{"--json"});
}
