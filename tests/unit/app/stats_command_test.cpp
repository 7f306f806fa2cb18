#include "proxy/app/commands.hpp"

#include <catch2/catch.hpp>

#include <string_view>
#include <vector>

using namespace millrace::app;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

int run(const std::vector<std::string_view>& given) {
    return stats_command(given);
}

}  // namespace

TEST_CASE("the functions are listed when none is named", "[app][stats]") {
    CHECK(run({}) == exit_ok);
    CHECK(run({"--help"}) == exit_ok);
    CHECK(run({"cles", "-h"}) == exit_ok);
}

TEST_CASE("a function is computed", "[app][stats]") {
    CHECK(run({"percentile", "--json", R"({"testData":[1,2],"p":50})"}) == exit_ok);
    CHECK(run({R"(--json={"testData":[1,2],"p":50})", "percentile"}) == exit_ok);
}

TEST_CASE("a wrong call is told apart from a failure", "[app][stats]") {
    CHECK(run({"percentile"}) == exit_bad_arguments);
    CHECK(run({"--json", "{}"}) == exit_bad_arguments);
    CHECK(run({"none", "--json", "{}"}) == exit_bad_arguments);
    CHECK(run({"percentile", "--json", "{"}) == exit_bad_arguments);
    CHECK(run({"percentile", "--json", "[]"}) == exit_bad_arguments);
    CHECK(run({"percentile", "--json", "{}"}) == exit_bad_arguments);
    CHECK(run({"percentile", "more", "--json", "{}"}) == exit_bad_arguments);
    CHECK(run({"percentile", "--other", "--json", "{}"}) == exit_bad_arguments);
}
