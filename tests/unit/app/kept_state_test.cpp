#include "proxy/app/kept_state.hpp"

#include "tests/unit/app/recorded_rollout.hpp"
#include "tests/unit/journal/sample_rows.hpp"
#include "tests/unit/journal/scratch_directory.hpp"

#include <catch2/catch.hpp>

namespace millrace::app {

using namespace std::chrono_literals;
using journal::scratch_directory;

TEST_CASE("the time between two texts of the wall clock", "[app][journal]") {
    CHECK(time_between("2026-02-28T23:59:59.500Z", "2026-03-01T00:00:01.250Z") == 1750ms);
    CHECK(time_between("2026-03-01T00:00:01.250Z", "2026-02-28T23:59:59.500Z") == 0ms);
    CHECK(time_between("yesterday", "2026-02-28T23:59:59.500Z") == 0ms);
    CHECK(time_between("2026-02-30T00:00:00.000Z", "2026-03-28T23:59:59.500Z") == 0ms);
}

TEST_CASE("the newest rollout of each route is kept, and all are counted", "[app][journal]") {
    scratch_directory const directory;
    {
        auto const store = journal::open_store(directory.path);
        journal::batch written;
        written.states = {{"risk", "epoch 1\n"}};
        for (std::int64_t const id : {1, 2, 3}) {
            written.rollouts.push_back(journal::sample_rollout(id, id == 2 ? "rest" : "risk"));
            written.rollouts.back().phase = id == 1 ? "failed" : "initializing";
            written.rollouts.back().ended = id == 1;
            written.rollouts.back().attempt = 5;
            written.rollouts.back().artifacts = "v2@1";
        }
        for (int i = 0; i < 300; ++i) {
            written.decisions.push_back(journal::sample_decision(3, "more"));
            written.decisions.back().evidence = std::to_string(i);
        }
        REQUIRE(store->write(written).empty());
    }
    std::string error;
    auto const reader = journal::reader::open(directory.path, error);
    REQUIRE(reader);
    kept_state found;
    found.marks = {{"risk", {3}, "v2", 4}, {"rest", {9}, "v2", 4}};

    REQUIRE(read_kept_state(*reader, found).empty());

    CHECK(found.routes.size() == 1);
    REQUIRE(found.rollouts.size() == 2);
    auto const& kept = found.rollouts.at("risk");
    CHECK(kept.rollout == journal::rollout_id{3});
    CHECK(kept.memory == journal::any_bytes);
    CHECK(kept.marked == std::vector<std::string>{"v2"});
    CHECK(kept.attempt == 5);
    REQUIRE(kept.decisions.size() == 50);
    CHECK(kept.decisions.front() == "250");
    CHECK(kept.decisions.back() == "299");
    CHECK(kept.missing > 0ms);
    CHECK(found.rollouts.at("rest").marked.empty());
    REQUIRE(found.past.size() == 3);
    CHECK(found.past.back().begun);
    CHECK_FALSE(found.past.back().succeeded);
    CHECK_FALSE(found.past.front().begun);
    CHECK(found.open_rollouts.size() == 2);
    CHECK(found.last_rollout() == 9);
}

}  // namespace millrace::app
