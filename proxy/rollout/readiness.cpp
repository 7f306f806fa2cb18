#include "proxy/rollout/readiness.hpp"

#include "proxy/rollout/gate.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::rollout {

namespace {

/// True when each deciding metric lacks nothing for a step, and there is one.
template <class Metrics>
bool all_may_step(const Metrics& all, const params& chosen) {
    bool const any =
        std::any_of(all.begin(), all.end(), [](const auto& each) { return each.decides; });
    return any && std::all_of(all.begin(), all.end(), [&chosen](const auto& each) {
               return !each.decides || lack_for_step(each, chosen) == lack::nothing;
           });
}

bool has_doubtful_reward(const candidate_assessment& about) {
    auto const& all = about.rewards;
    return std::any_of(all.begin(), all.end(), [](const auto& each) {
        return each.decides && is_doubtful(each);
    });
}

template <class Metrics>
void add_missing(
    std::string& to,
    std::string_view candidate,
    const Metrics& all,
    const params& chosen,
    double threshold
) {
    for (auto const& each : all) {
        auto const lacking =
            each.decides ? lack_for_promotion(each, chosen, threshold) : lack::nothing;
        if (lacking != lack::nothing) {
            to += fmt::format(
                "{}{}: {}",
                to.empty() ? "" : "; ",
                candidate,
                text_of(lacking, each, chosen, threshold)
            );
        }
    }
}

}  // namespace

bool may_step(const candidate_assessment& about, const params& chosen) {
    return all_hold(about.metrics) && all_may_step(about.guardrails, chosen) &&
           !has_doubtful_reward(about);
}

bool is_mirrored_well(const candidate_assessment& about, const params& chosen) {
    return all_may_step(about.mirrored, chosen);
}

bool is_proven(
    const candidate_assessment& about, const params& chosen, const assessment& evidence
) {
    if (!all_hold(about.metrics)) {
        return false;
    }
    bool guarded = false;
    for (auto const& each : about.guardrails) {
        guarded = guarded || each.decides;
        if (each.decides &&
            lack_for_promotion(each, chosen, evidence.promotion_threshold) != lack::nothing) {
            return false;
        }
    }
    bool asked = false;
    bool better = false;
    for (auto const& each : about.rewards) {
        auto const lacking = lack_for_promotion(each, chosen, evidence.reward_threshold);
        asked = asked || each.decides;
        better = better || (each.decides && lacking == lack::nothing);
    }
    return asked ? better && !has_doubtful_reward(about) : guarded;
}

double mean_reward(const candidate_assessment& about) noexcept {
    for (auto const& each : about.rewards) {
        if (each.decides) {
            return each.candidate.mean();
        }
    }
    return 0;
}

std::string missing_evidence(
    const candidate_assessment& about,
    std::string_view candidate,
    const params& chosen,
    const assessment& evidence
) {
    std::string text;
    add_missing(text, candidate, about.guardrails, chosen, evidence.promotion_threshold);
    add_missing(text, candidate, about.rewards, chosen, evidence.reward_threshold);
    for (auto const& each : about.metrics) {
        if (!each.holds) {
            text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", candidate, each.lack);
        }
    }
    return text;
}

}  // namespace millrace::rollout
