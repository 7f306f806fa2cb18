#include "proxy/rollout/outcome.hpp"

namespace millrace::rollout {

bool is_in_force(const outcome& each) noexcept {
    return each.kind == outcome_kind::failed_within || each.kind == outcome_kind::label_wrong ||
           each.primary_threshold != microseconds{0};
}

std::optional<stats::tick> between(const outcome_tick& seen, std::size_t candidate) {
    auto const arm = candidate + 1;
    auto const mass_a = seen.masses.front();
    auto const mass_b = seen.masses.at(arm);
    if (mass_a == 0 || mass_b == 0) {
        return std::nullopt;
    }
    return stats::tick{
        .pi = static_cast<double>(mass_b) / static_cast<double>(mass_a + mass_b),
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
