#include "proxy/rollout/state.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace millrace::rollout {

TEST_CASE("a rollout has ended when it succeeded or failed", "[rollout]") {
    state now;
    for (auto const each : {phase::initializing, phase::progressing, phase::waiting}) {
        now.phase = each;
        CHECK_FALSE(now.ended());
    }
    for (auto const each : {phase::succeeded, phase::failed}) {
        now.phase = each;
        CHECK(now.ended());
    }
}

TEST_CASE("phases and verdicts have names of their own", "[rollout]") {
    std::set<std::string_view> phases;
    std::set<std::string_view> verdicts;
    for (int i = 0; i < 5; ++i) {
        phases.insert(name_of(static_cast<phase>(i)));
        verdicts.insert(name_of(static_cast<verdict>(i)));
    }

    CHECK(phases.size() == 5);
    CHECK(verdicts.size() == 5);
    CHECK(phases.count("") + verdicts.count("") == 0);
    CHECK(name_of(verdict::inconclusive) == "inconclusive");
}

}  // namespace millrace::rollout
