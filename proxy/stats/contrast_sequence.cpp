#include "proxy/stats/contrast_sequence.hpp"

#include "proxy/base/assert.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace millrace::stats {

namespace {

// A factor lies between 1/2 and 1 + 0.5 / pi_min, so that a product of so many cannot leave the
// range of a double.
constexpr std::size_t factors_per_logarithm = 16;

// Outcomes as all bets of one tick see them: D does not depend on what is bet.
struct contrast_batch {
    std::array<double, factors_per_logarithm> contrasts{};
    std::array<std::uint64_t, factors_per_logarithm> counts{};
    std::size_t size = 0;
};

contrast_batch batch_of(
    const contrast_stake& centred, std::span<const scored_outcome> outcomes
) noexcept {
    contrast_batch made;
    for (auto const& each : outcomes) {
        made.contrasts[made.size] = centred.contrast(each.candidate, each.score);
        made.counts[made.size] = each.count;
        ++made.size;
    }
    return made;
}

// The sum of the logarithms of the factors; one logarithm for all that count once.
double log_growth(const contrast_stake& laid, const contrast_batch& batch) noexcept {
    double sum = 0.0;
    double product = 1.0;
    for (std::size_t i = 0; i < batch.size; ++i) {
        double const factor = laid.factor(batch.contrasts[i]);
        if (batch.counts[i] == 1) {
            product *= factor;
        } else {
            sum += static_cast<double>(batch.counts[i]) * std::log(factor);
        }
    }
    return sum + std::log(product);
}

// What all bets lay on the outcomes of one tick.
struct all_stakes {
    std::array<contrast_stake, contrast_sequence::points> above;
    std::array<contrast_stake, contrast_sequence::points> below;
};

all_stakes stakes_at(const contrast_moments& past, double pi) {
    all_stakes made;
    for (std::size_t i = 0; i < contrast_sequence::points; ++i) {
        double const delta0 = contrast_sequence::grid_value(i);
        made.above[i] = contrast_bet{{.sign = 1.0, .delta0 = delta0}}.stake_at(past, pi);
        made.below[i] = contrast_bet{{.sign = -1.0, .delta0 = delta0}}.stake_at(past, pi);
    }
    return made;
}

bool all_valid(std::span<const scored_outcome> outcomes) noexcept {
    return std::all_of(outcomes.begin(), outcomes.end(), [](const scored_outcome& each) {
        return each.score >= 0.0 && each.score <= 1.0;
    });
}

}  // namespace

double contrast_sequence::grid_value(std::size_t index) noexcept {
    double const place = (2.0 * static_cast<double>(index) + 1.0) / points - 1.0;
    return place * place * place;
}

contrast_sequence::state contrast_sequence::observe(
    state before, const scored_tick& seen
) noexcept {
    if (!may_enter(seen.pi)) {
        for (auto const& each : seen.outcomes) {
            before.excluded += each.count;
        }
        return before;
    }
    if (!all_valid(seen.outcomes)) {
        before.log_above.fill(std::numeric_limits<double>::quiet_NaN());
        before.log_below.fill(std::numeric_limits<double>::quiet_NaN());
        return before;
    }
    auto const stakes = stakes_at(before.past, seen.pi);
    for (auto rest = seen.outcomes; !rest.empty();) {
        auto const next = rest.first(std::min(rest.size(), factors_per_logarithm));
        auto const batch = batch_of(stakes.above.front(), next);
        for (std::size_t i = 0; i < points; ++i) {
            before.log_above[i] += log_growth(stakes.above[i], batch);
            before.log_below[i] += log_growth(stakes.below[i], batch);
        }
        rest = rest.subspan(next.size());
    }
    before.past.add(seen);
    return before;
}

std::optional<interval> contrast_sequence::covered(const state& now, double alpha) {
    MILLRACE_ASSERT(alpha > 0.0 && alpha < 1.0);
    double const limit = std::log(2.0 / alpha);  // half of the errors on each side
    std::size_t first = 0;
    while (first < points && now.log_above[first] >= limit) {
        ++first;
    }
    std::size_t last = points;
    while (last > 0 && now.log_below[last - 1] >= limit) {
        --last;
    }
    if (first >= last || !std::isfinite(now.log_above.front())) {
        return std::nullopt;
    }
    return interval{
        .lower = first == 0 ? -1.0 : grid_value(first - 1),
        .upper = last == points ? 1.0 : grid_value(last),
    };
}

}  // namespace millrace::stats
