#include "proxy/stats/interval_coin.hpp"

#include "proxy/base/assert.hpp"

#include <algorithm>

namespace millrace::stats {

point_range intersection(const point_range& one, const point_range& other) noexcept {
    auto const begin = std::max(one.begin, other.begin);
    return {.begin = begin, .end = std::max(begin, std::min(one.end, other.end))};
}

coin_toss toss_coin(
    const point_range& known, std::span<const coin_part> partition, std::uint32_t point
) {
    MILLRACE_ASSERT(known.contains(point));
    std::uint32_t candidates = 0;
    std::uint32_t primary = 0;
    coin_toss toss;
    bool met = false;
    for (auto const& part : partition) {
        auto const common = intersection(known, part.where);
        auto const mass = common.end - common.begin;
        primary += part.arm == 0 ? mass : 0;
        candidates += part.arm != 0 && part.arm != no_arm ? mass : 0;
        if (common.contains(point)) {
            met = true;
            toss.arm = part.arm;
            toss.known = common;
        }
    }
    MILLRACE_ASSERT(met);
    toss.is_bet = toss.arm != no_arm && (toss.arm == 0 ? candidates : primary) > 0;
    return toss;
}

std::vector<std::uint32_t> masses_within(
    const point_range& known, std::span<const coin_part> partition, std::size_t arms
) {
    std::vector<std::uint32_t> masses(arms, 0);
    for (auto const& part : partition) {
        auto const common = intersection(known, part.where);
        if (part.arm != no_arm) {
            masses.at(part.arm) += common.end - common.begin;
        }
    }
    return masses;
}

}  // namespace millrace::stats
