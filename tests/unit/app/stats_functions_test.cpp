#include "proxy/app/stats_functions.hpp"

#include "tests/unit/app/stats_vectors.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace millrace::app;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("every function has a name of its own, a summary and told arguments", "[app][stats]") {
    std::set<std::string> names;
    for (auto const& function : stats_functions()) {
        CAPTURE(function.name);
        CHECK(names.insert(function.name).second);
        CHECK_FALSE(function.summary.empty());
        CHECK_FALSE(function.arguments.empty());
        std::set<std::string> arguments;
        for (auto const& argument : function.arguments) {
            CHECK(arguments.insert(argument.name).second);
            CHECK_FALSE(argument.text.empty());
        }
    }
}

TEST_CASE("every required argument is asked for by name", "[app][stats]") {
    for (auto const& function : stats_functions()) {
        CAPTURE(function.name);
        auto const errors = function.call({}).errors;
        for (auto const& argument : function.arguments) {
            auto const complaint = "argument '" + argument.name + "' is missing";
            bool const asked = std::find(errors.begin(), errors.end(), complaint) != errors.end();
            CHECK(asked == argument.required);
        }
    }
}

TEST_CASE("arguments that do not exist are refused", "[app][stats]") {
    for (auto const& function : stats_functions()) {
        CAPTURE(function.name);
        auto const errors = function.call({{"no such", 1}}).errors;
        REQUIRE_FALSE(errors.empty());
        CHECK(errors.front() == "there is no argument 'no such'");
    }
}

TEST_CASE("all that is wrong is told at once", "[app][stats]") {
    auto const answer = testing::called("normal_mixture_bound", R"({"v":-1,"alpha":"x","w":2})");

    CHECK(
        answer.errors ==
        std::vector<std::string>{
            "there is no argument 'w'",
            "argument 'v' must be: number at least 0",
            "argument 'alpha' must be: number in (0, 1)",
            "argument 'v_opt' is missing",
        }
    );
}

TEST_CASE("functions are found by name, with or without a note", "[app][stats]") {
    CHECK(find_stats_function("cles") != nullptr);
    CHECK(find_stats_function("cles (with a note)") == find_stats_function("cles"));
    CHECK(find_stats_function("CLES") == nullptr);
    CHECK(find_stats_function("") == nullptr);
}
