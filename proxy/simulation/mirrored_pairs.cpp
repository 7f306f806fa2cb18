#include "proxy/simulation/mirrored_pairs.hpp"

#include <algorithm>

namespace millrace::simulation {

stats::pair_tick draw_pairs(
    draws& chance, std::uint64_t count, const pair_rates& rates, double shared
) {
    auto const [a, b] = rates;
    // At least as many as two versions that never fail apart could share.
    auto const both = std::max(shared * std::min(a, b), a + b - 1);
    stats::pair_tick made{.pairs = count};
    made.both_bad = chance.binomial(count, both);
    auto const rest = count - made.both_bad;
    auto const only_a = both < 1 ? (a - both) / (1 - both) : 0.0;
    made.only_a_bad = chance.binomial(rest, only_a);
    auto const only_b = 1 - both - (a - both) > 0 ? (b - both) / (1 - a) : 0.0;
    made.only_b_bad = chance.binomial(rest - made.only_a_bad, std::clamp(only_b, 0.0, 1.0));
    return made;
}

}  // namespace millrace::simulation
