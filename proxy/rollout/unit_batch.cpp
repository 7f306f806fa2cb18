#include "proxy/rollout/unit_batch.hpp"

namespace millrace::rollout {

stats::tick unit_batch::counts() const {
    stats::tick made{.pi = pi};
    for (auto const& each : outcomes) {
        auto const bad = each.score >= 0.5 ? 0 : each.count;
        (each.candidate ? made.count_b : made.count_a) += each.count;
        (each.candidate ? made.bad_b : made.bad_a) += bad;
    }
    return made;
}

std::vector<unit_batch> batches_between(
    const unit_tick& seen, std::size_t candidate, outcome_kind kind
) {
    std::vector<unit_batch> batches;
    auto const of_tick = pi_between(seen.masses, candidate);
    for (auto const& unit : seen.units) {
        bool const of_candidate = unit.arm == candidate + 1;
        auto const pi = unit.masses.empty() ? of_tick : pi_between(unit.masses, candidate);
        if (!pi || (!of_candidate && unit.arm != 0)) {
            continue;
        }
        if (batches.empty() || batches.back().pi != *pi) {
            batches.push_back({.pi = *pi, .outcomes = {}});
        }
        auto const score = kind == outcome_kind::reward ? unit.value : 1.0 - unit.value;
        batches.back().outcomes.push_back({of_candidate, score, 1});
    }
    return batches;
}

}  // namespace millrace::rollout
