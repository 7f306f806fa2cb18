#include "proxy/simulation/request_law.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace millrace::simulation {

namespace {

using rollout::outcome;
using rollout::outcome_kind;

constexpr milliseconds total{10'000};

/// 5 % failures, 2 % that hang, a median of 100 ms.
behaviour troubled() {
    return {.error_rate = 0.05, .hang_rate = 0.02, .latency = {.median = microseconds{100'000}}};
}

outcome by(outcome_kind kind, int milliseconds_allowed) {
    return {
        .kind = kind,
        .age = milliseconds{milliseconds_allowed},
        .primary_threshold = milliseconds{milliseconds_allowed},
        .candidate_threshold = milliseconds{2 * milliseconds_allowed}};
}

double rate(const behaviour& like, const outcome& asked, bool is_primary = true) {
    return request_law{like, {asked}, is_primary, total}.rate(0);
}

}  // namespace

TEST_CASE(
    "a failure counts from its answer on, a hanging request at the time-out", "[simulation]"
) {
    auto const like = troubled();

    CHECK(rate(like, by(outcome_kind::failed_within, 1'000)) == Approx(0.98 * 0.05).epsilon(0.001));
    CHECK(rate(like, by(outcome_kind::failed_within, 100)) == Approx(0.98 * 0.025));
    CHECK(
        rate(like, by(outcome_kind::failed_or_unfinished, 10'000)) ==
        Approx(1 - 0.98 * 0.95).epsilon(1e-6)
    );
    CHECK(rate(like, by(outcome_kind::failed_within, 10'000)) == Approx(1 - 0.98 * 0.95));
}

TEST_CASE("whatever is not a good answer in time is slow", "[simulation]") {
    auto const like = troubled();

    CHECK(rate(like, by(outcome_kind::not_good_within, 100)) == Approx(1 - 0.98 * 0.95 * 0.5));
    CHECK(rate(like, by(outcome_kind::no_first_byte_within, 50)) == Approx(1 - 0.98 * 0.95 * 0.5));
}

TEST_CASE("each arm is judged by its own threshold", "[simulation]") {
    behaviour const like{.latency = {.median = microseconds{200'000}}};

    CHECK(rate(like, by(outcome_kind::not_good_within, 100), false) == Approx(0.5));
    CHECK(rate(like, by(outcome_kind::not_good_within, 200), true) == Approx(0.5));
}

TEST_CASE("an outcome without a threshold counts nothing", "[simulation]") {
    draws chance{1};
    std::vector<stats::arm_tick> counts(2);

    request_law const law{
        troubled(),
        {{.kind = outcome_kind::not_good_within}, by(outcome_kind::failed_within, 1'000)},
        true,
        total};
    law.draw(chance, 100, counts);

    CHECK(counts[0].count == 0);
    CHECK(counts[1].count == 100);
}

TEST_CASE("the questions of one request have one story", "[simulation]") {
    draws chance{2};
    std::vector<outcome> const asked{
        by(outcome_kind::not_good_within, 100),
        by(outcome_kind::not_good_within, 300),
        by(outcome_kind::failed_within, 1'000),
        by(outcome_kind::failed_or_unfinished, 10'000)};
    request_law const law{troubled(), asked, true, total};
    std::vector<stats::arm_tick> sum(4);
    for (int i = 0; i < 2'000; ++i) {
        std::vector<stats::arm_tick> tick(4);
        law.draw(chance, 100, tick);
        // Who is not done by 300 ms was not done by 100 ms; who failed within 1 s failed in the
        // end.
        CHECK(tick[0].bad >= tick[1].bad);
        CHECK(tick[1].bad >= tick[3].bad);
        CHECK(tick[3].bad >= tick[2].bad);
        for (std::size_t i_outcome = 0; i_outcome < 4; ++i_outcome) {
            sum[i_outcome].bad += tick[i_outcome].bad;
        }
    }
    for (std::size_t i = 0; i < 4; ++i) {
        auto const expected = law.rate(i) * 200'000;
        CHECK(static_cast<double>(sum[i].bad) == Approx(expected).margin(5 * std::sqrt(expected)));
    }
}

TEST_CASE("labels come to good answers, in their own time", "[simulation]") {
    draws chance{3};
    behaviour const like{
        .accuracy = 0.9, .labelled = 0.5, .label_delay_mean = milliseconds{10'000}};
    outcome const asked{.kind = outcome_kind::label_wrong, .age = milliseconds{10'000}};
    request_law const law{like, {asked}, true, total};
    std::vector<stats::arm_tick> counts(1);

    law.draw(chance, 100'000, counts);

    auto const arrived = 0.5 * (1 - std::exp(-1.0)) * 100'000;
    CHECK(static_cast<double>(counts[0].count) == Approx(arrived).epsilon(0.03));
    CHECK(static_cast<double>(counts[0].bad) == Approx(0.1 * arrived).epsilon(0.08));
    CHECK(law.rate(0) == Approx(0.1));
}

TEST_CASE("latency quantiles are those of the lognormal law", "[simulation]") {
    latency_law const law{.median = microseconds{100'000}, .sigma = 0.6};
    CHECK(latency_quantile(law, 0.5) == microseconds{100'000});
    CHECK(
        latency_quantile(law, 0.99).count() ==
        Approx(100'000 * std::exp(0.6 * 2.3263479)).epsilon(1e-5)
    );
}

}  // namespace millrace::simulation
