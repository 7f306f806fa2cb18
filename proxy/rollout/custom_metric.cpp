#include "proxy/rollout/custom_metric.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::rollout {

namespace {

version_reading reading_of(
    const std::vector<metric_reading>& all, std::size_t metric, std::size_t arm
) {
    auto const found = std::find_if(all.begin(), all.end(), [metric](const auto& each) {
        return each.metric == metric;
    });
    return found != all.end() && arm < found->versions.size() ? found->versions[arm]
                                                              : version_reading{};
}

/// Why an objective does not hold; empty: it does.
std::string lack_of(const objective_params& objective, const metric_assessment& seen) {
    auto const& candidate = seen.candidate;
    if (candidate.state != reading_state::fresh) {
        return std::string{name_of(candidate.state)};
    }
    if (objective.sample_size_min > 0 &&
        candidate.sample_size.value_or(0) < objective.sample_size_min) {
        return fmt::format(
            "a sample of {:g}, fewer than {:g}",
            candidate.sample_size.value_or(0),
            objective.sample_size_min
        );
    }
    if (objective.upper_limit && candidate.value > *objective.upper_limit) {
        return fmt::format("{:g}, more than {:g}", candidate.value, *objective.upper_limit);
    }
    if (objective.lower_limit && candidate.value < *objective.lower_limit) {
        return fmt::format("{:g}, less than {:g}", candidate.value, *objective.lower_limit);
    }
    if (!objective.max_ratio) {
        return {};
    }
    if (seen.primary.state != reading_state::fresh) {
        return fmt::format("of the primary: {}", name_of(seen.primary.state));
    }
    auto const limit = *objective.max_ratio * seen.primary.value;
    return candidate.value > limit
               ? fmt::format("{:g}, more than {:g}, by the primary's", candidate.value, limit)
               : std::string{};
}

}  // namespace

std::string_view name_of(reading_state of) noexcept {
    switch (of) {
        case reading_state::fresh:
            return "fresh";
        case reading_state::stale:
            return "stale";
        case reading_state::no_value:
            return "no value";
        case reading_state::provider_down:
            return "provider down";
        case reading_state::slow:
            return "slow";
        case reading_state::wrong:
            return "wrong";
    }
    return {};
}

std::vector<std::string> watched_metrics(const params& chosen) {
    std::vector<std::string> names;
    for (auto const& each : chosen.objectives) {
        names.push_back(each.metric);
    }
    names.insert(names.end(), chosen.indicators.begin(), chosen.indicators.end());
    return names;
}

std::vector<metric_assessment> assess_metrics(
    const params& chosen, const std::vector<metric_reading>& readings, std::size_t candidate
) {
    std::vector<metric_assessment> all;
    for (auto& name : watched_metrics(chosen)) {
        auto const place = all.size();
        auto& made = all.emplace_back();
        made.name = std::move(name);
        made.is_objective = place < chosen.objectives.size();
        made.primary = reading_of(readings, place, 0);
        made.candidate = reading_of(readings, place, candidate + 1);
        if (!made.is_objective) {
            continue;
        }
        if (auto const lack = lack_of(chosen.objectives[place], made); !lack.empty()) {
            made.holds = false;
            made.lack = made.name + ": " + lack;
        }
    }
    return all;
}

bool all_hold(const std::vector<metric_assessment>& all) noexcept {
    return std::all_of(all.begin(), all.end(), [](const auto& each) { return each.holds; });
}

}  // namespace millrace::rollout
