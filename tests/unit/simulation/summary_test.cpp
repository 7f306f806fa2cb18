#include "proxy/simulation/summary.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace millrace::simulation {

namespace {

run_result run(rollout::verdict verdict, std::uint64_t requests) {
    return {
        .verdict = verdict,
        .time = std::chrono::minutes{requests / 100},
        .requests = requests,
        .exposure = requests / 10,
        .excess_failures = 2,
        .why = {}};
}

std::vector<run_result> four_kinds() {
    return {
        run(rollout::verdict::failed, 100),
        run(rollout::verdict::failed, 300),
        run(rollout::verdict::successful, 200),
        run(rollout::verdict::inconclusive, 9'000),
        run(rollout::verdict::running, 9'000),
        run(rollout::verdict::error, 9'000)};
}

}  // namespace

TEST_CASE("a summary counts verdicts, and takes its time from those that decided", "[simulation]") {
    auto const made = summarize(four_kinds(), {.rollback_is_wrong = true});

    CHECK(made.rolled_back == proportion{2, 6});
    CHECK(made.promoted == proportion{1, 6});
    CHECK(made.open == proportion{2, 6});
    CHECK(made.broken == proportion{1, 6});
    CHECK(made.wrong == proportion{2, 6});
    CHECK(made.requests == spread{200, 300});
    CHECK(made.minutes == spread{2, 3});
    CHECK(made.exposure == spread{10, 30});
    CHECK(made.excess_failures == 2);
    CHECK(made.simulated == 27'600);
}

TEST_CASE("what is wrong depends on the truth", "[simulation]") {
    CHECK(summarize(four_kinds(), {}).wrong.hits == 0);
    CHECK(summarize(four_kinds(), {.promotion_is_wrong = true}).wrong.hits == 1);
}

TEST_CASE("nothing comes of no runs", "[simulation]") {
    CHECK(summarize({}, {}) == summary{});
}

TEST_CASE("each run has a seed of its own, and all follow from one", "[simulation]") {
    std::set<std::uint64_t> seeds;
    auto const note = [&seeds](std::uint64_t seed) {
        seeds.insert(seed);
        return run_result{};
    };
    CHECK(run_many(100, 1, note).size() == 100);
    CHECK(seeds.size() == 100);
    (void)run_many(100, 1, note);
    CHECK(seeds.size() == 100);
    (void)run_many(100, 2, note);
    CHECK(seeds.size() == 200);
}

TEST_CASE("a rate reaches its target when its exact interval does", "[simulation]") {
    summary seen;
    seen.wrong = {.hits = 30, .runs = 2'000};  // 1.5 %, 99 % interval from 0.88 %
    CHECK(judge(seen, {.wrong = 0.01}).wrong == true);
    seen.wrong = {.hits = 40, .runs = 2'000};
    CHECK(judge(seen, {.wrong = 0.01}).wrong == false);
    CHECK_FALSE(judge(seen, {.wrong = 0.01}).all_reached());
    CHECK(judge(seen, {}).all_reached());
}

TEST_CASE(
    "sample sizes reach their target by their median, if runs decide at all", "[simulation]"
) {
    auto seen = summarize(four_kinds(), {});
    CHECK(judge(seen, {.requests = 200}).requests == false);  // half of them are open
    seen.open.hits = 0;
    CHECK(judge(seen, {.requests = 200}).requests == true);
    CHECK(judge(seen, {.requests = 199}).requests == false);
    CHECK(judge(seen, {.candidate_requests = 10}).candidate_requests == true);
    CHECK(judge(seen, {.candidate_requests = 9}).candidate_requests == false);
}

}  // namespace millrace::simulation
