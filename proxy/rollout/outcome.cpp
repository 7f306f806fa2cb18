#include "proxy/rollout/outcome.hpp"

namespace millrace::rollout {

bool is_in_force(const outcome& each) noexcept {
    return each.kind == outcome_kind::failed_within || each.kind == outcome_kind::label_wrong ||
           each.kind == outcome_kind::reward || each.primary_threshold != microseconds{0};
}

std::optional<double> pi_between(const std::vector<std::uint32_t>& masses, std::size_t candidate) {
    auto const arm = candidate + 1;
    if (arm >= masses.size() || masses.front() == 0 || masses[arm] == 0) {
        return std::nullopt;
    }
    return static_cast<double>(masses[arm]) / static_cast<double>(masses.front() + masses[arm]);
}

bool is_counted(const outcome& each) noexcept {
    return is_in_force(each) && !each.per_unit;
}

std::optional<stats::tick> between(const outcome_tick& seen, std::size_t candidate) {
    auto const arm = candidate + 1;
    auto const pi = pi_between(seen.masses, candidate);
    if (!pi) {
        return std::nullopt;
    }
    return stats::tick{
        .pi = *pi,
        .count_a = seen.counts.front().count,
        .count_b = seen.counts.at(arm).count,
        .bad_a = seen.counts.front().bad,
        .bad_b = seen.counts.at(arm).bad};
}

stats::arm_tick total(const outcome_tick& seen) {
    stats::arm_tick sum;
    for (auto const& arm : seen.counts) {
        sum.count += arm.count;
        sum.bad += arm.bad;
    }
    return sum;
}

}  // namespace millrace::rollout
