#include "proxy/stats/pair_comparison.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/bet.hpp"
#include "proxy/stats/tick.hpp"

#include <array>
#include <cmath>

namespace millrace::stats {

namespace {

constexpr std::array harmful{1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0, 20.0};
static_assert(harmful.size() == pair_rollback::accounts);

constexpr std::array harmless{0.25, 0.5, 0.7, 0.8, 0.9, 1.0};
static_assert(harmless.size() == pair_promotion::margin_accounts);

constexpr std::array floor_parts{0.001, 0.1, 0.5};
static_assert(floor_parts.size() == pair_promotion::floor_accounts);

constexpr double floor_share = 0.1;
constexpr double shared_part = 1e-4;

// In a pair both versions answer, so which of them an only bad answer is of is an even coin.
constexpr double even = 0.5;

constexpr shares<pair_rollback::accounts> harm_prior = [] {
    shares<pair_rollback::accounts> made{};
    made.fill(1.0 / pair_rollback::accounts);
    return made;
}();

bets<pair_rollback::accounts> harm_bets() noexcept {
    bets<pair_rollback::accounts> made;
    for (std::size_t i = 0; i < harmful.size(); ++i) {
        made[i] = event_bet(even, harmful[i], 1.0);
    }
    return made;
}

// A tick whose only outcomes are the bad ones that stand alone in their pairs.
tick lone_bad(const pair_tick& seen) noexcept {
    return {
        .pi = even,
        .count_a = seen.only_a_bad,
        .count_b = seen.only_b_bad,
        .bad_a = seen.only_a_bad,
        .bad_b = seen.only_b_bad};
}

}  // namespace

pair_rollback::state pair_rollback::start() noexcept {
    return invest(harm_prior);
}

pair_rollback::state pair_rollback::observe(const state& before, const pair_tick& seen) noexcept {
    auto const next = after(before, harm_bets(), lone_bad(seen));
    auto const bad = static_cast<double>(seen.only_a_bad + seen.only_b_bad);
    return redistributed(next, harm_prior, -std::expm1(bad * std::log1p(-shared_part)));
}

pair_promotion::pair_promotion(const params& chosen) {
    MILLRACE_ASSERT(chosen.max_ratio >= 1.0);
    MILLRACE_ASSERT(!chosen.floor || (*chosen.floor > 0.0 && *chosen.floor < 1.0));
    double const to_floor = chosen.floor ? floor_share : 0.0;
    for (std::size_t i = 0; i < margin_accounts; ++i) {
        if (harmless[i] < chosen.max_ratio) {
            bets_[i] = event_bet(even, harmless[i], chosen.max_ratio);
            prior_[i] = 1.0;
        }
    }
    prior_ = normalized(prior_);
    for (std::size_t i = 0; i < margin_accounts; ++i) {
        prior_[i] *= 1.0 - to_floor;
    }
    for (std::size_t i = 0; chosen.floor && i < floor_accounts; ++i) {
        bets_[margin_accounts + i] = rate_bet(*chosen.floor * floor_parts[i], *chosen.floor);
        prior_[margin_accounts + i] = to_floor / floor_accounts;
    }
}

pair_promotion::state pair_promotion::start() const noexcept {
    return invest(prior_);
}

pair_promotion::state pair_promotion::observe(const state& before, const pair_tick& seen)
    const noexcept {
    tick const of_b{.count_b = seen.pairs, .bad_b = seen.both_bad + seen.only_b_bad};
    auto const alone = lone_bad(seen);
    auto next = before;
    for (std::size_t i = 0; i < accounts; ++i) {
        next.log_parts[i] += log_factor(bets_[i], i < margin_accounts ? alone : of_b);
    }
    return next;
}

}  // namespace millrace::stats
