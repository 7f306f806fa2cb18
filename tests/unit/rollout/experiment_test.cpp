#include "proxy/rollout/experiment.hpp"

#include "proxy/base/random.hpp"

#include "tests/unit/rollout/support.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

namespace {

constexpr milliseconds total_timeout{30'000};

/// Feeds an experiment seconds of a world and puts what it decides in force at once.
class fixture {
 public:
    explicit fixture(
        params chosen, experiment::commitment commits = experiment::commitment::at_once
    )
        : held{std::move(chosen), total_timeout, commits} {}

    output tell(input told) {
        told.now = now += milliseconds{1'000};
        told.epoch = std::exchange(in_force, std::nullopt);
        inputs.push_back(told);
        auto out = held.advance(told);
        if (out.shares_changed) {
            in_force = ++epoch;
        }
        return out;
    }

    /// A second of 10,000 requests whose candidate fails `bad` times as often as it should.
    output second(double bad = 1, std::vector<command> commands = {}) {
        auto const share = held.now().candidates.front().share;
        auto const candidate = static_cast<std::uint64_t>(share * 100);
        auto const failed = static_cast<double>(candidate) * 0.01 * bad;
        input told;
        told.commands = std::move(commands);
        for (std::uint16_t outcome = 0; outcome < held.planned().outcomes.size(); ++outcome) {
            auto tick = tick_of(
                outcome,
                {10'000 - candidate,
                 (10'000 - candidate) / 100,
                 candidate,
                 static_cast<std::uint64_t>(failed)},
                epoch
            );
            auto const mass = static_cast<std::uint32_t>(share * 655.36);
            tick.masses = {65'536 - mass, mass};
            told.ticks.push_back(std::move(tick));
        }
        return tell(std::move(told));
    }

    experiment held;
    std::vector<input> inputs;
    std::uint32_t epoch = 0;
    std::optional<std::uint32_t> in_force;
    milliseconds now{0};
};

/// The proposal was recorded, or was not.
input settled(bool committed) {
    input told;
    told.committed = committed;
    return told;
}

/// One that goes up all steps and is promoted; how many seconds that took.
int seconds_until_ended(fixture& running, double bad) {
    int seconds = 0;
    while (!running.held.now().ended() && seconds < 1'000) {
        (void)running.second(bad);
        ++seconds;
    }
    return seconds;
}

}  // namespace

TEST_CASE("an equal candidate climbs the steps and is promoted", "[rollout]") {
    fixture running{errors_only()};

    CHECK(seconds_until_ended(running, 1) < 60);

    CHECK(running.held.now().verdict == verdict::successful);
    CHECK(running.epoch == 5);
}

TEST_CASE("a bad candidate is rolled back in its first step", "[rollout]") {
    fixture running{errors_only()};

    CHECK(seconds_until_ended(running, 4) < 10);

    CHECK(running.held.now().verdict == verdict::failed);
    CHECK(running.held.now().step == 0);
}

TEST_CASE("a rollout that has ended looks at nothing any more", "[rollout]") {
    fixture running{errors_only()};
    (void)seconds_until_ended(running, 4);

    auto const after = running.second(1, {command::promote});

    CHECK(after.decisions.empty());
    CHECK_FALSE(after.shares_changed);
}

TEST_CASE("until new weights are in force, nothing counts for the new step", "[rollout]") {
    fixture running{errors_only()};
    (void)running.second();  // opens the first step
    running.in_force.reset();

    (void)running.second();
    (void)running.second();
    CHECK(running.held.now().step == 0);

    running.in_force = running.epoch;
    (void)running.second();
    CHECK(running.held.now().step == 1);
}

TEST_CASE("evidence goes on during a pause, so harm still ends it", "[rollout]") {
    fixture running{errors_only()};
    (void)running.second();
    (void)running.second(1, {command::pause});
    CHECK(running.held.now().paused);

    CHECK(seconds_until_ended(running, 4) < 10);
    CHECK(running.held.now().verdict == verdict::failed);
}

TEST_CASE("with broken assignments no evidence enters any more", "[rollout]") {
    fixture running{errors_only()};
    (void)running.second();
    input odd{};
    odd.ticks.push_back(tick_of(0, {5'000, 50, 5'000, 50}, 1));
    auto const noticed = running.tell(odd);
    CHECK(reasons_of(noticed.decisions) == std::vector{reason::assignment_broken});
    auto const before = running.held.evidence().candidates[0].guardrails[0].log_e_rollback;

    (void)running.second(50);

    CHECK(running.held.evidence().candidates[0].guardrails[0].log_e_rollback == before);
    CHECK(seconds_until_ended(running, 1) < 70);
    CHECK(running.held.now().verdict == verdict::error);
}

TEST_CASE("the same inputs give the same decisions, bit for bit", "[rollout]") {
    fixture running{errors_only()};
    random_source coins{7};
    for (int i = 0; i < 200; ++i) {
        (void)running.second(1 + coins.below(100) / 100.0);
    }

    experiment again{errors_only(), total_timeout};
    std::vector<reason> decided;
    for (auto const& each : running.inputs) {
        auto const out = again.advance(each);
        for (auto const& made : out.decisions) {
            decided.push_back(made.why);
        }
    }

    CHECK(again.now() == running.held.now());
    CHECK_FALSE(decided.empty());
    for (std::size_t i = 0; i < again.remembered().trials.front().tests.size(); ++i) {
        CHECK(
            again.remembered().trials.front().tests[i] ==
            running.held.remembered().trials.front().tests[i]
        );
    }
}

TEST_CASE("what was remembered goes on where it stood", "[rollout]") {
    fixture running{errors_only()};
    for (int i = 0; i < 5; ++i) {
        (void)running.second();
    }
    fixture resumed{errors_only()};
    resumed.held.restore(running.held.remembered());
    resumed.epoch = running.epoch;
    resumed.in_force = running.in_force;
    resumed.now = running.now;

    for (int i = 0; i < 30; ++i) {
        auto const one = running.second();
        auto const other = resumed.second();
        CHECK(reasons_of(one.decisions) == reasons_of(other.decisions));
    }
    CHECK(running.held.now() == resumed.held.now());
}

TEST_CASE("a route in breach gives a step back, and goes on when it is well", "[rollout]") {
    auto chosen = errors_only();
    chosen.route_guard = route_guard_params{.max_error_rate = 0.05};
    fixture running{chosen};
    while (running.held.now().step < 2) {
        (void)running.second();
    }
    auto const ill = [&running] {
        input told;
        auto const share = running.held.now().candidates.front().share;
        auto const candidate = static_cast<std::uint64_t>(share * 100);
        for (std::uint16_t outcome = 0; outcome < 2; ++outcome) {
            auto tick = tick_of(
                outcome,
                {10'000 - candidate, (10'000 - candidate) / 5, candidate, candidate / 5},
                running.epoch
            );
            auto const mass = static_cast<std::uint32_t>(share * 655.36);
            tick.masses = {65'536 - mass, mass};
            told.ticks.push_back(std::move(tick));
        }
        return running.tell(std::move(told));
    };

    auto const first = ill();
    CHECK(reasons_of(first.decisions) == std::vector{reason::load_began, reason::load});
    CHECK(running.held.now().step == 1);
    (void)ill();
    CHECK(running.held.now().step == 1);

    CHECK(seconds_until_ended(running, 1) < 200);
    CHECK(running.held.now().verdict == verdict::successful);
}

TEST_CASE("a candidate that copies reject never gets a request", "[rollout]") {
    auto chosen = errors_only();
    chosen.strategy = strategy::mirror_first;
    fixture running{chosen};
    (void)running.tell({});
    REQUIRE(running.held.now().phase == phase::mirroring);
    input told;
    told.mirrored = {
        {.outcome = 1,
         .candidate = 0,
         .tick = 0,
         .seen = {.pairs = 100, .only_a_bad = 1, .only_b_bad = 30}}};

    auto const out = running.tell(told);

    CHECK(reasons_of(out.decisions) == std::vector{reason::guardrail_violated});
    CHECK(running.held.now().phase == phase::failed);
    CHECK(running.epoch == 0);
}

TEST_CASE("copies that go well open the first step", "[rollout]") {
    auto chosen = errors_only();
    chosen.strategy = strategy::mirror_first;
    fixture running{chosen};
    (void)running.tell({});
    input told;
    told.mirrored = {{.outcome = 1, .candidate = 0, .tick = 0, .seen = {.pairs = 100}}};

    (void)running.tell(told);

    CHECK(running.held.now().phase == phase::progressing);
    CHECK(running.held.now().candidates[0].share == 5);
}

TEST_CASE("a bandit gives the better version more until it is proven", "[rollout]") {
    auto chosen = errors_only();
    chosen.guardrails.clear();
    chosen.strategy = strategy::bandit;
    chosen.rewards = {{.name = "clicks", .age = milliseconds{1'000}}};
    chosen.bandit.batch = milliseconds{10'000};
    fixture running{chosen};
    (void)running.tell({});
    CHECK(running.held.now().candidates[0].share == 50);
    random_source coins{5};
    std::vector<double> shares;
    while (!running.held.now().ended() && running.inputs.size() < 1'000) {
        auto const share = running.held.now().candidates[0].share;
        auto const mass = static_cast<std::uint32_t>(share * 655.36);
        input told;
        told.units.push_back(
            {.outcome = running.held.planned().rewards[0].outcome,
             .epoch = running.epoch,
             .tick = 0,
             .masses = {65'536 - mass, mass},
             .units = {}}
        );
        for (int i = 0; i < 100; ++i) {
            bool const of_candidate = coins.below(65'536) < mass;
            auto const good = coins.below(100) < (of_candidate ? 36U : 30U);
            told.units[0].units.push_back(
                {static_cast<std::uint16_t>(of_candidate ? 1 : 0), good ? 1.0 : 0.0, {}}
            );
        }
        (void)running.tell(std::move(told));
        shares.push_back(running.held.now().candidates[0].share);
    }

    CHECK(running.held.now().verdict == verdict::successful);
    CHECK(running.held.now().batch > 0);
    CHECK(shares[shares.size() - 2] > 50);

    experiment again{chosen, total_timeout};
    for (auto const& each : running.inputs) {
        (void)again.advance(each);
    }
    CHECK(again.now() == running.held.now());
}

TEST_CASE("what gives more holds once it was recorded", "[rollout]") {
    fixture running{errors_only(), experiment::commitment::when_recorded};

    auto const asked = running.second();
    CHECK(asked.proposed);
    CHECK_FALSE(asked.shares_changed);
    CHECK(running.held.now().phase == phase::initializing);
    REQUIRE(running.held.proposal());
    CHECK(running.held.proposal()->state.phase == phase::progressing);
    CHECK_FALSE(running.second().proposed);

    SECTION("recorded") {
        auto const done = running.tell(settled(true));
        CHECK(done.shares_changed);
        CHECK(running.held.now().candidates.front().share == 5);
    }
    SECTION("not recorded: it is proposed again") {
        auto const refused = running.tell(settled(false));
        CHECK_FALSE(refused.shares_changed);
        CHECK_FALSE(running.held.proposal());
        CHECK(running.second().proposed);
    }
}

TEST_CASE("a rollback waits for no record, also when more weight was about to come", "[rollout]") {
    fixture running{errors_only(), experiment::commitment::when_recorded};
    (void)running.second();
    (void)running.tell(settled(true));
    REQUIRE(running.held.now().candidates.front().share == 5);
    while (!running.second().proposed) {
    }

    auto told = settled(true);
    for (std::uint16_t outcome = 0; outcome < 2; ++outcome) {
        told.ticks.push_back(tick_of(outcome, {900, 9, 100, 90}, running.epoch));
    }
    auto const out = running.tell(told);

    CHECK(running.held.now().phase == phase::failed);
    CHECK(out.shares_changed);
    CHECK_FALSE(out.proposed);
    CHECK_FALSE(running.held.proposal());
}

}  // namespace millrace::rollout
