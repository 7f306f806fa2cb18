#include "proxy/control/unit_collector.hpp"

#include "proxy/base/random.hpp"

#include "tests/unit/control/returning_units.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

namespace millrace::control {

using namespace std::chrono_literals;

namespace {

using masses = std::vector<std::uint32_t>;

/// A point of the version in the partition that is in force.
std::uint64_t unit_of(const sticky_route& route, std::uint16_t version, std::uint64_t rest = 1) {
    for (std::uint64_t point = 0; point < 65'536; ++point) {
        if (route.version_of(unit_at(point)) == version) {
            return unit_at(point, rest);
        }
    }
    FAIL("the version holds nothing");
    return 0;
}

/// One whose point the candidate gets when its weight rises from 5 to 10 of 100, at epoch 2.
std::uint64_t unit_that_moves(sticky_route& route) {
    route.set_weights({95, 5});
    auto const next = route.split.rebalanced(std::vector<weight>{{90}, {10}}, 2);
    for (std::uint64_t point = 0; point < 65'536; ++point) {
        auto const to = next.pick(static_cast<std::uint16_t>(point));
        if (to && to->version == 1 && route.version_of(unit_at(point)) == 0) {
            return unit_at(point);
        }
    }
    FAIL("nobody moves");
    return 0;
}

std::vector<rollout::unit_outcome> all_units(const std::vector<rollout::unit_tick>& ticks) {
    std::vector<rollout::unit_outcome> all;
    for (auto const& tick : ticks) {
        all.insert(all.end(), tick.units.begin(), tick.units.end());
    }
    return all;
}

}  // namespace

TEST_CASE("a new unit bets with the partition's coin, once", "[control][unit]") {
    sticky_route route{some_params()};
    route.set_weights({95, 5});
    auto const unit = unit_of(route, 1);

    route.serve(unit, true);
    route.now += 500ms;
    route.serve(unit, false);
    route.now += 30s;
    route.serve(unit, true);
    auto const ticks = route.read();
    route.now += 30s;

    REQUIRE(ticks.size() == 1);
    CHECK(ticks[0].masses == masses{62'259, 3'277});
    REQUIRE(ticks[0].units.size() == 1);
    CHECK(ticks[0].units[0] == rollout::unit_outcome{1, 0.5, {}});
    CHECK(route.read().empty());
    CHECK(route.units.size() == 1);
}

TEST_CASE("who comes back bets with what is left of its coin", "[control][unit]") {
    sticky_route route{some_params()};
    auto const moves = unit_that_moves(route);
    auto const tester = unit_of(route, 1);
    route.serve(moves, false);
    route.serve(tester, false);
    route.now += 5s;
    CHECK(all_units(route.read()).size() == 2);

    route.set_weights({90, 10});
    route.serve(moves, true);
    route.serve(tester, true);
    route.now += 5s;
    auto const units = all_units(route.read());

    // The tester had to stay: no coin. The other one was somewhere in the primary's piece.
    REQUIRE(units.size() == 1);
    CHECK(units[0].arm == 1);
    CHECK(units[0].value == 1.0);
    REQUIRE(units[0].masses.size() == 2);
    CHECK(units[0].masses[1] == 3'277);
    CHECK(units[0].masses[0] < 62'259);
}

TEST_CASE("candidates share what is known of a unit", "[control][unit]") {
    sticky_route route{some_params(), 3};
    route.set_weights({80, 10, 10});
    auto const unit = unit_of(route, 2);

    route.serve(unit, true);
    route.now += 5s;
    auto const ticks = route.read();

    REQUIRE(ticks.size() == 1);
    CHECK(ticks[0].masses.size() == 3);
    CHECK(ticks[0].units.at(0).arm == 2);
}

TEST_CASE("a request without the key is a unit of its own", "[control][unit]") {
    sticky_route route{some_params()};
    route.set_weights({95, 5});
    auto const draw = unit_of(route, 1);

    route.serve_alone(draw, true);
    route.now += 2s;
    auto const units = all_units(route.read());
    route.serve_alone(draw, true);
    route.now += 2s;

    CHECK(units == std::vector<rollout::unit_outcome>{{1, 1.0, {}}});
    CHECK(all_units(route.read()).size() == 1);
    CHECK(route.units.size() == 0);
}

TEST_CASE("the next epoch's events wait for those of the one before", "[control][unit]") {
    sticky_route route{some_params()};
    auto const unit = unit_that_moves(route);
    evidence_epoch next;
    next.epoch = 2;
    next.outcomes = {{.kind = rollout::outcome_kind::failed_within, .age = 1s, .per_unit = true}};
    next.versions = {0, 1};
    next.masses = {58'982, 6'554};
    auto params = evidence_params_for(next, 2, route.now, 250ms);
    params.units = route.units.admission();
    next.counts = std::make_shared<metrics::route_evidence>(params, 1);
    auto const later = route.split.rebalanced(std::vector<weight>{{90}, {10}}, 2);

    // One worker has the new weights already, another one still serves by the old ones.
    route.units.begin(next, later);
    REQUIRE(next.counts->shard(0, 1)->begin_of_unit(route.now, unit, false));
    CHECK(route.units.read(route.now).empty());
    route.serve(unit, false);
    route.units.finish_before(2);
    route.now += 20s;
    auto const units = all_units(route.read());

    REQUIRE(units.size() == 2);
    CHECK(units[1].arm == 1);
    REQUIRE(units[1].masses.size() == 2);
    CHECK(units[1].masses[1] == 3'277);
}

TEST_CASE("weights under which nobody looked leave no coin of their own", "[control][unit]") {
    sticky_route route{some_params()};
    auto const moves = unit_that_moves(route);
    auto const next = route.split.rebalanced(std::vector<weight>{{90}, {10}}, 2);

    route.units.finish_all(route.now);
    route.units.assume_all_met(next);
    route.set_weights({90, 10});
    route.serve(moves, true);
    route.serve(unit_at(40'000), true);
    route.now += 5s;

    CHECK(all_units(route.read()).empty());
}

TEST_CASE("what a restart knows is what was committed", "[control][unit]") {
    sticky_route before{some_params()};
    auto const moves = unit_that_moves(before);
    auto const tester = unit_of(before, 1);
    before.serve(moves, false);
    before.now += 5s;
    CHECK(all_units(before.read()).size() == 1);
    std::vector<std::string> stored{before.units.take_changes()};
    before.serve(tester, false);
    CHECK(before.read().empty());
    stored.push_back(before.units.take_changes());
    CHECK(before.units.take_changes().empty());

    sticky_route after{some_params()};
    REQUIRE(after.units.restore(stored));
    after.set_weights({95, 5});
    after.serve(moves, true);
    after.serve(tester, true);
    after.now += 5s;
    auto const in_same_epoch = all_units(after.read());
    after.set_weights({90, 10});
    after.serve(moves, true);
    after.serve(tester, true);
    after.now += 5s;
    auto const in_next_epoch = all_units(after.read());

    CHECK(in_same_epoch.empty());
    REQUIRE(in_next_epoch.size() == 1);
    CHECK(in_next_epoch[0].masses.at(1) == 3'277);
    CHECK(after.units.lost() == 1);
}

TEST_CASE("what cannot be read is refused", "[control][unit]") {
    unit_collector units{some_params()};

    CHECK_FALSE(units.restore({"none"}));
    CHECK(units.restore({}));
}

TEST_CASE("a full table and the workers follow the same units", "[control][unit]") {
    sticky_route route{some_params()};
    route.set_weights({50, 50});
    random_source random{11};

    for (int i = 0; i < 4'000; ++i) {
        route.serve(random.next(), false);
        if (i % 500 == 0) {
            (void)route.read();
        }
    }
    (void)route.read();

    CHECK(route.units.size() <= 1'000);
    CHECK(route.units.size() > 200);
    CHECK(route.units.admission()->threshold() < ~std::uint64_t{0} / 2);
}

}  // namespace millrace::control
