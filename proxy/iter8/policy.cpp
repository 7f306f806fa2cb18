#include "proxy/iter8/policy.hpp"

#include <algorithm>
#include <cmath>

namespace millrace::iter8 {

namespace {

bool meets_everything(const assessments& met, std::size_t version) {
    return met.empty() ||
           std::all_of(met[version].begin(), met[version].end(), [](bool each) { return each; });
}

winner_assessment won_by(std::size_t version, std::string why) {
    return {.winner = version, .best = {version}, .why = std::move(why)};
}

winner_assessment conformance(const assessments& met) {
    if (meets_everything(met, 0)) {
        return won_by(0, "the baseline meets every objective");
    }
    return {.winner = {}, .best = {}, .why = "the baseline does not meet every objective"};
}

winner_assessment canary(const experiment& of, const assessments& met) {
    if (of.versions.size() > 1 && meets_everything(met, 1)) {
        return won_by(1, "the candidate meets every objective");
    }
    if (meets_everything(met, 0)) {
        return won_by(0, "the baseline meets every objective, the candidate does not");
    }
    return {.winner = {}, .best = {}, .why = "no version meets every objective"};
}

bool is_better(direction preferred, double a, double b) noexcept {
    return preferred == direction::high ? a > b : a < b;
}

/// The versions with the best reward among those that meet every objective.
std::vector<std::size_t> best_rewarded(const experiment& of, const assessments& met) {
    auto const& reward = of.rewards.front();
    std::vector<std::size_t> best;
    double top = 0;
    for (std::size_t i = 0; i < of.versions.size(); ++i) {
        auto const value = value_of(of, reward.metric, of.versions[i].name);
        if (!value || !meets_everything(met, i)) {
            continue;
        }
        if (best.empty() || is_better(reward.preferred, *value, top)) {
            top = *value;
            best.assign(1, i);
        } else if (*value == top) {
            best.push_back(i);
        }
    }
    return best;
}

winner_assessment by_reward(const experiment& of, const assessments& met) {
    if (of.rewards.empty()) {
        return {.winner = {}, .best = {}, .why = "there is no reward to compare"};
    }
    auto const& known = of.metrics_known;
    if (std::find(known.begin(), known.end(), of.rewards.front().metric) == known.end()) {
        return {.winner = {}, .best = {}, .why = "the reward has no values"};
    }
    auto best = best_rewarded(of, met);
    if (best.size() == 1) {
        return won_by(best.front(), "it has the best reward of those that meet every objective");
    }
    auto const* const why = best.empty() ? "no version meets every objective and has a reward"
                                         : "several versions share the best reward";
    return {.winner = {}, .best = std::move(best), .why = why};
}

}  // namespace

bool is_within(const objective& limits, double value) noexcept {
    return !(limits.upper_limit && value > *limits.upper_limit) &&
           !(limits.lower_limit && value < *limits.lower_limit);
}

std::optional<double> value_of(
    const experiment& of, std::string_view metric, std::string_view version
) {
    auto const found = std::find_if(of.values.begin(), of.values.end(), [&](const auto& each) {
        return each.metric == metric && each.version == version;
    });
    bool const there = found != of.values.end() && found->number && !std::isnan(*found->number);
    return there ? found->number : std::nullopt;
}

assessments assess_versions(const experiment& of) {
    assessments made;
    if (!of.has_objectives) {
        return made;
    }
    for (auto const& version : of.versions) {
        auto& met = made.emplace_back();
        for (auto const& objective : of.objectives) {
            auto const value = value_of(of, objective.metric, version.name);
            met.push_back(value && is_within(objective, *value));
        }
    }
    return made;
}

winner_assessment assess_winner(const experiment& of, const assessments& met) {
    switch (of.testing) {
        case testing_pattern::conformance:
            return conformance(met);
        case testing_pattern::canary:
            return canary(of, met);
        case testing_pattern::a_b:
        case testing_pattern::a_b_n:
            return by_reward(of, met);
    }
    return {};
}

}  // namespace millrace::iter8
