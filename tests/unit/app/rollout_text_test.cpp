#include "proxy/app/rollout_text.hpp"

#include "proxy/admin/rollout_rendering.hpp"

#include "tests/unit/admin/some_rollout.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <limits>
#include <string>

using namespace millrace;
using Catch::Contains;

namespace {

/// What the commands say about a rollout that the admin API shows.
struct told {
    explicit told(const admin::rollout_status& one)
        : document{boost::json::parse(admin::rendering::rollout(one)).as_object()} {}

    boost::json::object document;
    std::string summary = app::rollout_summary(document);
    std::string story = app::rollout_story(document);
};

}  // namespace

TEST_CASE("a summary says where a rollout stands", "[app][rollout]") {
    auto const summary = told{some_rollout()}.summary;

    CHECK_THAT(summary, Contains("rollout of risk: progressing, step 3 of 5; primary a 75 %"));
    CHECK_THAT(summary, Contains("paused: no more weight and no promotion; rollbacks go on"));
    CHECK_THAT(summary, Contains("candidate b: 25 %"));
    CHECK_THAT(summary, Contains("0.223 of 245"));
    CHECK_THAT(summary, Contains("12.2 of 191"));
    CHECK_THAT(summary, Contains("6 of 3000 (0.2 %)"));
}

TEST_CASE("a story tells hypothesis, evidence and what is missing", "[app][rollout]") {
    auto const story = told{some_rollout()}.story;

    CHECK_THAT(story, Contains("refuted that the candidate fails no more often"));
    CHECK_THAT(story, Contains("E = 0.223 of 245"));
    CHECK_THAT(story, Contains("missing: evidence for promotion, 15.6 times as much: about 2400"));
    CHECK_THAT(story, Contains("missing: nothing has been counted yet"));
    CHECK_THAT(story, Contains("missing: 50 more requests in this step"));
    CHECK_THAT(story, Contains("a chance of at most 0.01 for rollback and 0.01 for promotion"));
}

TEST_CASE("a story tells rewards, load, and what evidence will take", "[app][rollout]") {
    auto one = some_rollout();
    one.state.load = true;
    auto& reward = one.evidence.candidates[0].rewards.emplace_back();
    reward.name = "clicks";
    reward.decides = false;
    reward.candidate = {3, 1.5, 1.5};
    reward.difference = stats::interval{-0.25, 0.5};

    auto const story = told{one}.story;

    CHECK_THAT(story, Contains("clicks (reported only): mean 0.5 of 3 of the candidate"));
    CHECK_THAT(story, Contains("difference between -0.25 and +0.5"));
    CHECK_THAT(story, Contains("load: all requests of the route together"));
    CHECK_THAT(story, Contains("expected for error_rate, were it 1 -> 2 %: found after about"));
    one.evidence.candidates[0].rewards[0].difference.reset();
    CHECK_THAT(told{one}.story, Contains("difference not known"));
}

TEST_CASE("a story tells each decision, who made it and on what", "[app][rollout]") {
    auto const story = told{some_rollout()}.story;

    CHECK_THAT(
        story, Contains("2026-01-02T03:04:05.000Z  step opened: b: 25 % for each candidate")
    );
    CHECK_THAT(story, Contains("then a 75 %, b 25 %"));
    CHECK_THAT(story, Contains("error_rate of b: E to roll back 0.223, to promote 12.2"));
    CHECK_THAT(story, Contains("commanded: pause, by ann: \"lunch\""));
}

TEST_CASE("a rollout that has ended misses nothing any more", "[app][rollout]") {
    auto one = some_rollout();
    one.state.phase = rollout::phase::failed;
    one.state.verdict = rollout::verdict::failed;
    one.state.candidates.front().out = true;
    one.state.candidates.front().why_out = "error_rate";
    told const now{one};

    CHECK_THAT(now.summary, Contains("rollout of risk: failed, failed"));
    CHECK_THAT(now.summary, Contains("candidate b: out: error_rate"));
    CHECK(now.story.find("missing") == std::string::npos);
}

TEST_CASE("a story says why evidence decides nothing", "[app][rollout]") {
    auto one = some_rollout();
    auto& guardrails = one.evidence.candidates.front().guardrails;
    guardrails[0].broken = true;
    guardrails[0].log_e_rollback = std::numeric_limits<double>::infinity();
    guardrails[1].arrivals_broken = true;
    one.evidence.candidates.front().assignment_broken = true;
    one.state.incident = true;
    one.trouble = "the disk is full";
    one.ticks_lost = 7;
    one.waiting_for = "confirmation of step by ci (answered 503)";
    one.units_lost = 9;
    auto const story = told{one}.story;

    CHECK_THAT(story, Contains("E = ? of 245"));
    CHECK_THAT(story, Contains("its evidence is no finite number"));
    CHECK_THAT(story, Contains("does not arrive as requests are assigned"));
    CHECK_THAT(story, Contains("requests do not follow the weights"));
    CHECK_THAT(story, Contains("trouble: the disk is full"));
    CHECK_THAT(story, Contains("waits for confirmation of step by ci (answered 503)"));
    CHECK_THAT(story, Contains("incident: primary and candidate"));
    CHECK_THAT(story, Contains("7 ticks of evidence could not be read in time"));
    CHECK_THAT(story, Contains("9 units were lost with an earlier process"));
}

TEST_CASE("a story tells an attempt that is not the first", "[app][rollout]") {
    auto one = some_rollout();
    CHECK_THAT(told{one}.story, !Contains("attempt"));
    one.params.attempt = 3;

    CHECK_THAT(told{one}.story, Contains("attempt 3 of the same version on this route, after 2"));
    CHECK_THAT(told{one}.story, Contains("0.01 / (3 * 4)"));
}

TEST_CASE("a rollout without a past has a story", "[app][rollout]") {
    auto one = some_rollout();
    one.evidence = {};
    one.decisions.clear();
    told const now{one};

    CHECK_THAT(now.story, Contains("Decisions so far:\n  none\n"));
    CHECK(now.summary.find("guardrail") == std::string::npos);
}

TEST_CASE("evidence that grows without end stays readable", "[app][rollout]") {
    auto one = some_rollout();
    one.evidence.candidates.front().guardrails.front().log_e_promotion = 2'000;

    CHECK_THAT(told{one}.summary, Contains("1e869 of 191"));
}
