#include "proxy/providers/jq_filter.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <future>

using namespace millrace::providers;
using kind = enum jq_answer::kind;

namespace {

constexpr const char* prometheus = ".data.result[0].value[1] | tonumber";

jq_answer run(const std::string& expression, std::string_view json) {
    auto const made = jq_filter::compile(expression);
    INFO(made.problem);
    REQUIRE(made.filter != nullptr);
    return made.filter->run(json);
}

}  // namespace

TEST_CASE("the first result is the value", "[providers]") {
    auto const* answer = R"({"data":{"result":[{"value":[1600000000,"12.5"]}]}})";
    CHECK(run(prometheus, answer).kind == kind::number);
    CHECK(run(prometheus, answer).value == 12.5);
    CHECK(run(".[]", "[3,4]").value == 3);
    CHECK(run(".", "-1e3").value == -1000);
}

TEST_CASE("what is not there is no value", "[providers]") {
    CHECK(run(prometheus, R"({"data":{"result":[]}})").kind == kind::nothing);
    CHECK(run(prometheus, R"({"data":{"result":[{"value":[1,"NaN"]}]}})").kind == kind::nothing);
    CHECK(run(".a", "{}").kind == kind::nothing);
    CHECK(run("empty", "{}").kind == kind::nothing);
    CHECK(run(".a[]", "{}").kind == kind::nothing);
}

TEST_CASE("an answer that is none is wrong, and says why", "[providers]") {
    CHECK(run(".", "<html>").kind == kind::wrong);
    CHECK(run(".", "").kind == kind::wrong);
    CHECK(run(".", "1 2").kind == kind::wrong);
    CHECK(run(".", "\"12\"").detail == "expected a number, got string");
    CHECK(run(".a | tonumber", R"({"a":"x"})").detail.starts_with("jq: "));
    CHECK(run("error(\"no\")", "1").detail == "jq: no");
}

TEST_CASE("a filter runs again after an error", "[providers]") {
    auto const made = jq_filter::compile(".a | tonumber");
    REQUIRE(made.filter != nullptr);

    CHECK(made.filter->run(R"({"a":"x"})").kind == kind::wrong);
    CHECK(made.filter->run(R"({"a":"7"})").value == 7);
}

TEST_CASE("what is no expression does not compile", "[providers]") {
    auto const made = jq_filter::compile(".a |");

    CHECK(made.filter == nullptr);
    CHECK(made.problem.find("syntax error") != std::string::npos);
    CHECK(made.problem.find('\n') == std::string::npos);
}

TEST_CASE("an endless expression is halted", "[providers]") {
    auto const made = jq_filter::compile("def f: f; f");
    REQUIRE(made.filter != nullptr);
    made.filter->halt();

    auto answer = std::async(std::launch::async, [&made] { return made.filter->run("1"); });
    while (answer.wait_for(std::chrono::milliseconds{1}) != std::future_status::ready) {
        made.filter->halt();
    }

    CHECK(answer.get().kind == kind::halted);
}
