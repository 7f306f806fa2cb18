#include "proxy/app/commands.hpp"

#include <catch2/catch.hpp>

#include <string_view>
#include <vector>

using namespace millrace::app;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

int run(std::vector<std::string_view> given) {
    given.insert(given.end(), {"--admin", "unix:/no/such/socket"});
    return run_command(given);
}

}  // namespace

TEST_CASE("the audit record and webhooks are asked of the gateway", "[app][webhooks]") {
    CHECK(run({"audit"}) == exit_unreachable);
    CHECK(run({"webhooks"}) == exit_unreachable);
    CHECK(run({"webhooks", "resend", "7"}) == exit_unreachable);
    CHECK(run({"webhooks", "resend", "all"}) == exit_unreachable);
    CHECK(run({"audit", "--help"}) == exit_ok);
    CHECK(run({"webhooks", "--help"}) == exit_ok);
}

TEST_CASE("they take what they are made for", "[app][webhooks]") {
    CHECK(run({"audit", "risk"}) == exit_bad_arguments);
    CHECK(run({"webhooks", "resend"}) == exit_bad_arguments);
    CHECK(run({"webhooks", "send", "7"}) == exit_bad_arguments);
    CHECK(run({"webhooks", "resend", "7", "8"}) == exit_bad_arguments);
}
