#include "proxy/control/rollout_weights.hpp"

#include "proxy/rollout/step.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace millrace::control {

namespace {

/// 10,000 parts for the arms, so that a share of a hundredth of a percent is exact.
constexpr std::uint64_t parts = 10'000;

weight share_of(std::uint64_t all, double percent) {
    return {static_cast<std::uint32_t>(std::llround(static_cast<double>(all) * percent / 100.0))};
}

}  // namespace

std::vector<weight> weights_for(
    const routing::route_state& running,
    const std::vector<std::size_t>& arms,
    const rollout::state& decided
) {
    std::uint64_t of_arms = 0;
    std::uint64_t largest = 0;
    for (std::size_t i = 0; i < running.refs.size(); ++i) {
        auto const value = running.refs[i].weight.value;
        bool const is_arm = std::find(arms.begin(), arms.end(), i) != arms.end();
        of_arms += is_arm ? value : 0;
        largest = std::max<std::uint64_t>(largest, value);
    }
    bool const only_arms = arms.size() == running.refs.size();
    auto const room = weight::value_max / std::max<std::uint64_t>({of_arms, largest, 1});
    auto const scale = std::clamp<std::uint64_t>(room, 1, parts);
    auto const all = only_arms ? parts : of_arms * scale;

    std::vector<weight> weights;
    for (auto const& ref : running.refs) {
        weights.push_back({static_cast<std::uint32_t>(ref.weight.value * scale)});
    }
    std::uint32_t given = 0;
    for (std::size_t i = 0; i < decided.candidates.size(); ++i) {
        weights[arms[i + 1]] = share_of(all, decided.candidates[i].share);
        given += weights[arms[i + 1]].value;
    }
    weights[arms.front()] = {
        static_cast<std::uint32_t>(std::max<std::uint64_t>(all, given) - given)};
    return weights;
}

bool has_candidate_units(
    const routing::route_state& running, const std::vector<std::size_t>& arms
) {
    auto const masses = running.split.masses();
    return std::any_of(arms.begin() + 1, arms.end(), [&masses](auto const arm) {
        return arm < masses.size() && masses[arm] != 0;
    });
}

routing::route_state without_candidates(
    const routing::route_state& running,
    const std::vector<std::size_t>& arms,
    const rollout::state& decided
) {
    auto nobody = decided;
    for (auto& each : nobody.candidates) {
        each.share = 0;
    }
    return routing::with_weights(running, weights_for(running, arms, nobody));
}

}  // namespace millrace::control
