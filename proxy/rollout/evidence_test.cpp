#include "proxy/rollout/evidence_test.hpp"

#include "proxy/base/assert.hpp"

#include <array>
#include <type_traits>

namespace millrace::rollout {

namespace {

/// Right and wrong answers as scores: 1 is right.
stats::contrast_bet::state observe_scores(
    const stats::contrast_bet& test,
    const stats::contrast_bet::state& before,
    const stats::tick& seen
) {
    auto const outcomes = std::array{
        stats::scored_outcome{false, 1.0, seen.count_a - seen.bad_a},
        stats::scored_outcome{false, 0.0, seen.bad_a},
        stats::scored_outcome{true, 1.0, seen.count_b - seen.bad_b},
        stats::scored_outcome{true, 0.0, seen.bad_b}};
    return test.observe(before, {.pi = seen.pi, .outcomes = outcomes});
}

}  // namespace

evidence_state start(const evidence_test& test) {
    return std::visit([](const auto& each) -> evidence_state { return each.start(); }, test);
}

evidence_state observe(
    const evidence_test& test, const evidence_state& before, const stats::tick& seen
) {
    return std::visit(
        [&before, &seen](const auto& each) -> evidence_state {
            using test_type = std::decay_t<decltype(each)>;
            auto const* const state = std::get_if<typename test_type::state>(&before);
            MILLRACE_ASSERT(state != nullptr);
            if constexpr (std::is_same_v<test_type, stats::contrast_bet>) {
                return observe_scores(each, *state, seen);
            } else {
                return each.observe(*state, seen);
            }
        },
        test
    );
}

evidence_state observe(
    const evidence_test& test, const evidence_state& before, const unit_batch& seen
) {
    auto const* const scores = std::get_if<stats::contrast_bet>(&test);
    if (scores == nullptr) {
        return observe(test, before, seen.counts());
    }
    auto const* const state = std::get_if<stats::contrast_bet::state>(&before);
    MILLRACE_ASSERT(state != nullptr);
    return scores->observe(*state, seen.scores());
}

evidence_state with_new_threshold(const evidence_state& before) {
    return std::visit(
        [](const auto& state) -> evidence_state {
            using state_type = std::decay_t<decltype(state)>;
            if constexpr (std::is_same_v<state_type, stats::rae_rollback::state>) {
                return stats::rae_rollback::with_new_threshold(state);
            } else if constexpr (std::is_same_v<state_type, stats::exceedance_margin::state>) {
                return stats::exceedance_margin::with_new_threshold(state);
            } else {
                return state;
            }
        },
        before
    );
}

std::optional<double> log_e(const evidence_state& now) {
    return std::visit([](const auto& state) { return stats::log_e(state); }, now);
}

double growth_in(const evidence_test& test, const stats::rates& world) {
    return std::visit(
        [&world](const auto& each) {
            using test_type = std::decay_t<decltype(each)>;
            if constexpr (std::is_same_v<test_type, stats::contrast_bet>) {
                return stats::growth_in(
                    stats::contrast_world{
                        .pi = world.pi,
                        .mean_a = 1.0 - world.a,
                        .mean_b = 1.0 - world.b,
                        .variance_a = world.a * (1.0 - world.a),
                        .variance_b = world.b * (1.0 - world.b)},
                    each.chosen()
                );
            } else {
                return each.growth_in(world);
            }
        },
        test
    );
}

double growth_after(
    const evidence_test& test, const evidence_state& now, const stats::rates& world
) {
    auto const* const scores = std::get_if<stats::contrast_bet>(&test);
    if (scores == nullptr) {
        return growth_in(test, world);
    }
    auto const* const state = std::get_if<stats::contrast_bet::state>(&now);
    MILLRACE_ASSERT(state != nullptr);
    return stats::growth_in(world_of(state->past, world.pi), scores->chosen());
}

stats::contrast_world world_of(const stats::contrast_moments& past, double pi) {
    return {
        .pi = pi,
        .mean_a = past.a.mean(),
        .mean_b = past.b.mean(),
        .variance_a = past.a.variance(),
        .variance_b = past.b.variance()};
}

}  // namespace millrace::rollout
