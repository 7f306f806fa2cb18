#include "proxy/rollout/marked.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

state of_two() {
    state made;
    made.phase = phase::progressing;
    made.candidates = {
        {.share = 10, .out = false, .why_out = {}}, {.share = 10, .out = false, .why_out = {}}};
    return made;
}

}  // namespace

TEST_CASE("a marked candidate is out, the others go on", "[rollout]") {
    auto of = of_two();

    take_out_marked(of, {"a", "b"}, {"b", "unknown"});

    CHECK(of.candidates[0].share == 10);
    CHECK(of.candidates[1].out);
    CHECK(of.candidates[1].share == 0);
    CHECK(of.candidates[1].why_out == why_out_of_marked);
    CHECK(of.phase == phase::progressing);
}

TEST_CASE("without candidates a rollout has failed", "[rollout]") {
    auto of = of_two();

    take_out_marked(of, {"a", "b"}, {"b", "a"});

    CHECK(of.phase == phase::failed);
    CHECK(of.verdict == verdict::failed);
}

TEST_CASE("who is out already keeps the reason", "[rollout]") {
    auto of = of_two();
    for (auto& each : of.candidates) {
        each = {.share = 0, .out = true, .why_out = "error_rate"};
    }
    of.phase = phase::failed;
    of.verdict = verdict::error;
    auto const before = of;

    take_out_marked(of, {"a", "b"}, {"a", "b"});

    CHECK(of == before);
}

}  // namespace millrace::rollout
