#include "proxy/stats/interval_coin.hpp"

#include "proxy/base/assert.hpp"

#include <algorithm>

namespace millrace::stats {

namespace {

point_range intersection(const point_range& one, const point_range& other) noexcept {
    auto const begin = std::max(one.begin, other.begin);
    return {.begin = begin, .end = std::max(begin, std::min(one.end, other.end))};
}

}  // namespace

coin_toss toss_coin(
    const point_range& known, std::span<const coin_part> partition, std::uint32_t point
) {
    MILLRACE_ASSERT(known.contains(point));
    std::uint32_t candidate = 0;
    std::uint32_t primary = 0;
    coin_toss toss;
    bool met = false;
    for (auto const& part : partition) {
        auto const common = intersection(known, part.where);
        auto const mass = common.end - common.begin;
        candidate += part.side == coin_side::candidate ? mass : 0;
        primary += part.side == coin_side::primary ? mass : 0;
        if (common.contains(point)) {
            met = true;
            toss.side = part.side;
            toss.known = common;
        }
    }
    MILLRACE_ASSERT(met);
    if (toss.side != coin_side::other && candidate > 0 && primary > 0) {
        toss.pi = static_cast<double>(candidate) / static_cast<double>(candidate + primary);
    }
    return toss;
}

}  // namespace millrace::stats
